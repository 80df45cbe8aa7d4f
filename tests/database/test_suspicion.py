"""What a visit comes to at hand-in: verdicts of every kind of answer, suspicions with their reasons, and their replay."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.casework.replay import replay
from inspect_app.checklists import actions as checklist_actions
from inspect_app.checklists import library
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.suspicion import SuspicionRule
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.sightings import Sighting
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.visits.models import Visit
from tests.contracts.lists import every_kind
from tests.operations import operation, start_of, taken
from tests.support import District

RULE = SuspicionRule(
    "fire-exit-sleeping", "有人住的地方出口锁着", "fire",
    {"all": [{"answer": "F-EXIT-01", "is": "fail"}, {"fact": "people_sleeping", "eq": True}]},
    clause="不得占用、堵塞、封闭疏散通道、安全出口", edition="2021", basis=library.bases()["fire-28"],
    since=date(2021, 4, 29), says="出口打不开，里面又有人过夜。",
)  # fmt: skip


@pytest.fixture(autouse=True)
def rules(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[SuspicionRule]:
    """The rules of the library during a test, once the district stands; changing the list changes the rules."""
    now = [RULE]
    monkeypatch.setattr(library, "suspicion_rules", lambda: tuple(now))
    monkeypatch.setattr(checklists, "_rules_on", checklists._rules_on.__wrapped__)  # made anew: these are no library's
    return now


def _visit(app: Flask, district: District, *ops: tuple[str, dict[str, Any]], ago: int = 0) -> UUID:
    """A visit handed in with these operations; a list version of the place's kind is current."""
    visit = str(uuid4())
    with clock.stopped_at(clock.now() - timedelta(days=ago)):
        sent = [start_of(district, visit)]
        for kind, payload in (*ops, ("visit.submit", {})):
            sent.append(operation(kind, {"visit": visit} | payload, len(sent) + 1))
        assert set(taken(app, district, "daibiao1", sent)) == {"applied"}
    return UUID(visit)


def _answer(item: str, value: str | None, **more: Any) -> tuple[str, dict[str, Any]]:
    return "visit.answer", {"item": item, "value": value, **more}


def _facts(**facts: Any) -> tuple[str, dict[str, Any]]:
    return "visit.facts", {"facts": facts}


def _found(visit: UUID) -> dict[str, Hazard]:
    rows = db.session.scalars(select(Hazard).where(Hazard.visit_id == visit))
    return {str(row.item_code): row for row in rows}


