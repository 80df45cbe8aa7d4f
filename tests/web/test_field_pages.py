"""What the phone is given: a shell that holds nobody's data, and data for exactly one person's day."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.demo.people import PASSWORD
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from inspect_app.papers.qr import outline
from inspect_app.people.models import Area
from inspect_app.premises.models import Premises
from tests.database.test_visits import _could_not
from tests.operations import answer_of, operation, start_of, taken
from tests.support import District, found, handed_over

Clients = Callable[[str], FlaskClient]
DRAWN = ("/field/", "/field/places", "/field/places/new", "/field/outbox", "/field/mine")


def _data(client: FlaskClient, address: str = "/field/data") -> Any:
    return client.get(address).get_json()


def test_the_shell_is_the_same_for_everybody_and_names_nobody(district: District, client_of: Clients) -> None:
    """It is kept on the phone by the worker, beyond signing out and losing the phone."""
    pages = {client_of(login).get(address).data for login in ("daibiao1", "daibiao16") for address in DRAWN}
    pages.add(client_of("daibiao1").get(f"/field/places/{district.places[0]}").data)
    assert len(pages) == 1
    shell = pages.pop().decode()
    assert client_of("daibiao1").application.test_client().get("/field/shell").text == shell
    assert "王记面馆" not in shell
    assert "陈玉兰" not in shell
    assert re.search(r'name="csrf-token" content=""', shell)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", shell)


def test_the_page_of_danger_has_the_numbers_to_call_in_its_text_for_whoever_opens_it(
    app: Flask, district: District, client_of: Clients
) -> None:
    """Before any script and without one; signed out it names the numbers of the district, and nobody."""
    street = db.session.get_one(Area, district.scope("daibiao1").area_id)
    street.gas_phone, street.duty_phone = "025-55550177", "025-55550110"
    db.session.flush()
    own = client_of("daibiao1").get("/field/urgent").text.split("<template", 1)[0]
    assert re.findall(r'href="tel:([^"]+)"', own) == ["119", "025-55550177", "025-55550110"]
    assert "正在打开" not in own
    assert "陈玉兰" not in own
    stranger = app.test_client().get("/field/urgent")
    assert stranger.status_code == 200
    assert 'href="tel:119"' in stranger.text.split("<template", 1)[0]
    assert "要打的电话在遇险里，不用脚本。" in app.test_client().get("/field/shell").text


def test_signing_in_without_cookies_says_what_is_the_matter(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = app.test_client(use_cookies=False).post("/sign-in", data={"login": "daibiao1", "password": PASSWORD})
    assert answer.status_code == 400
    assert "Cookie 关掉了" in answer.text


def test_the_worker_knows_every_file_of_the_shell_under_its_version(app: Flask, client_of: Clients) -> None:
    client = client_of("daibiao1")
    kept = json.loads(re.match(r"const KEPT = (.*);", client.get("/field/worker.js").text)[1])  # type: ignore[index]
    assert kept["version"] == app.config["SHELL_VERSION"]
    assert {address.split("/")[2] for address in kept["files"]} == {f"v-{kept['version']}"}
    for address in kept["files"]:
        answer = client.get(address)
        answer.close()
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    used = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', client.get("/field/shell").text))
    assert used <= set(kept["files"])


def test_an_old_version_of_a_file_is_served_but_not_kept_for_ever(client_of: Clients) -> None:
    answer = client_of("daibiao1").get("/static/v-0123456789ab/css/app.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_a_static_file_is_the_same_for_everybody(app: Flask, client_of: Clients) -> None:
    client, file = client_of("daibiao1"), f"/static/v-{app.config['SHELL_VERSION']}/field.bundle.js"
    with client.session_transaction() as session:
        session.permanent = True  # as it is after a sign-in
    client.get("/field/data")
    answer = client.get(file)
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, [])
    assert "Cookie" not in answer.headers.get("Vary", "")
    # The session itself is renewed once a day, also by what a phone only fetches.
    renewed = [[one for one in client.get("/field/data").headers.getlist("Set-Cookie") if one.startswith("session=")]]
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        renewed += [client.get("/field/data").headers.getlist("Set-Cookie") for _ in range(2)]
    assert [len(cookies) for cookies in renewed] == [0, 1, 0]


FIRST_LOAD_KB = 80


def test_the_first_screen_and_filling_a_short_walk_weigh_little(client_of: Clients) -> None:
    """On a slow network each 40 KB are a second. What neither needs comes right afterwards, in files of its own (ADR 22)."""
    client, packed = client_of("daibiao1"), {"Accept-Encoding": "gzip"}
    answers = {"/field/": client.get("/field/", headers=packed)}
    page = gzip.decompress(answers["/field/"].data).decode()
    linked = re.findall(r'<(?:script[^>]* src|link rel="stylesheet" href)="(/static/[^"]+)"', page)
    folder = next(one for one in linked if one.endswith("/field.bundle.js")).removesuffix("field.bundle.js")
    for address in (*linked, *(f"{folder}{name}.bundle.js" for name in ("visit", "short"))):
        answers[address] = client.get(address, headers=packed)
    assert {name.rpartition("/")[2] for name in answers} >= {
        "field.css",
        "look.js",
        "field.bundle.js",
        "short.bundle.js",
    }
    sizes = {name: (len(one.data) + len(str(one.headers))) / 1024 for name, one in answers.items()}
    assert sum(sizes.values()) <= FIRST_LOAD_KB, sizes
    # What a walk stands on is what was counted: no file of its own comes along unseen.
    heads = gzip.decompress(answers[f"{folder}short.bundle.js"].data).decode()
    needed = set(re.findall(r'(?:^|;)import(?:\{modules\}from)?"\./([^"]+)"', heads, re.M))
    assert needed == {"field.bundle.js", "visit.bundle.js"}


def test_only_what_holds_no_token_is_packed(client_of: Clients) -> None:
    """A packed page with a token and typed words in it gives the token away by its length."""
    packed = {"Accept-Encoding": "gzip"}
    client = client_of("du1")
    assert "Content-Encoding" not in client.get("/desk/places?q=面馆", headers=packed).headers
    assert client.get("/static/css/app.css", headers=packed).headers["Content-Encoding"] == "gzip"
    assert client_of("daibiao1").get("/field/", headers=packed).headers["Content-Encoding"] == "gzip"


def test_data_without_a_session_is_refused_in_json(app: Flask) -> None:
    for address in (
        "/field/data",
        "/field/data/places",
        "/field/data/register",
        f"/field/data/visits/{uuid4()}",
        f"/field/lists/{uuid4()}",
    ):
        answer = app.test_client().get(address)
        assert answer.status_code == 401
        assert answer.get_json()["error"]


def test_what_has_not_changed_is_not_sent_again(client_of: Clients) -> None:
    client = client_of("daibiao1")
    first = client.get("/field/data/places")
    assert first.headers["Cache-Control"] == "no-store"  # the browser's own store could not be wiped
    assert client.get("/field/data/places", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    packed = {"Accept-Encoding": "gzip"}
    known = {"If-None-Match": client.get("/field/data/places", headers=packed).headers["ETag"]}
    assert client.get("/field/data/places", headers=packed | known).status_code == 304


def test_telephone_numbers_come_only_with_today_s_places(app: Flask, district: District, client_of: Clients) -> None:
    from inspect_app.visits import actions as visits

    for place in district.places:
        db.session.get_one(Premises, place).phone = "02555550000"
    visits.assign(
        district.scope("du1"), premises_id=district.places[0], person_id=district.scope("daibiao1").person_id,
        on_day=clock.today(), checklist_codes=["fire-small-restaurant"],
    )  # fmt: skip
    db.session.flush()
    client = client_of("daibiao1")
    assert [place["phone"] for place in _data(client)["assigned"]] == ["02555550000"]
    for address in ("/field/data/places", f"/field/data/places/{district.places[1]}"):
        assert "02555550000" not in client.get(address).text


def test_places_of_another_area_are_not_on_the_phone(district: District, client_of: Clients) -> None:
    own = {place["name"] for place in _data(client_of("daibiao1"), "/field/data/places")["places"]}
    assert "王记面馆" in own
    row = db.session.get_one(Premises, district.places[0])
    row.area_id = db.session.scalars(select(Area.id).where(Area.kind == "district")).one()
    db.session.flush()
    assert "王记面馆" not in {place["name"] for place in _data(client_of("daibiao1"), "/field/data/places")["places"]}
    assert client_of("daibiao1").get(f"/field/data/places/{row.id}").status_code == 404


def test_the_code_on_the_door_opens_the_place_after_signing_in(app: Flask, district: District) -> None:
    place, phone = db.session.get_one(Premises, district.places[0]), app.test_client()
    sent_away = phone.get(f"/field/door/{place.door_code}")
    assert sent_away.status_code == 302
    signed_in = phone.post(sent_away.headers["Location"], data={"login": "daibiao1", "password": PASSWORD})
    opened = phone.get(signed_in.headers["Location"])
    assert opened.headers["Location"] == f"/field/places/{place.id}"
    assert "没有找到这块门牌" in phone.get("/field/door/NICHTDA").text


def test_whose_phone_it_is_stands_beside_the_session_until_signing_out(app: Flask, district: District) -> None:
    phone = app.test_client()
    phone.post("/sign-in", data={"login": "daibiao1", "password": PASSWORD})
    phone.get("/field/")
    said = phone.get_cookie("whose")
    assert said is not None
    assert said.value == str(district.cast.accounts["daibiao1"])
    phone.post("/sign-out")
    assert phone.get_cookie("whose") is None


def test_companions_are_those_of_the_own_committee_recent_ones_first(
    app: Flask, district: District, client_of: Clients
) -> None:
    taken(app, district, "daibiao1", [start_of(district, str(uuid4()), mate="daibiao9")])
    mates = _data(client_of("daibiao1"))["mates"]
    assert (mates[0]["name"], mates[0]["recent"], len(mates)) == ("何丽华", True, 19)
    assert "陈玉兰" not in {mate["name"] for mate in mates}


def test_each_kind_of_place_names_its_lists_and_the_facts_they_ask_for(client_of: Clients) -> None:
    kinds = _data(client_of("daibiao1"))["kinds"]
    kitchen = kinds["small_restaurant"]
    assert len(kitchen["versions"]) == 2
    assert set(kitchen["needs"]) >= {"gas_kind", "high_rise", "below_ground", "floor_area", "storeys"}
    assert all(kind["versions"] for kind in kinds.values())


def test_last_time_is_known_for_a_visit_and_for_a_place(app: Flask, district: District, client_of: Clients) -> None:
    first, second = str(uuid4()), str(uuid4())
    sent = [start_of(district, first), answer_of(first, "fail", 2), operation("visit.submit", {"visit": first}, 3)]
    taken(app, district, "daibiao1", sent)
    taken(app, district, "daibiao1", [start_of(district, second, seq=4)])
    client, today = client_of("daibiao1"), clock.today().isoformat()
    assert _data(client, f"/field/data/visits/{second}")["failed"] == {"F-EXIT-01": today}
    assert _data(client, f"/field/data/places/{district.places[0]}")["failed"] == {"F-EXIT-01": today}
    (draft,) = _data(client)["drafts"]
    assert (draft["visit"], draft["done"]) == (second, [])


def test_a_visit_that_could_not_be_keeps_its_next_try(app: Flask, district: District, client_of: Clients) -> None:
    visit, later = str(uuid4()), (clock.today() + timedelta(days=40)).isoformat()
    sent = [
        start_of(district, visit),
        _could_not(visit, 2, note="没有照片：光线太暗", next_try_on=later),
        operation("visit.submit", {"visit": visit}, 3),
    ]
    assert taken(app, district, "daibiao1", sent) == ["applied"] * 3
    data = _data(client_of("daibiao1"), f"/field/data/visits/{visit}")
    assert (data["next_try_on"], data["papers"], data["hazards"]) == (later, [], [])


def test_what_became_of_a_visit_is_told_to_its_team_only(app: Flask, district: District, client_of: Clients) -> None:
    visit = str(uuid4())
    sent = [start_of(district, visit), answer_of(visit, "fail", 2), operation("visit.submit", {"visit": visit}, 3)]
    taken(app, district, "daibiao1", sent)
    data = _data(client_of("daibiao1"), f"/field/data/visits/{visit}")
    assert [hazard["state"] for hazard in data["hazards"]] == ["found"]
    assert data["papers"][0]["number"]
    assert client_of("daibiao3").get(f"/field/data/visits/{visit}").status_code == 404


def test_a_paper_is_left_at_the_shop_before_it_is_drawn_but_not_before_its_number_is_sure(
    app: Flask, district: District, client_of: Clients
) -> None:
    """The code leads to its permanent address, where the code beside it opens the paper's text (docs/decisions/0006)."""
    visit = str(uuid4())
    sent = [start_of(district, visit), answer_of(visit, "fail", 2), operation("visit.submit", {"visit": visit}, 3)]
    taken(app, district, "daibiao1", sent)
    (paper,) = _data(client_of("daibiao1"), f"/field/data/visits/{visit}")["papers"]
    assert "address" not in paper
    assert "qr" not in paper
    row = db.session.scalars(select(Paper)).one()
    row.journalled_at = clock.now()
    db.session.flush()
    (paper,) = _data(client_of("daibiao1"), f"/field/data/visits/{visit}")["papers"]
    assert (paper["href"], paper["void"]) == ("", False), "the file is still being made"
    assert paper["address"].endswith(f"/z/{row.mark}")
    assert paper["qr"] == dict(zip(("size", "path"), outline(paper["address"]), strict=True))
    assert [line["title"] for line in paper["says"]["lines"]] == [line["title"] for line in row.content["lines"]]
    assert all(line["due_on"] for line in paper["says"]["lines"])
    opened = app.test_client().post(f"/z/{row.mark}", data={"code": paper["code"]})
    assert paper["number"] in opened.text


