"""A lived life as a mould: all rows of its hazards as one text with slots, cast anew with other ids, days, places and people.

The chain is never copied: each event of a casting is hashed again over its own body, by the functions that write and check it.
Days move by whole weeks, so that working days stay working days; public holidays in between are not counted again.
"""

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, select

from inspect_app.evidence.likeness import bands
from inspect_app.evidence.models import Photo, PhotoCopy
from inspect_app.hazards.chain import ALGORITHM, GENESIS, event_hash
from inspect_app.hazards.dates import Clock
from inspect_app.hazards.events import Event, EventWords
from inspect_app.hazards.models import Hazard, HazardRequest, MendingRound
from inspect_app.hazards.photos import HazardPhoto, PhotoFlag
from inspect_app.hazards.rules import Step
from inspect_app.hazards.sightings import Sighting
from inspect_app.kernel import clock
from inspect_app.kernel.database import Instant, Model, db
from inspect_app.kernel.hashing import commitment
from inspect_app.kernel.ids import CODE_ALPHABET, new_id

Row = dict[str, Any]
Rows = dict[type[Model], list[Row]]
# In the order in which they refer to one another.
TABLES: tuple[type[Model], ...] = (
    Photo, Hazard, MendingRound, Clock, HazardRequest, HazardPhoto, PhotoCopy, PhotoFlag, Sighting, Event, EventWords,
)  # fmt: skip
_BY_HAZARD = (MendingRound, Clock, HazardRequest, HazardPhoto, PhotoFlag, Sighting)
_ANY_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日|〔(\d{4})〕")
_SLOT = re.compile(r"§(\d+)§")
_WHOLE_HOUR = ":00:00.000+00:00"
# Of the item, wherever it stands: one mark each, so that another item can be cast into its place.
ITEM = ("item_code", "title", "spot", "finding", "checklist_version_id")


@dataclass(frozen=True)
class Casting:
    """Where one casting goes: the place, what was found there, and who stands for whom (the ids as they are written)."""

    place: Row
    party_id: str
    item: Mapping[str, str]  # each of ITEM as JSON text
    folded: str
    people: Mapping[str, str]


