"""Taking operations in: each exactly once, each with a place in a signed receipt, none blocked by another."""

import json
import logging
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import DataError, IntegrityError

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, run
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import canonical_json
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.keys import KeyRing
from inspect_app.people.rules import Scope

from .models import Epoch, JournalEntry, Receipt
from .rules import APPLIED, Answer, NotYet, Operation, Outcome

log = logging.getLogger(__name__)
CONFLICT = Answer(Outcome.CONFLICT, "这个编号已经用在别的内容上，请联系管理员。")
_THESE = select(JournalEntry.id, JournalEntry.receipt_id).where(JournalEntry.id.in_(bindparam("ids", expanding=True)))
_ENTER, _KEEP = insert(JournalEntry.__table__), insert(Receipt.__table__)  # type: ignore[arg-type]
_NEWEST_EPOCH = select(Epoch.id).order_by(Epoch.since.desc()).limit(1)
Applier = Callable[[Sequence[Operation], Scope], None]


@dataclass
class Appliers:
    """What each kind of operation does. An applier takes a batch and raises Refused; then each is tried alone."""

    by_kind: dict[str, tuple[int, Applier]] = field(default_factory=dict)

    def register(self, kind: str, applier: Applier, *, rank: int = 50) -> None:
        """`rank` orders kinds within a request: an urgent call goes first, handing in goes last."""
        self.by_kind[kind] = (rank, applier)


def take_in(operations: Sequence[Operation], scope: Scope, appliers: Appliers, keys: KeyRing) -> dict[str, Any]:
    """Apply what is new, repeat the answer for what is known; returns the signed receipt as JSON values."""
    done = _known([operation.id for operation in operations], scope)
    first: dict[UUID, Operation] = {}
    for op in operations:
        first.setdefault(op.id, op)
    fresh = [op for op in first.values() if op.id not in done]
    answers = _apply_all(fresh, scope, appliers)
    done |= {op.id: (op.hash, answers[op.id]) for op in fresh}
    kept = [op for op in fresh if answers[op.id].outcome is not Outcome.LATER]
    lines = [(op, done[op.id][1] if done[op.id][0] == op.hash else CONFLICT) for op in operations]
    receipt = _receipt(lines, kept, scope, keys)
    if kept:
        rows = [{"id": op.id, "receipt_id": receipt.id} for op in kept]
        run(_ENTER, rows)
    return {"document": receipt.document, "key": receipt.key_id, "signature": receipt.signature}


def _known(ids: Sequence[UUID], scope: Scope) -> dict[UUID, tuple[str, Answer]]:
    """(hash, answer) of the operations that came before, as their receipts say; another account's can match nothing."""
    entries = run(_THESE, {"ids": ids}).all()
    if not entries:
        return {}
    lines: dict[UUID, dict[str, Any]] = {}
    for receipt in db.session.scalars(select(Receipt).where(Receipt.id.in_({row.receipt_id for row in entries}))):
        if receipt.account_id == scope.account_id:
            lines |= {UUID(line["id"]): line for line in json.loads(receipt.document)["operations"]}
    return {
        row.id: (lines[row.id]["hash"], Answer(Outcome(lines[row.id]["outcome"]), lines[row.id].get("words", "")))
        if row.id in lines
        else ("", CONFLICT)
        for row in entries
    }


def _apply_all(fresh: Sequence[Operation], scope: Scope, appliers: Appliers) -> dict[UUID, Answer]:
    answers: dict[UUID, Answer] = {}
    by_kind: dict[str, list[Operation]] = {}
    for operation in sorted(fresh, key=lambda op: op.seq):
        if operation.kind in appliers.by_kind:
            by_kind.setdefault(operation.kind, []).append(operation)
        else:
            answers[operation.id] = Answer(Outcome.WAITING, "服务器还不认识这一种，已经收好，升级后会接着办。")
    batches = [by_kind[kind] for kind in sorted(by_kind, key=lambda kind: appliers.by_kind[kind][0])]
    return answers | _apply(batches, scope, appliers)


def _apply(batches: Sequence[Sequence[Operation]], scope: Scope, appliers: Appliers) -> dict[UUID, Answer]:
    """All at once; where one does not go, kind by kind, and within its kind one by one: none blocks another."""
    before = set(db.session.identity_map.keys())
    try:
        with db.session.begin_nested():
            for batch in batches:
                appliers.by_kind[batch[0].kind][1](batch, scope)
    except (Refused, KeyError, ValueError, TypeError, IntegrityError, DataError) as fault:
        _forget_undone(before)
        if len(batches) > 1:
            return {k: v for batch in batches for k, v in _apply([batch], scope, appliers).items()}
        if len(batches[0]) > 1:
            return {k: v for operation in batches[0] for k, v in _apply([[operation]], scope, appliers).items()}
        return {batches[0][0].id: _refusal(batches[0][0], fault)}
    return {operation.id: APPLIED for batch in batches for operation in batch}


def _forget_undone(before: Set[Any]) -> None:
    """Let go what was read inside what is undone: the rows may be gone, and the session would go on believing in them."""
    known = db.session.identity_map
    for key in set(known.keys()) - before:
        if (row := known.get(key)) is not None:
            db.session.expunge(row)


def _refusal(operation: Operation, fault: Exception) -> Answer:
    if isinstance(fault, Refused):
        return Answer(Outcome.LATER if isinstance(fault, NotYet) else Outcome.REFUSED, fault.message)
    # A payload that does not fit its kind: this one is kept as refused, the others go on.
    log.error("operation of kind %s does not fit", operation.kind, exc_info=fault)
    return Answer(Outcome.REFUSED, "这一条的内容读不懂，已经收好，请告诉管理员。")


def _receipt(
    answered: Sequence[tuple[Operation, Answer]], kept: Sequence[Operation], scope: Scope, keys: KeyRing
) -> Receipt:
    at, lines = clock.now(), []
    for operation, answer in answered:
        line = {"id": operation.raw["id"], "hash": operation.hash, "outcome": str(answer.outcome)}
        lines.append(line | {"words": answer.words} if answer.words else line)
    receipt_id = new_id()
    document = canonical_json(
        {
            "receipt": str(receipt_id),
            "epoch": str(current_epoch()),
            "account": str(scope.account_id),
            "at": at.isoformat(timespec="milliseconds"),
            "operations": lines,
        }
    )
    key_id, signature = keys.sign(document)
    row = {
        "id": receipt_id, "account_id": scope.account_id, "term_id": scope.term_id, "made_at": at,
        "document": document.decode(), "key_id": key_id, "signature": signature,
        "operations": [dict(operation.raw) for operation in kept],
    }  # fmt: skip
    run(_KEEP, row)
    return Receipt(**row)


def current_epoch() -> UUID:
    """The newest epoch; the first use begins one."""
    return run(_NEWEST_EPOCH).scalar() or begin_epoch()


def begin_epoch() -> UUID:
    """A new epoch: after a restore, so that phones offer again what the backup may lack."""
    row = Epoch(id=new_id(), since=clock.now())
    db.session.add(row)
    db.session.flush()
    return row.id


def receipt_holds(receipt: Receipt, keys: KeyRing) -> bool:
    """Whether a stored receipt still carries its signature."""
    return keys.verify(receipt.key_id, receipt.signature, receipt.document.encode())
