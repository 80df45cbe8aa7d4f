"""`demo grow`: so many places and hazards more in a database that holds the demo, written in bulk, every chain whole.

Some hundred lives are lived by their actions at a few of the new places (lives.py) and cast again (moulds.py) at all of them,
the settled ones over several years, the open ones over the last months. What is derived from hazards and places is filled
afterwards, in one call: whoever keeps a table that only listeners and actions write adds it to AFTER_GROWN.
"""

import json
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import accumulate, islice
from random import Random
from uuid import UUID

from flask import Flask
from sqlalchemy import Connection, func, select

from inspect_app.evidence import copying
from inspect_app.hazards.actions import finding
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Grade
from inspect_app.jobs import sweeps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, put, writing
from inspect_app.premises.models import Party, Premises, PremisesParty

from ..history import Script
from ..people import Cast, cast_of_demo
from . import items, lives, rosters
from .forms import put_filled, spelled
from .items import Findable
from .lives import Life, Office
from .moulds import ITEM, TABLES, Casting, Mould, Row, Rows
from .places import Register
from .rosters import Roster
from .studio import Studio

# Called once in the transaction that ends a growth. Rows written in bulk tell no listener: what is kept by listeners or
# actions beside places and hazards (counts, an index to search by) is filled here, for all rows there are.
AFTER_GROWN: list[Callable[[Connection], None]] = []
OLDEST_OPEN = 40  # weeks
_USUAL_AGE = 3.0  # weeks, of an open one
_AT_A_TIME = 500
_CACHE_KB = 200_000


@dataclass(frozen=True)
class Wanted:
    """How much is to be added."""

    hazards: int
    places: int
    open_share: float
    seed: int
    years: int = 4


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


def grow(app: Flask, wanted: Wanted, say: Callable[[str], None]) -> None:
    """Add places and hazards to a database that holds the demo. Raises LookupError where it holds none."""
    chance = Random(wanted.seed)
    with app.app_context():
        world = Studio(cast_of_demo(), app.extensions["storage"], app.config["PUBLIC_ADDRESS"])
        db.session.rollback()
        ground = _places(world.cast, wanted.places, chance)
        say(f"demo: {wanted.places} places more")
        moulds = _moulds(world, ground)
        say(f"demo: {len(moulds.all)} lives to repeat")
        done = len(moulds.all)
        castings = _castings(moulds, ground, wanted, chance)
        for batch in _batches(castings):
            with _writing_much():
                for model in TABLES:
                    put_filled(db.session.connection(), model, batch[model])
            done += len(batch[Hazard])
            if done // 10_000 != (done - len(batch[Hazard])) // 10_000:
                say(f"demo: {done} hazards")
        after_grown()
        say(f"demo: grown by {done} hazards")


def after_grown() -> None:
    """Fill what is derived from places and hazards."""
    with writing():
        connection = db.session.connection()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("ANALYZE")
        for fill in AFTER_GROWN:
            fill(connection)


# --- places -----------------------------------------------------------------------------------------------------------


def _places(cast: Cast, number: int, chance: Random) -> Ground:
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
        with _writing_much():
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


# --- what is lived ----------------------------------------------------------------------------------------------------


@dataclass
class _Lived:
    """A life that is being lived: at which of the places, through whom, and the hazards it made."""

    life: Life
    office: Office
    place: Row
    party_id: str
    hazards: list[UUID]


@dataclass(frozen=True)
class Moulds:
    """Moulds with how often each is cast, the open and the settled apart; those of today are cast at no other day."""

    open: list[tuple[Mould, float, Life]]
    settled: list[tuple[Mould, float, Life]]

    @property
    def all(self) -> list[Mould]:
        return [mould for mould, _, _ in self.open + self.settled]


def _moulds(world: Studio, ground: Ground) -> Moulds:
    lived = _live(world, ground)
    written = ground.base.all()
    by_outcome: dict[bool, list[tuple[Mould, float, Life]]] = {True: [], False: []}
    for one in lived:
        mould = Mould(one.hazards, one.place, one.party_id, written)
        mould.on_the_spot = "on_the_spot" in one.life.found
        expected = one.life in lives.OPEN
        if mould.is_open is not expected:
            raise ValueError(f"{one.life.lived.__name__} has not come to its end")
        by_outcome[expected].append((mould, one.life.often / len(one.life.through), one.life))
    db.session.rollback()
    return Moulds(by_outcome[True], by_outcome[False])


def _live(world: Studio, ground: Ground) -> list[_Lived]:
    """Live every life once for each office it goes through, all of them step by step in the order of time."""
    lived: list[_Lived] = []
    agenda: list[tuple[datetime, int, _Lived, Script | None]] = []
    fit = _fitting(world, ground)
    for life in (*lives.OPEN, *lives.SETTLED):
        for office in life.through:
            place, party_id = next(fit[office.field])
            one = _Lived(life, office, place, party_id, [])
            days = life.days + 1 + len(lived) % 5
            began = datetime.combine(clock.today() - timedelta(days=days), time(9 + len(lived) % 6), clock.SHANGHAI)
            agenda.append((began, len(lived), one, None))
            lived.append(one)
    now = clock.now()
    with writing():
        while agenda:
            agenda.sort(key=lambda entry: entry[:2])
            when, number, one, script = agenda.pop(0)
            with clock.stopped_at(when):
                script = script or _begin(world, ground, one)
                wait = next(script, None)
            if wait is not None and when + wait <= now:
                agenda.append((when + wait, number, one, script))
        world.develop()
    while copying.make_waiting_copies(world.storage) or sweeps.judge_photos():
        continue
    return lived


