"""待商定: what two phones of one visit differ on is a pile of 今日 until somebody chooses, on a phone or at the desk."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.hazards import queries
from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db
from tests.operations import answer_of, operation, start_of, taken
from tests.support import District, handed_over

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def differing(app: Flask, district: District) -> Hazard:
    """daibiao1 says it is as it should be, daibiao2 that it is not; handed in while they differ."""
    visit = str(uuid4())
    taken(app, district, "daibiao1", [start_of(district, visit, mate="daibiao2"), answer_of(visit, "pass", 2)])
    taken(app, district, "daibiao2", [answer_of(visit, "fail", 1, device="phone-0002")])
    assert taken(app, district, "daibiao1", [operation("visit.submit", {"visit": visit}, 3)]) == ["applied"]
    return db.session.scalars(select(Hazard)).one()


def _pile(desk: FlaskClient, hazard: Hazard) -> bool:
    return f'href="/desk/hazards/{hazard.id}"' in desk.get("/desk/?do=contested").text


def test_the_desk_sees_what_phones_differ_on_and_settles_it(differing: Hazard, client_of: ClientOf) -> None:
    desk = client_of("du1")
    assert differing.contested
    assert _pile(desk, differing)
    assert f'href="/desk/hazards/{differing.id}"' in desk.get("/desk/hazards?tab=pile:contested").text
    assert "两部手机这一项填得不一样" in desk.get(f"/desk/hazards/{differing.id}").text
    sent = {"version": differing.version, "words": "问过两位代表，门确实锁着"}
    assert desk.post(f"/desk/hazards/{differing.id}/steps/confirm_finding", data=sent).status_code == 303
    db.session.expire_all()
    assert not differing.contested
    assert not _pile(desk, differing)
    assert queries.fault_of(differing.id) is None
    again = {"version": differing.version, "words": "再确认一次"}
    assert desk.post(f"/desk/hazards/{differing.id}/steps/confirm_finding", data=again).status_code == 422


def test_who_hands_it_over_has_chosen(differing: Hazard, district: District, client_of: ClientOf) -> None:
    handed_over(district, differing)
    db.session.expire_all()
    assert not differing.contested
    assert not _pile(client_of("du1"), differing)


@pytest.mark.parametrize(("chosen", "still"), [("fail", False), ("pass", True)])
def test_a_phone_settles_it_after_it_was_handed_in(
    app: Flask, district: District, differing: Hazard, chosen: str, still: bool
) -> None:
    """Chosen as not right, nothing is open any more; chosen as right, the hazard stands and the desk is still asked."""
    late = answer_of(str(differing.visit_id), chosen, 2, device="phone-0002", chosen=True)
    assert taken(app, district, "daibiao2", [late]) == ["applied"]
    db.session.expire_all()
    assert differing.contested is still


def test_a_phone_that_contradicts_afterwards_asks_anew(
    app: Flask, district: District, differing: Hazard, client_of: ClientOf
) -> None:
    handed_over(district, differing)
    late = answer_of(str(differing.visit_id), "na", 4)
    assert taken(app, district, "daibiao1", [late]) == ["applied"]
    db.session.expire_all()
    assert differing.contested
    assert "确认发现" in client_of("du1").get(f"/desk/hazards/{differing.id}").text
