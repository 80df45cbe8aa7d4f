"""Reads of imports: one's own to go on with; that there was one, for whoever keeps the same register."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, NotThere
from inspect_app.kernel.paging import Page
from inspect_app.people.models import Account, Person
from inspect_app.people.rules import Role, Scope

from .entry import ImportKind
from .kinds.registry import KINDS
from .models import ImportJob, ImportRow
from .rules import AT_WORK, ENDED, ImportState, RowVerdict

MOST_LISTED = 50


@dataclass(frozen=True)
class ImportView:
    """An import as a page shows it, with who brought it."""

    job: ImportJob
    by: str

    @property
    def kind(self) -> ImportKind:
        """What was brought."""
        return KINDS[self.job.kind]

    @property
    def going_on(self) -> bool:
        """Whether the worker has to do with it now."""
        return self.job.state in AT_WORK

    @property
    def ended(self) -> bool:
        """Whether nothing can come of it any more."""
        return self.job.state in ENDED

    @property
    def waits(self) -> bool:
        """Whether whoever brought it may confirm it, once nothing is left to be asked."""
        return self.job.state == ImportState.READY

    @property
    def is_faulty(self) -> bool:
        """Whether something in it is wrong, so that nothing of it is taken."""
        return self.job.state == ImportState.FAULTY

    @property
    def done(self) -> bool:
        """Whether all of it was written."""
        return self.job.state == ImportState.DONE

    @property
    def failed(self) -> bool:
        """Whether it could not be read, or was given up."""
        return self.job.state == ImportState.FAILED

    @property
    def reading(self) -> bool:
        """Whether its file is being read: how many rows there are is not known yet."""
        return self.job.state == ImportState.READING

    @property
    def writing(self) -> bool:
        """Whether it was confirmed and is about to be written."""
        return self.job.state == ImportState.CONFIRMED


def kind_for(scope: Scope, code: str) -> ImportKind:
    """The kind of a code, where somebody may bring it. Raises NotThere, NotAllowed."""
    kind = KINDS.get(code)
    if kind is None:
        raise NotThere
    if scope.role not in kind.roles:
        raise NotAllowed("这一页不在您的职责里。")
    return kind


def load(scope: Scope, job_id: UUID) -> ImportJob:
    """One's own import under the term it was brought under; raises NotThere for anybody else's."""
    job = db.session.get(ImportJob, job_id)
    if job is None or (job.account_id, job.term_id) != (scope.account_id, scope.term_id):
        raise NotThere
    kind_for(scope, job.kind)
    return job


def view(scope: Scope, job_id: UUID) -> ImportView:
    """One's own import as its page shows it."""
    return ImportView(load(scope, job_id), scope.person_name)


def history(scope: Scope, kind: str) -> Sequence[ImportView]:
    """Who brought what and what came of it, the newest first: an administrator reads all, others those of their own office."""
    seen: ColumnElement[bool] = true()
    if scope.role is not Role.ADMINISTRATOR:
        seen = ImportJob.organisation_id == scope.organisation_id
    rows = db.session.execute(
        select(ImportJob, Person.name)
        .join(Account, Account.id == ImportJob.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(ImportJob.kind == kind, seen)
        .order_by(ImportJob.made_at.desc(), ImportJob.id.desc())
        .limit(MOST_LISTED)
    )
    return [ImportView(job, name) for job, name in rows]


def rows(job_id: UUID, verdict: RowVerdict, after: int = 0, size: int = 50) -> Page[ImportRow]:
    """Rows of an import that came to the same, in the order of the sheet, from behind a number on."""
    statement = select(ImportRow).where(
        ImportRow.job_id == job_id, ImportRow.verdict == verdict, ImportRow.number > after
    )
    found = db.session.scalars(statement.order_by(ImportRow.number).limit(size + 1)).all()
    return Page(found[:size], str(found[size - 1].number) if len(found) > size else None)


def all_rows(job_id: UUID, verdict: RowVerdict) -> Sequence[ImportRow]:
    """All rows that came to the same."""
    statement = select(ImportRow).where(ImportRow.job_id == job_id, ImportRow.verdict == verdict)
    return db.session.scalars(statement.order_by(ImportRow.number)).all()


def faults_in(job_id: UUID) -> int:
    """How many faults there are; a row may have several."""
    return sum(len(row.faults) for row in all_rows(job_id, RowVerdict.FAULTY))


def unfinished(account_id: UUID) -> int:
    """How many imports of an account have not come to an end."""
    mine = select(func.count()).select_from(ImportJob).where(ImportJob.account_id == account_id)
    return db.session.scalar(mine.where(ImportJob.state.not_in(sorted(ENDED)))) or 0
