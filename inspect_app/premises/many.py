"""Thousands of places written at once: made ready first, then all of them or none in one short transaction.

Whoever registers one at a desk waits meanwhile, so nothing is worked out there that can be worked out before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, update

from inspect_app.kernel import clock
from inspect_app.kernel.database import put_ready, ready
from inspect_app.kernel.folding import fold_words
from inspect_app.kernel.ids import new_code, new_id
from inspect_app.kernel.positions import on_map
from inspect_app.people.areas import hold_areas
from inspect_app.people.rules import Scope

from .models import Party, Premises, PremisesParty, PremisesStatus
from .rules import twin_key
from .standing import StandingPlace, as_they_stand, standing_of, twins_there


class RegisterMoved(Exception):  # noqa: N818  # no fault: whoever brought the places looks again
    """Somebody has changed the register since it was compared; nothing was written."""


@dataclass(frozen=True)
class PartySaid:
    """Who is to answer for a place from today."""

    role: str
    name: str
    credit_code: str | None
    phone: str


@dataclass(frozen=True)
class PlaceSaid:
    """A place as it is to stand: values in their one form, already checked. `party` None leaves who answers as it is; `ended` is
    the part in which nobody is known any more."""

    values: Mapping[str, Any]  # name, kind, address, area_id, phone, status, status_since, facts, lon, lat, crs
    party: PartySaid | None
    ended: str | None = None

    @property
    def part(self) -> str | None:
        """In which part whoever answered so far no longer does."""
        return self.party.role if self.party else self.ended


@dataclass(frozen=True)
class PlaceChange:
    """A place of the register that is to stand otherwise, with the seal under which it was compared."""

    premises_id: UUID
    seal: str
    said: PlaceSaid


_FOUND_BY = (
    "name",
    "address",
    "area_id",
    "twin_key",
    "folded",
)  # to write them costs the indexes: only where they change
_TOLD = ("kind", "phone", "status", "status_since", "facts", "lon", "lat", "crs", "map_lon", "map_lat")
_THIS = update(Premises).where(Premises.id == bindparam("premises"))
_TELL = _THIS.values({name: bindparam(f"new_{name}") for name in _TOLD} | {"confirmed": True})
_CHANGE = _THIS.values({name: bindparam(f"new_{name}") for name in (*_FOUND_BY, *_TOLD)} | {"confirmed": True})
_SAME_PART = (PremisesParty.premises_id == bindparam("premises")) & (PremisesParty.role == bindparam("part"))
_TODAY_ONLY = delete(PremisesParty).where(
    _SAME_PART, PremisesParty.until.is_(None), PremisesParty.since >= bindparam("today")
)
_END = (
    update(PremisesParty)
    .where(_SAME_PART, PremisesParty.until.is_(None), PremisesParty.since < bindparam("today"))
    .values(until=bindparam("yesterday"))
)


class ManyPlaces:
    """New places and changes of places, ready to be written together."""

    def __init__(self, scope: Scope, new: Sequence[PlaceSaid], changes: Sequence[PlaceChange]) -> None:
        self._scope = scope
        self._areas = {place.values["area_id"] for place in (*new, *(one.said for one in changes))}
        today = clock.today()
        made = [(new_id(), place) for place in new]
        known = [(one.premises_id, one.said) for one in changes]
        parties, links = _parties([*made, *known], today)
        ended = _ended(known, today)
        places = [_new_place(premises_id, place) for premises_id, place in made]
        self._new_keys = [row["twin_key"] for row in places]
        self._compare(changes)
        moved = [one for one in changes if _goes_by(one.said) != _goes_by(self._now[one.premises_id])]
        told = [one for one in changes if _goes_by(one.said) == _goes_by(self._now[one.premises_id])]
        changed = [_changed_place(one, (*_FOUND_BY, *_TOLD)) for one in moved]
        self._new_keys += [
            row["new_twin_key"] for row in changed if row["new_twin_key"] != self._now[row["premises"]].twin_key
        ]
        self._writes: list[Callable[[], None]] = [
            ready(_CHANGE, changed), ready(_TELL, [_changed_place(one, _TOLD) for one in told]), ready(_TODAY_ONLY, ended), ready(_END, ended),
            put_ready(Premises, places), put_ready(Party, parties), put_ready(PremisesParty, links),
            put_ready(PremisesStatus, [*_statuses(scope, made, {}), *_statuses(scope, known, self._now)]),
        ]  # fmt: skip

    def _compare(self, changes: Sequence[PlaceChange]) -> None:
        """Hold the places against how they were compared, before anybody waits; raises RegisterMoved."""
        self._ids = sorted(one.premises_id for one in changes)
        self._rows = as_they_stand(self._ids)
        self._now = standing_of(self._ids)
        if any(one.premises_id not in self._now or self._now[one.premises_id].seal() != one.seal for one in changes):
            raise RegisterMoved

    def write(self) -> None:
        """Write all. Holds the areas, so that what is registered in them meanwhile is seen or waits (ADR 18). Raises
        RegisterMoved where a place of the same name and address is there by now, where one of those that are to be changed has
        been changed or merged, or an area is no longer one's own."""
        if not (self._scope.whole_district or self._areas <= self._scope.area_ids):
            raise RegisterMoved
        hold_areas(self._areas)
        if as_they_stand(self._ids) != self._rows or twins_there(self._scope, self._new_keys):
            raise RegisterMoved
        for write in self._writes:
            write()


