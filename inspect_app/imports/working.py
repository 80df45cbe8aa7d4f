"""The worker's part of imports: reading the file, checking its rows, writing what was confirmed. Each piece is one short
transaction, so that a worker that is killed is followed by one that goes on, and nobody waits long for the lock."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import Refused
from inspect_app.people.queries import scope_for
from inspect_app.people.rules import Scope

from .checking import Checking
from .models import ImportJob
from .reading import read_rows
from .rules import AT_WORK, MOST_ATTEMPTS, ImportState
from .writing import write_all

log = logging.getLogger(__name__)
GAVE_UP = "试了几次没有做成，请告诉管理员"
_NO_TERM = "您已经不在那个职务上了"
_GONE = "文件不在了，请再传一次"


@dataclass(frozen=True)
class ImportTools:
    """What imports need: `stored` gives the bytes of a file by its hash, None where it is gone; `secret` is the server's own."""

    stored: Callable[[str], bytes | None]
    secret: str


def go_on(tools: ImportTools, *, seconds: float) -> bool:
    """Go on with all imports, the oldest first, for about so long; whether there is more to do at once."""
    until = time.monotonic() + seconds
    for job_id in at_work():
        while time.monotonic() < until and _one_piece(job_id, tools, until):
            pass
        if time.monotonic() >= until:
            return bool(at_work())
    return False


def at_work() -> Sequence[UUID]:
    """The imports that wait for the worker, the oldest first."""
    waiting = select(ImportJob.id).where(ImportJob.state.in_(sorted(AT_WORK)))
    found = db.session.scalars(waiting.order_by(ImportJob.made_at, ImportJob.id)).all()
    db.session.rollback()
    return found


def _one_piece(job_id: UUID, tools: ImportTools, until: float) -> bool:
    """One step further; whether the worker has more to do with it. What fails again and again is given up in words."""
    state = _begin(job_id)
    if state is None:
        return False
    try:
        scope = _scope_of(job_id)
        if state is ImportState.READING:
            _read(job_id, tools)
        elif state is ImportState.CHECKING:
            Checking(job_id, scope, tools.secret).go_on(until)
        else:
            write_all(job_id, scope)
    except Refused as refusal:
        _give_up(job_id, refusal.message)
        return False
    except Exception:
        log.exception("import %s failed while %s", job_id, state)
        db.session.rollback()
    return True


def _begin(job_id: UUID) -> ImportState | None:
    """What is to be done, counted before it is tried: what kills the worker is tried some times and no more."""
    with writing():
        job = db.session.get_one(ImportJob, job_id, with_for_update=True)
        if job.state not in AT_WORK:
            return None
        if job.attempts >= MOST_ATTEMPTS:
            job.state, job.ended_at, job.why = ImportState.FAILED, clock.now(), GAVE_UP
            return None
        job.attempts += 1
        return ImportState(job.state)


def _scope_of(job_id: UUID) -> Scope:
    """Whoever brought it, with what they may see today."""
    job = db.session.get_one(ImportJob, job_id)
    scope = scope_for(job.account_id, clock.today())
    if scope is None or scope.term_id != job.term_id:
        raise Refused(_NO_TERM)
    return scope


def _read(job_id: UUID, tools: ImportTools) -> None:
    job = db.session.get_one(ImportJob, job_id)
    data, kind = tools.stored(job.file_sha256), job.kind
    db.session.rollback()
    if data is None:
        raise Refused(_GONE)
    read_rows(job_id, kind, data)


def _give_up(job_id: UUID, why: str) -> None:
    db.session.rollback()
    with writing():
        job = db.session.get_one(ImportJob, job_id, with_for_update=True)
        if job.state in AT_WORK:
            job.state, job.ended_at, job.why = ImportState.FAILED, clock.now(), why
