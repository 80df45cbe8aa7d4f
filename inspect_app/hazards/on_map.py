"""The same selection as a list, told by places: how many hazards each has, the worst of them, where it lies (ADR 47).

Each question passes the hazards of the selection once, in the index that lists walk, and the places in an index that holds no
more than their positions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Double, Select, Subquery, func, select
from sqlalchemy import case as case_when
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.hints import walking
from inspect_app.kernel.paging import Cursor, Page, beyond, read_cursor
from inspect_app.maps.squares import MapView
from inspect_app.people.rules import Scope
from inspect_app.premises.models import Premises

from .filters import Filters, Sort, chosen
from .list_orders import BY_DAY, DANGER, ORDERS
from .models import Hazard
from .rules import Grade

GRADES = (Grade.MAJOR, Grade.SUSPECTED_MAJOR, Grade.GENERAL)  # as DANGER numbers them
_ON_MAP = "ix_premises_on_map"


class _Whole(GenericFunction[float]):
    """The whole number below a number that is not negative: `floor` is not in every SQLite."""

    type = Double()
    inherit_cache = True


@compiles(_Whole)
def _floor(element: _Whole, compiler: SQLCompiler, **options: Any) -> str:
    return f"floor({compiler.process(element.clauses, **options)})"


@compiles(_Whole, "sqlite")
def _cast(element: _Whole, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS INTEGER)"


@dataclass(frozen=True)
class OnMap:
    """What a selection comes to: places and hazards, those without a position, and (west, south, east, north) of the others."""

    places: int
    hazards: int
    unplaced: int
    bounds: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class PlaceOnMap:
    """A place with hazards of the selection; degrees in WGS-84, None where nobody knows where it is."""

    id: UUID
    name: str
    address: str
    number: int
    worst: Grade
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class SquareOnMap:
    """Places that stand too close together to be shown: where most of them are, how many, their hazards, the worst."""

    lon: float
    lat: float
    places: int
    number: int
    worst: Grade


def _by_place(scope: Scope, filters: Filters) -> Subquery:
    found = chosen(scope, filters)
    statement = (
        select(Hazard.premises_id.label("premises_id"), func.count().label("n"), func.min(DANGER).label("worst"))
        .where(*found.conditions)
        .group_by(Hazard.premises_id)
    )
    if found.by:
        return walking(statement, Hazard, found.by).subquery("by_place")
    if not found.few and filters.settled is not None:
        order = BY_DAY if filters.settled else ORDERS[Sort.DANGER]
        return walking(statement, Hazard, order.index).subquery("by_place")
    return statement.subquery("by_place")


def _with_positions(by_place: Subquery, *columns: Any) -> Select[Any]:
    statement = select(*columns).select_from(by_place).join(Premises, Premises.id == by_place.c.premises_id)
    return walking(statement, Premises, _ON_MAP)


def summary(scope: Scope, filters: Filters) -> OnMap:
    """What the whole selection comes to."""
    by_place = _by_place(scope, filters)
    lon, lat = Premises.map_lon, Premises.map_lat
    unplaced = func.sum(case_when((lon.is_(None), 1), else_=0))
    row = db.session.execute(
        _with_positions(
            by_place,
            func.count(),
            func.sum(by_place.c.n),
            unplaced,
            func.min(lon),
            func.min(lat),
            func.max(lon),
            func.max(lat),
        )
    ).one()
    places, hazards, without, *sides = row
    bounds = None if sides[0] is None else (float(sides[0]), float(sides[1]), float(sides[2]), float(sides[3]))
    return OnMap(int(places or 0), int(hazards or 0), int(without or 0), bounds)


def places(
    scope: Scope, filters: Filters, after: str | None = None, size: int = 25, *, unplaced: bool = False
) -> Page[PlaceOnMap]:
    """The places of a selection, the worst first, then those with most; `unplaced`: only those without a position. Raises
    NotThere for a cursor that is none."""
    by_place = _by_place(scope, filters)
    order = (by_place.c.worst, -by_place.c.n, by_place.c.premises_id)
    keys = select(*(column.label(f"key_{at}") for at, column in enumerate(order))).select_from(by_place)
    if unplaced:
        keys = _with_positions(by_place, *(column.label(f"key_{at}") for at, column in enumerate(order)))
        keys = keys.where(Premises.map_lon.is_(None))
    came = read_cursor(after, len(order))
    if came is not None:
        keys = keys.where(beyond(order, _values(came), down=False))
    walked = keys.order_by(*order).limit(size + 1).subquery("walked")
    place, ordered = walked.c.key_2, [walked.c.key_0, walked.c.key_1, walked.c.key_2]
    found = db.session.execute(
        select(*ordered, Premises.name, Premises.address, Premises.map_lon, Premises.map_lat)
        .join(Premises, Premises.id == place)
        .order_by(*ordered)
    ).all()
    passed = came.passed if came else 0
    more, shown = len(found) > size, found[:size]
    onward = str(Cursor(tuple(shown[-1][:3]), passed + len(shown))) if more else None
    return Page([_place_of(row) for row in shown], onward, first=passed + 1)


def _values(cursor: Cursor) -> tuple[int, int, UUID]:
    try:
        worst, minus, place = cursor.keys
        return int(worst), int(minus), UUID(place)
    except (ValueError, TypeError, AttributeError):
        raise NotThere from None


def _place_of(row: Any) -> PlaceOnMap:
    worst, minus, place = row[:3]
    return PlaceOnMap(place, row.name, row.address, -minus, GRADES[worst], row.map_lon, row.map_lat)


def within(scope: Scope, filters: Filters, view: MapView) -> Sequence[PlaceOnMap] | Sequence[SquareOnMap]:
    """What a map shows of a selection: its places while there is room for them, else squares."""
    by_place = _by_place(scope, filters)
    seen = (
        Premises.map_lon.between(view.west, view.east),
        Premises.map_lat.between(view.south, view.north),
    )
    most = view.most_by_themselves
    single = (
        _with_positions(by_place, *by_place.c, Premises.map_lon, Premises.map_lat)
        .where(*seen)
        .limit(most + 1)
        .subquery("seen")
    )
    rows = db.session.execute(
        select(
            single.c.worst,
            -single.c.n,
            single.c.premises_id,
            Premises.name,
            Premises.address,
            single.c.map_lon,
            single.c.map_lat,
        )
        .join(Premises, Premises.id == single.c.premises_id)
        .order_by(single.c.premises_id)
    ).all()
    if len(rows) <= most:
        return [_place_of(row) for row in rows]
    return _squares(by_place, seen, view)


def _squares(by_place: Subquery, seen: tuple[Any, ...], view: MapView) -> list[SquareOnMap]:
    wide, high = view.square
    across = _Whole((Premises.map_lon + 180.0) / wide)
    up = _Whole((Premises.map_lat + 90.0) / high)
    statement = (
        _with_positions(
            by_place,
            func.avg(Premises.map_lon), func.avg(Premises.map_lat), func.count(), func.sum(by_place.c.n), func.min(by_place.c.worst),
        )
        .where(*seen)
        .group_by(across, up)
        .order_by(across, up)
    )  # fmt: skip
    return [
        SquareOnMap(float(lon), float(lat), int(places), int(number), GRADES[worst])
        for lon, lat, places, number, worst in db.session.execute(statement)
    ]


def place(scope: Scope, filters: Filters, premises_id: UUID) -> PlaceOnMap:
    """One place of a selection. Raises NotThere where the selection has nothing there that somebody may see."""
    by_place = _by_place(scope, replace(filters, premises_id=premises_id))
    row = db.session.execute(
        select(by_place.c.worst, -by_place.c.n, by_place.c.premises_id, Premises.name, Premises.address, Premises.map_lon, Premises.map_lat)
        .join(Premises, Premises.id == by_place.c.premises_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotThere
    return _place_of(row)