def _new_place(premises_id: UUID, place: PlaceSaid) -> dict[str, Any]:
    values = place.values
    return {
        "id": premises_id,
        "code": "CS" + new_code(8),
        "door_code": new_code(12),
        **values,
        **_on_map(values),
        "accuracy_m": None,
        "merged_into_id": None,
        "confirmed": True,
        "twin_key": twin_key(values["name"], values["address"]),
        "maybe_double_of_id": None,
        "made_at": clock.now(),
        "folded": fold_words(values["name"], values["address"]),
    }


def _on_map(values: Mapping[str, Any]) -> dict[str, float | None]:
    lon, lat = on_map(values["lon"], values["lat"], values["crs"])
    return {"map_lon": lon, "map_lat": lat}


def _goes_by(place: PlaceSaid | StandingPlace) -> tuple[str, str, UUID]:
    """Name, address and area."""
    if isinstance(place, StandingPlace):
        return place.name, place.address, place.area_id
    return place.values["name"], place.values["address"], place.values["area_id"]


def _changed_place(one: PlaceChange, names: Sequence[str]) -> dict[str, Any]:
    values = dict(one.said.values) | _on_map(one.said.values)
    values["twin_key"] = twin_key(values["name"], values["address"])
    values["folded"] = fold_words(values["name"], values["address"])
    return {"premises": one.premises_id} | {f"new_{name}": values[name] for name in names}


def _parties(
    places: Sequence[tuple[UUID, PlaceSaid]], today: date
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of parties, and of what they answer for from today."""
    parties, links = [], []
    for premises_id, place in places:
        if place.party is None:
            continue
        party_id, said = new_id(), place.party
        parties.append({"id": party_id, "name": said.name, "credit_code": said.credit_code, "phone": said.phone})
        links.append({
            "id": new_id(), "premises_id": premises_id, "party_id": party_id, "role": said.role, "since": today, "until": None,
        })  # fmt: skip
    return parties, links


def _statuses(
    scope: Scope, places: Sequence[tuple[UUID, PlaceSaid]], now: Mapping[UUID, StandingPlace]
) -> list[dict[str, Any]]:
    """What is new in the history of their status."""
    rows = []
    for premises_id, place in places:
        said, before = (place.values["status"], place.values["status_since"]), now.get(premises_id)
        if said[1] is not None and (before is None or said != (before.status, before.status_since)):
            rows.append({
                "id": new_id(), "premises_id": premises_id, "status": said[0], "since": said[1], "told_at": clock.now(), "person_id": scope.person_id,
            })  # fmt: skip
    return rows


def _ended(places: Sequence[tuple[UUID, PlaceSaid]], today: date) -> list[dict[str, Any]]:
    """In which parts of places whoever answered so far ends with yesterday, as actions.set_party ends it."""
    return [
        {"premises": premises_id, "part": place.part, "today": today, "yesterday": today - timedelta(days=1)}
        for premises_id, place in places
        if place.part is not None
    ]