def test_a_rule_makes_its_items_suspected_and_says_why(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    told = [_answer("F-EXIT-01", "fail"), _answer("F-ELEC-01", "fail"), _facts(people_sleeping=True)]
    found = _found(_visit(app, district, *told))
    assert (found["F-EXIT-01"].grade, found["F-ELEC-01"].grade) == ("suspected_major", "general")
    (frozen,) = found["F-EXIT-01"].finding["suspicion"]
    assert (frozen["rule"], frozen["edition"], frozen["basis"]["id"]) == (RULE.id, "2021", "fire-28")
    assert frozen["because"] == ["安全出口没有锁，从里面推得开：不合格", "有人住：是"]
    assert found["F-ELEC-01"].finding["suspicion"] == []
    page = client_of("du1").get(f"/desk/hazards/{found['F-EXIT-01'].id}").get_data(as_text=True)
    for words in ("疑似重大，提请认定", RULE.title, RULE.clause, "有人住：是", "由主管部门依法认定"):
        assert words in page


def test_what_is_not_known_or_not_in_force_suspects_nothing(
    app: Flask, district: District, rules: list[SuspicionRule]
) -> None:
    unknown = _found(_visit(app, district, _answer("F-EXIT-01", "fail"), ago=3))["F-EXIT-01"]
    assert (unknown.grade, unknown.finding["suspicion"]) == ("general", [])
    rules[:] = [replace(RULE, since=clock.today() + timedelta(days=1))]
    later = _visit(
        app, district, _answer("F-ELEC-02", "fail"), _answer("F-EXIT-01", "fail"), _facts(people_sleeping=True)
    )
    assert _found(later)["F-ELEC-02"].grade == "general"
    assert db.session.get_one(Hazard, unknown.id).grade == "general"


def test_a_hazard_seen_again_and_now_suspected_is_graver_and_its_log_says_by_which_rule(
    app: Flask, district: District
) -> None:
    first = _found(_visit(app, district, _answer("F-EXIT-01", "fail"), ago=3))["F-EXIT-01"]
    again = _visit(app, district, _answer("F-EXIT-01", "fail"), _facts(people_sleeping=True))
    assert (first.grade, _found(again)) == ("suspected_major", {})
    assert db.session.scalar(select(Sighting.words).where(Sighting.visit_id == again)) == f"疑似重大：{RULE.title}"


def test_the_server_judges_every_kind_of_answer_itself(app: Flask, district: District) -> None:
    checklist_actions.publish([replace(every_kind(), kinds=("small_restaurant",))])
    visit = _visit(
        app, district,
        _answer("T-NUM", "pass", number=3), _answer("T-CHOICE", "pass", choice="locked"),
        _answer("T-COUNT", "pass", rows=[{"name": "楼层 1", "number": 2}, {"name": "楼层 2", "number": 1}]),
        _answer("T-TEXT", None, text="王某"), _answer("T-ADVICE", "fail"), _answer("T-JUDGE", "unsure", note="看不清日期"),
    )  # fmt: skip
    found = _found(visit)
    assert set(found) == {"T-NUM", "T-CHOICE", "T-COUNT"}, "advice and 看不准 make no hazard"
    assert found["T-NUM"].finding["measured"] == "3 米"
    assert found["T-CHOICE"].finding["measured"] == "锁着"
    assert found["T-COUNT"].finding["measured"] == "楼层 1：2 具，楼层 2：1 具"


def test_a_place_s_own_items_are_asked_only_where_its_rules_are_on(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = every_kind()
    item = replace(base.items[0], place="南京市", bases=(replace(library.bases()["fire-28"], place="江苏省"),))
    (row,) = checklist_actions.publish([replace(base, items=(item, *base.items[1:]))])
    day = clock.today()
    assert [basis.place for basis in checklists.asked(row.id, day).items[0].bases] == ["江苏省"]
    monkeypatch.setattr(checklists, "_switched", {"on": None})
    assert item.code not in {one.code for one in checklists.asked(row.id, day).items}
    assert item.code in {one.code for one in checklists.version(row.id).items}, "what was published stays whole"


def test_replay_tells_what_today_s_rules_would_say_and_rewrites_nothing(
    app: Flask, district: District, rules: list[SuspicionRule]
) -> None:
    rules[:] = []
    visit = _visit(app, district, _answer("F-EXIT-01", "fail"), _facts(people_sleeping=True), ago=40)
    hazard = _found(visit)["F-EXIT-01"]
    assert replay().differences == ()
    rules[:] = [RULE]
    (now,) = replay().differences
    assert (now.now, now.rule, now.hazards, now.premises_name) == (True, RULE.id, (hazard.number,), "王记面馆")
    assert "有人住：是" in now.because
    assert replay(since=clock.today() - timedelta(days=30)).visits == 0
    later = _visit(app, district, _answer("F-EXIT-01", "fail"), ago=10)
    rules[:] = [replace(RULE, until=clock.today() - timedelta(days=1))]
    (then,) = replay(since=clock.today() - timedelta(days=20)).differences
    assert (then.now, then.rule) == (False, RULE.id)
    assert (hazard.grade, hazard.finding["suspicion"]) == ("suspected_major", [])
    assert db.session.get_one(Visit, later).submitted_at is not None


def test_a_mended_rule_that_says_what_the_old_one_said_is_no_difference(
    app: Flask, district: District, rules: list[SuspicionRule]
) -> None:
    """Old visits stay told by the old rule; the report of today is about what changed."""
    _visit(app, district, _answer("F-EXIT-01", "fail"), _facts(people_sleeping=True), ago=3)
    ended = replace(RULE, until=clock.today() - timedelta(days=1))
    mended = replace(RULE, id="fire-exit-mended", since=clock.today())
    rules[:] = [ended, mended]
    assert {one.rule for one in replay().differences} == {RULE.id, mended.id}
    rules[:] = [ended, replace(mended, mends=RULE.id)]
    assert replay().differences == ()
    rules[:] = [ended, replace(mended, mends=RULE.id, condition={"answer": "F-EXIT-01", "is": "pass"})]
    (gone,) = replay().differences
    assert (gone.now, gone.rule, len(gone.hazards)) == (False, mended.id, 1)
