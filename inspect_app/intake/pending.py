"""Kept, but to be confirmed: what somebody captured within a right and what arrived another way or too late to count by
itself. It is signed for at once and takes effect, in the name and term it was captured under, when somebody at the desk
confirms it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from msgspec.structs import asdict
from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused, Stale
from inspect_app.kernel.limits import whole
from inspect_app.messages import actions as telling
from inspect_app.people import queries as people
from inspect_app.people.models import Account
from inspect_app.people.rules import Scope

from .actions import Holder, apply_one
from .appliers import Appliers
from .dating import date_all
from .models import PendingOperation
from .queries import sees_term
from .rules import OUTSIDE, Hold, Operation, OperationAnswer, OperationOutcome, parse
from .times import Estimate, How

RESCUE, RIGHT_ENDED = "rescue", "right_ended"
_WAITS = {
    RESCUE: "从备份文件收好了，督办员确认后接着办。",
    RIGHT_ENDED: "您的任期已经结束，这一条是任期里记的，已经收好，督办员确认后接着办。",
}
_TOO_LATE = {
    RESCUE: "记这一条的时候没有在任的职务，没有收进来。需要的话请问督办员。",
    RIGHT_ENDED: "记这一条的时候任期已经结束，没有收进来。需要的话请问督办员。",
}
_STUCK = "它接着的那次走访还没有送到，或者没有收。"  # what the phone is told speaks of sending again
AT_ONCE = frozenset({"urgent.call"})  # a danger waits for nobody's confirmation


def holder(account_id: UUID, reason: str) -> Holder:
    """What decides on late operations of an account: one of a day on which it had the right is held for the desk, any other is
    refused. Each day is looked up once."""
    terms: dict[object, UUID | None] = {}

    def hold(operation: Operation) -> Hold | None:
        if reason == RIGHT_ENDED and operation.kind in AT_ONCE:
            return None
        day = clock.local_date(operation.at)
        if day not in terms:
            terms[day] = people.deputy_on(account_id, day)
        if terms[day] is None:
            return Hold(OperationAnswer(OperationOutcome.REFUSED, _TOO_LATE[reason]))
        return Hold(OperationAnswer(OperationOutcome.WAITING, _WAITS[reason]), reason, terms[day])

    return hold


def confirm(receipt_id: UUID, by: Scope, appliers: Appliers) -> Sequence[PendingOperation]:
    """Apply what came together, one by one in the order of its numbers, under the term and the day of each.

    What builds on something that has not arrived stays waiting and says so. Raises NotThere, Stale.
    """
    rows = _open(receipt_id, by)
    left, before = rows, len(rows) + 1
    while left and len(left) < before:  # what was numbered before what it builds on comes again after it
        before = len(left)
        for row in left:
            _confirm_one(row, by, appliers)
        left = [row for row in left if row.decided_at is None]
    decided = sum(row.decided_at is not None for row in rows)
    _tell(rows[0], f"您有 {decided} 条记录确认过了，按您当时的身份接着办。" if decided else "")
    db.session.flush()
    return rows


def _confirm_one(row: PendingOperation, by: Scope, appliers: Appliers) -> None:
    operation = read(row)
    scope = people.scope_under(row.account_id, row.term_id, clock.local_date(operation.at))
    if scope is None:
        raise NotThere
    if row.reason == OUTSIDE:  # whoever confirms vouches for what lies in the areas they look after
        scope = replace(scope, area_ids=scope.area_ids | by.area_ids)
    answer = apply_one(operation, scope, appliers)
    if answer.outcome in (OperationOutcome.LATER, OperationOutcome.WAITING):
        row.words = _STUCK if answer.outcome is OperationOutcome.LATER else answer.words
        return
    row.outcome, row.decision, row.words = str(answer.outcome), "confirmed", answer.words
    row.decided_at, row.decided_by_id = clock.now(), by.person_id
    db.session.flush()


def decline(receipt_id: UUID, by: Scope, reason: str) -> Sequence[PendingOperation]:
    """What came together is not taken; it stays in the journal, with who decided and why. Raises Refused, NotThere, Stale."""
    rows = _open(receipt_id, by)
    reason = whole(reason, "reason", "reason")
    if not reason:
        raise Refused("请写一句为什么不收。", field="reason")
    for row in rows:
        row.outcome, row.decision, row.words = str(OperationOutcome.REFUSED), "declined", reason
        row.decided_at, row.decided_by_id = clock.now(), by.person_id
    _tell(rows[0], f"您有 {len(rows)} 条记录没有收：{reason}")
    db.session.flush()
    return rows


def _tell(row: PendingOperation, text: str) -> None:
    account = db.session.get_one(Account, row.account_id)
    if text:
        telling.tell(account.person_id, text, about="pending", subject_id=row.receipt_id)


def captured_at(row: PendingOperation) -> datetime:
    """When it was captured, as was estimated when it came; when it came, where that can no longer be read."""
    try:
        return read(row).at
    except Refused:
        return row.arrived_at


def read(row: PendingOperation) -> Operation:
    """The operation that waits, as it came, with the estimate that was made when it came."""
    raw = dict(row.raw)
    said = raw.pop("estimate", None)
    sent = parse(raw)
    if said is None:  # from before estimates were kept
        return date_all([sent], row.account_id, row.arrived_at, confirmed=True)[0]
    estimate = Estimate(datetime.fromisoformat(said["at"]), said["uncertain_s"], How(said["how"]))
    return Operation(**asdict(sent), estimate=estimate)


def _open(receipt_id: UUID, by: Scope) -> list[PendingOperation]:
    """What waits under a receipt, held; raises NotThere where there is nothing for this supervisor, Stale where a
    colleague was quicker."""
    rows = db.session.scalars(
        select(PendingOperation).where(PendingOperation.receipt_id == receipt_id).with_for_update()
    ).all()
    if not rows or not all(sees_term(by, term_id) for term_id in {row.term_id for row in rows}):
        raise NotThere
    rows = [row for row in rows if row.decided_at is None]
    if not rows:
        raise Stale("这一批刚才已经办过了。")
    return sorted(rows, key=lambda row: (row.raw["device"], row.raw["seq"]))
