"""The database base: naming of constraints, UTC instants, SQLite as measured, and how a write begins (turns.py)."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Insert,
    MetaData,
    Text,
    UpdateBase,
    Uuid,
    event,
    insert,
    inspect,
    make_url,
)
from sqlalchemy.orm import DeclarativeBase, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from .errors import NotThere
from .prepared import prepared
from .shapes import stored
from .turns import leave_unused, stand_in_line, wait_in_line

Row = TypeVar("Row")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC; SQLite, which keeps no zone, gets it without. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant, aware and in UTC, from either database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Shaped(TypeDecorator[Any]):
    """JSON that is read as its shape says (kernel/shapes.py): what an earlier version left half filled stops no page."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, wanted: Any) -> None:
        super().__init__()
        self.wanted = wanted

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """What of the stored JSON fits the shape."""
        return None if value is None else stored(value, self.wanted)


class Model(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: Instant,
        UUID: Uuid,
        str: Text,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
    }


db = SQLAlchemy(
    metadata=Model.metadata,
    # Tests put a connection with an open outer transaction underneath; each commit is then a savepoint.
    session_options={"join_transaction_mode": "create_savepoint"},
)


# Of a process. Each keeps pages and prepared statements of its own; more threads than this at work at once would only wait
# for one another (one processor's worth of Python, and one writer).
CONNECTIONS = 4
# That a connection to SQLite keeps prepared, up to 20 KB each. A visit with a finding runs 43 different ones and each page ten
# more; of fewer than one round takes the oldest is gone whenever it is wanted again, and all of them are prepared every time.
STATEMENTS = 96
_SQLITE = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON", "cache_size=-600")  # KB


class DatabaseGone(Exception):  # noqa: N818  # read as a sentence
    """The file of the SQLite database was removed or exchanged while this process had it open.

    The old file takes writes as long as somebody has it open, and they are gone with the last one: so nothing is written
    any more. Put the file back, or restore a backup, and start again.
    """


_files: dict[str, tuple[int, int] | None] = {}  # path → which file this process has open there


def gone(url: str) -> str:
    """The path of a database's file where it is no longer the one this process has open; empty while all is well."""
    own = os.path.realpath(make_url(url).database or "")
    return next((path for path, file in _files.items() if os.path.realpath(path) == own and _file_at(path) != file), "")


