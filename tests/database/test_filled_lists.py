"""Every list of the library, walked ten times at places that differ, whole and by zones: one visit finds nothing wrong, nine
find a ninth each."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.checklists import library
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.rules import Item, applicable
from inspect_app.checklists.walk import Zone, zones
from inspect_app.demo.filling import filled
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.premises import actions as premises_actions
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit
from tests.conftest import BACKENDS
from tests.operations import operation, taken, zone_of
from tests.support import District

VISITS = 10
LISTS = library.load()
# Both databases meet every list, each in another depth: what a list asks is no matter of the database.
CASES = [
    (code, depth, BACKENDS[(number + turn) % 2])
    for number, code in enumerate(LISTS)
    for turn, depth in enumerate(("full", "short"))
]


def _facts(number: int) -> dict[str, Any]:
    """Places that differ in what decides which items are asked."""
    return {
        "gas_kind": ("piped", "bottled")[number % 2], "high_rise": number % 4 < 2, "below_ground": number % 5 < 2,
        "people_sleeping": number % 3 > 0, "storeys": (7, 2)[number % 4 // 2], "beds": 20, "seats": 60, "staff": 12,
        "year_built": (1985, 2015)[number % 2], "floor_area": 260,
    }  # fmt: skip


@dataclass(frozen=True)
class Walked:
    """A visit that was handed in: the items asked there, the codes found wrong, the facts of the place."""

    id: UUID
    items: list[Item]
    wrong: set[str]
    facts: dict[str, Any]


def _visit(app: Flask, district: District, code: str, kind: str, number: int, depth: str) -> Walked:
    scope, facts, visit = district.scope("daibiao1"), _facts(number), str(uuid4())
    place = premises_actions.register(
        scope, name=f"{code} {number}", kind=kind, address="柳荫街", area_id=district.cast.communities[0], facts=facts
    )
    row = next(row for row in checklists.current_for(kind) if row.code == code)
    facts |= {"kind": kind}
    asked = checklists.asked(row.id, clock.today())
    items = applicable(asked, facts)
    wrong = {item.code for place, item in enumerate(items) if number and place % (VISITS - 1) == number - 1}
    about = {"visit": visit, "premises": str(place.id), "versions": [str(row.id)]}
    sent = [operation("visit.start", about | ({"depth": depth} if depth == "short" else {}), 1)]
    sent[0]["v"] = 2 if depth == "short" else 1
    for item in items:
        if depth == "short" and not item.key and item.code not in wrong:
            continue  # closed with its zone
        answer = {"visit": visit, "item": item.code} | filled(item, wrong=item.code in wrong)
        if item.code in wrong:
            answer |= {"wordings": [item.wordings[0]], "no_photo_reason": "光线太暗"}
        sent.append(operation("visit.answer", answer, len(sent) + 1))
    if depth == "short":
        sent += _closed(visit, zones([asked], facts), wrong, len(sent))
    sent.append(operation("visit.submit", {"visit": visit}, len(sent) + 1))
    assert set(taken(app, district, "daibiao1", sent)) == {"applied"}
    return Walked(UUID(visit), items, wrong, facts)


def _closed(visit: str, walked: list[Zone], wrong: set[str], seq: int) -> list[dict[str, Any]]:
    """Every zone closed as somebody leaves it who looked; what an eye cannot tell was not looked at."""
    return [
        zone_of(
            visit,
            seq + number,
            zone=zone.code,
            items=[item.code for item in zone.others if item.code not in wrong],
            not_looked=[item.code for item in zone.beyond_the_eye if item.code not in wrong],
        )
        for number, zone in enumerate(walked, 1)
    ]


@pytest.mark.parametrize(("code", "depth", "backend"), CASES)
def test_ten_visits_with_a_list_find_what_is_wrong_and_nothing_else(
    app: Flask, district: District, code: str, depth: str
) -> None:
    kinds = LISTS[code].kinds
    asked: set[str] = set()
    for number in range(VISITS):
        walked = _visit(app, district, code, kinds[number % len(kinds)], number, depth)
        asked |= {item.code for item in walked.items}
        visit = db.session.get_one(Visit, walked.id)
        assert (visit.submitted_at is not None, visit.depth) == (True, depth)
        rows = db.session.scalars(select(Hazard).where(Hazard.visit_id == walked.id))
        found = {str(row.item_code): row for row in rows}
        by_code = {item.code: item for item in walked.items}
        assert set(found) == {code for code in walked.wrong if by_code[code].grade != "advice"}
        for item_code, hazard in found.items():
            item, frozen = by_code[item_code], hazard.finding
            assert (hazard.title, frozen["wordings"], frozen["question"]) == (
                item.title,
                [item.wordings[0]],
                item.question,
            )
            assert [one["id"] for one in frozen["basis"]] == [basis.id for basis in item.bases_at(walked.facts)]
            suspected = item.grade == "suspected_major" or bool(frozen["suspicion"])
            assert hazard.grade == ("suspected_major" if suspected else "general")
        _says_six_values(walked, depth)
    assert len(walked.wrong) > 0, "the last visit is one that found something"
    assert asked == {item.code for item in LISTS[code].items}, "ten places between them ask every item"


def _says_six_values(walked: Walked, depth: str) -> None:
    """What was only passed by is 看过 or 没看 and never 合格; nothing is left open."""
    values = {code: str(merged.answer.value) for code, merged in visits.answers(walked.id).items()}
    assert set(values) == {item.code for item in walked.items}
    for item in walked.items:
        passed_by = depth == "short" and not item.key and item.code not in walked.wrong
        assert (values[item.code] in ("seen", "not_looked")) is passed_by, item.code
        assert (values[item.code] == "not_looked") is (passed_by and bool(item.needs)), item.code
