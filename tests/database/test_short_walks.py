"""A short walk on the server: its beginning, its zones, who may see their photos, what was really checked."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.casework.suspicions import found_in
from inspect_app.checklists import queries as checklists
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people import actions as people
from inspect_app.premises.models import Premises
from inspect_app.visits import actions, checked, doorstep
from inspect_app.visits import queries as visits
from inspect_app.visits.models import ItemChecked, Visit, VisitAnswers
from inspect_app.visits.staleness import FullWalkRule
from tests.operations import answer_of, operation, start_of, submit_of, taken, walk_of, zone_of
from tests.support import District, photo, rows_in


def _applied(app: Flask, district: District, *sent: dict[str, Any], login: str = "daibiao1") -> None:
    assert taken(app, district, login, list(sent)) == ["applied"] * len(sent)


def _values(visit: str) -> dict[str, Any]:
    return {code: merged.answer.value for code, merged in visits.answers(UUID(visit)).items()}


def test_how_deep_a_visit_went_is_kept_and_one_of_an_older_phone_is_whole(app: Flask, district: District) -> None:
    walk, whole = str(uuid4()), str(uuid4())
    _applied(app, district, walk_of(district, walk), start_of(district, whole, seq=2))
    row = db.session.get_one(Visit, UUID(walk))
    assert (row.depth, row.deep, row.weights) == ("short", ["F-EXIT-03"], {"F-EXIT-03": 999})
    old = db.session.get_one(Visit, UUID(whole))
    assert (old.depth, old.deep, old.weights) == ("full", [], {})


@pytest.mark.parametrize(
    "wrong",
    [{"depth": "deep"}, {"depth": None}, {"deep": ["F-1"] * 9}, {"weights": {"F-1": 10**6}}, {"weights": {"F-1": "3"}}],
)
def test_a_beginning_that_says_no_depth_or_draws_too_much_is_refused(
    app: Flask, district: District, wrong: dict[str, Any]
) -> None:
    started = walk_of(district, str(uuid4()))
    assert taken(app, district, "daibiao1", [started | {"payload": started["payload"] | wrong}]) == ["refused"]


def test_a_closed_zone_says_seen_and_not_looked_and_stands_in_no_answers_way(app: Flask, district: District) -> None:
    visit = str(uuid4())
    begun = [
        walk_of(district, visit),
        answer_of(visit, "fail", 2),
        zone_of(visit, 3),
        answer_of(visit, "pass", 4, item="F-EXIT-03"),
    ]
    _applied(app, district, *begun)
    wanted = {"F-EXIT-01": "fail", "F-EXIT-02": "seen", "F-EXIT-03": "pass", "F-EXIT-04": "not_looked"}
    assert _values(visit) == wanted
    assert visits.answers(UUID(visit))["F-EXIT-02"].answer.body == {"value": "seen", "zone": "hall"}
    zone = visits.zones(UUID(visit))["hall"]
    assert (zone.looked, zone.items, zone.not_looked, zone.seconds) == (
        True,
        ("F-EXIT-01", "F-EXIT-02"),
        ("F-EXIT-04",),
        40,
    )


def test_of_one_request_that_begins_a_visit_answers_and_zones_are_one_row(app: Flask, district: District) -> None:
    visit = str(uuid4())
    sent = [
        walk_of(district, visit),
        answer_of(visit, "pass", 2),
        zone_of(visit, 3),
        zone_of(visit, 4, zone="new-one"),
        submit_of(visit, 5),
    ]
    _applied(app, district, *sent)
    (row,) = db.session.scalars(select(VisitAnswers))
    assert [tap.get("item") or tap["zone"] for tap in row.taps] == ["F-EXIT-01", "hall", "new-one"]
    assert list(visits.zones(UUID(visit))) == ["hall", "new-one"], "a newer list's zone is kept as it came"
    place = db.session.get_one(Premises, district.places[0])
    state = visits.progress(db.session.get_one(Visit, UUID(visit)), place)
    assert state.done == {"F-EXIT-01", "F-EXIT-02", "F-EXIT-04"}
    assert state.depth == "short"


def test_two_phones_close_one_zone_and_a_zone_may_come_after_the_handing_in(app: Flask, district: District) -> None:
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit, mate="daibiao2"))
    _applied(app, district, zone_of(visit, 1, looked=False, reason="没时间", device="phone-0002"), login="daibiao2")
    assert _values(visit)["F-EXIT-01"] == "not_looked"
    assert visits.zones(UUID(visit))["hall"].reason == "没时间"
    _applied(app, district, submit_of(visit, 2))
    _applied(app, district, zone_of(visit, 3))
    assert _values(visit)["F-EXIT-01"] == "seen"
    assert rows_in(Hazard) == 0
    assert [row.late for row in db.session.scalars(select(VisitAnswers).order_by(VisitAnswers.id))] == [False, True]


def test_somebody_elses_zone_is_refused(app: Flask, district: District) -> None:
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit))
    assert taken(app, district, "daibiao2", [zone_of(visit, 1, device="phone-0002")]) == ["refused"]


def test_a_wide_photo_is_shown_to_the_team_and_to_nobody_who_only_names_it(app: Flask, district: District) -> None:
    visit, other = str(uuid4()), str(uuid4())
    shot = photo(app.extensions["storage"], district, "daibiao1")
    _applied(app, district, walk_of(district, visit, mate="daibiao2"), zone_of(visit, 2, photos=[str(shot)]))
    _applied(app, district, submit_of(visit, 3))
    assert visits.shows_photo(district.scope("daibiao2"), shot)
    assert visits.zones(UUID(visit))["hall"].photos == (shot,)
    _applied(app, district, walk_of(district, other, place=1) | {"device": "phone-0009"}, login="daibiao2")
    _applied(app, district, zone_of(other, 2, photos=[str(uuid4()), str(shot)], device="phone-0009"), login="daibiao2")
    # Who only names it in a zone of another visit, before or after, opens it to nobody there.
    assert not visits.shows_photo(district.scope("daibiao3"), shot)


def test_a_rule_knows_nothing_of_what_was_only_glanced_at(app: Flask, district: District) -> None:
    """Every item of every list seen in passing: nothing is suspected, and nothing is really checked."""
    visit = str(uuid4())
    codes = sorted({item.code for one in district.versions for item in checklists.version(one).items})
    zones = [zone_of(visit, 2, items=codes, not_looked=[])]
    _applied(app, district, walk_of(district, visit), *zones, submit_of(visit, 3))
    row, lists = (
        db.session.get_one(Visit, UUID(visit)),
        [one for _, one in visits.lists_of(db.session.get_one(Visit, UUID(visit)))],
    )
    facts = {"gas_kind": "bottled", "people_sleeping": True, "below_ground": True}
    assert found_in(lists, visits.answers(row.id), facts, checklists.rules_on(clock.today())) == []
    assert (rows_in(Hazard), rows_in(ItemChecked)) == (0, 0)
    assert set(_values(visit).values()) == {"seen"}


# --- what was really checked ----------------------------------------------------------------------------------------


def _on(days_ago: int, *sent: dict[str, Any]) -> list[dict[str, Any]]:
    at = (clock.now() - timedelta(days=days_ago)).isoformat()
    return [one | {"captured_at": at} for one in sent]


def _visit(
    app: Flask, district: District, days_ago: int, values: dict[str, str], *, first: int, depth: str = "full"
) -> None:
    visit = str(uuid4())
    said = [
        answer_of(visit, value, first + number, item=item) for number, (item, value) in enumerate(values.items(), 2)
    ]
    _applied(
        app,
        district,
        *_on(days_ago, walk_of(district, visit, depth=depth, seq=first), *said, submit_of(visit, first + 90)),
    )


def _ago(days: int) -> date:
    return clock.local_date(clock.now() - timedelta(days=days))


@pytest.mark.parametrize("order", [(9, 5, 1), (1, 5, 9), (5, 9, 1), (5, 1, 9), (9, 1, 5), (1, 9, 5)])
def test_the_newest_two_days_of_an_item_are_known_in_whatever_order_visits_arrive(
    app: Flask, district: District, order: tuple[int, ...]
) -> None:
    for number, days in enumerate(order):
        _visit(
            app,
            district,
            days,
            {"F-EXIT-01": "pass", "F-EXIT-02": "unsure"} | ({"F-EXIT-03": "na"} if days == 9 else {}),
            first=100 * number + 1,
        )
    place = district.places[0]
    assert checked.really_checked(place, clock.today()) == {"F-EXIT-01": _ago(1), "F-EXIT-03": _ago(9)}
    assert checked.really_checked(place, _ago(1)) == {"F-EXIT-01": _ago(5), "F-EXIT-03": _ago(9)}
    assert checked.really_checked(district.places[1], clock.today()) == {}


def test_what_a_visit_of_the_same_day_checks_changes_no_weights_of_that_day(app: Flask, district: District) -> None:
    _visit(app, district, 3, {"F-EXIT-01": "pass"}, first=1)
    _visit(app, district, 0, {"F-EXIT-01": "fail", "F-EXIT-04": "pass"}, first=200)
    assert checked.really_checked(district.places[0], clock.today()) == {"F-EXIT-01": _ago(3)}
    tomorrow = clock.today() + timedelta(days=1)
    assert checked.really_checked(district.places[0], tomorrow) == {"F-EXIT-01": _ago(0), "F-EXIT-04": _ago(0)}


def test_what_comes_late_counts_and_a_visit_that_nobody_counts_does_not(app: Flask, district: District) -> None:
    visit, locked = str(uuid4()), str(uuid4())
    _applied(app, district, walk_of(district, visit), submit_of(visit, 2), answer_of(visit, "pass", 3))
    _applied(
        app, district, walk_of(district, locked, place=1, seq=4), answer_of(locked, "pass", 5),
        operation("visit.outcome", {"visit": locked, "outcome": "locked", "note": "没人"}, 6), submit_of(locked, 7),
    )  # fmt: skip
    assert [(row.premises_id, row.item_code) for row in db.session.scalars(select(ItemChecked))] == [
        (district.places[0], "F-EXIT-01")
    ]


def test_a_place_is_due_until_it_was_checked_whole(app: Flask, district: District) -> None:
    place, today = db.session.get_one(Premises, district.places[0]), clock.today()
    assert checked.whole_check_due(place, FullWalkRule(), today) is not None
    codes = {item.code for one in district.versions for item in checklists.version(one).items}
    _visit(app, district, 2, dict.fromkeys(sorted(codes), "pass"), first=1, depth="short")
    due = checked.whole_check_due(place, FullWalkRule(), today)
    assert due is not None
    assert due.why == "这里还没有全查过"
    _visit(app, district, 1, dict.fromkeys(sorted(codes)[:3], "pass"), first=500)
    assert checked.whole_check_due(place, FullWalkRule(), today) is None
    assert checked.whole_check_due(place, FullWalkRule(months=1), today + timedelta(days=60)) is not None


def test_what_the_phone_gets(app: Flask, district: District, client_of: Callable[[str], Any]) -> None:
    visit = str(uuid4())
    actions.assign(
        district.scope("du1"), premises_id=district.places[1], person_id=district.cast.persons["daibiao1"], on_day=clock.today(),
        checklist_codes=["any"], depth=actions.Depth.FULL, zone_photos=True,
    )  # fmt: skip
    _visit(app, district, 4, {"F-EXIT-01": "pass"}, first=300)
    _applied(app, district, walk_of(district, visit), zone_of(visit, 2, photos=[str(UUID(int=5))]))
    db.session.commit()
    client = client_of("daibiao1")
    day = client.get("/field/data").json
    assert [(task["depth"], task["zone_photos"]) for task in day["assigned"]] == [("full", True)]
    assert [draft["depth"] for draft in day["drafts"]] == ["short"]
    assert {"F-EXIT-01", "F-EXIT-04"} <= set(day["drafts"][0]["done"])
    place = client.get(f"/field/data/places/{district.places[0]}").json
    assert (place["checked"], place["full_due"][:2]) == ({"F-EXIT-01": _ago(4).isoformat()}, place["full_due"][:2])
    assert "项" in place["full_due"]
    seen = client.get(f"/field/data/visits/{visit}").json
    assert (seen["depth"], seen["deep"], seen["weights"]) == ("short", ["F-EXIT-03"], {"F-EXIT-03": 999})
    assert seen["zones"]["hall"]["photos"] == [str(UUID(int=5))]
    assert (seen["zones"]["hall"]["looked"], seen["zones"]["hall"]["seconds"]) == (True, 40)
    assert seen["answers"]["F-EXIT-02"]["value"] == "seen"


def test_a_glance_is_no_failure_of_last_time(app: Flask, district: District) -> None:
    first, second = str(uuid4()), str(uuid4())
    _applied(app, district, *_on(3, start_of(district, first), answer_of(first, "fail", 2), submit_of(first, 3)))
    _applied(app, district, *_on(1, walk_of(district, second, seq=4), zone_of(second, 5), submit_of(second, 6)))
    assert doorstep.failed_at(district.places[0], clock.now()) == {"F-EXIT-01": _ago(3)}


def test_who_has_to_keep_away_checks_nothing(app: Flask, district: District) -> None:
    people.declare_recusal(
        district.cast.persons["daibiao1"], premises_id=district.places[0], party_id=None, reason="亲属"
    )
    _visit(app, district, 1, {"F-EXIT-01": "pass"}, first=1)
    assert rows_in(ItemChecked) == 0
