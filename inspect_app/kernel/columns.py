"""Conditions on columns that read alike on both databases."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast
from sqlalchemy.orm import InstrumentedAttribute


def one_of(column: str, words: Iterable[str]) -> str:
    """The text of a check: the column holds one of these words."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


def names_id(column: InstrumentedAttribute[list[Any]], ident: UUID) -> ColumnElement[bool]:
    """Whether a JSON list names an id."""
    return cast(column, Text).like(f"%{ident}%")
