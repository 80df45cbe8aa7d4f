"""Many drafts at once: handed in together by whoever drafted them, signed off together by a signatory; each by its own rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from inspect_app.hazards.case import actor_of
from inspect_app.hazards.locking import lock_all
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.messages import actions as messages
from inspect_app.papers import drafts
from inspect_app.papers.drafts import PaperDraft
from inspect_app.papers.models import Paper
from inspect_app.people.rules import Scope

from .issuing_many import SheetPlanned
from .signing_off import hand_in, others_who_sign, sign_off

MOST_DRAFTS = 50  # what one request writes while everybody waits, and what a signatory looks over before pressing once
ABOUT_MANY = "paper_drafts"


@dataclass(frozen=True)
class SignedMany:
    """What became of drafts that were signed off together: the papers, and those that were refused, each with its reason."""

    papers: Sequence[Paper]
    refused: Sequence[tuple[PaperDraft, str]]
    unknown: int  # of the ids: nothing that waits for this signatory


def hand_in_many(kind: str, sheets: Sequence[SheetPlanned], scope: Scope, *, address: str) -> list[PaperDraft]:
    """A draft of each sheet that was planned, and one message for all of them. Raises Refused naming the place of the first that
    cannot be handed in: then none is."""
    if len(sheets) > MOST_DRAFTS:
        raise Refused(f"一次最多送签 {MOST_DRAFTS} 份。请去掉几个勾，分几次送。", field="take")
    able = others_who_sign(scope)
    held = {row.id: row for row in lock_all({hazard.id for sheet in sheets for hazard in sheet.hazards})}
    actor, made = actor_of(scope), list[PaperDraft]()
    for sheet in sheets:
        rows = [held[hazard.id] for hazard in sheet.hazards]
        try:
            made.append(hand_in(kind, rows, scope, actor, address=address, typed=sheet.typed, tells=False))
        except Refused as refusal:
            raise Refused(f"{sheet.place}：{refusal.message}") from None
    words = f"{scope.person_name}拟了 {len(made)} 份{made[0].content['title']}，等您签发。" if made else ""
    if made:
        messages.tell_each([one.row.person_id for one in able], words, about=ABOUT_MANY, subject_id=made[0].id)
    return made


def sign_many(asked: Iterable[UUID], scope: Scope, *, address: str) -> SignedMany:
    """签发 of many that were looked at: each in a savepoint of its own, through every guard of one alone. Raises Refused for none
    and for too many."""
    wanted = set(asked)
    if not wanted:
        raise Refused("还没有勾选。请先勾要签发的。", field="pick")
    if len(wanted) > MOST_DRAFTS:
        raise Refused(f"一次最多签发 {MOST_DRAFTS} 份，一份都还没有签发。", field="pick")
    rows = _seen(scope, wanted)
    # All of what they are about is locked in one order, before each is looked at by itself.
    lock_all({UUID(one) for row in rows for one in row.hazards})
    papers, refused = list[Paper](), list[tuple[PaperDraft, str]]()
    for row in rows:
        try:
            with db.session.begin_nested():
                papers.append(sign_off(row, scope, address=address))
        except Refused as refusal:
            refused.append((row, refusal.message))
    return SignedMany(papers, refused, len(wanted) - len(rows))


def _seen(scope: Scope, wanted: set[UUID]) -> list[PaperDraft]:
    """Those of the drafts that somebody may open, locked in the order of their ids, then the oldest first."""
    db.session.execute(
        select(PaperDraft.id)
        .where(PaperDraft.id.in_(wanted), PaperDraft.organisation_id == scope.organisation_id)
        .order_by(PaperDraft.id)
        .with_for_update()
    )
    found = []
    for one in wanted:
        try:
            found.append(drafts.load(scope, one))
        except NotThere:
            continue
    return sorted(found, key=lambda row: (row.made_at, row.id))
