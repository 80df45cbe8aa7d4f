"""A code that was given up, where hazards and answers name it still: one thing stays one thing."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.casework import gaps as reconcile_gaps
from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.casework.suspicions import found_in
from inspect_app.checklists import library
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.aliases import Aliases
from inspect_app.checklists.suspicion import SuspicionRule
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.sightings import Sighting
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.visits import checked, doorstep
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit
from tests.operations import answer_of, start_of, submit_of, taken
from tests.support import District, closed, found, to_be_verified, verified

OLD, NEW, SIBLING = "F-EXIT-01", "F-EXIT-03", "F-EXIT-02"


@pytest.fixture(autouse=True)
def given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first two became the third."""
    aliases = Aliases.of([{"code": OLD, "replaced_by": NEW}, {"code": SIBLING, "replaced_by": NEW}])
    monkeypatch.setattr(library, "aliases", lambda: aliases)


def _visit(app: Flask, district: District, values: dict[str, str], *, days_ago: int = 0, first: int = 1) -> Visit:
    visit, at = str(uuid4()), (clock.now() - timedelta(days=days_ago)).isoformat()
    said = [
        answer_of(visit, value, first + number, item=item) for number, (item, value) in enumerate(values.items(), 1)
    ]
    sent = [
        one | {"captured_at": at} for one in (start_of(district, visit, seq=first), *said, submit_of(visit, first + 50))
    ]
    assert set(taken(app, district, "daibiao1", sent)) == {"applied"}
    return db.session.get_one(Visit, UUID(visit))


def _hazards() -> list[tuple[str | None, int]]:
    rows = db.session.scalars(select(Hazard).order_by(Hazard.item_code)).all()
    seen = [row.hazard_id for row in db.session.scalars(select(Sighting))]
    return [(row.item_code, seen.count(row.id)) for row in rows]


@pytest.mark.parametrize(("then", "now"), [(OLD, NEW), (NEW, OLD)])
def test_what_is_open_under_the_one_code_is_seen_again_under_the_other(
    app: Flask, district: District, then: str, now: str
) -> None:
    _visit(app, district, {then: "fail"}, days_ago=2)
    second = _visit(app, district, {now: "fail"}, first=100)
    assert _hazards() == [(then, 1)]
    late = answer_of(str(second.id), "fail", 300, item=now, note="还是这样")
    assert taken(app, district, "daibiao1", [late]) == ["applied"]
    assert _hazards() == [(then, 1)], "said again of the same visit it is no second sighting"
    gaps = reconcile_gaps.look(second)
    assert (gaps.failing, bool(gaps)) == (1, False)


def test_two_that_became_one_stay_two_while_they_are_asked_apart(app: Flask, district: District) -> None:
    old = _visit(app, district, {OLD: "fail", SIBLING: "fail"}, days_ago=2)
    assert _hazards() == [(OLD, 0), (SIBLING, 0)]
    assert not reconcile_gaps.look(old)
    _visit(app, district, {NEW: "fail"}, first=100)
    assert sum(times for _, times in _hazards()) == 1


def test_what_was_mended_under_the_old_code_comes_again_under_the_new(app: Flask, district: District) -> None:
    before = closed(district, verified(district, to_be_verified(district, app.extensions["storage"], item=OLD)))
    again = found(district, item=NEW)
    assert again.recurs_hazard_id == before.id


def test_the_desk_is_asked_to_merge_what_stands_under_both(app: Flask, district: District) -> None:
    one, other = found(district, item=OLD), found(district, item=NEW)
    assert [row.id for row in Dossier(district.scope("du1"), one).twins] == [other.id]


@pytest.mark.parametrize(("named", "asked"), [(NEW, OLD), (OLD, NEW)])
def test_a_rule_that_names_the_one_code_judges_a_visit_that_asked_the_other(
    app: Flask, district: District, named: str, asked: str
) -> None:
    """Of two that became one the one that failed speaks; a rule names what was asked, so that old hazards read as they did."""
    rule = SuspicionRule("r-1", "出口打不开", "fire", {"answer": named, "is": "fail"})
    visit = _visit(app, district, {asked: "fail"} | ({SIBLING: "pass"} if asked == OLD else {}))
    lists = [_without(one, named) for _, one in visits.lists_of(visit)]
    (suspected,) = found_in(lists, visits.answers(visit.id), {}, [rule])
    assert suspected.suspicion.items == {asked}
    passed = _visit(app, district, {asked: "pass"}, first=200)
    assert found_in(lists, visits.answers(passed.id), {}, [rule]) == []


def _without(checklist: Any, code: str) -> Any:
    from dataclasses import replace

    return replace(checklist, items=tuple(item for item in checklist.items if item.code != code))


def test_a_rule_that_names_what_was_asked_goes_by_that_alone(app: Flask, district: District) -> None:
    """Replay: an old visit keeps its own codes and verdicts."""
    visit = _visit(app, district, {OLD: "pass", SIBLING: "fail"})
    lists = [one for _, one in visits.lists_of(visit)]
    rule = SuspicionRule("r-1", "出口打不开", "fire", {"answer": OLD, "is": "fail"})
    assert found_in(lists, visits.answers(visit.id), {}, [rule]) == []
    today = checklists.rules_on(clock.today())
    assert found_in(lists, visits.answers(visit.id), {}, today) == []


def test_what_failed_and_what_was_checked_last_time_is_told_under_every_name(app: Flask, district: District) -> None:
    _visit(app, district, {OLD: "pass", SIBLING: "fail"}, days_ago=9)
    day = clock.local_date(clock.now() - timedelta(days=9))
    assert doorstep.failed_at(district.places[0], clock.now()) == {SIBLING: day, NEW: day}
    assert checked.really_checked(district.places[0], clock.today()) == {OLD: day, SIBLING: day, NEW: day}
    _visit(app, district, {NEW: "pass"}, days_ago=3, first=100)
    assert doorstep.failed_at(district.places[0], clock.now()) == {}
