"""The tree of areas: what lies below one, above one, and which somebody works in. Reads."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from inspect_app.kernel.database import db, run

from .models import Area
from .rules import Scope

_AREAS = select(Area.id, Area.parent_id, Area.successor_id)


def areas_below(area_id: UUID) -> frozenset[UUID]:
    """An area, all below it, and the streets that were merged into one of them."""
    rows = run(_AREAS).all()
    found, grown = {area_id}, True
    while grown:
        more = {row.id for row in rows if row.parent_id in found or row.successor_id in found}
        grown = not more <= found
        found |= more
    return frozenset(found)


def areas_above(area_id: UUID) -> frozenset[UUID]:
    """An area and all it lies below, as `areas_below` counts it: whoever looks after one of them looks after it."""
    return above(area_id, run(_AREAS))


def above(area_id: UUID, areas: Iterable[Area | Row[Any]]) -> frozenset[UUID]:
    """`areas_above` among all areas, where somebody has read them."""
    over = {row.id: (row.parent_id, row.successor_id) for row in areas}
    found, more = set[UUID](), {area_id}
    while more:
        found |= more
        more = {one for area in more for one in over.get(area, ()) if one is not None} - found
    return frozenset(found)


def hold_area(area_id: UUID) -> None:
    """Lock an area until the transaction ends: what is registered in it is registered one after another."""
    hold_areas([area_id])


def hold_areas(area_ids: Iterable[UUID]) -> None:
    """Lock several, in the order of their ids: of two who need some of the same neither waits for the other for ever."""
    held = select(Area.id).where(Area.id.in_(list(area_ids))).order_by(Area.id).with_for_update(key_share=True)
    db.session.execute(held).all()


def all_areas() -> Sequence[Area]:
    """Every area there is or was; for commands that count."""
    return db.session.scalars(select(Area).order_by(Area.code)).all()


def areas_of(scope: Scope) -> Sequence[Area]:
    """The areas somebody works in, the widest first."""
    return db.session.scalars(select(Area).where(Area.id.in_(scope.area_ids)).order_by(Area.code)).all()
