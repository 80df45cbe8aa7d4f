"""A paper before it is issued: which hazards of a premises it carries, what is written on it, its 样张; then it is issued."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.casework import papers as casework
from inspect_app.casework import proofing, signing_off
from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.casework.papers.entry import MOST_LINES, Offer, PaperKind, QuestionGroup, proposed
from inspect_app.casework.papers.letters import SIGNED_OFF
from inspect_app.hazards import queries as hazards
from inspect_app.hazards import register
from inspect_app.hazards.locking import lock_all
from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.papers import drafts, proofs
from inspect_app.papers.proofs import PaperProof
from inspect_app.papers.settings import signed_off_kinds
from inspect_app.premises.models import Premises

from ..access import Permission, actor, allowed, scope
from ..errors import is_htmx
from ..fields import attempt, maybe_id
from .page import room

pages = Blueprint("composing", __name__)
_NOT_TYPED = ("hazard", "do", "csrf_token", "once")


@dataclass(frozen=True)
class LineOffered:
    """A hazard that may go on the paper: whether it does, and what stands in its inputs."""

    hazard: Hazard
    chosen: bool


@pages.get("/hazards/<uuid:hazard_id>/papers/<kind>/new")
@allowed(Permission.PAPERS)
def compose(hazard_id: UUID, kind: str) -> ResponseReturnValue:
    """The form of a paper, opened from a hazard, or anew from its 样张 or its draft with what was typed."""
    proof_id, draft_id = maybe_id(request.args.get("proof")), maybe_id(request.args.get("draft"))
    if proof_id is None and draft_id is None:
        return _form(kind, hazard_id, [hazard_id], None, None)
    before = proofs.load(scope(), proof_id) if proof_id else drafts.load(scope(), draft_id or hazard_id)
    chosen, typed = proofs.as_typed(before)
    return _form(kind, hazard_id, chosen, typed, None)


@pages.post("/hazards/<uuid:hazard_id>/papers/<kind>/new")
@allowed(Permission.PAPERS)
def make(hazard_id: UUID, kind: str) -> ResponseReturnValue:
    """看样张, or 出文书 at once; a refusal stays beside what was typed."""
    typed = {name: value for name, value in request.form.items() if name not in _NOT_TYPED}
    chosen = _on_paper(kind, hazard_id, typed) or _ids(request.form.getlist("hazard"))
    if not chosen:
        return _form(kind, hazard_id, [], typed, Refused("请至少选一条隐患。", field="hazard"))
    if request.form.get("do") == "prove":
        proof, refusal = attempt(lambda: _prove(kind, chosen, typed))
        if proof is not None:
            return redirect(url_for("composing.proof", proof_id=proof.id), 303)
    else:
        address, refusal = attempt(lambda: _issue(kind, chosen, typed))
        if address is not None:
            return redirect(address, 303)
    return _form(kind, hazard_id, chosen, typed, refusal)


@pages.get("/papers/proofs/<uuid:proof_id>")
@allowed(Permission.PAPERS)
def proof(proof_id: UUID) -> ResponseReturnValue:
    """样张: how many pages, what is missing, what would be printed as 〓; alone where its place on the page asks again."""
    return _proof(proofs.load(scope(), proof_id), None)


@pages.get("/papers/proofs/<uuid:proof_id>/file")
@allowed(Permission.PAPERS)
def proof_file(proof_id: UUID) -> Response:
    """The pages of a 样张, with these words across each."""
    row = proofs.load(scope(), proof_id)
    data = current_app.extensions["prints"].whole(row.file_sha256) if row.file_sha256 else None
    if data is None:
        raise NotThere("这份样张已经清掉了，要的话请再做一次。")
    return Response(data, mimetype="application/pdf", headers={"Cache-Control": "no-store"})


@pages.post("/papers/proofs/<uuid:proof_id>/issue")
@allowed(Permission.PAPERS)
def issue(proof_id: UUID) -> ResponseReturnValue:
    """Issue what the 样张 shows: gathered anew, so that nothing is issued of hazards that have moved on."""
    row = proofs.load(scope(), proof_id)
    chosen, typed = proofs.as_typed(row)
    address, refusal = attempt(lambda: _issue(row.kind, chosen, typed))
    return redirect(address, 303) if address is not None else _proof(row, refusal)


def _on_paper(kind: str, hazard_id: UUID, typed: Mapping[str, str]) -> Sequence[UUID]:
    """The hazards of a kind that names them itself (`PaperKind.beside`); none where they are chosen."""
    first, entry = hazards.load(scope(), hazard_id), casework.KINDS.get(kind)
    return entry.beside(first, typed) if entry is not None and entry.beside is not None else ()


def _prove(kind: str, chosen: Sequence[UUID], typed: Mapping[str, str]) -> PaperProof:
    address = current_app.config["PUBLIC_ADDRESS"]
    if _is_signed_off(kind):
        typed = {**typed, SIGNED_OFF.name: signing_off.UNSIGNED}
    return proofing.prove(kind, _seen(chosen), scope(), actor(), address=address, typed=typed)


def _is_signed_off(kind: str) -> bool:
    """Whether a second account of the office signs this kind off before it gets a number."""
    return kind in signed_off_kinds(scope().organisation_id)


def _issue(kind: str, chosen: Sequence[UUID], typed: Mapping[str, str]) -> str:
    """Issue it, or hand it in to be signed off; where that leads."""
    _seen(chosen)  # whose they are comes before any lock
    locked = {row.id: row for row in lock_all(chosen)}
    address = current_app.config["PUBLIC_ADDRESS"]
    rows = [locked[one] for one in chosen]
    if _is_signed_off(kind):
        draft = signing_off.hand_in(kind, rows, scope(), actor(), address=address, typed=typed)
        flash("送去签发了。签发以后才有文号，会发消息告诉您。")
        return url_for("printing.draft", sheet_id=draft.id)
    paper = casework.issue_for_hazards(kind, rows, scope(), actor(), address=address, typed=typed)
    flash(f"文号 {paper.number}，正在做，一会儿就好。")
    return url_for(f"{room()}.hazard", hazard_id=chosen[0])


def _proof(row: PaperProof, refusal: Refused | None) -> ResponseReturnValue:
    template = "hazard/_fragments/proof.html" if is_htmx() else "hazard/proof.html"
    shown = render_template(
        template,
        proof=row,
        kind=casework.KINDS[row.kind],
        premises=db.session.get_one(Premises, row.premises_id),
        back=url_for(f"{room()}.hazard", hazard_id=row.hazards[0]),
        refusal=refusal,
        signed_off=_is_signed_off(row.kind),
    )
    return shown, 422 if refusal else 200, {"Vary": "HX-Request"}


def _form(
    kind: str, hazard_id: UUID, chosen: Sequence[UUID], typed: Mapping[str, str] | None, refusal: Refused | None
) -> ResponseReturnValue:
    """The page with the form; back to the hazard where such a paper cannot be made now. Raises NotThere for what is out of sight."""
    first, rows = hazards.load(scope(), hazard_id), _seen(chosen)
    entry = casework.KINDS.get(kind)
    if entry is None:
        raise NotThere
    back = url_for(f"{room()}.hazard", hazard_id=hazard_id)
    offer = _offer(entry, first)
    if offer is None:
        flash(f"这一件现在不能由您出“{entry.title}”。")
        return redirect(back, 303)
    picked = {row.id for row in rows}
    signed_off = _is_signed_off(kind)
    lines = [LineOffered(row, row.id in picked) for row in _lines(entry, first, rows)]
    shown = render_template(
        "hazard/compose.html",
        kind=entry,
        offer=offer,
        hazard=first,
        premises=db.session.get_one(Premises, first.premises_id),
        lines=lines,
        back=back,
        once=_asked_once(entry, signed_off=signed_off),
        signed_off=signed_off,
        each=[asked for group in entry.form for asked in group.questions if asked.each],
        given=typed if typed is not None else proposed(entry, offer, [line.hazard for line in lines], rows),
        refusal=refusal,
    )
    return shown, 422 if refusal else 200


def _asked_once(entry: PaperKind, *, signed_off: bool) -> list[QuestionGroup]:
    """What is asked once for the paper; who signs it off is not asked where somebody will."""
    left_out = {SIGNED_OFF.name} if signed_off else set()
    groups = (
        (group, [asked for asked in group.questions if not asked.each and asked.name not in left_out])
        for group in entry.form
    )
    return [replace(group, questions=asked) for group, asked in groups if asked]


def _lines(entry: PaperKind, first: Hazard, chosen: Sequence[Hazard]) -> list[Hazard]:
    """What may stand on the paper: the hazard it was opened from, those chosen, the others of the premises that fit."""
    lines = {row.id: row for row in (first, *chosen)}
    if entry.chooses:
        me = actor()
        others = register.at_premises(scope(), first.premises_id)
        lines |= {row.id: row for row in others if entry.goes_with(first, row, me)}
    return list(lines.values())[:MOST_LINES]


def _offer(entry: PaperKind, hazard: Hazard) -> Offer | None:
    """What the kind offers of a hazard to who looks; None for nothing."""
    if entry.gather is None or entry.side not in ("both", scope().side):
        return None
    return entry.offered(Dossier(scope(), hazard))


def _seen(ids: Sequence[UUID]) -> list[Hazard]:
    """The hazards in their order, each within sight. Raises Refused for too many on one sheet."""
    if len(ids) > MOST_LINES:
        raise Refused(f"一张文书最多写 {MOST_LINES} 条，请分两张出。", field="hazard")
    return [hazards.load(scope(), one) for one in ids]


def _ids(texts: Iterable[str]) -> list[UUID]:
    return list(dict.fromkeys(found for text in texts if (found := maybe_id(text)) is not None))
