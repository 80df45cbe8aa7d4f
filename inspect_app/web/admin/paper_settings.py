"""文书设置 of an office: head of its letters, place of the seal, 代字 and 签发 by kind, signatories; and the faces that were found."""

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.kernel import clock
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.papers import settings as paper_settings
from inspect_app.papers.kinds import KINDS
from inspect_app.people import district, profile, signatories
from inspect_app.people.models import Organisation
from inspect_app.settings import Settings

from ..access import Permission, allowed
from ..fields import attempt, maybe_id, maybe_posted_day, page_of, posted, posted_day
from .pages import pages

ROLES = {"title": "小标宋（标题）", "fangsong": "仿宋（正文）", "kai": "楷体", "hei": "黑体", "latin": "西文和数字"}


@pages.get("/organisations/<uuid:organisation_id>/papers")
@allowed(Permission.ADMINISTER)
def paper_settings_of(organisation_id: UUID) -> ResponseReturnValue:
    """What the office has set."""
    return _page(district.organisation(organisation_id), None, "")


@pages.post("/organisations/<uuid:organisation_id>/papers/head")
@allowed(Permission.ADMINISTER)
def set_paper_head(organisation_id: UUID) -> ResponseReturnValue:
    """发文机关标志, and whether the place of the seal is marked."""
    row = district.organisation(organisation_id)
    head, marked = request.form.get("letterhead", ""), bool(posted("seal_place"))
    _, refusal = attempt(lambda: profile.set_sheet_head(row, letterhead=head, seal_place=marked))
    return _after(row, refusal, "head", "存好了。以后出的照新的印，已经出的不变。")


@pages.post("/organisations/<uuid:organisation_id>/papers/kinds")
@allowed(Permission.ADMINISTER)
def set_paper_kinds(organisation_id: UUID) -> ResponseReturnValue:
    """代字 of each kind, and which kinds are signed off by a second account."""
    row = district.organisation(organisation_id)
    letters = {code: request.form.get(f"letter-{code}", "") for code in KINDS}
    signed_off = frozenset(request.form.getlist("signed_off")) & KINDS.keys()
    _, refusal = attempt(lambda: paper_settings.set_kinds(row, letters, signed_off))
    return _after(row, refusal, "kinds", "存好了。已经出的文书和文号不变。")


@pages.post("/organisations/<uuid:organisation_id>/signatories")
@allowed(Permission.ADMINISTER)
def appoint_signatory(organisation_id: UUID) -> ResponseReturnValue:
    """登记签发人."""
    row = district.organisation(organisation_id)
    _, refusal = attempt(lambda: _appoint(row))
    return _after(row, refusal, "signatory", "签发人登记好了。")


@pages.post("/signatories/<uuid:signatory_id>/end")
@allowed(Permission.ADMINISTER)
def end_signatory(signatory_id: UUID) -> ResponseReturnValue:
    """不再签发, from the day after."""
    found = signatories.load(signatory_id)
    _, refusal = attempt(lambda: signatories.end_signatory(found, posted_day("until", "到哪天止")))
    return _after(district.organisation(found.organisation_id), refusal, f"end-{found.id}", "记下了。")


def _appoint(row: Organisation) -> None:
    faults = Faults()
    days: dict[str, Any] = {
        "since": faults.of(posted_day, "since", "从哪天起"),
        "until": faults.of(maybe_posted_day, "until"),
    }
    signatories.appoint_signatory(
        row, person_id=maybe_id(posted("person_id")), duty=request.form.get("duty", ""), **days, so_far=faults
    )


def _after(row: Organisation, refusal: Refused | None, at: str, said: str) -> ResponseReturnValue:
    if refusal is not None:
        return _page(row, refusal, at)
    flash(said)
    return redirect(url_for("admin.paper_settings_of", organisation_id=row.id), 303)


def _page(row: Organisation, refusal: Refused | None, at: str) -> ResponseReturnValue:
    settings: Settings = current_app.extensions["settings"]
    return page_of(
        "admin/paper_settings.html",
        refusal,
        organisation=row,
        kinds=[kind for kind in KINDS.values() if paper_settings.may_be_set(kind, row.side)],
        kept=paper_settings.settings_of(row.id),
        signed=signatories.all_of(row.id),
        candidates=[(person.id, person.name) for person in signatories.candidates(row.id, clock.today())],
        faces=_faces(settings),
        font_dir=settings.font_dir,
        at=at,
    )


def _faces(settings: Settings) -> list[tuple[str, str, bool]]:
    """(the role of a face, the name of its file, whether it is the office's own); an empty name where another stands in."""
    from inspect_app.papers.faces import found  # reads fonts: only for whoever asks for them

    files, own = found(settings.font_dir), settings.font_dir
    return [
        (
            words,
            files[role].name if role in files else "",
            role in files and own is not None and files[role].parent == own,
        )
        for role, words in ROLES.items()
    ]