def test_a_void_paper_is_nothing_to_be_left(app: Flask, district: District, client_of: Clients) -> None:
    visit = str(uuid4())
    sent = [start_of(district, visit), answer_of(visit, "fail", 2), operation("visit.submit", {"visit": visit}, 3)]
    taken(app, district, "daibiao1", sent)
    row = db.session.scalars(select(Paper)).one()
    row.journalled_at, row.state, row.void_reason = clock.now(), "void", "写错了"
    db.session.flush()
    (paper,) = _data(client_of("daibiao1"), f"/field/data/visits/{visit}")["papers"]
    assert paper["void"]
    assert "qr" not in paper


def test_a_second_phone_asks_what_stands_by_now(app: Flask, district: District, client_of: Clients) -> None:
    visit = str(uuid4())
    taken(app, district, "daibiao1", [start_of(district, visit, mate="daibiao2"), answer_of(visit, "pass", 2)])
    taken(app, district, "daibiao2", [answer_of(visit, "fail", 1, device="phone-0002")])
    answers = _data(client_of("daibiao2"), f"/field/visits/{visit}/answers")["answers"]["F-EXIT-01"]
    assert (answers["value"], answers["contested"], answers["who"]) == ("fail", True, "陈玉兰")
    assert [other["value"] for other in answers["others"]] == ["pass"]
    assert client_of("daibiao3").get(f"/field/visits/{visit}/answers").status_code == 404


def test_only_what_can_be_looked_at_again_is_offered(district: District, client_of: Clients) -> None:
    """Found is nobody's to mend yet; handed over it may be looked at, with its first photos to hold against."""
    hazard = found(district)
    assert _data(client_of("daibiao1"))["to_look_at"] == []
    handed_over(district, hazard)
    (one,) = _data(client_of("daibiao1"))["to_look_at"]
    assert (one["id"], one["version"], one["before"]) == (str(hazard.id), hazard.version, [])


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
    assert "日期写得不对" in deputy.get(f"{address}?on=yesterday").get_json()["error"]
    assert deputy.get(f"{address}?on=yesterday").status_code == 422
    assert deputy.get(f"/field/lists/{uuid4()}").status_code == 404


def test_every_list_is_small_enough_for_a_poor_signal(district: District, client_of: Clients) -> None:
    deputy = client_of("daibiao1")
    sizes = {one: len(gzip.compress(deputy.get(f"/field/lists/{one}").data)) for one in district.versions}
    # Where an item stands, its short words and the accident behind it weigh 1.3 KB in the longest list.
    assert max(sizes.values()) <= 20 * 1024, sizes