def _fitting(world: Studio, ground: Ground) -> dict[str, Iterator[tuple[Row, str]]]:
    """Places of the demo's own street where something of each field may be found, one after another."""
    street = {area.id for area in rosters.communities(world.cast.street)}
    own = [one for one in ground.places if one[0]["area_id"] in street and one[0]["status"] == "open"]

    def among(field: str) -> Iterator[tuple[Row, str]]:
        fits = [one for one in own if (field, False) in ground.found[one[0]["kind"]]]
        if not fits:
            raise ValueError(f"too few places: none where anything of {field} is asked")
        while True:
            yield from fits

    return {field: among(field) for field in ("fire", "gas", "site")}


def _begin(world: Studio, ground: Ground, one: _Lived) -> Script:
    """Found by a deputy, twice where two are put together; what follows."""
    found = one.life.found
    choices = ground.found[one.place["kind"]][one.office.field, "on_the_spot" in found]
    for _ in range(2 if "two" in found else 1):
        free = (item for item in choices if ground.is_free(one.place["id"], item.code))
        one.hazards.append(_find(world, one, next(free)))
    return one.life.lived(world, one.hazards[-1], one.office)


def _find(world: Studio, one: _Lived, item: Findable) -> UUID:
    premises = db.session.get_one(Premises, one.place["id"])
    said = {name: json.loads(item.texts[name]) for name in ITEM}
    made = finding.report(
        finding.Finding(
            premises_id=premises.id,
            area_id=premises.area_id,
            field=item.field,
            title=said["title"],
            found_at=clock.now(),
            party_id=UUID(one.party_id),
            item_code=item.code,
            checklist_version_id=UUID(said["checklist_version_id"]),
            details=said["finding"],
            spot=said["spot"],
            grade=Grade.SUSPECTED_MAJOR if "suspected" in one.life.found else Grade.GENERAL,
            photo_ids=(world.photo("daibiao1", premises, item.code, wrong=True),),
            unconfirmed="unconfirmed" in one.life.found,
        ),
        world.actor("daibiao1"),
    )
    return made.id


# --- what is cast -----------------------------------------------------------------------------------------------------


def _castings(moulds: Moulds, ground: Ground, wanted: Wanted, chance: Random) -> Iterator[Rows]:
    """The castings, the oldest first."""
    left = max(0, wanted.hazards - len(moulds.all))
    open_ones = round(left * wanted.open_share)
    weeks = wanted.years * 52
    of_week = Counter(_weeks_of_open(moulds, open_ones, chance))
    settled = Counter(chance.choices(range(weeks), range(weeks + weeks // 2, weeks // 2, -1), k=left - open_ones))
    pick = _picker(moulds.settled, chance)
    by_week: dict[int, list[tuple[Mould, int]]] = {}
    for (mould, week), number in of_week.items():
        by_week.setdefault(week, []).append((mould, number))
    for week in range(weeks - 1, -1, -1):
        for _ in range(settled[week]):
            yield _one(pick(), week, ground, chance)
        for mould, number in by_week.get(week, ()):
            for _ in range(number):
                yield _one(mould, week, ground, chance)


def _weeks_of_open(moulds: Moulds, number: int, chance: Random) -> Iterator[tuple[Mould, int]]:
    """Which mould each open one is cast of, and how many weeks ago."""
    shares = [often for _, often, _ in moulds.open]
    for mould, _, life in chance.choices(moulds.open, shares, k=number):
        week = 0 if life.today_only else min(OLDEST_OPEN, int(chance.expovariate(1 / _USUAL_AGE)))
        yield mould, week


def _picker(moulds: list[tuple[Mould, float, Life]], chance: Random) -> Callable[[], Mould]:
    ends = list(accumulate(often for _, often, _ in moulds))
    return lambda: moulds[bisect(ends, chance.random() * ends[-1])][0]


def _one(mould: Mould, week: int, ground: Ground, chance: Random) -> Rows:
    """Cast somewhere it fits; of the open ones no two of one item at one place."""
    while True:
        place, party_id = ground.places[chance.randrange(len(ground.places))]
        choices = ground.found[place["kind"]].get((mould.field, mould.on_the_spot))
        if not choices or place["status"] != "open":
            continue
        item = chance.choice(choices)
        if mould.is_open and not ground.is_free(place["id"], item.code):
            continue
        people = ground.standing_in(place["area_id"], chance)
        there = place | {"party": party_id, "party stored": ground.of_id(party_id)}
        there |= {f"{name} stored": ground.of_id(str(place[name])) for name in ("id", "area_id")}
        there |= {"id": str(place["id"]), "area_id": str(place["area_id"])}
        return mould.cast(Casting(there, item.texts, people), week, chance)


def _batches(castings: Iterator[Rows]) -> Iterator[Rows]:
    """Castings put together, so many at a time."""
    while some := list(islice(castings, _AT_A_TIME)):
        yield {model: [row for one in some for row in one[model]] for model in TABLES}


# --- the database -----------------------------------------------------------------------------------------------------


@contextmanager
def _writing_much() -> Iterator[None]:
    """A transaction for many rows, with more of the database at hand than a request has."""
    with writing():
        connection = db.session.connection()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KB}")
        yield
