"""The pages of the phone as the server makes them: the door's code, who may come along, facts that the lists ask."""

import re
from collections.abc import Callable
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from inspect_app.demo.people import PASSWORD
from inspect_app.kernel.database import db
from inspect_app.premises.models import Premises
from tests.database.test_visits import _answer, _could_not, _op, _start, _take
from tests.support import District

Clients = Callable[[str], FlaskClient]


def test_the_code_on_the_door_opens_the_place_after_signing_in(app: Flask, district: District) -> None:
    place, phone = db.session.get_one(Premises, district.places[0]), app.test_client()
    sent_away = phone.get(f"/field/door/{place.door_code}")
    assert sent_away.status_code == 302
    signed_in = phone.post(sent_away.headers["Location"], data={"login": "daibiao1", "password": PASSWORD})
    opened = phone.get(signed_in.headers["Location"])
    assert opened.headers["Location"] == f"/field/places/{place.id}"
    assert place.name in phone.get(opened.headers["Location"]).text


def test_a_typed_door_code_opens_the_place_and_an_unknown_one_says_what_to_do(
    district: District, client_of: Clients
) -> None:
    place, deputy = db.session.get_one(Premises, district.places[0]), client_of("daibiao1")
    assert deputy.get(f"/field/places?q={place.door_code.lower()}").headers["Location"] == f"/field/places/{place.id}"
    assert "没有找到这块门牌" in deputy.get("/field/door/NICHTDA").text


def test_companions_are_those_of_the_own_committee_recent_ones_first(
    app: Flask, district: District, client_of: Clients
) -> None:
    _take(app, district, "daibiao1", [_start(district, str(uuid4()), mate="daibiao9")])
    page = client_of("daibiao1").get(f"/field/places/{district.places[1]}").text
    names = re.findall(r'name="companion"[^>]*data-name="([^"]+)"', page)
    assert (names[0], len(names)) == ("何丽华", 19)
    assert "陈玉兰" not in names


def test_the_place_asks_for_the_facts_its_lists_need_and_shows_those_it_has(
    district: District, client_of: Clients
) -> None:
    page = client_of("daibiao1").get(f"/field/places/{district.places[0]}").text
    assert all(
        f'name="fact-{name}"' in page for name in ("gas_kind", "high_rise", "below_ground", "floor_area", "storeys")
    )
    assert "店里的情况：30 个座位，瓶装气" in page


def test_last_time_stands_under_the_question_and_in_today_s_words(
    app: Flask, district: District, client_of: Clients
) -> None:
    first, second = str(uuid4()), str(uuid4())
    _take(
        app,
        district,
        "daibiao1",
        [_start(district, first), _answer(first, "fail", 2), _op("visit.submit", {"visit": first}, 3)],
    )
    _take(app, district, "daibiao1", [_start(district, second, seq=4)])
    assert "上次（今天）不合格" in client_of("daibiao1").get(f"/field/visits/{second}").text
    page = client_of("daibiao1").get("/field/").text
    assert "没查完" in page
    assert "已查 0 项" in page


def test_a_visit_that_could_not_be_is_confirmed_with_its_next_try(
    app: Flask, district: District, client_of: Clients
) -> None:
    visit = str(uuid4())
    sent = [
        _start(district, visit),
        _could_not(visit, 2, note="没有照片：光线太暗", next_try_on="2099-01-05"),
        _op("visit.submit", {"visit": visit}, 3),
    ]
    assert _take(app, district, "daibiao1", sent) == ["applied"] * 3
    page = client_of("daibiao1").get(f"/field/visits/{visit}").text
    assert "记下了" in page
    assert "2099年1月5日会再提醒您。" in page


def test_a_second_phone_asks_what_stands_by_now(app: Flask, district: District, client_of: Clients) -> None:
    visit = str(uuid4())
    _take(app, district, "daibiao1", [_start(district, visit, mate="daibiao2"), _answer(visit, "pass", 2)])
    _take(app, district, "daibiao2", [_answer(visit, "fail", 1, device="phone-0002")])
    found = client_of("daibiao2").get(f"/field/visits/{visit}/answers").get_json()["answers"]["F-EXIT-01"]
    assert (found["value"], found["contested"], found["who"]) == ("fail", True, "陈玉兰")
    assert [other["value"] for other in found["others"]] == ["pass"]
    assert client_of("daibiao3").get(f"/field/visits/{visit}/answers").status_code == 404
