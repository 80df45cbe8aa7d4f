"""Rows of a table with slots in them, filled and handed to the driver as they are: nothing is turned twice a million times."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Dialect, insert

from inspect_app.kernel.database import Model
from inspect_app.kernel.prepared import Prepared, prepared

SLOT = re.compile(r"§(\d+)§")
WHOLE_HOUR = ":00:00.000+00:00"
_escaped = json.encoder.encode_basestring_ascii
Pieces = tuple[str | int, ...]


def compiled(text: str) -> Pieces:
    """A text cut at its slots: pieces as they are, and numbers of slots."""
    cut = SLOT.split(text)
    return tuple(int(piece) if at % 2 else piece for at, piece in enumerate(cut) if piece)


def filled(pieces: Pieces, values: Sequence[Any]) -> str:
    """The text with its slots filled."""
    return "".join([values[piece] if isinstance(piece, int) else piece for piece in pieces])


def as_stored(canonical: str) -> str:
    """JSON text in the ASCII that the application stores JSON in, as wide as its rows are."""
    return _escaped(canonical)[1:-1].replace('\\"', '"').replace("\\\\", "\\")


@dataclass(frozen=True)
class RowForm:
    """One row of a table: values that stay, those that are one slot, and those that are text with slots inside."""

    base: list[Any]
    lone: tuple[tuple[int, int], ...]
    mixed: tuple[tuple[int, Pieces], ...]

    @classmethod
    def of(cls, values: Sequence[Any]) -> "RowForm":
        """Of values of which texts may hold slots."""
        cut = [(at, compiled(value)) for at, value in enumerate(values) if isinstance(value, str)]
        slotted = [(at, pieces) for at, pieces in cut if any(isinstance(piece, int) for piece in pieces)]
        lone = tuple((at, pieces[0]) for at, pieces in slotted if len(pieces) == 1)
        return cls(list(values), lone, tuple(one for one in slotted if len(one[1]) > 1))  # type: ignore[arg-type]

    def filled(self, values: Sequence[Any]) -> list[Any]:
        """One row."""
        row = self.base.copy()
        for at, slot in self.lone:
            row[at] = values[slot]
        for at, pieces in self.mixed:
            row[at] = filled(pieces, values)
        return row


@dataclass(frozen=True)
class Spelled:
    """How a database's driver takes ids, days and instants as text."""

    of_id: Callable[[str], str]
    of_instant: Callable[[datetime], str]
    whole_hour: str
    minute: str  # of what a whole hour is moved by: minute, second, millisecond

    def value(self, value: Any) -> Any:
        """A value as the driver takes it; JSON is text, ids and times are what the database itself keeps."""
        if isinstance(value, UUID):
            return self.of_id(str(value))
        if isinstance(value, datetime):
            return self.of_instant(value)
        return value.isoformat() if isinstance(value, date) else value


def spelled(dialect: Dialect) -> Spelled:
    """How that database's driver takes them."""
    if dialect.name == "sqlite":
        return Spelled(
            lambda text: text.replace("-", ""),
            lambda at: f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}",
            ":00:00.000000",
            ":{:02}:{:02}.{:03}000",
        )
    return Spelled(lambda text: text, plain, WHOLE_HOUR, ":{:02}:{:02}.{:03}+00:00")


def plain(value: Any) -> str:
    """Ids, days and instants as the chain writes them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    return value.isoformat() if isinstance(value, date) else str(value)


@cache
def columns(model: type[Model], dialect: Dialect) -> tuple[Prepared, tuple[str, ...]]:
    """The statement that inserts whole rows of a table, and its columns in the order of the values."""
    names = tuple(column.key for column in model.__table__.columns)
    ready = prepared(insert(model.__table__), dialect, names)  # type: ignore[arg-type]
    if ready is None:
        raise ValueError(f"no plain insert into {model.__tablename__}")
    return ready, tuple(name for name, _ in ready.parts)


def put_filled(connection: Connection, model: type[Model], rows: Sequence[list[Any]]) -> None:
    """Insert rows whose values stand in the order of `columns` and as the driver takes them."""
    if not rows:
        return
    ready, names = columns(model, connection.dialect)
    values: Any = [dict(zip(names, row, strict=True)) for row in rows] if ready.by_name else list(map(tuple, rows))
    connection.exec_driver_sql(ready.sql, values)
