"""Conditions on columns that read alike on both databases."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Text, and_, cast, or_
from sqlalchemy.orm import InstrumentedAttribute


def one_of(column: str, words: Iterable[str]) -> str:
    """The text of a check: the column holds one of these words."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


def holds_on(table: Any, day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Whether a row with `since` and `until` holds on a day; both days belong to it."""
    return and_(table.since <= day, not_ended(table, day))


def not_ended(table: Any, day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Whether a row with `until` has not ended before a day; it may still be to begin."""
    return or_(table.until.is_(None), table.until >= day)


def names_id(column: InstrumentedAttribute[list[Any]], ident: UUID) -> ColumnElement[bool]:
    """Whether a JSON list names an id."""
    return cast(column, Text).like(f"%{ident}%")
