"""Reads of print jobs: one's own, under the term they were asked under, and nobody else's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.people.rules import Scope

from .kinds import new_paper, paper
from .models import PrintFile, PrintJob, PrintPart
from .rules import JobState, PartState, percent

MOST_LISTED = 30


@dataclass(frozen=True)
class JobView:
    """A job as a page shows it: how many parts it has, how many are settled, what was left out, its files."""

    job: PrintJob
    total: int
    made: int
    left_out: Sequence[PrintPart]
    files: Mapping[str, PrintFile]
    numbers: Sequence[str] = ()  # of the papers that it issued: they stand whatever becomes of it

    @property
    def going_on(self) -> bool:
        """Whether the worker still has to do with it."""
        return self.job.state == JobState.MAKING

    @property
    def failed(self) -> bool:
        """Whether it was given up."""
        return self.job.state == JobState.FAILED

    @property
    def cancelled(self) -> bool:
        """Whether it was taken back."""
        return self.job.state == JobState.CANCELLED

    @property
    def settled(self) -> int:
        """How many parts are made or left out."""
        return self.made + len(self.left_out)

    @property
    def percent(self) -> int:
        """How far it is, of a hundred."""
        return percent(self.total, self.settled, self.job.joined)


def load(scope: Scope, job_id: UUID) -> PrintJob:
    """One's own job; raises NotThere for anybody else's."""
    job = db.session.scalar(select(PrintJob).where(PrintJob.id == job_id, _mine(scope)))
    if job is None:
        raise NotThere
    return job


def mine(scope: Scope) -> Sequence[JobView]:
    """One's own newest jobs, the newest first: the same number of statements for any number of them."""
    jobs = select(PrintJob).where(_mine(scope)).order_by(PrintJob.made_at.desc(), PrintJob.id.desc())
    return views(db.session.scalars(jobs.limit(MOST_LISTED)).all())


def views(jobs: Iterable[PrintJob]) -> Sequence[JobView]:
    """Jobs with what a page shows of them."""
    rows = list(jobs)
    ids = [job.id for job in rows]
    counted = {row.job_id: (row.total, row.made) for row in db.session.execute(_counts(ids))}
    left: dict[UUID, list[PrintPart]] = {}
    files: dict[UUID, dict[str, PrintFile]] = {}
    for part in left_out(ids):
        left.setdefault(part.job_id, []).append(part)
    for file in db.session.scalars(select(PrintFile).where(PrintFile.job_id.in_(ids)).order_by(PrintFile.form)):
        files.setdefault(file.job_id, {})[file.form] = file
    numbers = _numbers([job.id for job in rows if job.kind == new_paper.ENTRY.code])
    return [
        JobView(
            job,
            *counted.get(job.id, (0, 0)),
            left.get(job.id, []),
            files.get(job.id, {}),
            numbers.get(job.id, []),
        )
        for job in rows
    ]


def _numbers(job_ids: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    """The numbers that jobs have taken, in their order."""
    found: dict[UUID, list[str]] = {}
    if job_ids:
        issued = select(PrintPart.job_id, PrintPart.number).where(
            PrintPart.job_id.in_(job_ids), PrintPart.kind == paper.ENTRY.code
        )
        for job_id, number in db.session.execute(issued.order_by(PrintPart.position)):
            found.setdefault(job_id, []).append(number)
    return found


def left_out(job_ids: Sequence[UUID]) -> Sequence[PrintPart]:
    """The parts that did not go into these jobs, in their order."""
    return db.session.scalars(
        select(PrintPart)
        .where(PrintPart.job_id.in_(job_ids), PrintPart.state == PartState.LEFT_OUT)
        .order_by(PrintPart.position)
    ).all()


def file_of(scope: Scope, job_id: UUID, form: str) -> tuple[PrintJob, PrintFile]:
    """A finished file of one's own job. Raises NotThere."""
    job = load(scope, job_id)
    file = db.session.get(PrintFile, (job.id, form))
    if file is None:
        raise NotThere
    return job, file


def _mine(scope: Scope) -> ColumnElement[bool]:
    return (PrintJob.account_id == scope.account_id) & (PrintJob.term_id == scope.term_id)


def _counts(job_ids: Sequence[UUID]) -> Select[UUID, int, int]:
    made = func.sum(case((PrintPart.state == PartState.MADE, 1), else_=0)).label("made")
    of_job = select(PrintPart.job_id, func.count().label("total"), made)
    return of_job.where(PrintPart.job_id.in_(job_ids)).group_by(PrintPart.job_id)