def _file_at(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


@event.listens_for(Engine, "connect")
def _prepare_sqlite(dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
    if "sqlite" not in type(dbapi_connection).__module__:
        return
    path = dbapi_connection.execute("PRAGMA database_list").fetchone()[2]
    if path:
        record.info["path"] = path
        if path in _files and _file_at(path) != _files[path]:
            raise DatabaseGone(path)
    dbapi_connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
    for pragma in _SQLITE:
        dbapi_connection.execute("PRAGMA " + pragma)
    if path:
        _files.setdefault(path, _file_at(path))


# What is long (receipts, taps, papers) PostgreSQL keeps packed. LZ4 takes a quarter of the time of its own way and no more room;
# asked for only where the server was built with it.
_PACKED = """SELECT set_config(name, 'lz4', false) FROM pg_settings
WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)"""


@event.listens_for(Engine, "connect")
def _prepare_postgres(dbapi_connection: Any, _record: ConnectionPoolEntry) -> None:
    if "psycopg" in type(dbapi_connection).__module__:
        dbapi_connection.execute(_PACKED)
        dbapi_connection.commit()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    writing = connection.get_execution_options().get("writing")
    if writing:
        path = connection.info.get("path", "")
        if path and _file_at(path) != _files[path]:
            raise DatabaseGone(path)
        stand_in_line(connection)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def there(kind: type[Row], key: UUID) -> Row:
    """The row of that key; raises NotThere."""
    row = db.session.get(kind, key)
    if row is None:
        raise NotThere
    return row


def run(
    statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
) -> CursorResult[Any]:
    """A statement over tables, built once where its module is read, run in the session's transaction.

    For what runs before every request or for every visit: building a statement anew and going through objects takes
    seven times as long as running it. Flush first what it is to see. What only writes goes to the driver as it was compiled
    the first time (`prepared`); its values are turned into the driver's by the types of their columns as ever.
    """
    return run_within(db.session.connection(), statement, parameters)


def run_within(
    connection: Connection,
    statement: Executable,
    parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
) -> CursorResult[Any]:
    """`run` on a connection: within a flush, the flush's own."""
    if parameters and isinstance(statement, UpdateBase):
        rows = [parameters] if isinstance(parameters, Mapping) else parameters
        ready = prepared(statement, connection.dialect, tuple(rows[0]))
        if ready is not None:
            return connection.exec_driver_sql(ready.sql, [ready.values(row) for row in rows])
    return connection.execute(statement, parameters)


def put(model: type["Model"], rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Write rows that nobody needs as objects: a third of the work. Flush first what they refer to. What a row does not name
    gets its default here: a statement that gives defaults of its own is not kept as it was compiled (`prepared`)."""
    run(_insert_into(model), [with_defaults(model, row) for row in ([rows] if isinstance(rows, Mapping) else rows)])


def with_defaults(model: type["Model"], row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row with the defaults of the columns that it does not name."""
    left = {name: make for name, make in _defaults(model) if name not in row}
    return {**{name: make(None) if callable(make) else make for name, make in left.items()}, **row} if left else row


def put_ready(model: type["Model"], rows: Sequence[Mapping[str, Any]]) -> Callable[[], None]:
    """`put` in two parts: see `ready`."""
    return ready(_insert_into(model), rows)


def ready(statement: UpdateBase, rows: Sequence[Mapping[str, Any]]) -> Callable[[], None]:
    """A statement that only writes, for thousands of rows: their values are made the driver's now, while nobody waits for the lock
    yet, and written when the answer is called."""
    if not rows:
        return lambda: None
    compiled = prepared(statement, db.engine.dialect, tuple(rows[0]))
    assert compiled is not None, "every value is named"
    values, sql = [compiled.values(row) for row in rows], compiled.sql

    def write() -> None:
        db.session.connection().exec_driver_sql(sql, values)

    return write


def put_object(row: "Model") -> None:
    """Write a new row that goes on as an object of the session: less than half of what the session's own way of writing takes.
    Flush first what it refers to. What nobody has set gets its default, so that nothing is read back."""
    values = {}
    for name, column in _columns(type(row)):
        if name not in row.__dict__:
            default = column.default.arg if column.default is not None else None
            set_committed_value(row, name, default(None) if callable(default) else default)
        values[column.key] = row.__dict__[name]
    put(type(row), values)
    make_transient_to_detached(row)
    db.session.add(row)


@cache
def _columns(model: type["Model"]) -> tuple[tuple[str, Any], ...]:
    """Each attribute of a table's rows with its column."""
    return tuple((attribute.key, attribute.columns[0]) for attribute in inspect(model).column_attrs)


@cache
def _defaults(model: type["Model"]) -> tuple[tuple[str, Any], ...]:
    """Each column of a table that has a default, with it or with what makes it."""
    return tuple((column.key, column.default.arg) for _name, column in _columns(model) if column.default is not None)


@cache
def _insert_into(model: type["Model"]) -> Insert:
    return insert(model.__table__)  # type: ignore[arg-type]


MOST_IN_A_LIST = 10_000  # a statement takes 65,535 parameters on PostgreSQL, as few as 32,766 on SQLite
Ident = TypeVar("Ident")


def slices(ids: Iterable[Ident]) -> Iterator[list[Ident]]:
    """Ids in parts that each fit into one statement. What somebody else sends may name any number of them."""
    left = iter(ids)
    while part := list(islice(left, MOST_IN_A_LIST)):
        yield part


def begin_writing() -> None:
    """Open the session's transaction for writing.

    On SQLite it takes the write lock at once: a deferred transaction that reads first and writes later fails
    with a stale snapshot under load (measured: about half of the requests). Who waits in line for it waits without a
    connection: those are few, and whoever only reads needs one.
    """
    if db.session().in_transaction():
        return
    if db.engine.dialect.name == "sqlite":
        wait_in_line()
    try:
        db.session.connection(execution_options={"writing": True})
    finally:
        leave_unused()


def end_reading() -> None:
    """End the session's transaction and what it holds, undone where it was opened for writing or something waits to be written.

    One that only read is committed: after a rollback the driver of PostgreSQL forgets every statement it has prepared on that
    connection, and all of them are planned anew.
    """
    session = db.session()
    if not session.in_transaction():
        return
    wrote = session.connection().get_execution_options().get("writing")
    if wrote or session.new or session.dirty or session.deleted:
        session.rollback()
    else:
        session.commit()


@contextmanager
def writing() -> Iterator[None]:
    """One transaction of its own: commits at the end, rolls back on any error. Of jobs and commands, and of what a request
    keeps whatever comes of it: a try at a door is counted before it is looked at (ADR 23)."""
    end_reading()
    begin_writing()
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
