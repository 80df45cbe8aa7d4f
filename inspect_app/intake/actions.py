"""Taking operations in: each exactly once, each with a place in a signed receipt, none blocked by another."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, insert, select
from sqlalchemy.exc import DataError, IntegrityError

from inspect_app.kernel import clock
from inspect_app.kernel.bulk import each_of
from inspect_app.kernel.database import db, run, slices
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.keys import KeyRing
from inspect_app.kernel.races import collided
from inspect_app.people.queries import hold_account
from inspect_app.people.rules import Scope

from . import chains
from .appliers import Appliers
from .dating import date_all
from .epochs import NEWEST, begin_epoch
from .models import JournalEntry, PendingOperation, Receipt
from .receipts import line_of, line_of_unread, lines_of, signed, write_receipt
from .rules import (
    APPLIED,
    OUTSIDE,
    Hold,
    NotYet,
    Operation,
    OperationAnswer,
    OperationOutcome,
    OutsideRight,
    Sent,
    Unread,
    stands_on,
)

log = logging.getLogger(__name__)
TOO_EARLY = OperationAnswer(OperationOutcome.LATER, "前面还有几条没有送达，等它们送达后会再发。")
# Left on the phone and sent again: taken, it would lie here as done and nobody would come back to it.
UNKNOWN = OperationAnswer(OperationOutcome.LATER, "服务器升级后才认得这一条。它存在手机里，到时候会自动再发。")
BUSY = OperationAnswer(OperationOutcome.LATER, "服务器正在存同一件事，这一条会自动再发。")
CONFLICT = OperationAnswer(OperationOutcome.CONFLICT, "这个编号已经用在别的内容上，请联系管理员。")
_THESE = select(JournalEntry.id, JournalEntry.receipt_id).where(JournalEntry.id.in_(select(each_of("ids", Uuid()))))
_ENTER = insert(JournalEntry.__table__).from_select(  # type: ignore[arg-type]
    ["id", "receipt_id"], select(each_of("ids", Uuid()), bindparam("receipt", type_=Uuid()))
)
_WAIT = insert(PendingOperation.__table__)  # type: ignore[arg-type]
_NEWEST = NEWEST.subquery()
# The epoch, once for each of these that is here, or alone.
_EPOCH_AND_THESE = select(_NEWEST.c.id.label("epoch"), JournalEntry.id, JournalEntry.receipt_id).select_from(
    _NEWEST.outerjoin(JournalEntry, JournalEntry.id.in_(select(each_of("ids", Uuid()))))
)
_DECIDED = select(PendingOperation.operation_id, PendingOperation.outcome, PendingOperation.words).where(
    PendingOperation.operation_id.in_(bindparam("ids", expanding=True)), PendingOperation.decided_at.is_not(None)
)
Holder = Callable[[Operation], Hold | None]


@dataclass(frozen=True)
class Taken:
    """What became of a request: its receipt, and the answer to each operation in the order they came."""

    receipt: Receipt
    answers: Sequence[tuple[Operation, OperationAnswer]]
    fresh: Sequence[Operation]  # those that had not come before


def take_in(sent: Sequence[Sent], scope: Scope, appliers: Appliers, keys: KeyRing) -> dict[str, Any]:
    """What a phone sent that says nothing of itself: dated and taken; the signed receipt alone."""
    return signed(take(date_all(sent, scope.account_id, clock.now()), scope, appliers, keys).receipt)


def take(
    operations: Sequence[Operation],
    scope: Scope,
    appliers: Appliers,
    keys: KeyRing,
    hold: Holder | None = None,
    unread: Sequence[Unread] = (),
) -> Taken:
    """Apply what is new, repeat the answer for what is known. What `hold` names is kept and not applied, and what has not
    the shape of its kind is kept as refused. `unread` are entries that are no operations: they only get their answer.

    Of two requests of one account the second waits: it finds what the first has brought, also where both bring the same.
    """
    hold_account(scope.account_id)
    epoch, done = _known([operation.id for operation in operations], scope)
    first = _each_once(operations)
    fresh, answers = _understood(
        [op for op in first.values() if op.id not in done] if done else [*first.values()], appliers
    )
    holds = _named_by(hold, _without(fresh, {*answers})) if hold else {}
    answers |= _too_early(_without(fresh, {*holds, *answers}), set(first))
    answers |= _apply_all(_without(fresh, {*holds, *answers}), scope, appliers)
    if waiting := _that_came_to(OperationOutcome.WAITING, answers):
        holds |= _outside([op for op in fresh if op.id in waiting], answers, scope)
    answers |= {identity: held.answer for identity, held in holds.items()}
    done |= {op.id: (op.hash, answers[op.id]) for op in fresh}
    kept = _without(fresh, _that_came_to(OperationOutcome.LATER, answers))
    lines = [(op, answer if known == op.hash else CONFLICT) for op in operations for known, answer in (done[op.id],)]
    receipt = write_receipt(
        {"operations": [*map(line_of, lines), *map(line_of_unread, unread)]},
        scope,
        keys,
        epoch,
        [_kept(op) for op in kept],
    )
    _enter(kept, holds, receipt)
    return Taken(receipt, lines, fresh)


def _that_came_to(outcome: OperationOutcome, answers: Mapping[UUID, OperationAnswer]) -> frozenset[UUID]:
    """The operations that were answered so; mostly none."""
    return frozenset(identity for identity, answer in answers.items() if answer.outcome is outcome)


def _each_once(operations: Sequence[Operation]) -> dict[UUID, Operation]:
    """By id; of several with one id the first that came."""
    first: dict[UUID, Operation] = {}
    for op in operations:
        first.setdefault(op.id, op)
    return first


def _named_by(hold: Holder, fresh: Sequence[Operation]) -> dict[UUID, Hold]:
    holds: dict[UUID, Hold] = {}
    for op in fresh:
        if held := hold(op):
            holds[op.id] = held
            chains.note(op, held.answer)
    return holds


def _enter(kept: Sequence[Operation], holds: Mapping[UUID, Hold], receipt: Receipt) -> None:
    """Write what is kept into the journal, and what somebody decides about to what waits."""
    if kept:
        run(_ENTER, {"ids": [op.id for op in kept], "receipt": receipt.id})
    if not holds:
        return
    waiting = [_pending(op, holds[op.id], receipt) for op in kept if op.id in holds and holds[op.id].reason]
    if waiting:
        run(_WAIT, waiting)


def _without(fresh: Sequence[Operation], settled: Set[UUID]) -> Sequence[Operation]:
    return [op for op in fresh if op.id not in settled] if settled else fresh


def _understood(fresh: Sequence[Operation], appliers: Appliers) -> tuple[list[Operation], dict[UUID, OperationAnswer]]:
    """The operations with their typed values; those that have not the shape of their kind, with their refusals."""
    read: list[Operation] = []
    refused: dict[UUID, OperationAnswer] = {}
    for op in fresh:
        try:
            read.append(appliers.understood(op))
        except Refused as refusal:
            read.append(op)
            refused[op.id] = OperationAnswer(OperationOutcome.REFUSED, refusal.message)
            chains.note(op, refused[op.id])  # at once: what builds on it may come with it
    return read, refused


def _outside(waiting: Sequence[Operation], answers: Mapping[UUID, OperationAnswer], scope: Scope) -> dict[UUID, Hold]:
    """What was found to lie outside the right of whoever sent it: together at the desk, under one term."""
    term_id = chains.right_of(waiting, scope)
    return {op.id: Hold(answers[op.id], OUTSIDE, term_id) for op in waiting}


def _too_early(fresh: Sequence[Operation], here: Set[UUID]) -> dict[UUID, OperationAnswer]:
    """Those that stand on what has neither come before nor comes with them. What was refused has come, too."""
    now = clock.now()
    named = {op.id: wanted for op in fresh if (wanted := stands_on(op, now) - here)}
    if not named:
        return {}
    came = {row.id for part in slices(frozenset().union(*named.values())) for row in run(_THESE, {"ids": part})}
    return {identity: TOO_EARLY for identity, wanted in named.items() if wanted - came}


def _pending(op: Operation, held: Hold, receipt: Receipt) -> dict[str, Any]:
    return {
        "operation_id": op.id,
        "receipt_id": receipt.id,
        "account_id": receipt.account_id,
        "term_id": held.term_id,
        "raw": _kept(op),
        "hash": op.hash,
        "reason": held.reason,
        "arrived_at": receipt.made_at,
        "words": "",
    }


def _kept(op: Operation) -> dict[str, Any]:
    """An operation as the journal keeps it: as it came, and when that was by the server's clock."""
    return {**op.raw, "estimate": op.estimate.kept()}


