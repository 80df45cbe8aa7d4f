"""What operations build on: a visit that was begun, a place that was registered. Where that is not here, what follows
waits for it, waits with it at the desk, or hears for good that it was not taken; nothing waits for ever for a refusal."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.races import insert_if_absent
from inspect_app.people import queries as people
from inspect_app.people.rules import Scope

from .models import NotTaken, PendingOperation
from .rules import NotYet, Operation, OperationAnswer, OperationOutcome, OutsideRight


def note(operation: Operation, answer: OperationAnswer) -> None:
    """Remember the beginning of something that was refused or waits at the desk."""
    subject = _begun(operation)
    if subject is not None and answer.outcome in (OperationOutcome.REFUSED, OperationOutcome.WAITING):
        insert_if_absent(
            NotTaken, operation_id=operation.id, subject_id=subject, outcome=str(answer.outcome), words=answer.words
        )


def absent(subject_id: UUID, what: str) -> Refused:
    """Why something that an operation builds on is not here, as what to raise; `what` names it in Chinese."""
    rows = db.session.execute(
        select(NotTaken, PendingOperation)
        .outerjoin(PendingOperation, PendingOperation.operation_id == NotTaken.operation_id)
        .where(NotTaken.subject_id == subject_id)
    ).all()
    if not rows:
        return NotYet(f"{what}还没有送达，等它送达后会再发。")
    if any(row.outcome == OperationOutcome.WAITING and (kept is None or kept.decided_at is None) for row, kept in rows):
        return OutsideRight(f"{what}在等督办员确认，这一条也收好了，跟着它一起办。")
    row, kept = rows[-1]
    why = kept.words if kept is not None else row.words
    return Refused(f"{what}没有收，这一条也没有收。{why}")


def right_of(waiting: Sequence[Operation], scope: Scope) -> UUID | None:
    """The term under which operations that come together and wait were captured: that of what they build on, where it
    waits already, else that of the first day."""
    named = {found for op in waiting for found in (op.about.visit, op.about.premises) if found is not None}
    begun = db.session.scalar(
        select(PendingOperation.term_id)
        .join(NotTaken, NotTaken.operation_id == PendingOperation.operation_id)
        .where(NotTaken.subject_id.in_(named), PendingOperation.account_id == scope.account_id)
        .limit(1)
    )
    first = min(clock.local_date(op.at) for op in waiting)
    return begun or people.deputy_on(scope.account_id, first) or scope.term_id


def _begun(operation: Operation) -> UUID | None:
    """What an operation would begin, had it been taken."""
    about = {"visit.start": operation.about.visit, "premises.register": operation.about.premises}
    return about.get(operation.kind)
