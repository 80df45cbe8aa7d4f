"""Putting a print job together: its files out of the parts that are made. Only the worker imports this.

Files appear whole or not at all and belong to the job in one transaction with its end, so that nothing is there twice.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing

from . import queries
from .bundling import PrinterFile, ZipWithIndex
from .entry import SheetToDraw
from .kinds.registry import KINDS
from .models import PrintFile, PrintJob, PrintPart
from .results import GrowingFile, ResultStore
from .rules import MOST_ATTEMPTS, Form, JobState, PartState

log = logging.getLogger(__name__)
_TOLD_EVERY = 10  # parts that are put together between two looks at whether the job was cancelled
NOT_MADE = "没有做成，请告诉管理员"
GONE = "文件不在了，或者坏了，请告诉管理员"
_UNREADABLE = "文件读不出来，请告诉管理员"


@dataclass(frozen=True)
class PrintTools:
    """What making a job needs: `stored` gives the whole bytes of a file in evidence or None, `results` takes what is made,
    `draw` gives the PDF of a sheet."""

    stored: Callable[[str], bytes | None]
    results: ResultStore
    draw: Callable[[SheetToDraw], bytes]

    def bytes_of(self, part: PrintPart) -> bytes | None:
        """The bytes of a part that is made; None where they are gone or damaged."""
        load = self.results.whole if part.drawn else self.stored
        return load(part.file_sha256) if part.file_sha256 else None


class JobCancelled(Exception):  # noqa: N818  # no fault: whoever asked does not want it any more
    """The job is not to be made any more."""


def put_together(job_id: UUID, tools: PrintTools) -> None:
    """The files of a job whose parts are all settled. Begun anew where it was cut off; given up after some times."""
    if not _begin(job_id):
        return
    try:
        with ExitStack() as stack:
            files = _write_files(job_id, tools, stack)
        _end(job_id, files)
    except JobCancelled:
        log.info("print job %s was cancelled while it was put together", job_id)
    except Exception:
        log.exception("print job %s could not be put together", job_id)
        db.session.rollback()


def _begin(job_id: UUID) -> bool:
    """Count the attempt before it is made: a job that kills the worker is tried some times and no more."""
    with writing():
        job = db.session.get_one(PrintJob, job_id, with_for_update=True)
        if job.state != JobState.MAKING:
            return False
        if job.attempts >= MOST_ATTEMPTS:
            job.state, job.ended_at, job.why = JobState.FAILED, clock.now(), f"试了几次{NOT_MADE}"
            return False
        job.attempts, job.joined = job.attempts + 1, 0
        return True


def _write_files(job_id: UUID, tools: PrintTools, stack: ExitStack) -> dict[Form, GrowingFile]:
    """Write the files of a job at once, each part read once; they are kept when the stack closes. None where nothing is made."""
    job = db.session.get_one(PrintJob, job_id)
    kind = KINDS[job.kind]
    made = _made(job_id)
    db.session.rollback()
    if not made:
        return {}
    files = {form: stack.enter_context(tools.results.growing()) for form in kind.forms}
    makers: list[PrinterFile | ZipWithIndex] = []
    if Form.PDF in files:
        makers.append(PrinterFile(files[Form.PDF], one_sided=kind.one_sided))
    if Form.ZIP in files:
        makers.append(stack.enter_context(ZipWithIndex(files[Form.ZIP])))
    for part, data in _read(job_id, made, tools):
        try:
            for maker in makers:
                maker.add(part, data)
        except OSError:
            raise
        except Exception:
            log.exception("part %s of print job %s cannot be read", part.id, job_id)
            _leave_out(part.id, _UNREADABLE)
    left_out = queries.left_out([job_id])
    for maker in makers:
        maker.end(left_out)
    db.session.rollback()
    return files


def _made(job_id: UUID) -> Sequence[PrintPart]:
    parts = select(PrintPart).where(PrintPart.job_id == job_id, PrintPart.state == PartState.MADE)
    found = db.session.scalars(parts.order_by(PrintPart.position)).all()
    for part in found:
        db.session.expunge(part)  # only read from now on, while transactions come and go
    return found


def _read(job_id: UUID, made: Sequence[PrintPart], tools: PrintTools) -> Iterator[tuple[PrintPart, bytes]]:
    """Each part with its bytes; how far it is is told, and whether anybody still wants it is looked at, every few parts."""
    for count, part in enumerate(made):
        if count % _TOLD_EVERY == 0 and not _tell(job_id, count):
            raise JobCancelled
        data = tools.bytes_of(part)
        if data is None:
            _leave_out(part.id, GONE)
        else:
            yield part, data


def _tell(job_id: UUID, joined: int) -> bool:
    """Say how many parts are put together; whether the job is still wanted."""
    with writing():
        told = db.session.execute(
            update(PrintJob)
            .where(PrintJob.id == job_id, PrintJob.state == JobState.MAKING)
            .values(joined=joined)
            .returning(PrintJob.id)
        )
        return told.first() is not None


def _leave_out(part_id: UUID, why: str) -> None:
    with writing():
        db.session.execute(
            update(PrintPart).where(PrintPart.id == part_id).values(state=PartState.LEFT_OUT, file_sha256=None, why=why)
        )


def _end(job_id: UUID, files: dict[Form, GrowingFile]) -> None:
    """The job is done and has its files, in one transaction; one that was cancelled meanwhile gets none."""
    with writing():
        job = db.session.get_one(PrintJob, job_id, with_for_update=True)
        if job.state != JobState.MAKING:
            raise JobCancelled
        for form, file in files.items():
            db.session.add(PrintFile(job_id=job_id, form=form, sha256=file.sha256, size=file.size))
        job.state, job.ended_at = JobState.DONE, clock.now()
