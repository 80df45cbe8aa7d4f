"""Who is of a visit's team, and a visit of somebody who is to keep away from the place (回避)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.hazards import queries
from inspect_app.hazards.actions import confirming, handing, mending, settling
from inspect_app.hazards.clocks import TimeLimit
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Step
from inspect_app.hazards.sightings import Sighting
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.papers import queries as papers
from inspect_app.people import actions as people
from inspect_app.visits import actions as visits
from inspect_app.visits import doorstep
from inspect_app.visits.models import Visit
from tests.database.life import newest, rectifying
from tests.operations import operation
from tests.support import District, closed, found, photo, submitted, verified
from tests.web.test_own_evidence import ITEM, _answer, _hazards, _look_back, _send, _visit_ops

Clients = Callable[[str], FlaskClient]


def _visit(visit: str) -> Visit:
    db.session.expire_all()
    return db.session.get_one(Visit, UUID(visit))


def _hand_in(client: FlaskClient, district: District, visit: str, *answers: dict[str, Any], mates: Any = ()) -> None:
    operations = _visit_ops(district, visit, *answers, mates=mates)
    assert set(_send(client, *operations, operation("visit.submit", {"visit": visit}, 9))) == {"applied"}


def _keep_away(district: District, login: str = "daibiao1") -> None:
    people.declare_recusal(
        district.cast.persons[login], premises_id=district.places[0], party_id=None, reason="亲戚的店"
    )
    db.session.commit()


# --- the team ---------------------------------------------------------------------------------------------------------


def test_of_the_team_is_whom_one_may_go_with_under_the_persons_own_name(district: District, client_of: Clients) -> None:
    visit, persons = str(uuid4()), district.cast.persons
    mates = [
        {"person_id": str(persons["daibiao2"]), "name": "写错的名字"},
        {"person_id": str(persons["daibiao2"]), "name": "又写一遍"},
        {"person_id": str(persons["jiedao1"]), "name": "街道的人"},
        {"person_id": str(uuid4()), "name": "没有这个人"},
        {"name": " 居委会\u202e老\u200b张"},
        {"person_id": str(persons["du3"])},
    ]
    for half in ({"person_id": "nonsense", "name": "居委会老张"}, "x", None):
        begun, *_ = _visit_ops(district, str(uuid4()), mates=[*mates, half])
        assert _send(client_of("daibiao1"), begun) == ["refused"], "nothing half understood is stored"
    assert set(_send(client_of("daibiao1"), *_visit_ops(district, visit, mates=mates))) == {"applied"}
    names = {mate["name"]: mate["person_id"] for mate in _visit(visit).companions}
    real = district.scope("daibiao2").person_name
    assert names == {real: str(persons["daibiao2"]), "街道的人": None, "没有这个人": None, "居委会老张": None}
    assert client_of("daibiao2").get(f"/field/data/visits/{visit}").status_code == 200
    assert client_of("daibiao3").get(f"/field/data/visits/{visit}").status_code == 404


def test_who_is_only_typed_neither_answers_nor_hands_in(district: District, client_of: Clients) -> None:
    visit = str(uuid4())
    _send(client_of("daibiao1"), *_visit_ops(district, visit, mates=[{"name": district.scope("daibiao3").person_name}]))
    other = client_of("daibiao3")
    assert _send(other, _answer(visit, {}, 1) | {"device": "phone-0003"}) == ["refused"]
    assert _send(other, operation("visit.submit", {"visit": visit}, 2) | {"device": "phone-0003"}) == ["refused"]
    assert _visit(visit).submitted_at is None


# --- keeping away -----------------------------------------------------------------------------------------------------


def test_a_visit_on_the_spot_is_taken_and_its_hazards_wait_for_the_desks_word(
    district: District, client_of: Clients
) -> None:
    _keep_away(district)
    visit = str(uuid4())
    _hand_in(client_of("daibiao1"), district, visit, {"no_photo_reason": "手机没电"})
    (hazard,) = _hazards(visit)
    assert (hazard.state, hazard.unconfirmed, _visit(visit).recused) == ("found", True, True)
    assert papers.of_visit(UUID(visit)) == []
    desk = client_of("du1")
    page = desk.get(f"/desk/hazards/{hazard.id}").text
    assert "待确认" in page
    assert "请您确认发现" in page
    assert f'href="/desk/hazards/{hazard.id}"' in desk.get("/desk/?do=confirm").text
    assert "待确认" in desk.get("/desk/hazards").text
    with pytest.raises(Refused, match="确认发现"):
        _hand_over(district, hazard)
    assert (
        desk.post(f"/desk/hazards/{hazard.id}/steps/confirm_finding", data={"version": hazard.version}).status_code
        == 303
    )
    db.session.expire_all()
    assert (hazard.unconfirmed, newest(hazard).step) == (False, "confirm_finding")
    assert queries.fault_of(hazard.id) is None
    _hand_over(district, hazard)
    assert hazard.state == "rectifying"


def _hand_over(district: District, hazard: Hazard) -> None:
    handing.hand_over(
        lock(hazard.id), district.actor("du1"), handler_id=district.cast.offices["street"], reply=TimeLimit(5), mending=TimeLimit(7),
        paper="", no_paper_reason="清单转办",
    )  # fmt: skip


def test_it_is_a_visit_of_nobody(district: District, client_of: Clients) -> None:
    place, me = district.places[0], district.scope("daibiao1")
    task = visits.assign(
        district.scope("du1"), premises_id=place, person_id=me.person_id, on_day=clock.today(), checklist_codes=["x"]
    )
    before = doorstep.at_the_door([place])[place]
    _keep_away(district)
    visit = str(uuid4())
    _hand_in(client_of("daibiao1"), district, visit, {"no_photo_reason": "手机没电"})
    db.session.refresh(task)
    assert task.visit_id is None
    after = doorstep.at_the_door([place])[place]
    assert (after.last_on, after.found_then) == (before.last_on, before.found_then)
    assert after.open == before.open + 1, "the hazard is there at once"
    assert doorstep.failed_at(place, clock.now()) == {}


def test_a_companion_who_is_to_keep_away_counts_as_the_team(district: District, client_of: Clients) -> None:
    _keep_away(district, "daibiao2")
    visit, mate = str(uuid4()), {"person_id": str(district.cast.persons["daibiao2"])}
    _hand_in(client_of("daibiao1"), district, visit, {"no_photo_reason": "手机没电"}, mates=[mate])
    assert [row.unconfirmed for row in _hazards(visit)] == [True]


def test_what_is_seen_again_there_is_a_sighting_as_ever(district: District, client_of: Clients) -> None:
    hazard = found(district, "daibiao2", item=ITEM)
    _keep_away(district)
    visit = str(uuid4())
    _hand_in(client_of("daibiao1"), district, visit, {"no_photo_reason": "手机没电"})
    assert _hazards(visit) == []
    assert db.session.scalars(select(Sighting.hazard_id)).all() == [hazard.id]
    assert not hazard.unconfirmed


def test_it_raises_no_grade_and_brings_nothing_back(app: Flask, district: District, client_of: Clients) -> None:
    """What somebody saw who is to keep away is kept as seen; what follows from it is for others to say."""
    hazard = found(district, "daibiao2", item=ITEM)
    gone = found(district, "daibiao2", item="F-EXIT-02")
    settling.ask(lock(gone.id), district.actor("du1"), Step.ASK_END, reason="店已经关了，房子退租。")
    settling.confirm(lock(gone.id), district.actor("du2"))
    _keep_away(district)
    visit = str(uuid4())
    reason = {"no_photo_reason": "手机没电", "suspected_reason": "堵得很死"}
    _hand_in(client_of("daibiao1"), district, visit, reason)
    db.session.expire_all()
    assert hazard.grade == "general"
    assert "回避" in db.session.scalars(select(Sighting.words).where(Sighting.hazard_id == hazard.id)).one()
    assert gone.state == "ended"
    other = str(uuid4())
    _hand_in(client_of("daibiao2"), district, other, reason)
    db.session.expire_all()
    assert (hazard.grade, gone.state) == ("suspected_major", "found"), "what another deputy saw counts"


def test_what_a_companion_mended_on_the_spot_waits_until_somebody_else_has_looked(
    app: Flask, district: District, client_of: Clients
) -> None:
    _keep_away(district, "daibiao2")
    visit, mate = str(uuid4()), {"person_id": str(district.cast.persons["daibiao2"])}
    before, after = (photo(app.extensions["storage"], district, "daibiao1") for _ in range(2))
    db.session.commit()
    fixed = {"photos": [str(before)], "fixed_now": True, "after_photos": [str(after)]}
    _hand_in(client_of("daibiao1"), district, visit, fixed, mates=[mate])
    (hazard,) = _hazards(visit)
    assert (hazard.state, hazard.unconfirmed, newest(hazard).step) == ("found", True, "observe")


@pytest.mark.parametrize("step", ["pass", "close"])
def test_nothing_unconfirmed_is_verified_or_closed(app: Flask, district: District, step: str) -> None:
    """Also what had got that far before this was asked."""
    hazard = submitted(district, rectifying(district), app.extensions["storage"])
    take, goal = (verified, "awaiting_closure") if step == "pass" else (closed, "closed")
    if step == "close":
        verified(district, hazard)
    hazard.unconfirmed = True
    db.session.flush()
    with pytest.raises(Refused, match="确认发现"):
        take(district, hazard)
    confirming.confirm_finding(lock(hazard.id), district.actor("du1"))
    assert take(district, hazard).state == goal


def test_who_is_to_keep_away_neither_looks_back_nor_confirms_nor_witnesses_there(
    app: Flask, district: District, client_of: Clients
) -> None:
    hazard = rectifying(district)
    _keep_away(district)
    shot = photo(app.extensions["storage"], district, "daibiao1")
    db.session.commit()
    with pytest.raises(NotAllowed, match="回避"):
        mending.look_back(lock(hazard.id), district.actor("daibiao1"), mended=True, photo_ids=(shot,))
    assert _send(client_of("daibiao1"), _look_back(hazard, shot)) == ["applied"]
    db.session.expire_all()
    assert (hazard.state, newest(hazard).step) == ("rectifying", "observe")
    assert "回避" in db.session.scalars(select(Sighting.why)).one()
    visit, second = str(uuid4()), "F-EXIT-02"
    fixed = {"item": second, "no_photo_reason": "手机没电", "fixed_now": True, "after_photos": [str(uuid4())]}
    _hand_in(client_of("daibiao1"), district, visit, fixed)
    (row,) = _hazards(visit)
    assert (row.state, row.unconfirmed, newest(row).step) == ("found", True, "observe")
    people.declare_recusal(
        district.cast.persons["du1"], premises_id=district.places[0], party_id=None, reason="自己的店"
    )
    with pytest.raises(NotAllowed, match="回避"):
        confirming.confirm_finding(lock(row.id), district.actor("du1"))