class Mould:
    """One life, ready to be cast."""

    def __init__(self, hazard_ids: Sequence[UUID], place: Row, party_id: str, people: Mapping[str, str]) -> None:
        rows = _read(hazard_ids)
        hazard = rows[Hazard][0]
        self.is_open = all(row["settled_on"] is None for row in rows[Hazard])
        self.field, self.lon, self.lat = hazard["field"], place["lon"], place["lat"]
        self.found_on = clock.local_date(hazard["found_at"])
        self.letter = hazard["number"][8]
        self.on_the_spot = False
        self._names: list[tuple[str, str]] = []
        for row in rows[Hazard]:
            _mark_item(row, [event for event in rows[Event] if event["hazard_id"] == row["id"]], rows[EventWords])
        text = json.dumps({model.__tablename__: rows[model] for model in TABLES}, ensure_ascii=False, default=_plain)
        self._text = self._with_slots(text, rows, place, party_id, people)
        self._weeks: tuple[int, list[str]] = (-1, [])

    def _with_slots(self, text: str, rows: Rows, place: Row, party_id: str, people: Mapping[str, str]) -> str:
        marks = {_WHOLE_HOUR: ("minute", "")}
        for model in TABLES:
            marks |= {str(row["id"]): ("own", "") for row in rows[model] if "id" in row}
        marks |= {row["number"]: ("number", "") for row in rows[Hazard]}
        marks |= {str(place["id"]): ("place", "id"), str(place["area_id"]): ("place", "area_id")}
        marks |= {place["name"]: ("place", "name"), place["address"]: ("place", "address")}
        marks |= {party_id: ("party", "")}
        marks |= {f'"{_item_mark(name)}"': ("item", name) for name in ITEM}
        marks |= {written: ("people", key) for key, written in people.items()}
        names = {mark: at for at, mark in enumerate(marks)}
        self._names = list(marks.values())
        longest_first = sorted(map(re.escape, marks), key=len, reverse=True)
        return re.sub("|".join(longest_first), lambda found: f"§{names[found[0]]}§", text)

    def _pieces(self, weeks: int) -> list[str]:
        """The text of so many weeks ago, cut at its slots; every second piece is a slot's number."""
        if self._weeks[0] != weeks:
            shift = timedelta(weeks=weeks)
            moved = _ANY_DAY.sub(lambda found: _moved(found, shift), self._text)
            self._weeks = weeks, _SLOT.split(moved)
        return self._weeks[1]

    def cast(self, to: Casting, weeks: int, chance: Random) -> Rows:
        """The rows of one casting, so many weeks before the life was lived."""
        pieces = self._pieces(weeks)
        values = self._values(to, weeks, chance)
        filled = pieces.copy()
        for at in range(1, len(pieces), 2):
            filled[at] = values[int(pieces[at])]
        raw = json.loads("".join(filled))
        rows = {model: [_typed(model, row) for row in raw[model.__tablename__]] for model in TABLES[:-2]}
        for row in rows[Hazard]:
            row["folded"] = to.folded
        for row in rows[Photo]:
            self._taken_at(row, to.place, chance)
        rows[Event], rows[EventWords] = _chained(raw)
        return rows

    def _values(self, to: Casting, weeks: int, chance: Random) -> list[str]:
        day = f"{self.found_on - timedelta(weeks=weeks):%Y%m%d}{self.letter}"
        minute = f":{chance.randrange(60):02}:{chance.randrange(60):02}.{chance.randrange(1000):03}+00:00"
        values = []
        for kind, name in self._names:
            if kind == "own":
                values.append(str(new_id()))
            elif kind == "people":
                values.append(to.people[name])
            elif kind == "item":
                values.append(to.item[name])
            elif kind == "place":
                values.append(str(to.place[name]))
            elif kind == "number":
                values.append(day + "".join(chance.choices(CODE_ALPHABET, k=7)))
            else:
                values.append(minute if kind == "minute" else to.party_id)
        return values

    def _taken_at(self, row: Row, place: Row, chance: Random) -> None:
        """A photo beside its place, and another picture than all others: those who look for the like of one find few."""
        if row["lon"] is not None:
            row["lon"], row["lat"] = row["lon"] - self.lon + place["lon"], row["lat"] - self.lat + place["lat"]
        if row["fingerprint"]:
            row["fingerprint"] = f"{chance.getrandbits(64):016x}"
            row["band_1"], row["band_2"], row["band_3"], row["band_4"] = bands(row["fingerprint"])


def _chained(raw: Mapping[str, list[Row]]) -> tuple[list[Row], list[Row]]:
    """Events and their words, each event hashed over its body and the one before it."""
    said = {row["event_id"]: row["words"] for row in raw[EventWords.__tablename__]}
    events, words, previous, hazard = [], [], GENESIS, ""
    for row in raw[Event.__tablename__]:
        body = row["body"]
        if body["hazard"] != hazard:
            previous, hazard = GENESIS, body["hazard"]
        if row["id"] in said:
            salt = secrets.token_hex(16)
            body["words"] = commitment(salt, said[row["id"]])
            words.append({"event_id": UUID(row["id"]), "salt": salt, "words": said[row["id"]], "withheld_reason": None})
        digest = event_hash(body, previous)
        person = body["actor"].get("person")
        events.append(
            {
                "id": UUID(row["id"]),
                "hazard_id": UUID(hazard),
                "seq": body["seq"],
                "step": body["step"],
                "person_id": UUID(person) if person else None,
                "at": datetime.fromisoformat(body["at"]),
                "body": body,
                "algorithm": ALGORITHM,
                "previous": previous,
                "hash": digest,
            }
        )
        previous = digest
    return events, words


# --- reading what was lived -------------------------------------------------------------------------------------------


