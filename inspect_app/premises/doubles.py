"""Which places of the register may be one with a place: held against it by name, address, numbers and position. Reads."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from inspect_app.kernel.database import db
from inspect_app.kernel.positions import position_of
from inspect_app.people.areas import areas_below
from inspect_app.people.rules import Scope

from .alike import MOST_SHARED, NUMBERS_TELL, Likeness, likeness_of, signs
from .models import Party, Premises, PremisesParty
from .queries import visible

MOST_HELD = 3_000  # rows of one area that are held against a place; more stand in none that is known
NEAR_DEGREES = 0.001  # about a hundred metres: the nearest are looked at in words and metres afterwards


@dataclass(frozen=True)
class MayBeOne:
    """A place that may be the same one, with what speaks for it in words."""

    premises: Premises
    why: list[str]


def likely_doubles(scope: Scope, row: Premises, most: int = 5) -> list[MayBeOne]:
    """Places of the same area, beside this one or with its telephone number that may be the same, the likeliest first.
    Nobody is told that they are. Three statements for any number."""
    beside: list[ColumnElement[bool]] = [Premises.area_id == row.area_id, Premises.twin_key == row.twin_key]
    if row.phone:
        beside.append(Premises.phone == row.phone)
    if row.lon is not None and row.lat is not None:
        near = Premises.lon.between(row.lon - NEAR_DEGREES, row.lon + NEAR_DEGREES)
        beside.append(near & Premises.lat.between(row.lat - NEAR_DEGREES, row.lat + NEAR_DEGREES))
    parties = dict(_parties([row.area_id]))
    return _likely(scope, _likeness(row, parties), or_(*beside) & (Premises.id != row.id), parties)[:most]


def doubles_of(scope: Scope, name: str, address: str, phone: str, area_id: UUID, most: int = 5) -> list[MayBeOne]:
    """The same for a place that is about to be registered, by what is known of it: in its area and those below it."""
    areas = areas_below(area_id)
    described = likeness_of(name, address, phone, frozenset(), None)
    return _likely(scope, described, Premises.area_id.in_(areas), dict(_parties(areas)))[:most]


def _likely(
    scope: Scope, own: Likeness, beside: ColumnElement[bool], parties: dict[UUID, tuple[frozenset[str], str]]
) -> list[MayBeOne]:
    others = db.session.scalars(
        select(Premises)
        .where(visible(scope), Premises.merged_into_id.is_(None), beside)
        .order_by(Premises.name, Premises.id)
        .limit(MOST_HELD)
    ).all()
    found = [MayBeOne(other, why) for other in others if (why := signs(own, _likeness(other, parties)))]
    return sorted(found, key=lambda one: (-len(one.why), one.premises.name, one.premises.id))


def _parties(area_ids: Iterable[UUID]) -> Iterator[tuple[UUID, tuple[frozenset[str], str]]]:
    """Codes and numbers of who answers for the places of some areas, those left out that so many share that they tell nothing."""
    rows = db.session.execute(
        select(PremisesParty.premises_id, Party.credit_code, Party.phone)
        .join(Party, Party.id == PremisesParty.party_id)
        .join(Premises, Premises.id == PremisesParty.premises_id)
        .where(PremisesParty.until.is_(None), PremisesParty.role.in_(NUMBERS_TELL), Premises.area_id.in_(set(area_ids)))
    )
    found: dict[UUID, list[tuple[str, str]]] = {}
    for premises_id, code, phone in rows:
        found.setdefault(premises_id, []).append((code or "", phone))
    shared = Counter(number for known in found.values() for number in {part for pair in known for part in pair})
    for premises_id, known in found.items():
        told = [tuple(part if shared[part] <= MOST_SHARED else "" for part in pair) for pair in known]
        yield (
            premises_id,
            (frozenset(code for code, _ in told if code), "、".join(phone for _, phone in told if phone)),
        )


def _likeness(row: Premises, parties: dict[UUID, tuple[frozenset[str], str]]) -> Likeness:
    codes, phone = parties.get(row.id, (frozenset(), ""))
    return likeness_of(
        row.name, row.address, "、".join(part for part in (row.phone, phone) if part), codes, position_of(row)
    )
