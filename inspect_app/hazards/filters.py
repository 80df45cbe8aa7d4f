"""What a list of hazards is narrowed to, and the order it stands in. Every filter is a field; a list's address names them."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, and_, false, literal_column, or_, select

from inspect_app.kernel import clock
from inspect_app.people.areas import areas_below
from inspect_app.people.rules import Scope
from inspect_app.premises.holders import places_held
from inspect_app.premises.merged import at_place
from inspect_app.premises.one_party import one_party

from .models import Hazard, HazardRequest
from .queries import IS_EXCEPTIONAL, IS_OPEN, IS_QUESTIONED, IS_SETTLED, visible
from .rules import Grade, State
from .searching import Search, search

# The nearest date as the indexes hold it: literal SQL, so that SQLite finds it there; what has no date stands last.
DUE_KEY: ColumnElement[date] = literal_column("coalesce(hazard.due_on, '9999-12-31')", Date())

BY_PLACE = "ix_hazard_premises_id"


class Sort(StrEnum):
    """The order of a list; what is settled stands by the day it ended, the newest first, whatever is asked."""

    DUE = "due"
    DANGER = "danger"
    OLDEST = "oldest"
    NEWEST = "newest"
    PLACE = "place"


SORT_NAMES = {
    Sort.DUE: "最急的在前",
    Sort.DANGER: "最危险的在前",
    Sort.OLDEST: "最早发现的在前",
    Sort.NEWEST: "最近发现的在前",
    Sort.PLACE: "按场所",
}


def _asked() -> ColumnElement[bool]:
    return Hazard.id.in_(select(HazardRequest.hazard_id).where(HazardRequest.outcome.is_(None)))


# What a hazard is marked with: name, condition. Marks combine: each of those chosen must hold.
MARKS: Mapping[str, tuple[str, Callable[[], ColumnElement[bool]]]] = {
    "watched": ("重点督办", lambda: Hazard.watched_at.is_not(None)),
    "declined": ("被退回", lambda: _sent_back()),
    "unaccepted": (
        "没有签收",
        lambda: and_(Hazard.state == State.RECTIFYING, Hazard.accepted_at.is_(None), Hazard.declined_at.is_(None)),
    ),
    "asked": ("有申请或异议", _asked),
    "flagged": ("照片请核实", lambda: IS_QUESTIONED),
    "recurs": ("同一处再次出现", lambda: Hazard.recurs_hazard_id.is_not(None)),
    "again": ("不止一轮", lambda: Hazard.round_number > 1),
}


def _sent_back() -> ColumnElement[bool]:
    return and_(Hazard.state == State.RECTIFYING, Hazard.declined_at.is_not(None))


# Whom a hazard waits for: name, condition. One can wait for two: the office mends on while its request is answered.
WAITS: Mapping[str, tuple[str, Callable[[], ColumnElement[bool]]]] = {
    "desk": ("督办员", lambda: or_(Hazard.state.in_((State.FOUND, State.AWAITING_CLOSURE)), _sent_back(), _asked())),
    "handler": ("承办单位", lambda: and_(Hazard.state == State.RECTIFYING, Hazard.declined_at.is_(None))),
    "verifier": ("核验人", lambda: Hazard.state == State.AWAITING_VERIFICATION),
}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to.

    `tab`: all, overdue, soon, major, verify, close, found, watched, flagged, settled, exceptions. `narrowed` stands in its
    place where rows are chosen by a condition that somebody counted by: a pile of 今日 or of the inbox. `ended` is one of
    the states of what is settled; `marks` are keys of MARKS, `waits` is one of WAITS.
    """

    tab: str = "all"
    words: str = ""
    area_id: UUID | None = None
    handler_id: UUID | None = None
    field: str = ""
    grade: str = ""
    state: str = ""
    due_from: date | None = None
    due_by: date | None = None
    due_on: date | None = None
    premises_kind: str = ""
    item_code: str = ""
    finder_id: UUID | None = None
    party_id: UUID | None = None  # whoever answered when it was found
    holder_id: UUID | None = None  # whoever answers for the place today, in whatever part
    premises_id: UUID | None = None
    source: str = ""
    waits: str = ""
    found_from: date | None = None
    found_to: date | None = None
    marks: frozenset[str] = frozenset()
    narrowed: ColumnElement[bool] | None = dataclasses.field(default=None, compare=False)

    @property
    def settled(self) -> bool | None:
        """Whether only what is settled is wanted, or only what is open; None: both."""
        if self.narrowed is not None or self.tab == "exceptions":
            return None
        return self.tab == "settled"

    @property
    def only_sorts(self) -> bool:
        """Whether nothing narrows the list but its tab and area: then how many there are is kept (tally.py)."""
        return dataclasses.replace(self, tab="all", area_id=None) == Filters() and self.narrowed is None

    @property
    def only_words(self) -> bool:
        """Whether nothing but words and an area narrows the list of what is open, or of what is settled."""
        return (
            dataclasses.replace(self, tab="all", words="", area_id=None) == Filters()
            and self.tab in ("all", "settled")
            and self.narrowed is None
        )

    @property
    def by(self) -> str:
        """The index by which SQLite reads what is narrowed to a place or to somebody who answers, and orders it then: left to itself
        it would read all of the reader's area. Empty for anything else."""
        if self.premises_id or self.holder_id:
            return BY_PLACE
        return "ix_hazard_party_id" if self.party_id else ""

    @property
    def few(self) -> bool:
        """Whether it is narrowed to what another table holds of few: what is found there is read first, and ordered then."""
        return self.tab == "flagged" or not self.marks.isdisjoint(("flagged", "asked"))

    def conditions(self, today: date) -> list[ColumnElement[bool]]:
        """All but the words."""
        whole = {"settled": IS_SETTLED, "exceptions": IS_EXCEPTIONAL}
        parts = [self.narrowed if self.narrowed is not None else whole.get(self.tab, IS_OPEN)]
        parts += of_tab(self.tab, today)
        if self.area_id:
            parts.append(Hazard.area_id.in_(areas_below(self.area_id)))
        same = {
            Hazard.handler_id: self.handler_id, Hazard.field: self.field, Hazard.grade: self.grade, Hazard.state: self.state,
            Hazard.due_on: self.due_on, Hazard.premises_kind: self.premises_kind, Hazard.item_code: self.item_code,
            Hazard.found_by_person_id: self.finder_id, Hazard.source: self.source,
        }  # fmt: skip
        parts += [column == value for column, value in same.items() if value]
        if self.party_id:
            parts.append(Hazard.party_id.in_(one_party([self.party_id])))
        if self.holder_id:
            parts.append(Hazard.premises_id.in_(places_held(self.holder_id)))
        if self.premises_id:
            parts.append(at_place(Hazard.premises_id, self.premises_id))
        if self.waits:
            parts.append(WAITS[self.waits][1]())
        parts += [MARKS[mark][1]() for mark in sorted(self.marks)]
        return parts + self._between()

    def _between(self) -> list[ColumnElement[bool]]:
        parts: list[ColumnElement[bool]] = []
        if self.due_from:
            parts.append(self.due_from <= DUE_KEY)
        if self.due_by:
            parts.append(self.due_by >= DUE_KEY)
        if self.found_from:
            parts.append(Hazard.found_at >= clock.start_of(self.found_from))
        if self.found_to:
            parts.append(Hazard.found_at < clock.start_of(self.found_to + timedelta(days=1)))
        return parts


