"""一店一档: all that is known of one place, on paper."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from inspect_app.casework.place_file import reasons_of
from inspect_app.hazards import register
from inspect_app.hazards.at_a_place import found_there
from inspect_app.hazards.rules import GRADE_NAMES, STATE_NAMES, Grade, State
from inspect_app.kernel import clock
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.spoken_dates import datetime_full
from inspect_app.papers import listing
from inspect_app.papers.kinds import Geometry
from inspect_app.papers.listing import PaperFilters, PaperRow
from inspect_app.papers.queries import services_of
from inspect_app.papers.standing import NAMES
from inspect_app.people.rules import Scope, mask_phone
from inspect_app.premises import merged
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Party, Premises, PremisesParty
from inspect_app.premises.rules import FACT_NAMES, KIND_NAMES, PARTY_ROLES, STATUS_NAMES, PremisesKind, fact_words
from inspect_app.visits import register as visits
from inspect_app.visits.staleness import FullWalkRule

from ..entry import LeftOut, PartAsked, PrintKind, SheetToDraw

MOST_ROWS = 500  # of each kind of thing: the newest; how many there are and where the others are to be found is said
Rows = list[list[str]]
Former = Mapping[UUID, str]  # rows that this place stands for → what they were called


def part(place: Premises, rule: FullWalkRule) -> PartAsked:
    """The part that prints the file of a place; `rule` says when a place is due for 全查, which is one of the reasons."""
    about = {"place": str(place.id), "months": rule.months, "stale": rule.stale}
    return PartAsked(ENTRY.code, about, "一店一档", place=place.name, day=clock.today())


def make(scope: Scope, about: Mapping[str, Any]) -> SheetToDraw:
    """What is known of the place now, as far as whoever asked may see it."""
    try:
        place = premises.load(scope, UUID(about["place"]))
    except NotThere:
        raise LeftOut("这一家现在不在您能看的范围里了") from None
    usual = FullWalkRule()
    rule = FullWalkRule(about.get("months", usual.months), about.get("stale", usual.stale))
    there = found_there(scope, place.id, clock.today())
    former = {row.id: f"{row.name}（{row.code}）" for row in merged.merged_into(place.id)}
    values = {
        "name": place.name,
        "office": scope.organisation_name,
        "on": clock.today().isoformat(),
        "facts": _facts(place, former),
        "parties": _parties(place, former),
        "reasons": reasons_of(place, there, rule),
        "visits": _listed(_visits(place, former), visits.number_at(place.id), "次"),
        "hazards": _listed(_hazards(scope, place, former), there.total, "件"),
        "papers": _listed(
            _papers(scope, place, former), listing.count(scope, PaperFilters(premises_id=place.id)), "份"
        ),
    }
    return SheetToDraw("place", values, Geometry.SLIP)


def _listed(rows: Rows, total: int, unit: str) -> dict[str, Any]:
    """The newest rows, how many there are in all, and what is said of those that are not printed."""
    left = max(total - len(rows), 0)
    said = (
        f"这里印的是最近的 {len(rows)} {unit}，更早的 {left} {unit}没有印，在系统里这一家的页面上点“看全部”查。"
        if left
        else ""
    )
    return {"rows": rows, "total": f"{total} {unit}", "left_out": said}


def _facts(place: Premises, former: Former) -> Rows:
    told = [
        ["名称", place.name],
        ["地址", place.address],
        ["类别", KIND_NAMES[PremisesKind(place.kind)]],
        ["编号", place.code],
        ["电话", mask_phone(place.phone) or "没有登记"],
        ["现状", STATUS_NAMES[place.status] + (f"，{_day(place.status_since)}起" if place.status_since else "")],
    ]
    told += [["也登记过", "、".join(former.values())]] if former else []
    return told + [
        [FACT_NAMES[name], fact_words(name, place.facts[name])] for name in FACT_NAMES if name in place.facts
    ]


def _at(premises_id: UUID, former: Former) -> str:
    """Under which row of the register it was found, where that is not the one that stands."""
    return f"（原来登记在{former[premises_id]}）" if premises_id in former else ""


def _parties(place: Premises, former: Former) -> Rows:
    found: Sequence[tuple[PremisesParty, Party]] = [
        *premises.parties_of(place.id), *premises.earlier_parties(place.id),
    ]  # fmt: skip
    return [
        [party.name + _at(row.premises_id, former), PARTY_ROLES[row.role], _day(row.since), _day(row.until) or "现在"]
        for row, party in found
    ]


def _visits(place: Premises, former: Former) -> Rows:
    found = visits.of_premises(place.id, MOST_ROWS)
    return [
        [
            datetime_full(row.visit.started_at),
            row.deputy,
            row.name + _at(row.visit.premises_id, former),
            f"{row.found} 件",
        ]
        for row in found
    ]


def _hazards(scope: Scope, place: Premises, former: Former) -> Rows:
    return [
        [
            f"{hazard.title}（{hazard.number}）{_at(hazard.premises_id, former)}", GRADE_NAMES[Grade(hazard.grade)],
            _day(clock.local_date(hazard.found_at)), _day(hazard.due_on), STATE_NAMES[State(hazard.state)], _day(hazard.settled_on),
        ]
        for hazard in register.ever_at(scope, place.id, MOST_ROWS)
    ]  # fmt: skip


def _papers(scope: Scope, place: Premises, former: Former) -> Rows:
    found = listing.page(scope, PaperFilters(premises_id=place.id), size=MOST_ROWS).rows
    services = services_of([row.paper for row in found])
    return [
        [
            row.paper.number,
            row.paper.title + _at(row.paper.premises_id, former),
            _day(row.paper.issued_on),
            _stands(row, served=any(one.counts for one in services[row.paper.id])),
        ]
        for row in found
    ]


def _stands(row: PaperRow, *, served: bool) -> str:
    if row.paper.is_being_made:
        return "正在做"
    return f"{NAMES[row.standing]}，已送达" if served else NAMES[row.standing]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


ENTRY = PrintKind(code="place_file", unit="份", make=make)
