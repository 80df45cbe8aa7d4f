"""送签: papers that wait to be signed off, one's own drafts, and the page of each with its 样张."""

from collections.abc import Sequence
from uuid import UUID

from flask import Response, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.casework import signing_many, signing_off
from inspect_app.casework.papers.registry import KINDS
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.papers import drafts as reading
from inspect_app.papers.drafts import DRAFT_NAMES, DraftState, PaperDraft
from inspect_app.papers.models import Paper
from inspect_app.papers.proofs import PaperProof
from inspect_app.people import directory
from inspect_app.premises.models import Premises

from ..access import TABLE, Permission, allowed, scope
from ..errors import is_htmx
from ..fields import attempt, maybe_id, posted
from ..links import HAZARD_PAGES
from .pages import pages

# The tint, the mark and the words of a draft, by where it is.
LOOKS = {
    str(state): (tint, mark, DRAFT_NAMES[state])
    for state, tint, mark in (
        (DraftState.WAITING, "state", "◐"),
        (DraftState.ISSUED, "done", "✓"),
        (DraftState.RETURNED, "overdue", "△"),
        (DraftState.WITHDRAWN, "grey", "✕"),
    )
}


@pages.get("/papers/drafts")
@allowed(Permission.PAPERS_LIST)
def drafts() -> ResponseReturnValue:
    """What waits for whoever is signed in, and what they drafted themselves."""
    return _drafts(None, ())


@pages.post("/papers/drafts")
@allowed(Permission.PAPERS_LIST)
def sign_drafts() -> ResponseReturnValue:
    """签发 of those that were ticked; what cannot be signed off stays, ticked, with its reason."""
    asked = [found for one in request.form.getlist("pick") if (found := maybe_id(one)) is not None]
    address = current_app.config["PUBLIC_ADDRESS"]
    outcome, refusal = attempt(lambda: signing_many.sign_many(asked, scope(), address=address))
    if outcome is None:
        return _drafts(refusal, ())
    if outcome.papers:
        numbers = "、".join(paper.number for paper in outcome.papers)
        flash(f"签发了 {len(outcome.papers)} 份：{numbers}。正在做。")
    if outcome.unknown:
        flash(f"{outcome.unknown} 份没有找到，没有签发。")
    if not outcome.refused:
        return redirect(url_for("printing.drafts"), 303)
    g.keep_writes = True
    return _drafts(None, outcome.refused)


def _drafts(refusal: Refused | None, refused: Sequence[tuple[PaperDraft, str]]) -> ResponseReturnValue:
    waiting, mine = reading.waiting_for(scope()), reading.mine(scope())
    shown = render_template(
        "printing/drafts.html",
        waiting=waiting,
        mine=mine,
        looks=LOOKS,
        names=directory.names_of({row.made_by_person_id for row in waiting}),
        refusal=refusal,
        refused=refused,
        picked=request.form.getlist("pick") if refusal else [str(row.id) for row, _ in refused],
    )
    return shown, 422 if refusal or refused else 200


@pages.get("/papers/drafts/<uuid:sheet_id>")
@allowed(Permission.PAPERS_LIST)
def draft(sheet_id: UUID) -> ResponseReturnValue:
    """One of them; alone the part with its 样张 where that asks how far it is."""
    return _page(reading.load(scope(), sheet_id), None)


@pages.get("/papers/drafts/<uuid:sheet_id>/file")
@allowed(Permission.PAPERS_LIST)
def draft_file(sheet_id: UUID) -> Response:
    """The pages of its 样张, with these words across each."""
    proof = _proof_of(reading.load(scope(), sheet_id))
    data = current_app.extensions["prints"].whole(proof.file_sha256) if proof and proof.file_sha256 else None
    if data is None:
        raise NotThere("这份样张已经清掉了，要的话请再做一次。")
    return Response(data, mimetype="application/pdf", headers={"Cache-Control": "no-store"})


@pages.post("/papers/drafts/<uuid:sheet_id>/proof")
@allowed(Permission.PAPERS_LIST)
def prove_draft(sheet_id: UUID) -> ResponseReturnValue:
    """再做一次样张: one is thrown away after a day."""
    signing_off.prove(reading.load(scope(), sheet_id))
    return redirect(url_for("printing.draft", sheet_id=sheet_id), 303)


@pages.post("/papers/drafts/<uuid:sheet_id>/sign")
@allowed(Permission.PAPERS_LIST)
def sign_draft(sheet_id: UUID) -> ResponseReturnValue:
    """签发: it gets its number."""
    row, address = reading.load(scope(), sheet_id), current_app.config["PUBLIC_ADDRESS"]
    paper, refusal = attempt(lambda: signing_off.sign_off(row, scope(), address=address))
    return _after(row, refusal, f"签发了，文号 {paper.number}，正在做。" if paper else "")


@pages.post("/papers/drafts/<uuid:sheet_id>/return")
@allowed(Permission.PAPERS_LIST)
def return_draft(sheet_id: UUID) -> ResponseReturnValue:
    """退回修改, with the reason."""
    row = reading.load(scope(), sheet_id)
    _, refusal = attempt(lambda: signing_off.give_back(row, scope(), reason=posted("reason", "reason")))
    return _after(row, refusal, "退回了，理由告诉了拟的人。")


@pages.post("/papers/drafts/<uuid:sheet_id>/withdraw")
@allowed(Permission.PAPERS_LIST)
def withdraw_draft(sheet_id: UUID) -> ResponseReturnValue:
    """撤回 by whoever drafted it."""
    row = reading.load(scope(), sheet_id)
    _, refusal = attempt(lambda: signing_off.take_back(row, scope()))
    return _after(row, refusal, "撤回了。")


def _after(row: PaperDraft, refusal: Refused | None, said: str) -> ResponseReturnValue:
    if refusal is not None:
        return _page(row, refusal)
    flash(said)
    return redirect(url_for("printing.draft", sheet_id=row.id), 303)


def _proof_of(row: PaperDraft) -> PaperProof | None:
    return db.session.get(PaperProof, row.proof_id) if row.proof_id else None


def _page(row: PaperDraft, refusal: Refused | None) -> ResponseReturnValue:
    me = scope()
    people: Sequence[UUID] = [one for one in (row.made_by_person_id, row.decided_by_person_id) if one]
    shown = render_template(
        "printing/_fragments/draft_proof.html" if is_htmx() and refusal is None else "printing/draft.html",
        draft=row,
        proof=_proof_of(row),
        kind=KINDS[row.kind],
        look=LOOKS[row.state],
        paper=db.session.get(Paper, row.paper_id) if row.paper_id else None,
        premises=db.session.get_one(Premises, row.premises_id),
        names=directory.names_of(set(people)),
        is_mine=row.made_by_person_id == me.person_id,
        hazard_page=HAZARD_PAGES[me.role],
        redoes=me.role in TABLE[Permission.PAPERS],
        refusal=refusal,
        typed=request.form,
    )
    return shown, 422 if refusal else 200, {"Vary": "HX-Request"}
