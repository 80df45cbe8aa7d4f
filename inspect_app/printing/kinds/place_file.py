"""一店一档: all that is known of one place, on paper."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from inspect_app.hazards import register
from inspect_app.hazards.rules import GRADE_NAMES, STATE_NAMES, Grade, State
from inspect_app.kernel import clock
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.spoken_dates import datetime_full
from inspect_app.papers import listing
from inspect_app.papers.kinds import Geometry
from inspect_app.papers.listing import PaperFilters
from inspect_app.papers.standing import NAMES
from inspect_app.people.rules import Scope, mask_phone
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Party, Premises, PremisesParty
from inspect_app.premises.rules import FACT_NAMES, KIND_NAMES, PARTY_ROLES, STATUS_NAMES, PremisesKind, fact_words
from inspect_app.visits import register as visits

from ..entry import LeftOut, PartAsked, PrintKind, SheetToDraw

_MOST = 500  # of each kind of thing: the newest
Rows = list[list[str]]


def part(place: Premises) -> PartAsked:
    """The part that prints the file of a place."""
    return PartAsked(ENTRY.code, {"place": str(place.id)}, "一店一档", place=place.name, day=clock.today())


def make(scope: Scope, about: Mapping[str, Any]) -> SheetToDraw:
    """What is known of the place now, as far as whoever asked may see it."""
    try:
        place = premises.load(scope, UUID(about["place"]))
    except NotThere:
        raise LeftOut("这一家现在不在您能看的范围里了") from None
    values = {
        "name": place.name,
        "office": scope.organisation_name,
        "on": clock.today().isoformat(),
        "facts": _facts(place),
        "parties": _parties(place),
        "visits": _visits(place),
        "hazards": _hazards(scope, place),
        "papers": _papers(scope, place),
    }
    return SheetToDraw("place", values, Geometry.SLIP)


def _facts(place: Premises) -> Rows:
    told = [
        ["名称", place.name],
        ["地址", place.address],
        ["类别", KIND_NAMES[PremisesKind(place.kind)]],
        ["编号", place.code],
        ["电话", mask_phone(place.phone) or "没有登记"],
        ["现状", STATUS_NAMES[place.status]],
    ]
    return told + [
        [FACT_NAMES[name], fact_words(name, place.facts[name])] for name in FACT_NAMES if name in place.facts
    ]


def _parties(place: Premises) -> Rows:
    found: Sequence[tuple[PremisesParty, Party]] = [
        *premises.parties_of(place.id), *premises.earlier_parties(place.id),
    ]  # fmt: skip
    return [[party.name, PARTY_ROLES[row.role], _day(row.since), _day(row.until) or "现在"] for row, party in found]


def _visits(place: Premises) -> Rows:
    found = visits.of_premises(place.id, _MOST)
    return [[datetime_full(row.visit.started_at), row.deputy, row.name, f"{row.found} 件"] for row in found]


def _hazards(scope: Scope, place: Premises) -> Rows:
    return [
        [
            f"{hazard.title}（{hazard.number}）", GRADE_NAMES[Grade(hazard.grade)], _day(clock.local_date(hazard.found_at)),
            _day(hazard.due_on), STATE_NAMES[State(hazard.state)], _day(hazard.settled_on),
        ]
        for hazard in register.ever_at(scope, place.id, _MOST)
    ]  # fmt: skip


def _papers(scope: Scope, place: Premises) -> Rows:
    found = listing.all_of(scope, PaperFilters(premises_id=place.id), _MOST)
    return [
        [
            row.paper.number,
            row.paper.title,
            _day(row.paper.issued_on),
            "正在做" if row.paper.is_being_made else NAMES[row.standing],
        ]
        for row in found
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


ENTRY = PrintKind(code="place_file", unit="份", make=make)
