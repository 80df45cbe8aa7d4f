"""Taking operations in: each exactly once, each with a place in a signed receipt, none blocked by another."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import canonical_json
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.keys import KeyRing
from inspect_app.people.rules import Scope

from .models import Epoch, JournalEntry, Receipt
from .rules import APPLIED, Answer, NotYet, Operation, Outcome

log = logging.getLogger(__name__)
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
    ids = [operation.id for operation in operations]
    known = {
        row.id: row
        for row in db.session.execute(
            select(
                JournalEntry.id, JournalEntry.hash, JournalEntry.outcome, JournalEntry.words, JournalEntry.account_id
            ).where(JournalEntry.id.in_(ids))
        )
    }
    fresh = list({operation.id: operation for operation in operations if operation.id not in known}.values())
    answers = _apply_all(fresh, scope, appliers)
    at = clock.now()
    for operation in operations:
        row = known.get(operation.id)
        if row is not None:
            same = row.hash == operation.hash and row.account_id == scope.account_id
            answers[operation.id] = (
                Answer(Outcome(row.outcome), row.words)
                if same
                else Answer(Outcome.CONFLICT, "这个编号已经用在别的内容上，请联系管理员。")
            )
    receipt = _receipt(operations, answers, scope, keys, at)
    kept = [op for op in fresh if answers[op.id].outcome is not Outcome.LATER]
    if kept:
        db.session.execute(insert(JournalEntry), [_entry(op, answers[op.id], scope, receipt.id, at) for op in kept])
    return {"document": receipt.document, "key": receipt.key_id, "signature": receipt.signature}


def _apply_all(fresh: Sequence[Operation], scope: Scope, appliers: Appliers) -> dict[UUID, Answer]:
    answers: dict[UUID, Answer] = {}
    by_kind: dict[str, list[Operation]] = {}
    for operation in sorted(fresh, key=lambda op: op.seq):
        if operation.kind in appliers.by_kind:
            by_kind.setdefault(operation.kind, []).append(operation)
        else:
            answers[operation.id] = Answer(Outcome.WAITING, "服务器还不认识这一种，已经收好，升级后会接着办。")
    for kind in sorted(by_kind, key=lambda kind: appliers.by_kind[kind][0]):
        answers |= _apply_kind(by_kind[kind], scope, appliers.by_kind[kind][1])
    return answers


def _apply_kind(batch: Sequence[Operation], scope: Scope, applier: Applier) -> dict[UUID, Answer]:
    try:
        with db.session.begin_nested():
            applier(batch, scope)
    except Refused as refusal:
        if len(batch) == 1:
            outcome = Outcome.LATER if isinstance(refusal, NotYet) else Outcome.REFUSED
            return {batch[0].id: Answer(outcome, refusal.message)}
        return {k: v for operation in batch for k, v in _apply_kind([operation], scope, applier).items()}
    except (KeyError, ValueError, TypeError):
        # A payload that does not fit its kind: this one is kept as refused, the others go on.
        log.exception("operation of kind %s does not fit", batch[0].kind)
        if len(batch) == 1:
            return {batch[0].id: Answer(Outcome.REFUSED, "这一条的内容读不懂，已经收好，请告诉管理员。")}
        return {k: v for operation in batch for k, v in _apply_kind([operation], scope, applier).items()}
    return dict.fromkeys((operation.id for operation in batch), APPLIED)


def _receipt(
    operations: Sequence[Operation], answers: dict[UUID, Answer], scope: Scope, keys: KeyRing, at: datetime
) -> Receipt:
    lines = []
    for operation in operations:
        answer = answers[operation.id]
        line = {"id": str(operation.id), "hash": operation.hash, "outcome": str(answer.outcome)}
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
        "id": receipt_id, "account_id": scope.account_id, "made_at": at, "document": document.decode(),
        "key_id": key_id, "signature": signature,
    }  # fmt: skip
    db.session.execute(insert(Receipt), [row])
    return Receipt(**row)


def _entry(operation: Operation, answer: Answer, scope: Scope, receipt_id: UUID, at: datetime) -> dict[str, Any]:
    return {
        "id": operation.id,
        "account_id": scope.account_id,
        "term_id": scope.term_id,
        "device": operation.device,
        "seq": operation.seq,
        "kind": operation.kind,
        "version": operation.version,
        "hash": operation.hash,
        "payload": dict(operation.payload),
        "times": dict(operation.times),
        "captured_at": operation.captured_at,
        "received_at": at,
        "outcome": answer.outcome,
        "words": answer.words,
        "receipt_id": receipt_id,
    }


def current_epoch() -> UUID:
    """The newest epoch; the first use begins one."""
    found = db.session.scalar(select(Epoch.id).order_by(Epoch.since.desc()).limit(1))
    return found or begin_epoch()


def begin_epoch() -> UUID:
    """A new epoch: after a restore, so that phones offer again what the backup may lack."""
    row = Epoch(id=new_id(), since=clock.now())
    db.session.add(row)
    db.session.flush()
    return row.id


def receipt_holds(receipt: Receipt, keys: KeyRing) -> bool:
    """Whether a stored receipt still carries its signature."""
    return keys.verify(receipt.key_id, receipt.signature, receipt.document.encode())
