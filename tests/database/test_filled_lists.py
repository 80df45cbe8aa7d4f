"""Every list of the library, filled ten times at places that differ: one visit finds nothing wrong, nine find a ninth each."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.checklists import library
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.rules import Item, applicable
from inspect_app.demo.filling import filled
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.premises import actions as premises_actions
from inspect_app.visits.models import Visit
from tests.operations import operation, taken
from tests.support import District

VISITS = 10
LISTS = library.load()


def _facts(number: int) -> dict[str, Any]:
    """Places that differ in what decides which items are asked."""
    return {
        "gas_kind": ("piped", "bottled")[number % 2], "high_rise": number % 4 < 2, "below_ground": number % 5 < 2,
        "people_sleeping": number % 3 > 0, "storeys": (7, 2)[number % 4 // 2], "beds": 20, "seats": 60, "staff": 12,
        "year_built": (1985, 2015)[number % 2], "floor_area": 260,
    }  # fmt: skip


def _visit(app: Flask, district: District, code: str, kind: str, number: int) -> tuple[list[Item], set[str], UUID]:
    """A visit of this number handed in: the items asked, the codes found wrong, the visit."""
    scope, facts, visit = district.scope("daibiao1"), _facts(number), str(uuid4())
    place = premises_actions.register(
        scope, name=f"{code} {number}", kind=kind, address="柳荫街", area_id=district.cast.communities[0], facts=facts
    )
    row = next(row for row in checklists.current_for(kind) if row.code == code)
    items = applicable(checklists.asked(row.id, clock.today()), facts | {"kind": kind})
    wrong = {item.code for place, item in enumerate(items) if number and place % (VISITS - 1) == number - 1}
    sent = [operation("visit.start", {"visit": visit, "premises": str(place.id), "versions": [str(row.id)]}, 1)]
    for item in items:
        answer = {"visit": visit, "item": item.code} | filled(item, wrong=item.code in wrong)
        if item.code in wrong:
            answer |= {"wordings": [item.wordings[0]], "no_photo_reason": "光线太暗"}
        sent.append(operation("visit.answer", answer, len(sent) + 1))
    sent.append(operation("visit.submit", {"visit": visit}, len(sent) + 1))
    assert set(taken(app, district, "daibiao1", sent)) == {"applied"}
    return items, wrong, UUID(visit)


@pytest.mark.parametrize("code", LISTS)
def test_ten_visits_with_a_list_find_what_is_wrong_and_nothing_else(app: Flask, district: District, code: str) -> None:
    kinds = LISTS[code].kinds
    asked: set[str] = set()
    for number in range(VISITS):
        items, wrong, visit = _visit(app, district, code, kinds[number % len(kinds)], number)
        asked |= {item.code for item in items}
        assert db.session.get_one(Visit, visit).submitted_at is not None
        found = {str(row.item_code): row for row in db.session.scalars(select(Hazard).where(Hazard.visit_id == visit))}
        by_code = {item.code: item for item in items}
        assert set(found) == {code for code in wrong if by_code[code].grade != "advice"}
        for item_code, hazard in found.items():
            item, frozen = by_code[item_code], hazard.finding
            assert (hazard.title, frozen["wordings"], frozen["question"]) == (
                item.title,
                [item.wordings[0]],
                item.question,
            )
            assert [one["id"] for one in frozen["basis"]] == [basis.id for basis in item.bases]
            suspected = item.grade == "suspected_major" or bool(frozen["suspicion"])
            assert hazard.grade == ("suspected_major" if suspected else "general")
    assert len(wrong) > 0, "the last visit is one that found something"
    assert asked == {item.code for item in LISTS[code].items}, "ten places between them ask every item"
