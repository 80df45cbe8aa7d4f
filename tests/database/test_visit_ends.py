"""A visit that was ended early counts like one that was finished; one that was thrown away counts for nothing, and holds nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.casework import gaps as reconcile_gaps
from inspect_app.casework import replay
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from inspect_app.visits import actions, assigning, doorstep
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Assignment, Visit, VisitAnswers
from tests.operations import (
    answer_of,
    end_of,
    lines,
    operation,
    receipt_of,
    start_of,
    submit_of,
    taken,
    walk_of,
    zone_of,
)
from tests.support import District, rows_in

SECOND = "phone-0002"


def _applied(app: Flask, district: District, *sent: dict[str, Any], login: str = "daibiao1") -> None:
    assert taken(app, district, login, list(sent)) == ["applied"] * len(sent)


def _row(visit: str) -> Visit:
    return db.session.get_one(Visit, UUID(visit))


def _found() -> list[str | None]:
    return sorted(row.item_code or "" for row in db.session.scalars(select(Hazard)))


def test_what_was_found_before_one_had_to_leave_becomes_hazards_with_a_tip(app: Flask, district: District) -> None:
    visit = str(uuid4())
    _applied(
        app, district, walk_of(district, visit), answer_of(visit, "fail", 2), zone_of(visit, 3, looked=False, reason="天黑了"),
        end_of(visit, "ended_early", 4), submit_of(visit, 5),
    )  # fmt: skip
    assert (_found(), rows_in(Paper)) == (["F-EXIT-01"], 1)
    assert (_row(visit).outcome, _row(visit).outcome_note) == ("ended_early", "有急事")
    assert doorstep.failed_at(district.places[0], clock.now()) == {"F-EXIT-01": clock.today()}
    assert doorstep.at_the_door([district.places[0]])[district.places[0]].last_outcome == "ended_early"
    gaps = reconcile_gaps.look(_row(visit))
    assert (gaps.failing, bool(gaps)) == (1, False)
    assert replay.replay().visits == 1


def test_what_fails_late_on_a_visit_that_was_ended_early_counts(app: Flask, district: District) -> None:
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit), end_of(visit, "ended_early", 2), submit_of(visit, 3))
    _applied(app, district, answer_of(visit, "fail", 4))
    assert _found() == ["F-EXIT-01"]


@pytest.mark.parametrize("outcome", ["ended_early", "void"])
def test_both_need_a_reason_and_an_older_phone_cannot_say_them(app: Flask, district: District, outcome: str) -> None:
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit))
    (line,) = lines(receipt_of(app, district, [end_of(visit, outcome, 2, note=" ")]))
    assert (line["outcome"], "原因" in line["words"]) == ("refused", True)
    old = end_of(visit, outcome, 3) | {"v": 1}
    (line,) = lines(receipt_of(app, district, [old]))
    assert (line["outcome"], "什么情况" in line["words"]) == ("refused", True)
    assert _row(visit).outcome is None


def test_a_draft_is_thrown_away_and_its_bytes_stay(
    app: Flask, district: District, client_of: Callable[[str], Any]
) -> None:
    visit = str(uuid4())
    said = [answer_of(visit, "pass", 2), zone_of(visit, 3)]
    _applied(app, district, walk_of(district, visit), *said, end_of(visit, "void", 4, note="点错了店"))
    assert visits.drafts_of(district.scope("daibiao1")) == []
    _applied(app, district, operation("visit.submit", {"visit": visit, "outcome": "void"}, 5))
    assert (_row(visit).outcome, _row(visit).outcome_note) == ("void", "点错了店")
    assert [len(row.taps) for row in db.session.scalars(select(VisitAnswers))] == [2]
    assert doorstep.at_the_door([district.places[0]])[district.places[0]].last_on is None
    assert (rows_in(Hazard), rows_in(Paper), replay.replay().visits, reconcile_gaps.look(_row(visit)).failing) == (
        0,
        0,
        0,
        0,
    )
    db.session.commit()
    client = client_of("daibiao1")
    assert client.get(f"/field/data/visits/{visit}").json["outcome"] == "void"


HOLDS: dict[str, Callable[[str], list[dict[str, Any]]]] = {
    "a finding": lambda visit: [answer_of(visit, "fail", 2)],
    "something uncertain": lambda visit: [answer_of(visit, "unsure", 2)],
    "a photo of an answer": lambda visit: [answer_of(visit, "pass", 2, photos=[str(uuid4())])],
    "a photo of a zone": lambda visit: [zone_of(visit, 2, photos=[str(uuid4())])],
    "a photo of the door": lambda visit: [end_of(visit, "locked", 2, photos=[str(uuid4())])],
}


@pytest.mark.parametrize("what", HOLDS)
@pytest.mark.parametrize("in_one", [True, False], ids=["in one request", "in two"])
def test_what_holds_something_can_only_be_ended_early(app: Flask, district: District, what: str, in_one: bool) -> None:
    visit = str(uuid4())
    begun, thrown = [walk_of(district, visit), *HOLDS[what](visit)], end_of(visit, "void", 8)
    if in_one and what != "a photo of the door":  # two ends of one request: the later one is asked about
        (*_, line) = lines(receipt_of(app, district, [*begun, thrown]))
    else:
        _applied(app, district, *begun)
        (line,) = lines(receipt_of(app, district, [thrown]))
    assert (line["outcome"], "只能提前结束" in line["words"]) == ("refused", True)
    _applied(app, district, end_of(visit, "ended_early", 9), submit_of(visit, 10))
    assert _row(visit).outcome == "ended_early"


def test_a_door_that_is_photographed_with_the_void_itself_is_a_photo(app: Flask, district: District) -> None:
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit))
    assert taken(app, district, "daibiao1", [end_of(visit, "void", 2, photos=[str(uuid4())])]) == ["refused"]


@pytest.mark.parametrize("tapper", ["daibiao1", "daibiao2"])
def test_what_a_companion_tapped_is_thrown_away_by_nobody_else(app: Flask, district: District, tapper: str) -> None:
    """Neither the companion's taps by who leads, nor the lead's by the companion; one's own one may."""
    visit = str(uuid4())
    other = {"daibiao1": "daibiao2", "daibiao2": "daibiao1"}[tapper]
    _applied(app, district, walk_of(district, visit, mate="daibiao2"))
    _applied(app, district, answer_of(visit, "pass", 2, device=tapper), login=tapper)
    assert taken(app, district, other, [end_of(visit, "void", 3, device=other)]) == ["refused"]
    _applied(app, district, end_of(visit, "void", 4, device=tapper), login=tapper)