def of_tab(tab: str, today: date) -> list[ColumnElement[bool]]:
    """What a tab asks beside being open; nothing for those that ask nothing more."""
    tabs: dict[str, ColumnElement[bool]] = {
        "overdue": today > DUE_KEY,
        "soon": DUE_KEY.between(today, today + timedelta(days=3)),
        "major": Hazard.grade != Grade.GENERAL,
        "verify": Hazard.state == State.AWAITING_VERIFICATION,
        "close": Hazard.state == State.AWAITING_CLOSURE,
        "found": Hazard.state == State.FOUND,
        "watched": Hazard.watched_at.is_not(None),
        "flagged": IS_QUESTIONED,
    }
    return [tabs[tab]] if tab in tabs else []


@dataclass(frozen=True)
class Chosen:
    """The conditions of a list, all of them; `few` where words were looked for and found little: it is read
    first then; `by` the index by which it is read where it is narrowed to a place or a party."""

    conditions: tuple[ColumnElement[bool], ...]
    few: bool = False
    by: str = ""


def chosen(scope: Scope, filters: Filters) -> Chosen:
    """Which hazards a list shows to somebody."""
    conditions: list[Any] = [visible(scope), *filters.conditions(clock.today())]
    if not filters.words.strip():
        return Chosen(tuple(conditions), filters.few, filters.by)
    asked: Search = search(scope, filters.words, filters.area_id)
    if asked.is_empty:
        return Chosen((*conditions, false()), few=True)
    condition, few = asked.condition(settled=filters.settled)
    return Chosen((*conditions, condition), few or filters.few, filters.by)
