"""The worker's part: each waiting part of a job is made, then all of them are put together. Safe to run twice and after a crash:
what was settled stays settled, and a worker that was killed is followed by one that goes on with the next part.
"""

import logging
import time
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.people.queries import scope_for
from inspect_app.people.rules import Scope

from .entry import LeftOut, PartWaits, SheetToDraw, Stored
from .finishing import GONE, NOT_MADE, JobCancelled, PrintTools, put_together
from .issuing import issue
from .kinds import new_paper
from .kinds.registry import KINDS
from .models import PrintJob, PrintPart
from .rules import MOST_ATTEMPTS, JobState, PartState

log = logging.getLogger(__name__)


def go_on(tools: PrintTools, *, seconds: float) -> bool:
    """Go on with all jobs, the oldest first, for about so long; whether there is more to do at once."""
    until, moved = time.monotonic() + seconds, False
    for job_id in _unfinished():
        waiting = _waiting(job_id)
        for part_id in waiting:
            if time.monotonic() > until:
                return True
            moved |= _issue(job_id, part_id)
            if not _make(job_id, part_id, tools):
                break
        left = _waiting(job_id)
        if not left:
            put_together(job_id, tools)
        moved |= 0 < len(left) < len(waiting)
        if time.monotonic() > until:
            return bool(_unfinished())
    return (
        moved  # papers that have their numbers now are drawn some at a time: there is no reason to wait for the clock
    )


def _issue(job_id: UUID, part_id: UUID) -> bool:
    """Issue the paper of a part that is one to be issued; whether it was. What fails is counted, and tried again."""
    try:
        if db.session.get_one(PrintPart, part_id).kind != new_paper.ENTRY.code:
            return False
        return issue(part_id, _wanted_by(job_id, part_id))
    except JobCancelled:
        return False
    except LeftOut as reason:
        db.session.rollback()
        _settle(part_id, why=str(reason))
    except Exception:
        log.exception("the paper of part %s of print job %s could not be issued", part_id, job_id)
        db.session.rollback()
        _count_attempt(part_id)
    return False


def _unfinished() -> Sequence[UUID]:
    making = select(PrintJob.id).where(PrintJob.state == JobState.MAKING)
    found = db.session.scalars(making.order_by(PrintJob.made_at, PrintJob.id)).all()
    db.session.rollback()
    return found


def _waiting(job_id: UUID) -> Sequence[UUID]:
    """The parts of a job that are to be made, in their order; none of a job that has ended."""
    found = db.session.scalars(
        select(PrintPart.id)
        .join(PrintJob, PrintJob.id == PrintPart.job_id)
        .where(
            PrintPart.job_id == job_id, PrintPart.state == PartState.WAITING, PrintJob.state == JobState.MAKING
        )
        .order_by(PrintPart.position)
    ).all()  # fmt: skip
    db.session.rollback()
    return found


def _make(job_id: UUID, part_id: UUID, tools: PrintTools) -> bool:
    """Make one part, or note why it is left out; one that cannot be made yet waits. False where nobody wants it any more."""
    found: Stored | SheetToDraw | None = None
    try:
        found = _found(job_id, part_id)
        if isinstance(found, SheetToDraw):
            _count_attempt(part_id)
            _settle(part_id, file_sha256=tools.results.put(tools.draw(found)), drawn=True)
        elif tools.stored(found.sha256) is None:
            raise LeftOut(GONE)
        else:
            _settle(part_id, file_sha256=found.sha256)
    except JobCancelled:
        return False
    except PartWaits:
        db.session.rollback()
    except LeftOut as reason:
        db.session.rollback()
        _settle(part_id, why=str(reason))
    except Exception:
        log.exception("part %s of print job %s could not be made", part_id, job_id)
        db.session.rollback()
        if not isinstance(found, SheetToDraw):
            _count_attempt(part_id)
    return True


def _found(job_id: UUID, part_id: UUID) -> Stored | SheetToDraw:
    scope, part = _wanted_by(job_id, part_id), db.session.get_one(PrintPart, part_id)
    made = KINDS[part.kind].make(scope, part.about)
    db.session.rollback()
    return made


def _wanted_by(job_id: UUID, part_id: UUID) -> Scope:
    """Whoever asked for a part, as they may see today. Raises JobCancelled, and LeftOut for what failed too often."""
    job, part = db.session.get_one(PrintJob, job_id), db.session.get_one(PrintPart, part_id)
    if job.state != JobState.MAKING:
        db.session.rollback()
        raise JobCancelled
    if part.attempts >= MOST_ATTEMPTS:
        raise LeftOut(NOT_MADE)
    return _scope_of(job)


def _scope_of(job: PrintJob) -> Scope:
    """Whoever asked, with what they may see today."""
    scope = scope_for(job.account_id, clock.today())
    if scope is None or scope.term_id != job.term_id:
        raise LeftOut("您已经不在那个职务上了")
    return scope


def _settle(part_id: UUID, *, file_sha256: str | None = None, drawn: bool = False, why: str = "") -> None:
    """A part is made or left out, once. Where the job has ended meanwhile, nothing of it counts any more."""
    state = PartState.LEFT_OUT if why else PartState.MADE
    with writing():
        db.session.execute(
            update(PrintPart)
            .where(PrintPart.id == part_id, PrintPart.state == PartState.WAITING)
            .values(state=state, file_sha256=file_sha256, drawn=drawn, why=why)
        )


def _count_attempt(part_id: UUID) -> None:
    """A part is tried some times and no more. What is drawn is counted before, as it may kill the worker."""
    with writing():
        db.session.execute(update(PrintPart).where(PrintPart.id == part_id).values(attempts=PrintPart.attempts + 1))
