"""`demo grow`: so many places and hazards more in a database that holds the demo, written in bulk, every chain whole.

Some hundred lives are lived by their actions at a few of the new places (lives.py) and cast again (moulds.py) at all of them,
the settled ones over several years, the open ones over the last months. What is derived from hazards and places is filled
afterwards, in one call: whoever keeps a table that only listeners and actions write adds it to AFTER_GROWN.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from random import Random

from flask import Flask
from sqlalchemy import Connection

from inspect_app.hazards import searching, tally
from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db, writing

from ..people import cast_of_demo
from .forms import put_filled
from .ground import Ground, lay, writing_much
from .life import Life
from .lived import TABLES
from .living import Moulds, moulds_of
from .moulds import Casting, Mould, Rows
from .studio import Studio


# Called once in the transaction that ends a growth. Rows written in bulk tell no listener: what is kept by listeners or
# actions beside places and hazards (counts, an index to search by) is filled here, for all rows there are.
def _words(connection: Connection) -> None:
    """The words by which the new hazards are searched."""
    while searching.write_missing(10_000):
        pass


AFTER_GROWN: list[Callable[[Connection], object]] = [_words, lambda _connection: tally.gather(0)]
OLDEST_OPEN = 40  # weeks
_AT_A_TIME = 500


@dataclass(frozen=True)
class Growth:
    """How much is to be added."""

    hazards: int
    places: int
    open_share: float
    seed: int
    years: int = 4
    usual_age: float = 3.0  # weeks, of an open one


def grow(app: Flask, wanted: Growth, say: Callable[[str], None]) -> None:
    """Add places and hazards to a database that holds the demo. Raises LookupError where it holds none."""
    chance = Random(wanted.seed)
    with app.app_context():
        world = Studio(cast_of_demo(), app.extensions["storage"], app.config["PUBLIC_ADDRESS"])
        db.session.rollback()
        ground = lay(world.cast, wanted.places, chance)
        say(f"demo: {wanted.places} places more")
        moulds = moulds_of(world, ground)
        say(f"demo: {len(moulds.all)} lives to repeat")
        done = len(moulds.all)
        castings = _castings(moulds, ground, wanted, chance)
        for batch in _batches(castings):
            with writing_much():
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
        for fill in AFTER_GROWN:
            fill(connection)


def _castings(moulds: Moulds, ground: Ground, wanted: Growth, chance: Random) -> Iterator[Rows]:
    """The castings, the oldest first."""
    left = max(0, wanted.hazards - len(moulds.all))
    open_ones = round(left * wanted.open_share)
    weeks = wanted.years * 52
    of_week = Counter(_weeks_of_open(moulds, open_ones, wanted.usual_age, chance))
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


def _weeks_of_open(moulds: Moulds, number: int, usual: float, chance: Random) -> Iterator[tuple[Mould, int]]:
    """Which mould each open one is cast of, and how many weeks ago."""
    shares = [often for _, often, _ in moulds.open]
    for mould, _, life in chance.choices(moulds.open, shares, k=number):
        week = 0 if life.today_only else min(OLDEST_OPEN, int(chance.expovariate(1 / usual)))
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
