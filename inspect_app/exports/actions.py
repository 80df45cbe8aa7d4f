"""Writing the log of exports: begun before anything goes out, noted on the way, ended once. Nothing here takes a line away."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.people import directory
from inspect_app.people.queries import hold_account
from inspect_app.people.rules import Scope

from . import queries
from .models import Export
from .rules import (
    MOST_AT_ONCE,
    MOST_IN_ALL,
    SILENT_AFTER,
    ExportColumn,
    ExportForm,
    ExportKind,
    ExportState,
    check_reason,
)


@dataclass(frozen=True)
class WantedExport:
    """What somebody wants to take along: which list, its filters in words and as an address, its order, the form, and whether
    with what it holds of persons, for which reason."""

    kind: ExportKind
    words: str
    address: str
    ordered: str
    form: ExportForm
    persons: bool = False
    reason: str = ""

    def columns(self, scope: Scope) -> Sequence[ExportColumn]:
        """The columns that go out to whoever asks."""
        return self.kind.going_out(scope.role, persons=self.persons)


def begin(scope: Scope, wanted: WantedExport) -> Export:
    """A line of the log; only after it is written for good may a byte go out.

    Raises Refused without a reason where something of persons goes out, and where too much is being sent already.
    """
    own = wanted.kind.of_persons(scope.role) if wanted.persons else ()
    if wanted.persons and not own:
        raise Refused("您的职责里看不到这些个人信息，导出里也不能带。", field="persons")
    reason = check_reason(wanted.reason) if own else ""
    hold_account(scope.account_id)  # of two presses at once the second counts the first
    if queries.being_sent(scope.account_id) >= MOST_AT_ONCE:
        raise Refused(f"您已经有 {MOST_AT_ONCE} 份正在传，等传完一份再来。")
    if queries.being_sent() >= MOST_IN_ALL:
        raise Refused("现在导出的人多，请过几分钟再来。")
    name = directory.names_of([scope.person_id])[scope.person_id]
    now = clock.now()
    row = Export(
        account_id=scope.account_id, term_id=scope.term_id, organisation_id=scope.organisation_id,
        who=f"{name}（{scope.organisation_name}，{scope.role_label}）", kind=wanted.kind.code, words=wanted.words,
        address=wanted.address, ordered=wanted.ordered, form=wanted.form, persons=[column.label for column in own],
        reason=reason, began_at=now, touched_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def note(export_id: UUID, rows: int) -> bool:
    """How many rows have gone out so far; False where the export was ended meanwhile: then nothing more may go out."""
    return _still_sending(export_id, rows=rows)


def end(export_id: UUID, state: ExportState, *, rows: int, size: int, sha256: str | None, more: bool = False) -> bool:
    """What came of it, once: a line that has ended stays as it is, and False says so."""
    kept = sha256 if state is ExportState.DONE else None
    return _still_sending(export_id, rows=rows, state=state, ended_at=clock.now(), size=size, sha256=kept, more=more)


def end_silent() -> int:
    """What nobody sends any more, because its process was ended in the middle: 没有传完, with the rows last noted."""
    now = clock.now()
    gone = update(Export).where(Export.state == ExportState.SENDING, Export.touched_at < now - SILENT_AFTER)
    return int(getattr(db.session.execute(gone.values(state=ExportState.LEFT, ended_at=now)), "rowcount", 0))


def _still_sending(export_id: UUID, **values: object) -> bool:
    noted = update(Export).where(Export.id == export_id, Export.state == ExportState.SENDING)
    done = db.session.execute(noted.values(touched_at=clock.now(), **values))
    return bool(getattr(done, "rowcount", 0))