@pytest.mark.parametrize("late", ["fail", "unsure", "photo", "mate"])
@pytest.mark.parametrize("handed_in", [False, True])
def test_what_reaches_a_visit_that_was_thrown_away_is_never_lost(
    app: Flask, district: District, late: str, handed_in: bool
) -> None:
    """The other phone did not know: the visit was ended early, with the reason that was given."""
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit, mate="daibiao2"), end_of(visit, "void", 2))
    if handed_in:
        _applied(app, district, submit_of(visit, 3))
    said = {
        "photo": zone_of(visit, 1, photos=[str(uuid4())], device=SECOND), "mate": answer_of(visit, "pass", 1, device=SECOND),
    }.get(late) or answer_of(visit, late, 1, device=SECOND)  # fmt: skip
    _applied(app, district, said, login="daibiao2" if late == "mate" else "daibiao1")
    assert (_row(visit).outcome, _row(visit).outcome_note) == ("ended_early", "有急事")
    _applied(app, district, submit_of(visit, 4))
    assert _found() == (["F-EXIT-01"] if late == "fail" else [])
    again = end_of(visit, "void", 2) | {"device": "phone-0003"}
    assert taken(app, district, "daibiao1", [again]) == ["refused"]


def test_where_a_visit_could_not_be_thrown_away_it_is_not_handed_in_as_if_it_were_whole(
    app: Flask, district: District
) -> None:
    """The phone sends both at once, and did not know what the companion has tapped."""
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit, mate="daibiao2"))
    _applied(app, district, answer_of(visit, "fail", 1, device=SECOND), login="daibiao2")
    thrown = end_of(visit, "void", 2)
    given = operation("visit.submit", {"visit": visit, "outcome": "void", "after": [thrown["id"]]}, 3)
    assert taken(app, district, "daibiao1", [thrown, given]) == ["refused", "refused"]
    assert (_row(visit).submitted_at, _row(visit).outcome) == (None, None)
    assert [row.id for row, _ in visits.drafts_of(district.scope("daibiao1"))] == [UUID(visit)]
    _applied(app, district, end_of(visit, "ended_early", 4), submit_of(visit, 5))
    assert _found() == ["F-EXIT-01"]


def test_a_glance_more_on_ones_own_phone_brings_nothing_back(app: Flask, district: District) -> None:
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit), end_of(visit, "void", 3))
    _applied(app, district, zone_of(visit, 2), answer_of(visit, "pass", 1))
    assert _row(visit).outcome == "void"


def test_what_was_handed_in_is_not_thrown_away(app: Flask, district: District) -> None:
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit), answer_of(visit, "pass", 2), submit_of(visit, 3))
    (line,) = lines(receipt_of(app, district, [end_of(visit, "void", 4)]))
    assert (line["outcome"], line["words"]) == ("refused", "这次走访已经提交了，不能再作废。")
    assert _row(visit).outcome == "inspected"


def test_a_task_is_still_to_be_done_where_its_visit_was_thrown_away(app: Flask, district: District) -> None:
    task = actions.assign(
        district.scope("du1"), premises_id=district.places[0], person_id=district.cast.persons["daibiao1"],
        on_day=clock.today(), checklist_codes=["any"],
    )  # fmt: skip
    first, second = str(uuid4()), str(uuid4())
    _applied(app, district, walk_of(district, first))
    db.session.expire_all()
    assert db.session.get_one(Assignment, task.id).visit_id == UUID(first)
    _applied(app, district, end_of(first, "void", 2), submit_of(first, 3))
    db.session.expire_all()
    assert db.session.get_one(Assignment, task.id).visit_id is None
    _applied(app, district, walk_of(district, second, seq=4))
    db.session.expire_all()
    assert db.session.get_one(Assignment, task.id).visit_id == UUID(second)


def test_a_visit_that_was_thrown_away_is_no_second_try(app: Flask, district: District) -> None:
    tomorrow, first, second = clock.today() + timedelta(days=1), str(uuid4()), str(uuid4())
    locked = operation(
        "visit.outcome", {"visit": first, "outcome": "locked", "note": "没人", "next_try_on": tomorrow.isoformat()}, 2
    )
    _applied(app, district, start_of(district, first), locked, submit_of(first, 3))
    _applied(app, district, walk_of(district, second, seq=4), end_of(second, "void", 5), submit_of(second, 6))
    assert [row.id for row, _ in assigning.retries_due(district.scope("daibiao1"), tomorrow)] == [UUID(first)]
