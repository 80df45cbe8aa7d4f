"""A lived life as a mould: the rows of its hazards with slots, cast anew with other ids, days, places and people.

The chain is never copied: each event of a casting is hashed again over its own body, by the functions that write and check it.
Days move by whole weeks, so that working days stay working days; public holidays in between are not counted again.
"""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from inspect_app.evidence.likeness import bands
from inspect_app.evidence.models import Photo
from inspect_app.hazards.chain import GENESIS, hash_of
from inspect_app.hazards.events import Event, EventWords
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import Model, db
from inspect_app.kernel.hashing import canonical_json, commitment_of
from inspect_app.kernel.ids import CODE_ALPHABET, new_id

from .forms import WHOLE_HOUR, Pieces, RowForm, Spelled, as_stored, columns, compiled, filled, spelled
from .lived import ITEM, TABLES, Lived, Row, item_mark, mark_item, read

Rows = dict[type[Model], list[list[Any]]]
_ANY_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日|〔(\d{4})〕")
_ANY_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|\d{8}[A-Z][0-9A-Z]{7}"
_MINUTE = ":{:02}:{:02}.{:03}+00:00"


@dataclass(frozen=True)
class Casting:
    """Where one casting goes: the place, what was found there, and who stands for whom, as the slots ask for it."""

    place: Mapping[str, Any]  # also "party"; ids under their names and, as the driver takes them, under "… stored"
    item: Mapping[str, str]  # ITEM as JSON, "… stored" as its columns hold it, "folded"
    people: Mapping[str, str]


