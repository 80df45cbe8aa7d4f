"""Reads of the log of exports: one's own for everybody, all of them for who looks after the log."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.paging import Cursor, Page, beyond, read_cursor
from inspect_app.people.rules import Scope

from .models import Export
from .rules import SILENT_AFTER, ExportState

_ORDER = (Export.began_at, Export.id)


def mine(scope: Scope, after: str | None = None, size: int = 25) -> Page[Export]:
    """One's own exports under any term, the newest first. Raises NotThere for an address that continues nothing."""
    return _page([Export.account_id == scope.account_id], after, size)


def everybodys(
    words: str = "", kind: str = "", *, persons: bool = False, after: str | None = None, size: int = 25
) -> Page[Export]:
    """All exports, the newest first: of whom or of what, of one list, only those that took something of persons along."""
    conditions: list[ColumnElement[bool]] = []
    if words:
        conditions.append(or_(*(c.contains(words, autoescape=True) for c in (Export.who, Export.words, Export.reason))))
    if kind:
        conditions.append(Export.kind == kind)
    if persons:
        conditions.append(Export.reason != "")
    return _page(conditions, after, size)


def _page(conditions: list[ColumnElement[bool]], after: str | None, size: int) -> Page[Export]:
    statement = select(Export).where(*conditions)
    cursor = read_cursor(after, len(_ORDER))
    if cursor:
        statement = statement.where(beyond(_ORDER, _values(cursor), down=True))
    found = db.session.scalars(statement.order_by(*(column.desc() for column in _ORDER)).limit(size + 1)).all()
    more, rows = len(found) > size, found[:size]
    passed = (cursor.passed if cursor else 0) + len(rows)
    onward = str(Cursor((rows[-1].began_at.isoformat(), rows[-1].id), passed)) if more else None
    return Page(rows, onward, None, passed - len(rows) + 1)


def _values(cursor: Cursor) -> tuple[datetime, UUID]:
    try:
        began, identity = datetime.fromisoformat(str(cursor.keys[0])), UUID(str(cursor.keys[1]))
    except ValueError:
        raise NotThere from None
    if began.tzinfo is None:
        raise NotThere
    return began, identity


def being_sent(account_id: UUID | None = None) -> int:
    """How many exports are being sent now, of one account or of all; what has fallen silent does not count."""
    sent = select(func.count()).select_from(Export)
    sent = sent.where(Export.state == ExportState.SENDING, Export.touched_at >= clock.now() - SILENT_AFTER)
    return db.session.scalar(sent.where(Export.account_id == account_id) if account_id else sent) or 0
