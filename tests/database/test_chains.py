"""A visit whose beginning cannot be taken as it is: nothing behind it waits for ever, and what was seen is not lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.evidence.models import Signature
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.sightings import Sighting
from inspect_app.intake import pending
from inspect_app.intake import queries as intake
from inspect_app.intake.models import PendingOperation
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people import appointing
from inspect_app.people.models import RoleTerm
from inspect_app.people.rules import Role
from inspect_app.premises.models import Premises
from inspect_app.visits.models import Visit
from tests.operations import lines, operation, receipt_of, taken, whole_visit
from tests.support import District, found, rows_in


def _send(app: Flask, district: District, raw: list[dict[str, Any]], login: str = "daibiao1") -> list[str]:
    return taken(app, district, login, raw)


def _words(app: Flask, district: District, raw: dict[str, Any]) -> str:
    return str(lines(receipt_of(app, district, [raw]))[0].get("words", ""))


def _two_days_ago(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one | {"captured_at": (clock.now() - timedelta(days=2)).isoformat()} for one in raw]


def _moves(district: District, community: int) -> None:
    """daibiao1 is a deputy of one community until yesterday and of another from today on."""
    person = district.cast.persons["daibiao1"]
    old = db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == person)).one()
    old.area_id, old.since = district.cast.communities[0], clock.today() - timedelta(days=300)
    appointing.end_term(old, clock.today() - timedelta(days=1))
    appointing.appoint(
        person, Role.DEPUTY, organisation_id=old.organisation_id, area_id=district.cast.communities[community],
        since=clock.today(), station_id=old.station_id,
    )  # fmt: skip


def _confirm(app: Flask, district: District, by: str = "du1") -> None:
    for batch in intake.waiting_batches(district.scope(by)):
        with app.test_request_context():
            pending.confirm(batch.receipt_id, district.scope(by), app.extensions["appliers"])


@pytest.mark.parametrize("pieces", [1, 3])
def test_a_visit_made_before_the_area_changed_waits_at_the_desk_whole_and_is_taken(
    app: Flask, district: District, pieces: int
) -> None:
    raw = _two_days_ago(whole_visit(district, fails=1))
    _moves(district, 1)
    size = -(-len(raw) // pieces)
    for start in range(0, len(raw), size):
        assert set(_send(app, district, raw[start : start + size])) == {"waiting"}
    assert rows_in(Visit) == 0
    assert {row.term_id for row in db.session.scalars(select(PendingOperation))} == {
        db.session.scalars(select(RoleTerm.id).where(RoleTerm.area_id == district.cast.communities[0],
                                                 RoleTerm.person_id == district.cast.persons["daibiao1"])).one()
    }  # fmt: skip
    _confirm(app, district)
    assert [row.item_code for row in db.session.scalars(select(Hazard))] == ["F-EXIT-01"]
    assert db.session.scalars(select(Visit)).one().submitted_at is not None
    assert set(_send(app, district, raw)) == {"applied"}, "the phone hears what became of it"


def test_a_visit_at_a_place_that_was_given_to_another_area_waits_at_the_desk(app: Flask, district: District) -> None:
    db.session.get_one(Premises, district.places[0]).area_id = district.cast.communities[1]
    db.session.scalars(
        select(RoleTerm).where(RoleTerm.person_id == district.cast.persons["daibiao1"])
    ).one().area_id = district.cast.communities[0]
    db.session.flush()
    raw = whole_visit(district, fails=1)
    assert set(_send(app, district, raw)) == {"waiting"}
    _confirm(app, district)
    assert rows_in(Hazard) == 1


def test_what_is_learnt_of_a_place_is_taken_after_the_area_changed(app: Flask, district: District) -> None:
    raw = _two_days_ago(whole_visit(district, fails=1))
    assert set(_send(app, district, raw[:5])) == {"applied"}
    _moves(district, 1)
    visit = raw[0]["payload"]["visit"]
    facts = operation("visit.facts", {"visit": visit, "facts": {"seats": 44}}, 98)
    assert set(_send(app, district, [*raw[5:-1], facts, raw[-1]])) == {"applied"}
    assert db.session.get_one(Premises, district.places[0]).facts["seats"] == 44


def test_a_look_back_after_the_area_changed_waits_at_the_desk(app: Flask, district: District) -> None:
    hazard = found(district, "daibiao2")
    _moves(district, 1)
    look = operation(
        "hazard.look_back", {"hazard": str(hazard.id), "mended": False, "photos": [str(uuid4())], "words": "还在"}, 1
    )
    assert _send(app, district, _two_days_ago([look])) == ["waiting"]
    _confirm(app, district)
    assert db.session.scalars(select(Sighting)).one().words == "还在"


def test_a_visit_that_comes_before_its_place_waits_for_it(app: Flask, district: District) -> None:
    raw = whole_visit(district, fails=1)
    place = str(uuid4())
    raw[0]["payload"]["premises"] = place
    register = operation(
        "premises.register", {"premises": place, "name": "新店", "address": "柳荫街", "kind": "small_restaurant"}, 90
    )
    assert set(_send(app, district, raw)) == {"later"}
    assert _send(app, district, [register]) == ["applied"]
    assert set(_send(app, district, raw)) == {"applied"}
    assert rows_in(Hazard) == 1


def test_a_place_registered_before_the_area_changed_is_registered_where_it_was(app: Flask, district: District) -> None:
    place = str(uuid4())
    register = operation(
        "premises.register", {"premises": place, "name": "新店", "address": "柳荫街", "kind": "small_restaurant"}, 90
    )
    raw = whole_visit(district, fails=1)
    raw[0]["payload"]["premises"] = place
    _moves(district, 1)
    assert set(_send(app, district, _two_days_ago([register, *raw]))) == {"waiting"}
    _confirm(app, district)
    assert db.session.get_one(Premises, UUID(place)).area_id == district.cast.communities[0]
    assert rows_in(Hazard) == 1


def _unknown_list(raw: list[dict[str, Any]]) -> None:
    raw[0]["payload"]["versions"] = [str(uuid4())]


def _no_such_way(raw: list[dict[str, Any]]) -> None:
    raw[0]["payload"]["how"] = "by boat"


@pytest.mark.parametrize("spoil", [_unknown_list, _no_such_way])
@pytest.mark.parametrize("together", [True, False])
def test_what_follows_a_refused_beginning_hears_so_for_good(
    app: Flask, district: District, spoil: Callable[[list[dict[str, Any]]], None], together: bool
) -> None:
    raw = whole_visit(district, fails=1)
    raw.insert(
        -1, operation("visit.sign", {"visit": raw[0]["payload"]["visit"], "part": "premises", "reason": "拒绝签名"}, 97)
    )
    spoil(raw)
    for part in [raw] if together else [raw[:1], raw[1:]]:
        assert set(_send(app, district, part)) == {"refused"}
    assert "没有收" in _words(app, district, raw[-1])
    assert (rows_in(Visit), rows_in(Signature)) == (0, 0)


def test_what_follows_a_beginning_that_the_desk_declined_hears_so(app: Flask, district: District) -> None:
    raw = _two_days_ago(whole_visit(district, fails=1))
    _moves(district, 1)
    assert set(_send(app, district, raw[:30])) == {"waiting"}
    (batch,) = intake.waiting_batches(district.scope("du1"))
    pending.decline(batch.receipt_id, district.scope("du1"), "不是这一天去的")
    assert set(_send(app, district, raw[30:])) == {"refused"}
    assert "不是这一天去的" in _words(app, district, raw[-1])
    assert set(_send(app, district, raw)) == {"refused"}


def test_who_was_not_there_adds_nothing_and_hears_so(app: Flask, district: District) -> None:
    raw = whole_visit(district, fails=0)
    _send(app, district, raw)
    foreign = operation("visit.answer", {"visit": raw[0]["payload"]["visit"], "item": "F-EXIT-01", "value": "fail"}, 1)
    assert _send(app, district, [foreign | {"device": "phone-0002"}], "daibiao2") == ["refused"]
    assert rows_in(Hazard) == 0
