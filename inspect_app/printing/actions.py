"""Asking for a print job, cancelling it, throwing old ones away."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, put
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.ids import new_id
from inspect_app.people.queries import hold_account
from inspect_app.people.rules import Scope

from . import queries
from .entry import PartAsked
from .models import PrintFile, PrintJob, PrintPart
from .rules import KEPT_FOR, MOST_AT_ONCE, MOST_PARTS, JobState


def ask(scope: Scope, kind: str, title: str, parts: Sequence[PartAsked]) -> PrintJob:
    """A job of these parts in their order; the worker makes it.

    Raises Refused where there is nothing to print, too much, or too much waits already.
    """
    if not parts:
        raise Refused("没有可以打印的。换个条件再试试。")
    if len(parts) > MOST_PARTS:
        raise Refused(f"一次最多打印 {MOST_PARTS} 份，现在超过了。请加一个条件，分几次打。")
    hold_account(scope.account_id)  # of two presses at once the second counts the first
    if _unfinished(scope.account_id) >= MOST_AT_ONCE:
        raise Refused(f"您已经有 {MOST_AT_ONCE} 件在做，等做好一件，或取消一件，再来。")
    job = PrintJob(account_id=scope.account_id, term_id=scope.term_id, kind=kind, title=title, made_at=clock.now())
    db.session.add(job)
    db.session.flush()
    put(PrintPart, [_row(job, position, part) for position, part in enumerate(parts, start=1)])
    return job


def _unfinished(account_id: UUID) -> int:
    mine = select(func.count()).select_from(PrintJob).where(PrintJob.account_id == account_id)
    return db.session.scalar(mine.where(PrintJob.state == JobState.MAKING)) or 0


def _row(job: PrintJob, position: int, part: PartAsked) -> dict[str, object]:
    return {
        "id": new_id(),
        "job_id": job.id,
        "position": position,
        "kind": part.kind,
        "about": dict(part.about),
        "number": part.number,
        "title": part.title,
        "place": part.place,
        "day": part.day,
    }


def cancel(scope: Scope, job_id: UUID) -> PrintJob:
    """取消 of one's own job, also while it is being made. Raises NotThere for another's, Refused for one that has ended."""
    job = queries.load(scope, job_id)
    db.session.refresh(job, with_for_update=True)
    if job.state != JobState.MAKING:
        raise Refused("这一件已经结束，不用取消。")
    job.state, job.ended_at = JobState.CANCELLED, clock.now()
    db.session.flush()
    return job


def drop_old() -> int:
    """Throw away the rows of jobs that were asked for long ago, whatever became of them; returns how many jobs."""
    old = select(PrintJob.id).where(PrintJob.made_at < clock.now() - KEPT_FOR)
    for table in (PrintFile, PrintPart):
        db.session.execute(delete(table).where(table.job_id.in_(old)))
    dropped = db.session.execute(delete(PrintJob).where(PrintJob.made_at < clock.now() - KEPT_FOR))
    return int(getattr(dropped, "rowcount", 0))
