"""Where a growth takes place: the new places by their kinds, who answers for each, and the people of every street."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.kernel.database import db, put, writing
from inspect_app.premises.models import Party, Premises, PremisesParty

from ..people import Cast
from . import items, rosters
from .forms import spelled
from .items import Findable
from .lived import Row
from .places import Register
from .rosters import Roster

_CACHE_KB = 200_000


@dataclass(frozen=True)
class Ground:
    """The new places by their kinds, with who answers for each, and the rosters of their streets."""

    places: list[tuple[Row, str]]
    roster_of: dict[UUID, Roster]
    base: Roster
    of_id: Callable[[str], str]  # an id as the driver takes it
    found: dict[str, dict[tuple[str, bool], list[Findable]]]  # kind of place → (field, on the spot) → items
    _found_at: set[tuple[UUID, str]] = field(default_factory=set)
    _standing_in: dict[tuple[UUID, int], dict[str, str]] = field(default_factory=dict)

    def is_free(self, place_id: UUID, code: str) -> bool:
        """Whether nothing was put down there yet under an item; it is now: no two open ones of one item at one place."""
        before = len(self._found_at)
        self._found_at.add((place_id, code))
        return len(self._found_at) > before

    def standing_in(self, area_id: UUID, chance: Random) -> dict[str, str]:
        """Who stands there for the people of the demo's own street, the deputies in some turn."""
        roster = self.roster_of[area_id]
        key = area_id, chance.randrange(roster.deputies)
        if key not in self._standing_in:
            here = roster.standing_in(self.base, key[1])
            self._standing_in[key] = here | {f"{name} stored": self.of_id(text) for name, text in here.items()}
        return self._standing_in[key]


def lay(cast: Cast, number: int, chance: Random) -> Ground:
    """The new places, written; the first ones lie in the street of the demo, where the lives are lived."""
    streets = {street.id: street for street in rosters.streets()}
    base = rosters.of_street(streets[cast.street])
    known = {street_id: rosters.of_street(street) for street_id, street in streets.items()}
    # A street without the people for it is served by those of the demo's own.
    serving = {key: roster if roster.can_stand_in(base) else base for key, roster in known.items()}
    areas, roster_of = [], {}
    for street in sorted(streets.values(), key=lambda one: (one.id != cast.street, one.code)):
        for area in rosters.communities(street.id):
            taken = select(func.count()).select_from(Premises).where(Premises.area_id == area.id)
            areas.append((area.id, street.name, db.session.scalar(taken) or 0))
            roster_of[area.id] = serving[street.id]
    of_id = spelled(db.session.connection().dialect).of_id
    register, written = Register(areas, chance), []
    rows = register.places(number)
    while batch := list(islice(rows, 5_000)):
        parties = [register.party(place) for place in batch]
        with writing_much():
            put(Premises, batch)
            put(Party, [party for party, _ in parties])
            put(PremisesParty, [link for _, link in parties])
        written += [(_kept(place), str(party["id"])) for place, (party, _) in zip(batch, parties, strict=True)]
    return Ground(written, roster_of, base, of_id, _sorted_items(of_id))


def _kept(place: Row) -> Row:
    return {name: place[name] for name in ("id", "area_id", "kind", "name", "address", "lon", "lat", "status")}


def _sorted_items(of_id: Callable[[str], str]) -> dict[str, dict[tuple[str, bool], list[Findable]]]:
    found: dict[str, dict[tuple[str, bool], list[Findable]]] = {}
    for kind, rows in items.findable(of_id).items():
        here = found.setdefault(kind, {})
        for row in rows:
            here.setdefault((row.field, False), []).append(row)
            if row.on_the_spot:
                here.setdefault((row.field, True), []).append(row)
    return found


@contextmanager
def writing_much() -> Iterator[None]:
    """A transaction for many rows, with more of the database at hand than a request has."""
    with writing():
        connection = db.session.connection()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KB}")
        yield