def apply_one(operation: Operation, scope: Scope, appliers: Appliers) -> OperationAnswer:
    """Apply an operation that was kept before; nothing is left of one that is refused."""
    fresh, answers = _understood([operation], appliers)
    return (answers or _apply_all(fresh, scope, appliers))[operation.id]


def _known(ids: Sequence[UUID], scope: Scope) -> tuple[UUID, dict[UUID, tuple[str, OperationAnswer]]]:
    """The epoch, and (hash, answer) of the operations that came before, as their receipts say; another account's can match
    nothing."""
    rows = run(_EPOCH_AND_THESE, {"ids": ids}).all()
    if not rows:  # before the first epoch nothing has come
        return begin_epoch(), {}
    entries = [row for row in rows if row.id is not None]
    return rows[0].epoch, _as_receipts_say(entries, scope) if entries else {}


def _as_receipts_say(entries: Sequence[Row[Any]], scope: Scope) -> dict[UUID, tuple[str, OperationAnswer]]:
    lines: dict[UUID, dict[str, dict[str, Any]]] = {}
    for receipt in db.session.scalars(select(Receipt).where(Receipt.id.in_({row.receipt_id for row in entries}))):
        if receipt.account_id == scope.account_id:
            lines[receipt.id] = lines_of(json.loads(receipt.document))
    known = {
        row.id: (line["hash"], OperationAnswer(OperationOutcome(line["outcome"]), line.get("words", "")))
        if (line := lines.get(row.receipt_id, {}).get(str(row.id)))
        else ("", CONFLICT)
        for row in entries
    }
    waiting = [identity for identity, (_, answer) in known.items() if answer.outcome is OperationOutcome.WAITING]
    for row in run(_DECIDED, {"ids": waiting}) if waiting else ():
        known[row.operation_id] = known[row.operation_id][0], OperationAnswer(OperationOutcome(row.outcome), row.words)
    return known