class Mould:
    """One life, ready to be cast."""

    def __init__(self, hazard_ids: Sequence[UUID], place: Row, party_id: str, people: Mapping[str, str]) -> None:
        self._slots: dict[tuple[str, Any, str], int] = {}
        self._dialect = db.session.connection().dialect
        self._spelled: Spelled = spelled(self._dialect)
        lived = read(hazard_ids)
        hazard = lived[Hazard][0]
        self.is_open = all(row["settled_on"] is None for row in lived[Hazard])
        self.field, self._lon, self._lat = hazard["field"], place["lon"], place["lat"]
        self.on_the_spot = False
        self._found_on, self._letter = clock.local_date(hazard["found_at"]), hazard["number"][8]
        mark_item(lived)
        self._marks = self._marked(lived, place, party_id, people)
        ids = {mark for mark in self._marks if re.fullmatch(_ANY_ID, mark)}
        self._any_mark = re.compile(
            "|".join((_ANY_ID, *map(re.escape, sorted(self._marks.keys() - ids, reverse=True))))
        )
        self._forms = {model: [self._form(model, row) for row in lived[model]] for model in TABLES[:-2]}
        self._events = self._eventful(lived)
        self._week, self._days = -1, list[tuple[int, str]]()
        self._sort_slots()

    # --- making ---

    def _slot(self, kind: str, name: Any, way: str = "") -> str:
        number = self._slots.setdefault((kind, name, way), len(self._slots))
        return f"§{number}§"

    def _marked(self, lived: Lived, place: Row, party_id: str, people: Mapping[str, str]) -> dict[str, tuple[str, Any]]:
        """What is written of this life alone, with the kind of slot that takes its place."""
        marks: dict[str, tuple[str, Any]] = {WHOLE_HOUR: ("minute", "")}
        for model in TABLES:
            marks |= {str(row["id"]): ("own", str(row["id"])) for row in lived[model] if "id" in row}
        marks |= {row["number"]: ("number", row["number"]) for row in lived[Hazard]}
        marks |= {str(place[name]): ("place", name) for name in ("id", "area_id", "name", "address")}
        marks |= {party_id: ("place", "party")}
        marks |= {f'"{item_mark(name)}"': ("item", name) for name in ITEM}
        return marks | {written: ("people", key) for key, written in people.items()}

    def _text(self, text: str) -> str:
        """A text with slots for what is of this life alone, and for days."""
        marks = self._marks
        text = self._any_mark.sub(lambda found: self._slot(*marks[found[0]]) if found[0] in marks else found[0], text)
        return _ANY_DAY.sub(self._day, text)

    def _day(self, found: "re.Match[str]") -> str:
        year, month, day, named_year, named_month, named_day, of_number = found.groups()
        if of_number:
            return self._slot("day", date(int(of_number), 7, 1), "〔%Y〕")
        try:
            if year:
                return self._slot("day", date(int(year), int(month), int(day)), "%Y-%m-%d")
            full = "%Y年%-m月%-d日" if named_year else "%-m月%-d日"
            named = date(int(named_year or _year_of(int(named_month))), int(named_month), int(named_day))
            return self._slot("day", named, full)
        except ValueError:  # no day: a number that looks like one
            return found[0]

    def _form(self, model: type[Model], row: Row) -> RowForm:
        values = {name: self._column(value) for name, value in row.items()}
        if model is Hazard:
            values |= {column: self._slot("item", name, "stored") for name, column in ITEM.items()}
            values["folded"] = self._slot("item", "folded")
        if model is Photo:
            self._another_picture(row, values)
        return RowForm.of([values[name] for name in columns(model, self._dialect)[1]])

    def _another_picture(self, row: Row, values: Row) -> None:
        """A photo beside its place, and another picture than all others: who looks for the like of one finds few."""
        if row["lon"] is not None:
            values["lon"] = self._slot("beside", row["lon"] - self._lon, "lon")
            values["lat"] = self._slot("beside", row["lat"] - self._lat, "lat")
        if row["fingerprint"]:
            values["fingerprint"] = self._slot("picture", str(row["id"]))
            values |= {f"band_{number}": self._slot("picture", str(row["id"]), str(number)) for number in range(1, 5)}

    def _column(self, value: Any) -> Any:
        if isinstance(value, UUID):
            mark = self._marks.get(str(value))
            return self._slot(*mark, "stored") if mark else self._spelled.of_id(str(value))
        if isinstance(value, datetime):
            text = self._spelled.of_instant(value)
            whole = self._slot("minute", "", "stored")
            return _ANY_DAY.sub(self._day, text.replace(self._spelled.whole_hour, whole))
        if isinstance(value, dict | list):
            return self._text(canonical_json(value).decode())
        value = self._spelled.value(value)
        return self._text(value) if isinstance(value, str) else value

    def _eventful(self, lived: Lived) -> list[tuple[RowForm, Pieces, Pieces | None, int]]:
        """Each event: its row, its body, its words, and the slot that takes what commits to them."""
        said = {row["event_id"]: row["words"] for row in lived[EventWords]}
        found = []
        names = columns(Event, self._dialect)[1]
        for number, row in enumerate(lived[Event]):
            commit = self._slot("commit", number)
            body = json.loads(json.dumps(row["body"])) | ({"words": commit} if row["id"] in said else {})
            values = {name: None if name in ("body", "previous", "hash") else self._column(row[name]) for name in names}
            words = self._text(canonical_json(said[row["id"]]).decode()) if row["id"] in said else None
            found.append(
                (
                    RowForm.of([values[name] for name in names]),
                    compiled(self._text(canonical_json(body).decode())),
                    compiled(words) if words else None,
                    int(commit.strip("§")),
                )
            )
        return found

    def _sort_slots(self) -> None:
        """The slots by where their values come from."""
        slots = [(slot, *key) for key, slot in self._slots.items()]
        self._own_slots = [(slot, name, way) for slot, kind, name, way in slots if kind == "own"]
        self._own = sorted({name for _, name, _ in self._own_slots})
        self._told = [
            (slot, kind, f"{name} stored" if way else name)
            for slot, kind, name, way in slots
            if kind in ("people", "item", "place")
        ]
        self._plan = [one for one in slots if one[1] in ("minute", "number", "picture", "beside")]

    # --- casting ---

    def cast(self, to: Casting, weeks: int, chance: Random) -> Rows:
        """The rows of one casting, so many weeks before the life was lived."""
        values = self._values(to, weeks, chance)
        rows: Rows = {model: [form.filled(values) for form in forms] for model, forms in self._forms.items()}
        rows[Event], rows[EventWords] = self._chained(values)
        return rows

    def _values(self, to: Casting, weeks: int, chance: Random) -> list[Any]:
        values: list[Any] = [None] * len(self._slots)
        for slot, text in self._moved(weeks):
            values[slot] = text
        self._name_anew(values, chance, f"{self._found_on - timedelta(weeks=weeks):%Y%m%d}{self._letter}")
        said: dict[str, Mapping[str, Any]] = {"people": to.people, "item": to.item, "place": to.place}
        for slot, kind, name in self._told:
            values[slot] = said[kind][name]
        for slot, kind, name, way in self._plan:
            if kind == "beside":
                values[slot] = to.place[way] + name
        return values

    def _name_anew(self, values: list[Any], chance: Random, day: str) -> None:
        """Ids, numbers, the minutes of all instants, and fingerprints of pictures nobody took."""
        # Sorted: what is kept by id in canonical JSON keeps its order.
        fresh = dict(zip(self._own, sorted([str(new_id()) for _ in self._own]), strict=True))
        for slot, name, stored in self._own_slots:
            values[slot] = self._spelled.of_id(fresh[name]) if stored else fresh[name]
        moment = chance.randrange(60), chance.randrange(60), chance.randrange(1000)
        drawn: dict[str, str] = {}
        for slot, kind, name, way in self._plan:
            if kind == "minute":
                values[slot] = (self._spelled.minute if way else _MINUTE).format(*moment)
            elif kind == "number":
                values[slot] = day + (drawn.get(name) or drawn.setdefault(name, _code(chance)))
            elif kind == "picture":
                fingerprint = drawn.get(name) or drawn.setdefault(name, f"{chance.getrandbits(64):016x}")
                values[slot] = bands(fingerprint)[int(way) - 1] if way else fingerprint

    def _moved(self, weeks: int) -> list[tuple[int, str]]:
        """The days of this life, so many weeks earlier."""
        if self._week != weeks:
            shift = timedelta(weeks=weeks)
            self._week = weeks
            self._days = [
                (slot, (day - shift).strftime(way)) for (kind, day, way), slot in self._slots.items() if kind == "day"
            ]
        return self._days

    def _chained(self, values: list[Any]) -> tuple[list[list[Any]], list[list[Any]]]:
        """Events and their words, each event hashed over its body and the one before it."""
        names = columns(Event, self._dialect)[1]
        at_body, at_previous, at_hash = (names.index(name) for name in ("body", "previous", "hash"))
        at_id, at_hazard = names.index("id"), names.index("hazard_id")
        events, said, previous, hazard = [], [], GENESIS, ""
        for form, body_form, words_form, commit in self._events:
            row = form.filled(values)
            if row[at_hazard] != hazard:
                previous, hazard = GENESIS, row[at_hazard]
            if words_form is not None:
                salt, words = secrets.token_hex(16), filled(words_form, values)
                values[commit] = commitment_of(salt, words.encode())
                by_name = {"event_id": row[at_id], "salt": salt, "words": as_stored(words), "withheld_reason": None}
                said.append([by_name[name] for name in columns(EventWords, self._dialect)[1]])
            body = filled(body_form, values)
            row[at_body], row[at_previous] = body, previous
            row[at_hash] = previous = hash_of(body.encode(), previous)
            events.append(row)
        return events, said


def _code(chance: Random) -> str:
    return "".join(chance.choices(CODE_ALPHABET, k=7))


def _year_of(month: int) -> int:
    """The year of a day that is named without one: the last that had it, or the one to come soon."""
    today = clock.today()
    return today.year + ((month < today.month - 6) - (month > today.month + 6))
