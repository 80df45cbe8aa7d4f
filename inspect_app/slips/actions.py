"""Asking for a pad, giving slips up, filing the scan of one; the notes of all that is done with slips."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from inspect_app.hazards.actions import steps
from inspect_app.hazards.locking import lock_all
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Step
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, put
from inspect_app.kernel.errors import Faults, NotAllowed, NotThere, Refused
from inspect_app.kernel.ids import new_code, new_id
from inspect_app.kernel.limits import whole
from inspect_app.papers.kinds import SlipNumber
from inspect_app.papers.numbering import take_serials
from inspect_app.people.models import Organisation
from inspect_app.people.queries import mates_of
from inspect_app.people.rules import Scope, Side

from . import queries
from .models import BlankSlip, SlipEvent, SlipPad, SlipScan
from .rules import MOST_IN_A_PAD, SERIES, SlipDeed, SlipState, read_numbers, why_not_void

_NUMBERING = SlipNumber("空白单")


def ask_pad(scope: Scope, count: int | None, given_to: UUID | None, address: str) -> SlipPad:
    """A pad of so many slips under the next numbers of one's own office, perhaps for a deputy of it. `address` is the base of
    what is printed. Raises Refused for an office of the government side, or naming the field."""
    if scope.side is not Side.CONGRESS:
        raise Refused("空白提示单由人大侧的单位印发。")
    faults = Faults()
    faults.need(count is not None and 1 <= count <= MOST_IN_A_PAD, f"请写 1 到 {MOST_IN_A_PAD} 之间的张数。", "count")
    known = given_to is None or given_to in mates_of(scope, clock.today())
    faults.need(known, "请从名单里选一位代表，或不选。", "given_to")
    faults.refuse()
    year = clock.today().year
    serials = take_serials(scope.organisation_id, SERIES, year, count or 0)
    pad = SlipPad(
        issuer_id=scope.organisation_id,
        year=year,
        first=serials[0],
        last=serials[-1],
        given_to_person_id=given_to,
        made_at=clock.now(),
        made_by_person_id=scope.person_id,
    )
    db.session.add(pad)
    db.session.flush()
    put(BlankSlip, _rows(pad, db.session.get_one(Organisation, pad.issuer_id), address))
    note_printed(scope, pad)
    return pad


def _rows(pad: SlipPad, issuer: Organisation, address: str) -> list[dict[str, object]]:
    names = [issuer.short_name, issuer.name]  # two offices may be called the same for short
    first = [_NUMBERING.number(name, "", pad.year, pad.first) for name in names]
    taken = db.session.scalar(select(BlankSlip.id).where(BlankSlip.number == first[0]))
    return [
        {
            "id": new_id(),
            "pad_id": pad.id,
            "issuer_id": pad.issuer_id,
            "year": pad.year,
            "serial": serial,
            "number": _NUMBERING.number(names[0] if taken is None else names[1], "", pad.year, serial),
            "mark": (mark := new_code(10)),
            "code": new_code(6),
            "address": f"{address.rstrip('/')}/z/{mark}",
        }
        for serial in range(pad.first, pad.last + 1)
    ]


def note_printed(scope: Scope, pad: SlipPad) -> None:
    """Somebody has a pad printed, for the first time or again."""
    note(pad.id, None, SlipDeed.PRINTED, scope.person_id)


def void(scope: Scope, numbers: str, reason: str) -> list[BlankSlip]:
    """作废 of lost ones by their numbers: one, a list, a range, all or none. Raises Refused naming each that cannot be."""
    faults = Faults()
    asked = faults.of(read_numbers, numbers) or []
    reason = faults.of(whole, reason, "short_reason", "reason") or ""
    faults.need(reason, "请写一句为什么作废，例如：整本丢了。", "reason")
    slips = (faults.of(queries.find_all, scope, asked) or []) if asked else []
    faults.refuse()
    return _void([slip.id for slip in slips], scope, reason, alone=False)


def void_one(scope: Scope, slip_id: UUID, reason: str) -> BlankSlip:
    """作废 of one on its own page: also of one that is bound, which was typed wrongly or got lost on the way back."""
    slip = queries.load(scope, slip_id).slip
    reason = whole(reason, "short_reason", "reason")
    if slip.issuer_id != scope.organisation_id:
        raise NotAllowed("作废由印这张空白单的单位来办。")
    if not reason:
        raise Refused("请写一句为什么作废。", field="reason")
    return _void([slip.id], scope, reason, alone=True)[0]


def _void(slip_ids: Sequence[UUID], scope: Scope, reason: str, *, alone: bool) -> list[BlankSlip]:
    locked = select(BlankSlip).where(BlankSlip.id.in_(slip_ids)).order_by(BlankSlip.id).with_for_update(key_share=True)
    slips = list(db.session.scalars(locked, execution_options={"populate_existing": True}))
    kept = [f"{slip.short} {why}" for slip in slips if (why := why_not_void(slip.state, alone=alone))]
    if kept:
        shown = "；".join(kept[:8]) + ("等" if len(kept) > 8 else "")
        raise Refused(f"一张也没有作废，先把这几号去掉：{shown}。", field="reason" if alone else "numbers")
    for slip in slips:
        give_up(scope, slip, reason)
    db.session.flush()
    return slips


def give_up(scope: Scope, slip: BlankSlip, reason: str) -> None:
    """Void a slip that is held and may be; where it was left stays with it."""
    slip.state, slip.void_reason = SlipState.VOID, reason
    note(slip.pad_id, slip.id, SlipDeed.VOIDED, scope.person_id, reason, slip.visit_id)


def held(slip_id: UUID) -> BlankSlip:
    """The slip as it is now, locked: of two who act on it at once the second sees what the first did. Raises NotThere."""
    locked = select(BlankSlip).where(BlankSlip.id == slip_id).with_for_update(key_share=True)
    found = db.session.scalars(locked, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotThere
    return found


class PageBack(NamedTuple):
    """A page of a filled slip: the hash of its file as received, which page of it, the hash of the straightened copy."""

    received: str
    page: int
    copy: str


def file_pages(scope: Scope, actor: Actor, slip_id: UUID, pages: Sequence[PageBack]) -> BlankSlip:
    """The filled sheet of a slip is kept with it, and in the chain of each hazard of its visit. Raises Refused for one that is
    not bound, or pages that are there already."""
    slip = held(slip_id)
    if not slip.takes_scans or slip.visit_id is None:
        raise Refused(queries.NOT_BOUND if slip.is_blank else queries.WITHDRAWN)
    there = {(row.received_sha256, row.page) for row in queries.scans_of(slip.id)}
    fresh = [page for page in pages if (page.received, page.page) not in there]
    if not fresh:
        raise Refused(f"这一份扫描件已经收进 {slip.number} 了，不用再收。可以去掉这一页。")
    now = clock.now()
    for position, page in enumerate(fresh, start=len(there) + 1):
        row = {"id": new_id(), "slip_id": slip.id, "position": position, "received_sha256": page.received}
        row |= {"page": page.page, "copy_sha256": page.copy, "filed_at": now, "filed_by_person_id": scope.person_id}
        put(SlipScan, row)
    slip.state = SlipState.RETURNED
    note(slip.pad_id, slip.id, SlipDeed.FILED, scope.person_id)
    facts = {"slip": slip.id, "number": slip.number, "scans": [page.copy for page in fresh]}
    made = set(db.session.scalars(select(Hazard.id).where(Hazard.visit_id == slip.visit_id)))
    for hazard in lock_all(made):
        if hazard.id in made:
            steps.take(hazard, Step.FILE_SCAN, actor, facts=facts)
    return slip


def entered(pad_ids: Sequence[UUID], twice: Sequence[UUID]) -> None:
    """The numbers of these pads stand in the journal now. `twice`: slips whose number is on another sheet already, as an older
    database was put in place; they are never printed."""
    db.session.execute(update(SlipPad).where(SlipPad.id.in_(pad_ids)).values(journalled_at=clock.now()))
    for slip in db.session.scalars(select(BlankSlip).where(BlankSlip.id.in_(twice))):
        slip.state, slip.void_reason = SlipState.VOID, "这个编号已经印在另一张上"
        note(slip.pad_id, slip.id, SlipDeed.VOIDED, None, slip.void_reason)
    db.session.flush()


def note(
    pad_id: UUID,
    slip_id: UUID | None,
    what: SlipDeed,
    person_id: UUID | None,
    words: str = "",
    visit_id: UUID | None = None,
) -> None:
    """A line of the log; `person_id` is None where the worker did it."""
    row = SlipEvent(pad_id=pad_id, slip_id=slip_id, what=what, at=clock.now(), person_id=person_id, words=words)
    row.visit_id = visit_id
    db.session.add(row)
    db.session.flush()
