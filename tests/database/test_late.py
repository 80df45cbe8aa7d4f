"""What comes late, too early or out of turn on a visit: it counts as it was said, not as it arrived."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.hazards.models import Hazard
from inspect_app.hazards.sightings import Sighting
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from inspect_app.visits.models import Visit
from tests.operations import operation, outcomes, receipt_of, whole_visit
from tests.support import District, rows_in


def _named(raw: list[dict[str, Any]]) -> dict[str, Any]:
    """The submit of a visit, which names all its answers."""
    submit = raw[-1]
    return submit | {"payload": submit["payload"] | {"after": [one["id"] for one in raw[1:-1]]}}


def test_handing_in_waits_for_what_it_stands_on(app: Flask, district: District) -> None:
    raw = whole_visit(district)
    submit = _named(raw)
    assert set(outcomes(receipt_of(app, district, [*raw[:30], submit]))) == {"applied", "later"}
    assert rows_in(Hazard) == 0
    assert set(outcomes(receipt_of(app, district, [*raw[30:-1], submit]))) == {"applied"}
    assert rows_in(Hazard) == 2


def test_what_was_refused_has_come_too(app: Flask, district: District) -> None:
    raw = whole_visit(district)
    broken = operation("visit.answer", {"visit": raw[0]["payload"]["visit"]}, 98)  # names no item
    submit = raw[-1] | {"payload": raw[-1]["payload"] | {"after": [broken["id"]]}}
    assert outcomes(receipt_of(app, district, [*raw[:-1], broken]))[-1] == "refused"
    assert outcomes(receipt_of(app, district, [submit])) == ["applied"]


@pytest.mark.parametrize(("hours", "outcome"), [(23, "later"), (25, "applied")])
def test_what_was_lost_on_the_phone_holds_nothing_up_for_ever(
    app: Flask, district: District, hours: int, outcome: str
) -> None:
    raw = whole_visit(district)
    lost = raw[-1] | {"payload": raw[-1]["payload"] | {"after": [str(uuid4())]}}
    lost["captured_at"] = (clock.now() - timedelta(hours=hours)).isoformat()
    assert outcomes(receipt_of(app, district, [*raw[:-1], lost]))[-1] == outcome


@pytest.mark.parametrize("after", ["nonsense", ["nonsense"], [[1]], {}, None])
def test_what_cannot_be_read_as_a_name_holds_nothing_up(app: Flask, district: District, after: Any) -> None:
    raw = whole_visit(district)
    submit = raw[-1] | {"payload": raw[-1]["payload"] | {"after": after}}
    assert set(outcomes(receipt_of(app, district, [*raw[:-1], submit]))) == {"applied"}


def test_a_fail_after_handing_in_makes_its_hazard_once_and_no_paper(app: Flask, district: District) -> None:
    raw = whole_visit(district, fails=1)
    receipt_of(app, district, raw)
    visit, papers = raw[0]["payload"]["visit"], rows_in(Paper)
    for seq in (101, 102):
        late = operation("visit.answer", {"visit": visit, "item": "G-HOSE-02", "value": "fail"}, seq)
        assert outcomes(receipt_of(app, district, [late])) == ["applied"]
    made = {row.item_code: row.finding.get("late", False) for row in db.session.scalars(select(Hazard))}
    assert made == {"F-EXIT-01": False, "G-HOSE-02": True}
    assert rows_in(Paper) == papers
    assert rows_in(Sighting) == 0


def test_a_late_fail_of_what_is_open_here_is_a_sighting(app: Flask, district: District) -> None:
    receipt_of(app, district, whole_visit(district, fails=1))
    again = whole_visit(district, fails=0)
    receipt_of(app, district, again)
    late = operation("visit.answer", {"visit": again[0]["payload"]["visit"], "item": "F-EXIT-01", "value": "fail"}, 101)
    for one in (late, late | {"id": str(uuid4()), "seq": 102}):
        receipt_of(app, district, [one])
    assert (rows_in(Hazard), rows_in(Sighting)) == (1, 1)


def test_a_late_pass_takes_no_hazard_back(app: Flask, district: District) -> None:
    raw = whole_visit(district, fails=1)
    receipt_of(app, district, raw)
    visit = raw[0]["payload"]["visit"]
    receipt_of(
        app,
        district,
        [operation("visit.answer", {"visit": visit, "item": "F-EXIT-01", "value": "pass", "chosen": True}, 101)],
    )
    assert [row.settled_on for row in db.session.scalars(select(Hazard))] == [None]


def test_of_two_words_on_a_fact_the_last_said_counts(app: Flask, district: District) -> None:
    raw = whole_visit(district)
    visit = raw[0]["payload"]["visit"]
    first, second = (
        operation("visit.facts", {"visit": visit, "facts": {"seats": seats}}, 100 + seats) for seats in (10, 20)
    )
    # The clock was put back between the two: on one phone its counter counts.
    second["captured_at"] = (clock.now() - timedelta(hours=3)).isoformat()
    for one in (raw[0], second, first):
        assert outcomes(receipt_of(app, district, [one])) == ["applied"]
    assert db.session.get_one(Visit, UUID(visit)).facts["seats"] == 20
    earlier = operation("visit.facts", {"visit": visit, "facts": {"seats": 30}}, 1) | {"device": "phone-0002"}
    earlier["captured_at"] = (clock.now() - timedelta(hours=4)).isoformat()
    receipt_of(app, district, [earlier])
    assert db.session.get_one(Visit, UUID(visit)).facts["seats"] == 20


def test_a_second_phone_that_hands_in_after_a_late_fail_makes_no_paper_of_it(app: Flask, district: District) -> None:
    raw = whole_visit(district, fails=0)
    receipt_of(app, district, raw)
    visit = raw[0]["payload"]["visit"]
    receipt_of(app, district, [operation("visit.answer", {"visit": visit, "item": "F-EXIT-01", "value": "fail"}, 101)])
    assert outcomes(receipt_of(app, district, [operation("visit.submit", {"visit": visit}, 102)])) == ["applied"]
    assert (rows_in(Hazard), rows_in(Paper)) == (1, 0)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_words_on_how_it_went_the_last_said_counts(
    app: Flask, district: District, order: tuple[int, int]
) -> None:
    """The colleague waited outside and said so first; a visit that was inspected after all has its hazards."""
    raw = whole_visit(district, fails=1)
    visit = raw[0]["payload"]["visit"]
    receipt_of(app, district, raw[:-1])
    said = [
        operation("visit.outcome", {"visit": visit, "outcome": "locked", "note": "没人"}, 90),
        operation("visit.outcome", {"visit": visit, "outcome": "inspected"}, 91),
    ]
    receipt_of(app, district, [said[order[0]]])
    receipt_of(app, district, [raw[-1]])
    receipt_of(app, district, [said[order[1]]])
    assert db.session.get_one(Visit, UUID(visit)).outcome == "inspected"
    assert [row.item_code for row in db.session.scalars(select(Hazard))] == ["F-EXIT-01"]
