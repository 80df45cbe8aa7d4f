"""The lives, lived one step after another in the order of time, and the moulds they leave."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from inspect_app.evidence import copying
from inspect_app.hazards.actions import finding
from inspect_app.hazards.rules import Grade
from inspect_app.jobs import sweeps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.premises.models import Premises

from ..history import Script
from . import lives, rosters
from .ground import Ground
from .items import Findable
from .life import Life, Office
from .lived import ITEM, Row
from .moulds import Mould
from .studio import Studio


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


def moulds_of(world: Studio, ground: Ground) -> Moulds:
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
    while (not world.is_stocked and copying.make_waiting_copies(world.storage)) or sweeps.judge_photos():
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
