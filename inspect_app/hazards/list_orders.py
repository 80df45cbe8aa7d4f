"""The orders in which lists of hazards stand, each with the index it is walked by (ADR 43)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, literal_column

from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.paging import Cursor
from inspect_app.premises.models import Premises

from .filters import DUE_KEY, Sort
from .models import Hazard

DANGER: ColumnElement[int] = literal_column(
    "(CASE hazard.grade WHEN 'major' THEN 0 WHEN 'suspected_major' THEN 1 ELSE 2 END)", Integer()
)


@dataclass(frozen=True)
class ListOrder:
    """How a list is ordered: its columns, how their values read back out of a cursor, whether they fall, and the index that
    is walked where the list holds only open hazards, or only settled ones."""

    columns: tuple[Any, ...]
    parsers: tuple[Callable[[Any], Any], ...]
    down: bool = False
    index: str = ""

    def values_of(self, cursor: Cursor) -> tuple[Any, ...]:
        """The values of a cursor in this order; raises NotThere where they are none."""
        try:
            return tuple(parse(key) for parse, key in zip(self.parsers, cursor.keys, strict=True))
        except (ValueError, TypeError):
            raise NotThere from None


def _instant(text: str) -> datetime:
    """An instant out of a cursor; raises ValueError for one without a zone, which no cursor of ours holds."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant


ORDERS = {
    Sort.DUE: ListOrder((DUE_KEY, Hazard.id), (date.fromisoformat, UUID), index="ix_hazard_open_by_due"),
    Sort.DANGER: ListOrder(
        (DANGER, DUE_KEY, Hazard.id), (int, date.fromisoformat, UUID), index="ix_hazard_open_by_danger"
    ),
    Sort.OLDEST: ListOrder((Hazard.found_at, Hazard.id), (_instant, UUID), index="ix_hazard_open_by_found"),
    Sort.NEWEST: ListOrder((Hazard.found_at, Hazard.id), (_instant, UUID), True, "ix_hazard_open_by_found"),
    Sort.PLACE: ListOrder((Premises.name, Premises.id, Hazard.id), (str, UUID, UUID)),
}
BY_DAY = ListOrder((Hazard.settled_on, Hazard.id), (date.fromisoformat, UUID), True, "ix_hazard_settled_by_day")
