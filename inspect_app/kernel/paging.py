"""Keyset pages: the next page starts after the last row seen, so page 1,000 costs what page 1 costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows; `after` is the cursor for the next one, None on the last."""

    rows: Sequence[Row]
    after: str | None
