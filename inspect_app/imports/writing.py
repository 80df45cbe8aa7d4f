"""What was confirmed is written: everything is made ready first, then all of it goes into the register in one transaction with the
end of its import. Where the register has moved meanwhile nothing is written, and it is shown again."""

import logging
import time
from uuid import UUID

from sqlalchemy import select, update

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.people.rules import Scope

from .entry import Overtaken, RowToWrite
from .kinds.registry import KINDS
from .models import ImportJob, ImportRow
from .rules import ImportState, RowChoice, RowVerdict

log = logging.getLogger(__name__)
_COLUMNS = (ImportRow.number, ImportRow.verdict, ImportRow.said, ImportRow.match_id, ImportRow.stood, ImportRow.choice)


def write_all(job_id: UUID, scope: Scope) -> None:
    """Write all rows of a confirmed import, or none."""
    kind = KINDS[db.session.get_one(ImportJob, job_id).kind]
    wanted = select(*_COLUMNS).where(
        ImportRow.job_id == job_id, ImportRow.verdict.in_((RowVerdict.ADDED, RowVerdict.CHANGED))
    )
    rows = [
        RowToWrite(number, RowVerdict(verdict), said, match_id, stood, choice == RowChoice.ANOTHER)
        for number, verdict, said, match_id, stood, choice in db.session.execute(wanted.order_by(ImportRow.number))
    ]
    try:
        ready = kind.prepare(scope, rows)
        db.session.rollback()
        with writing():
            began, worked = time.monotonic(), time.thread_time()
            job = db.session.get_one(ImportJob, job_id, with_for_update=True)
            if job.state != ImportState.CONFIRMED:
                return
            ready.write()
            job.state, job.ended_at = ImportState.DONE, clock.now()
        held, work = time.monotonic() - began, time.thread_time() - worked
        log.info("import %s: %s rows, the lock held for %.2f s with %.2f s of work", job_id, len(rows), held, work)
    except Overtaken:
        _look_again(job_id)


def _look_again(job_id: UUID) -> None:
    """All rows are held against the register as it stands now, and shown again before anything is written."""
    db.session.rollback()
    with writing():
        job = db.session.get_one(ImportJob, job_id, with_for_update=True)
        job.state, job.checked, job.attempts, job.overtaken = ImportState.CHECKING, 0, 0, True
        db.session.execute(update(ImportRow).where(ImportRow.job_id == job_id).values(verdict=""))