def _read(hazard_ids: Sequence[UUID]) -> Rows:
    rows: Rows = {Hazard: _rows(Hazard, Hazard.id.in_(hazard_ids))}
    rows[Hazard].sort(key=lambda row: row["merged_into_id"] is not None)  # a target before what was merged into it
    for model in _BY_HAZARD:
        rows[model] = _rows(model, model.__table__.c.hazard_id.in_(hazard_ids))
    photos = [row["photo_id"] for row in rows[HazardPhoto]]
    rows[Photo] = _rows(Photo, Photo.id.in_(photos))
    rows[PhotoCopy] = _rows(PhotoCopy, PhotoCopy.photo_id.in_(photos))
    events = _rows(Event, Event.hazard_id.in_(hazard_ids))
    rows[Event] = sorted(events, key=lambda row: (str(row["hazard_id"]), row["seq"]))
    rows[EventWords] = _rows(EventWords, EventWords.event_id.in_([row["id"] for row in events]))
    return rows


def _rows(model: type[Model], which: Any) -> list[Row]:
    return [dict(row._mapping) for row in db.session.execute(select(model.__table__).where(which))]


def _plain(value: Any) -> str:
    """Ids, days and instants as the chain writes them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def _item_mark(name: str) -> str:
    return f"the {name} of the item"


def _mark_item(hazard: Row, events: Sequence[Row], words: Sequence[Row]) -> None:
    """Marks in the place of what the item says, in the row, in its events and in the words of its report."""
    hazard |= {name: _item_mark(name) for name in ("item_code", "title", "finding", "checklist_version_id")}
    hazard["place_within"] = _item_mark("spot")
    said = {row["event_id"]: row["words"] for row in words}
    for event in events:
        event["body"]["standing"]["item_code"] = _item_mark("item_code")
        if event["step"] == Step.REPORT:
            event["body"]["facts"]["checklist_version"] = _item_mark("checklist_version_id")
            said[event["id"]] |= {
                "title": _item_mark("title"),
                "place": _item_mark("spot"),
                "details": _item_mark("finding"),
            }
        for name in ("step", "person_id", "at", "algorithm", "previous", "hash", "seq"):  # made anew of the body
            event.pop(name)


def _moved(found: "re.Match[str]", shift: timedelta) -> str:
    """A day written in any of the ways days are written, moved back; a year in a document's number with it."""
    year, month, day, named_year, named_month, named_day, of_number = found.groups()
    if of_number:
        return f"〔{(date(int(of_number), 7, 1) - shift).year}〕"
    try:
        if year:
            return f"{date(int(year), int(month), int(day)) - shift}"
        moved = date(int(named_year or _year_of(int(named_month))), int(named_month), int(named_day)) - shift
    except ValueError:  # no day: a number that looks like one
        return found[0]
    return (f"{moved.year}年" if named_year else "") + f"{moved.month}月{moved.day}日"


def _year_of(month: int) -> int:
    """The year of a day that is named without one: the last that had it, or the one to come soon."""
    today = clock.today()
    return today.year + ((month < today.month - 6) - (month > today.month + 6))


# --- rows as the database takes them ----------------------------------------------------------------------------------


@cache
def _turns(model: type[Model]) -> tuple[tuple[str, Any], ...]:
    """The columns of a table that are text in a mould and no text in the database, with what makes them of it."""
    kinds = ((Uuid, UUID), (Instant, datetime.fromisoformat), (Date, date.fromisoformat))
    return tuple(
        (column.key, turn)
        for column in model.__table__.columns
        for kind, turn in kinds
        if isinstance(column.type, kind)
    )


def _typed(model: type[Model], row: Row) -> Row:
    for name, turn in _turns(model):
        if row[name] is not None:
            row[name] = turn(row[name])
    return row


def batches(rows: Iterator[Rows], size: int) -> Iterator[Rows]:
    """Castings put together, so many at a time."""
    batch: Rows = {model: [] for model in TABLES}
    for number, one in enumerate(rows, 1):
        for model in TABLES:
            batch[model] += one[model]
        if number % size == 0:
            yield batch
            batch = {model: [] for model in TABLES}
    yield batch
