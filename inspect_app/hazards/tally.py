"""How many hazards there are of each area, state and grade: kept by the database itself in the transaction that changes one
(migration 0032), so that no writer can forget it and no list has to count a million rows."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Integer, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.database import Model, db, put

from .models import Hazard
from .rules import State

LOOSE = 5_000  # rows; more than any district has sorts of hazards in its areas


class HazardTally(Model):
    """How many hazards of one sort there are more, or fewer: what there are is the sum of the rows.

    A change adds rows and touches none, so that two who work in one area never wait for each other; `gather` sums them up.
    """

    __tablename__ = "hazard_tally"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    area_id: Mapped[UUID]
    state: Mapped[str]
    grade: Mapped[str]
    declined: Mapped[bool]
    n: Mapped[int]


_SORT = (HazardTally.area_id, HazardTally.state, HazardTally.grade, HazardTally.declined)


@dataclass(frozen=True, order=True)
class HazardSort:
    """What hazards are counted by."""

    area_id: UUID
    state: str
    grade: str
    declined: bool


@dataclass(frozen=True)
class Difference:
    """A sort that is counted wrongly."""

    sort: HazardSort
    kept: int
    there: int


def tallied(area_ids: frozenset[UUID] | None = None) -> list[tuple[str, str, int]]:
    """(state, grade, how many) of all areas, or of some."""
    statement = select(HazardTally.state, HazardTally.grade, func.sum(HazardTally.n))
    if area_ids is not None:
        statement = statement.where(HazardTally.area_id.in_(area_ids))
    rows = db.session.execute(statement.group_by(HazardTally.state, HazardTally.grade))
    return [(state, grade, int(n)) for state, grade, n in rows]


def kept(area_ids: frozenset[UUID] | None, state: State, *, declined: bool | None = None) -> ColumnElement[int]:
    """How many stand in a state in all areas or in some, sent back or not or either: a number inside another statement."""
    number = select(func.coalesce(func.sum(HazardTally.n), 0)).where(HazardTally.state == state)
    if area_ids is not None:
        number = number.where(HazardTally.area_id.in_(area_ids))
    if declined is not None:
        number = number.where(HazardTally.declined.is_(declined))
    return number.scalar_subquery()


def gather(loose: int = LOOSE) -> int:
    """Sum up the rows where more than `loose` have come together; returns how many went into others.

    What is added meanwhile has a later id and stays; of two who gather at once the second finds nothing left.
    """
    if (db.session.scalar(select(func.count()).select_from(HazardTally)) or 0) <= loose:
        return 0
    last = db.session.scalar(select(func.max(HazardTally.id))) or 0
    gone = db.session.execute(delete(HazardTally).where(HazardTally.id <= last).returning(*_SORT, HazardTally.n)).all()
    sums: Counter[HazardSort] = Counter()
    for area_id, state, grade, declined, n in gone:
        sums[HazardSort(area_id, state, grade, declined)] += n
    if rows := [asdict(sort) | {"n": n} for sort, n in sums.items() if n]:
        put(HazardTally, rows)
    return len(gone)


def differences() -> list[Difference]:
    """The sorts of which another number is kept than there are; none, or the tally is wrong."""
    kept = _by_sort(select(*_SORT, func.sum(HazardTally.n)).group_by(*_SORT))
    sort = (Hazard.area_id, Hazard.state, Hazard.grade, Hazard.declined_at.is_not(None))
    there = _by_sort(select(*sort, func.count()).group_by(*sort))
    return [Difference(one, kept[one], there[one]) for one in sorted({*kept, *there}) if kept[one] != there[one]]


def _by_sort(statement: Any) -> Counter[HazardSort]:
    rows = db.session.execute(statement)
    return Counter({HazardSort(row[0], row[1], row[2], bool(row[3])): int(row[4]) for row in rows})
