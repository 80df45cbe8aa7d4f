"""The pages of the phone as the server makes them: the door's code, who may come along, facts that the lists ask."""

import gzip
import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from inspect_app.demo.people import PASSWORD
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.premises.models import Premises
from tests.database.test_visits import _answer, _could_not, _op, _start, _take
from tests.support import District

Clients = Callable[[str], FlaskClient]


def _page_data(page: str) -> Any:
    found = re.search(r'id="page-data">(.*?)</script>', page, flags=re.S)
    assert found
    return json.loads(found[1])


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
    opened = _page_data(client_of("daibiao1").get(f"/field/visits/{second}").text)
    assert opened["failedBefore"] == {"F-EXIT-01": clock.today().isoformat()}
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


def test_a_visit_s_page_holds_templates_and_names_its_lists(app: Flask, district: District, client_of: Clients) -> None:
    visit = str(uuid4())
    _take(app, district, "daibiao1", [_start(district, visit, mate="daibiao9")])
    page = client_of("daibiao1").get(f"/field/visits/{visit}").text
    data = _page_data(page)
    assert 'data-item="F-' not in page
    assert len(page) < 40_000
    assert (data["place"]["name"], data["mates"]) == ("王记面馆", ["周国平"])
    lists = [client_of("daibiao1").get(f"/field/lists/{one}?on={data['on']}").get_json() for one in data["lists"]]
    assert [one["title"] for one in lists] == data["titles"]


def test_a_list_is_asked_for_again_by_its_tag_and_depends_on_the_day(district: District, client_of: Clients) -> None:
    deputy, address = client_of("daibiao1"), f"/field/lists/{district.versions[0]}"
    answer = deputy.get(address)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.get_etag()[0] == answer.get_json()["hash"]
    again = deputy.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    early = deputy.get(f"{address}?on=1990-01-01").get_json()
    assert "rules" not in early, "no rule of suspicion was in force then"
    assert early["hash"] != answer.get_json()["hash"]
    assert "日期写得不对" in deputy.get(f"{address}?on=yesterday").text
    assert deputy.get(f"{address}?on=yesterday").status_code == 422
    assert deputy.get(f"/field/lists/{uuid4()}").status_code == 404


def test_every_list_is_small_enough_for_a_poor_signal(district: District, client_of: Clients) -> None:
    deputy = client_of("daibiao1")
    sizes = {one: len(gzip.compress(deputy.get(f"/field/lists/{one}").data)) for one in district.versions}
    assert max(sizes.values()) <= 18 * 1024, sizes
