"""A whole database as one SQLite file at one moment, and such a file poured into an empty database of either kind.

The file has each table under its own name with its own columns, and values as SQLite keeps them: ids as 32 hex digits,
instants as UTC without a zone, JSON as text, booleans as 0 and 1. Of an SQLite database it is a true copy. Because there
is one shape, a backup of the one kind of database can be restored into the other.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

VERSION_TABLE = "alembic_version"
# Made from the hazards and made again from them (ADR 43): pouring the hazards counts them, the worker writes their words. Marks
# of changed places are numbers of the database they were made in (ADR 49): pouring the places marks them anew.
_DERIVED = ("hazard_tally", "hazard_words", "premises_change")
_ROWS = 2000  # fetched and written at a time
_PAGES = 1000
# How PostgreSQL gives a value as SQLite would keep it.
_AS_SQLITE = {
    "uuid": "replace({0}::text, '-', '')",
    "timestamp with time zone": "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "date": "{0}::text",
    "boolean": "{0}::int",
    "json": "{0}::text",
    "jsonb": "{0}::text",
}


class CannotPour(Exception):  # noqa: N818  # read as a sentence
    """Rows that the other database does not take; one line."""


def draw(engine: Engine, target: Path) -> None:
    """Write the database as it is at this moment into a new file. Nobody who reads or writes is held up."""
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        if engine.dialect.name == "sqlite":
            _draw_sqlite(str(engine.url.database), copy)
        else:
            copy.execute("PRAGMA synchronous=OFF")  # the whole file is synced at the end
            _draw_postgresql(engine, copy)


def _draw_sqlite(path: str, copy: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(f"{Path(path).as_uri()}?mode=rw", uri=True, isolation_level=None)) as source:
        # One reading transaction around all steps: else each write meanwhile would begin the copy anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(copy, pages=_PAGES, sleep=0)
    copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it


def _draw_postgresql(engine: Engine, copy: sqlite3.Connection) -> None:
    moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**moment) as connection:
        columns = connection.execute(
            text(
                "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c "
                "JOIN information_schema.tables t USING (table_schema, table_name) "
                "WHERE table_schema = current_schema() AND t.table_type = 'BASE TABLE' "
                "ORDER BY c.table_name, c.ordinal_position"
            )
        ).all()
        tables: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in columns:
            tables.setdefault(table, []).append((column, kind))
        copy.execute("BEGIN")
        for table, shape in tables.items():
            _draw_table(connection, copy, table, shape)
        copy.execute("COMMIT")


def _draw_table(connection: Connection, copy: sqlite3.Connection, table: str, shape: list[tuple[str, str]]) -> None:
    names = ", ".join(f'"{column}"' for column, _ in shape)
    values = ", ".join(_AS_SQLITE.get(kind, "{0}").format(f'"{column}"') for column, kind in shape)
    copy.execute(f'CREATE TABLE "{table}" ({names})')
    put = f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(shape))})'
    rows = connection.execution_options(yield_per=_ROWS).execute(text(f'SELECT {values} FROM "{table}"'))
    for part in rows.partitions(_ROWS):
        copy.executemany(put, [tuple(row) for row in part])


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A drawn file, to be read only: nothing appears beside it."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        yield connection


def tables_of(drawn: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has; those that are made from others are none of a backup's."""
    names = drawn.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1")
    kept = [name for (name,) in names.fetchall() if not name.startswith(_DERIVED)]
    return {name: drawn.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in kept}


def revision_of(drawn: sqlite3.Connection) -> str:
    """The migration the database stood at."""
    return str(drawn.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()[0])


def is_empty(engine: Engine) -> bool:
    """Whether a database holds no table at all: only into such a one is a backup restored."""
    return not inspect(engine).get_table_names()


def pour(engine: Engine, file: Path) -> None:
    """Put the rows of a drawn file into a database that was just migrated to the same revision. All or nothing.

    Raises CannotPour naming the table whose rows do not fit.
    """
    with opened(file) as drawn:
        shapes = {
            table: [row[1] for row in drawn.execute(f'PRAGMA table_info("{table}")')]
            for table in tables_of(drawn)
            if table != VERSION_TABLE
        }
        if engine.dialect.name == "sqlite":
            _pour_sqlite(engine, file, shapes)
        else:
            _pour_postgresql(engine, drawn, shapes)


def _pour_sqlite(engine: Engine, file: Path, shapes: dict[str, list[str]]) -> None:
    with closing(sqlite3.connect(str(engine.url.database), uri=True, isolation_level=None)) as target:
        target.execute("ATTACH ? AS drawn", (f"{file.absolute().as_uri()}?mode=ro&immutable=1",))
        target.execute("BEGIN IMMEDIATE")
        for table, columns in shapes.items():
            names = ", ".join(f'"{column}"' for column in columns)
            try:
                target.execute(
                    f'INSERT INTO main."{table}" ({names}) SELECT {names} FROM drawn."{table}" ORDER BY rowid'
                )
            except sqlite3.Error as fault:
                raise CannotPour(f"{table}: {fault}") from None
        broken = target.execute("PRAGMA main.foreign_key_check").fetchall()
        if broken:
            raise CannotPour(f"{broken[0][0]}: a row points to nothing in {broken[0][2]}")
        target.execute("COMMIT")


def _pour_postgresql(engine: Engine, drawn: sqlite3.Connection, shapes: dict[str, list[str]]) -> None:
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL TimeZone = 'UTC'"))
        links = connection.execute(
            text(
                "SELECT conrelid::regclass::text AS at, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS words "
                "FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
            )
        ).all()
        # Rows come table by table and some tables point to each other: the links are checked when all are there.
        for link in links:
            connection.execute(text(f"ALTER TABLE {link.at} DROP CONSTRAINT {link.name}"))
        driver: Any = connection.connection.driver_connection
        refused = connection.dialect.loaded_dbapi.Error  # of a driver that nobody on SQLite has to load
        for table, columns in shapes.items():
            names = ", ".join(f'"{column}"' for column in columns)
            try:
                with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                    for row in drawn.execute(f'SELECT {names} FROM "{table}" ORDER BY rowid'):
                        copy.write_row(row)
            except refused as fault:
                raise CannotPour(f"{table}: {str(fault).splitlines()[0]}") from None
        for link in links:
            connection.execute(
                text(f"ALTER TABLE {link.at} ADD CONSTRAINT {link.name} {link.words.replace(':', chr(92) + ':')}")
            )
