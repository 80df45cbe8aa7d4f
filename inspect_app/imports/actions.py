"""Bringing a workbook, saying which rows are which, confirming, cancelling, throwing old rows away."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused, Stale
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.limits import shortened
from inspect_app.people.queries import hold_account
from inspect_app.people.rules import Scope
from inspect_app.sheets.file_kinds import why_not

from . import queries
from .models import ImportJob, ImportRow
from .rules import ENDED, KEPT_FOR, MOST_AT_ONCE, ImportState, RowChoice, RowVerdict
from .slips import PasswordSlip, password_slips


def check_file(data: bytes) -> None:
    """Raises Refused, with what it truly is, for a file that is no plain workbook. Opens nothing."""
    if reason := why_not(data):
        raise Refused(reason, field="file")


def bring(scope: Scope, kind: str, data: bytes, file_name: str) -> ImportJob:
    """An import of this file, whose bytes are kept; the worker reads it. Raises Refused for what is no plain workbook, and where
    too much waits already."""
    queries.kind_for(scope, kind)
    check_file(data)
    hold_account(scope.account_id)  # of two presses at once the second counts the first
    if queries.unfinished(scope.account_id) >= MOST_AT_ONCE:
        raise Refused(f"您已经有 {MOST_AT_ONCE} 份还没有办完，请先确认或取消一份，再来。", field="file")
    job = ImportJob(
        kind=kind,
        account_id=scope.account_id,
        term_id=scope.term_id,
        organisation_id=scope.organisation_id,
        file_name=shortened(file_name, "file_name"),
        file_sha256=sha256_hex(data),
        made_at=clock.now(),
    )
    db.session.add(job)
    db.session.flush()
    return job


def _held(scope: Scope, job_id: UUID) -> ImportJob:
    """One's own import, locked and read anew."""
    job = queries.load(scope, job_id)
    db.session.refresh(job, with_for_update=True)
    return job


def decide(scope: Scope, job_id: UUID, said: Mapping[int, str]) -> ImportJob:
    """Which rows are another one, and which the same as one of the register: number of a row → "another" or the id of that
    one. Those rows are looked at again. Raises Refused for what is none of the choices."""
    job = _held(scope, job_id)
    if job.state != ImportState.READY:
        raise Stale("这一份现在不用选了，请看一下它到哪一步。")
    asked = select(ImportRow).where(
        ImportRow.job_id == job.id,
        ImportRow.number.in_(list(said)),
        (ImportRow.verdict == RowVerdict.ASKED) | (ImportRow.choice != ""),
    )
    rows = {row.number: row for row in db.session.scalars(asked.execution_options(populate_existing=True))}
    if not rows:
        raise Refused("请先选是不是登记过的。", field="asked")
    for number, row in rows.items():
        _take(row, said[number])
    job.state, job.overtaken = ImportState.CHECKING, False
    job.checked = job.total - len(rows)
    db.session.flush()
    return job


def _take(row: ImportRow, said: str) -> None:
    known = {double["id"] for double in row.doubles}
    if said == RowChoice.ANOTHER:
        row.choice, row.chosen_id = RowChoice.ANOTHER, None
    elif said in known:
        row.choice, row.chosen_id = RowChoice.SAME, UUID(said)
    else:
        raise Refused(f"第 {row.number} 行请重新选。", field="asked")
    row.verdict = ""


def confirm(scope: Scope, job_id: UUID) -> ImportJob:
    """确认导入: the worker writes all of it at once. Raises Refused while a row is still asked about, Stale where it is no
    longer what was shown."""
    job = _held(scope, job_id)
    if job.state != ImportState.READY:
        raise Stale("这一份刚才已经确认过，或者不能确认了，请看一下它到哪一步。")
    if job.asked:
        raise Refused(f"还有 {job.asked} 行没有选是不是登记过的。", field="asked")
    if not job.added and not job.changed:
        raise Refused("和登记的一样，没有要导入的。")
    job.state, job.attempts = ImportState.CONFIRMED, 0
    db.session.flush()
    return job


def show_slips(scope: Scope, job_id: UUID, secret: str) -> Sequence[PasswordSlip]:
    """The first passwords of the accounts that one's own import has made, of those who have not changed theirs, and that they were
    shown. Raises NotThere where there is none to be shown."""
    job = _held(scope, job_id)
    found = (
        password_slips(job, secret) if job.state == ImportState.DONE and queries.kind_for(scope, job.kind).slips else []
    )
    if not found:
        raise NotThere("没有要打印的初始密码：都已经换过，或者内容已经清掉了。")
    job.slips_at = clock.now()
    db.session.flush()
    return found


def cancel(scope: Scope, job_id: UUID) -> ImportJob:
    """取消 of one's own import, as long as it is not confirmed. Its rows go at once. Raises Refused for one that has ended."""
    job = _held(scope, job_id)
    if job.state in ENDED or job.state == ImportState.CONFIRMED:
        raise Refused("这一份已经确认或结束了，不能取消。")
    job.state, job.ended_at = ImportState.CANCELLED, clock.now()
    db.session.execute(delete(ImportRow).where(ImportRow.job_id == job.id))
    db.session.flush()
    return job


def drop_old() -> int:
    """Throw away the rows of imports that were brought long ago, and cancel those that nobody confirmed; returns how many
    imports lost their rows. That there was one is kept."""
    before = clock.now() - KEPT_FOR
    old = select(ImportJob).where(ImportJob.made_at < before, ImportJob.state != ImportState.CONFIRMED)
    with_rows = select(ImportRow.job_id).where(ImportRow.job_id == ImportJob.id).exists()
    dropped = 0
    for job in db.session.scalars(old.where(ImportJob.state.not_in(sorted(ENDED)) | with_rows)).all():
        db.session.execute(delete(ImportRow).where(ImportRow.job_id == job.id))
        if job.state not in ENDED:
            job.state, job.ended_at, job.why = ImportState.CANCELLED, clock.now(), "过了几天没有确认"
        dropped += 1
    db.session.flush()
    return dropped
