"""Keyset pages, both ways: the next page starts after the last row seen, the one before ends before the first, so that page
1,000 costs what page 1 costs. Where the list stands is said by a number that goes along with the cursor."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, or_

from .errors import NotThere

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows; `after` and `before` are cursors for the pages beside it, None where there is none. `first` is the
    number of its first row in the whole list, counted from 1."""

    rows: Sequence[Row]
    after: str | None
    before: str | None = None
    first: int = 1

    @property
    def last(self) -> int:
        """The number of its last row."""
        return self.first + len(self.rows) - 1


@dataclass(frozen=True)
class Cursor:
    """Where a page begins or ends: the values of its order, and how many rows stand before the next one."""

    keys: tuple[Any, ...]
    passed: int

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([*self.keys, self.passed], default=str).encode()).decode()


def read_cursor(text: str | None, parts: int) -> Cursor | None:
    """A cursor out of an address, with so many keys, each a text or a number; None where there is none. Raises NotThere."""
    if not text:
        return None
    try:
        *keys, passed = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (ValueError, TypeError):
        raise NotThere from None
    whole = isinstance(passed, int) and 0 <= passed < 10**9 and len(keys) == parts
    if not whole or not all(isinstance(key, str | int) for key in keys):
        raise NotThere
    return Cursor(tuple(keys), passed)


def beyond(order: Sequence[Any], values: Sequence[Any], *, down: bool) -> ColumnElement[bool]:
    """The rows that come after some values in an order of columns, all of them rising, or all falling with `down`. Written so
    that both databases look up the first column in its index."""
    column: Any = order[0]
    value = values[0]
    strict: ColumnElement[bool] = column < value if down else column > value
    if len(order) == 1:
        return strict
    return and_(column <= value if down else column >= value, or_(strict, beyond(order[1:], values[1:], down=down)))
