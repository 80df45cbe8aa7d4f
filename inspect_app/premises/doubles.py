"""Places that one about to be registered may be: held against the register by the same signs as an imported row (alike.py)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.people.areas import areas_below
from inspect_app.people.rules import Scope

from .alike import likeness_of, signs
from .models import Premises
from .queries import visible

MOST = 5
_NOWHERE: dict[str, float | str | None] = {}


@dataclass(frozen=True)
class DoublePlace:
    """A place that is there, and what speaks for its being the same."""

    id: UUID
    name: str
    address: str
    signs: tuple[str, ...]


def doubles_of(scope: Scope, name: str, address: str, phone: str, area_id: UUID) -> list[DoublePlace]:
    """Places of the same area, as far as somebody sees it, that may be the one described; the likeliest first."""
    described = likeness_of(name, address, phone, frozenset(), _NOWHERE)
    columns = (Premises.id, Premises.name, Premises.address, Premises.phone)
    there = Premises.area_id.in_(areas_below(area_id)), Premises.merged_into_id.is_(None), visible(scope)
    found = []
    for row in db.session.execute(select(*columns).where(*there).order_by(Premises.name, Premises.id)):
        said = signs(described, likeness_of(row.name, row.address, row.phone, frozenset(), _NOWHERE))
        if said:
            found.append(DoublePlace(row.id, row.name, row.address, tuple(said)))
    return sorted(found, key=lambda one: -len(one.signs))[:MOST]