def _apply_all(fresh: Sequence[Operation], scope: Scope, appliers: Appliers) -> dict[UUID, OperationAnswer]:
    answers: dict[UUID, OperationAnswer] = {}
    by_kind: dict[str, list[Operation]] = {}
    for operation in sorted(fresh, key=lambda op: op.seq):
        if operation.said is not None:
            by_kind.setdefault(operation.kind, []).append(operation)
        else:
            answers[operation.id] = UNKNOWN
    batches = [by_kind[kind] for kind in sorted(by_kind, key=lambda kind: appliers.by_kind[kind].rank)]
    held = appliers.hold([operation for batch in batches for operation in batch])
    return answers | _apply(batches, scope, appliers, held)


def _apply(
    batches: Sequence[Sequence[Operation]], scope: Scope, appliers: Appliers, held: Any, *, again: bool = True
) -> dict[UUID, OperationAnswer]:
    """All at once; where one does not go, kind by kind, and within its kind one by one: none blocks another.

    Where somebody else made the same row a moment ago, it is read again. A database that is busy, gone or gave the
    transaction up says nothing about any operation: that is raised, and the phone sends again.
    """
    before = set(db.session.identity_map.keys())
    try:
        with db.session.begin_nested():
            for batch in batches:
                appliers.by_kind[batch[0].kind].applier(batch, scope, held)
            held.write()
    except (Refused, LookupError, ValueError, TypeError, ArithmeticError, IntegrityError, DataError) as fault:
        _forget_undone(before)
        held.undone()
        if len(batches) > 1:
            return {k: v for batch in batches for k, v in _apply([batch], scope, appliers, held).items()}
        if len(batches[0]) > 1:
            return {k: v for operation in batches[0] for k, v in _apply([[operation]], scope, appliers, held).items()}
        if again and collided(fault):
            return _apply(batches, scope, appliers, held, again=False)
        answer = _refusal(batches[0][0], fault)
        chains.note(batches[0][0], answer)  # at once: what builds on it comes next
        return {batches[0][0].id: answer}
    return {operation.id: APPLIED for batch in batches for operation in batch}


def _forget_undone(before: Set[Any]) -> None:
    """Let go what was read inside what is undone: the rows may be gone, and the session would go on believing in them."""
    known = db.session.identity_map
    for key in set(known.keys()) - before:
        if (row := known.get(key)) is not None:
            db.session.expunge(row)


def _refusal(operation: Operation, fault: Exception) -> OperationAnswer:
    if isinstance(fault, OutsideRight):
        return OperationAnswer(OperationOutcome.WAITING, fault.message)
    if isinstance(fault, Refused):
        return OperationAnswer(
            OperationOutcome.LATER if isinstance(fault, NotYet) else OperationOutcome.REFUSED, fault.message
        )
    if collided(fault):
        log.error("operation of kind %s met another twice", operation.kind, exc_info=fault)
        return BUSY
    # What no shape forbids and no row holds: this one is kept as refused, the others go on, and the log tells us.
    log.error("operation of kind %s does not fit", operation.kind, exc_info=fault)
    return OperationAnswer(OperationOutcome.REFUSED, "这一条的内容读不懂，已经收好，请告诉管理员。")
