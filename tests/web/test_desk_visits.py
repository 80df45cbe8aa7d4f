"""Visits at the desk: the register, the record of one, what a place shows of them, and what was thrown away."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.papers import queries
from inspect_app.papers.models import Paper
from inspect_app.visits import register
from inspect_app.visits.models import Assignment, QuestionLooked, Visit
from tests.operations import answer_of, end_of, submit_of, taken, walk_of, zone_of
from tests.statements import Counting
from tests.support import District, found, photo, rows_in

ClientOf = Callable[[str], FlaskClient]


def _sent(app: Flask, district: District, *said: dict[str, Any], login: str = "daibiao1") -> None:
    assert taken(app, district, login, list(said)) == ["applied"] * len(said)


def _short(app: Flask, district: District, *, place: int = 0, login: str = "daibiao1", **zone: Any) -> str:
    """A short walk that was handed in: one thing wrong, the hall looked at."""
    visit = str(uuid4())
    _sent(
        app,
        district,
        walk_of(district, visit, place=place),
        answer_of(visit, "fail", 2),
        answer_of(visit, "pass", 3, item="F-EXIT-03"),
        zone_of(visit, 4, **zone),
        submit_of(visit, 5),
        login=login,
    )
    return visit


def _early(app: Flask, district: District) -> str:
    visit = str(uuid4())
    _sent(
        app,
        district,
        walk_of(district, visit),
        answer_of(visit, "fail", 2),
        end_of(visit, "ended_early", 3),
        submit_of(visit, 4),
    )
    return visit


def _void(app: Flask, district: District) -> str:
    visit = str(uuid4())
    _sent(app, district, walk_of(district, visit), end_of(visit, "void", 2, note="点错了"))
    return visit


def test_the_record_counts_six_values_apart(app: Flask, district: District, client_of: ClientOf) -> None:
    visit = _short(app, district)
    page = client_of("du1").get(f"/desk/visits/{visit}").text
    assert '<p class="lead">短查</p>' in page
    for name, number in (("合格", 1), ("不合格", 1), ("不适用", 0), ("看不准", 0), ("看过（未见异常）", 1)):
        assert f"<dt>{name}</dt><dd>{number} 项</dd>" in page
    assert "大厅和出口" in page
    assert "40\u00a0秒" in page
    assert "抽到仔细查的" in page


def test_the_wide_photos_of_a_visit_are_opened_from_its_record_by_whoever_may_read_it(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    """However long ago it was; a photo that somebody else's visit only names opens nothing, nor does a visit out of reach."""
    shot, other = (photo(app.extensions["storage"], district, login) for login in ("daibiao1", "daibiao2"))
    visit = _short(app, district, photos=[str(shot), str(other), str(uuid4())])
    row = db.session.get_one(Visit, UUID(visit))
    row.started_at -= timedelta(days=30)
    db.session.commit()
    for login in ("du1", "lingdao1", "shenji1"):
        client = client_of(login)
        page = client.get(f"/desk/visits/{visit}").text
        assert f"/photos/{shot}/display?visit={visit}" in page
        assert "1 张，2 张还没送达" in page
        assert "走访登记" in page
        assert client.get(f"/photos/{shot}/thumb?visit={visit}").status_code == 200
        assert client.get(f"/photos/{shot}/thumb").status_code == 404, "it stands nowhere else"
        for wrong in (f"{other}/thumb?visit={visit}", f"{shot}/thumb?visit={uuid4()}", f"{shot}/thumb?visit=x"):
            assert client.get(f"/photos/{wrong}").status_code == 404, wrong
    for login in ("daibiao2", "jiedao1"):
        assert client_of(login).get(f"/photos/{shot}/thumb?visit={visit}").status_code == 404


def test_a_visit_ended_early_says_so_and_why(app: Flask, district: District, client_of: ClientOf) -> None:
    visit = _early(app, district)
    assert "短查，提前结束（有急事）" in client_of("du1").get(f"/desk/visits/{visit}").text
    assert "短查，提前结束（有急事）" in client_of("du1").get("/desk/visits?only=early").text
    assert visit not in client_of("du1").get("/desk/visits?only=full").text


def test_what_was_thrown_away_is_no_visit_to_the_place_but_stands_in_the_register(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    kept, gone = _short(app, district), _void(app, district)
    desk, place = client_of("du1"), district.places[0]
    for address in (f"/desk/places/{place}", f"/desk/visits?place={place}", f"/desk/visits?place={place}&only=void"):
        page = desk.get(address).text
        assert gone not in page, address
    assert kept in desk.get(f"/desk/places/{place}").text
    for address in ("/desk/visits", "/desk/visits?only=void"):
        page = desk.get(address).text
        assert gone in page
        assert "作废（点错了）" in page
    assert "不算走访过这一家" in desk.get(f"/desk/visits/{gone}").text
    today = desk.get("/desk/").text
    assert "今天短查 1 次" in today


def test_the_register_goes_on_page_by_page_and_each_visit_stands_in_it_once(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    visits = {_short(app, district, place=number % 3) for number in range(3)}
    scope, seen, after = district.scope("du1"), [], None
    for _ in range(3):
        page = register.listed(scope, after=after, size=1)
        seen += [str(row.visit.id) for row in page.rows]
        after = page.after
    assert after is None
    assert (set(seen), len(seen)) == (visits, 3)
    desk = client_of("du1").get("/desk/").text
    assert "今天短查 3 次" in desk
    assert "提前结束" not in desk
    numbers = {day: register.numbers_on(scope, clock.today() - timedelta(days=day)).values() for day in (0, 1)}
    assert {day: tuple(db.session.execute(select(*asked)).one()) for day, asked in numbers.items()} == {
        0: (3, 0, 0),
        1: (0, 0, 0),
    }


def test_a_place_shows_when_each_thing_was_really_checked(app: Flask, district: District, client_of: ClientOf) -> None:
    desk, address = client_of("du1"), f"/desk/places/{district.places[0]}"
    assert "这里还没有全查过" in desk.get(address).text
    before = desk.get(address).text.count("没有查过")
    _short(app, district)
    page = desk.get(address).text
    assert page.count("没有查过") == before - 2, "what was seen in passing is no check"
    assert "0 天前" in page
    assert "这里还没有全查过" in page, "a short walk is no whole one"
    assert "这一家该全查了：这里还没有全查过" in desk.get(f"/desk/assignments?place={district.places[0]}").text


def test_a_tip_says_how_deep_the_visit_went_and_how_much_was_not_looked_at(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    _early(app, district)
    paper = db.session.query(Paper).one()
    assert paper.content["walked"].startswith("短查，提前结束（有急事），逐项看 1 项，没看 ")


def test_only_a_supervisor_is_told_what_may_be_asked(app: Flask, district: District, client_of: ClientOf) -> None:
    visit = _short(app, district)
    assert "请问一问" in client_of("du1").get(f"/desk/visits/{visit}").text, (
        "the deep items are not those that were drawn"
    )
    for login in ("lingdao1", "shenji1"):
        page = client_of(login).get(f"/desk/visits/{visit}").text
        assert "大厅和出口" in page
        assert "请问一问" not in page
    assert client_of("daibiao1").get(f"/desk/visits/{visit}").status_code == 403


def test_what_came_of_asking_is_kept_and_asked_again_only_where_more_was_found(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    visit, desk = _short(app, district), client_of("du1")
    found(district, "daibiao2", item="F-EXIT-03", title="出口被挡住", found_at=clock.now() + timedelta(seconds=1))
    db.session.commit()
    address = f"/desk/visits/{visit}"

    def said(kind: str, words: str) -> str:
        answer = desk.post(f"{address}/questions/{kind}", data={"words": words}, follow_redirects=True)
        return f"{answer.status_code} {answer.text}"

    assert '请问一问 <span class="count">2' in desk.get(address).text
    assert said("found_since", " ").startswith("422")
    assert "看到的情况" not in desk.get(address).text
    for words in ("当时门开着，后来才堆的", "第二句不算"):
        page = said("found_since", words)
    assert "问过了：当时门开着，后来才堆的（" in page
    assert "第二句不算" not in page
    assert '请问一问 <span class="count">1' in page
    assert "这一条现在不用问了" in said("quick_zones", "没有的")
    assert "都问过了" in said("other_deep", "换过手机")
    assert "问过了" not in client_of("shenji1").get(address).text
    found(district, "daibiao2", item="F-EXIT-02", title="又堆了", found_at=clock.now() + timedelta(seconds=2))
    db.session.commit()
    assert '请问一问 <span class="count">1' in desk.get(address).text, "more was found since"
    assert rows_in(QuestionLooked) == 2
    assert client_of("lingdao1").post(f"{address}/questions/other_deep", data={"words": "x"}).status_code == 403


def test_what_another_found_soon_afterwards_is_asked_about(app: Flask, district: District, client_of: ClientOf) -> None:
    visit = _short(app, district)
    found(district, "daibiao2", item="F-EXIT-03", title="出口被挡住", found_at=clock.now() + timedelta(seconds=1))
    found(district, "daibiao2", item="F-EXIT-04", title="没看过的那一项")
    db.session.commit()
    page = client_of("du1").get(f"/desk/visits/{visit}").text
    asked = page[page.index('id="visit-questions"') :]
    assert "看到：出口被挡住。这一次写的是“合格”" in asked
    assert "没看过的那一项" not in asked


def test_zones_in_a_third_of_the_usual_time_are_asked_about(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    """Two of them: one may have had its reason."""

    def walked(login: str, seconds: int, zones: tuple[str, ...], place: int = 0) -> str:
        visit = str(uuid4())
        closed = [zone_of(visit, 2 + number, zone=zone, seconds=seconds) for number, zone in enumerate(zones)]
        _sent(app, district, walk_of(district, visit, place=place), *closed, submit_of(visit, 9), login=login)
        return visit

    for number in range(5):
        walked("daibiao2", 90, ("hall", "power"), number % 3)
    desk = client_of("du1")
    assert "用的时间比平时短" not in desk.get(f"/desk/visits/{walked('daibiao1', 9, ('hall',))}").text
    page = desk.get(f"/desk/visits/{walked('daibiao1', 9, ('hall', 'power'))}").text
    assert "有 2 区用的时间比平时短" in page
    assert "“大厅和出口”用了 9.0 秒，别的代表平时 90 秒" in page


def test_an_assignment_may_demand_the_whole_and_a_photo_of_each_zone(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    desk, place = client_of("du1"), district.places[1]
    assert "没有特别要求" in desk.get(f"/desk/assignments?place={place}").text
    answer = desk.post(
        "/desk/assignments",
        data={
            "premises_id": str(place),
            "person_id": str(district.cast.persons["daibiao1"]),
            "on_day": clock.today().isoformat(),
            "checklists": ["fire-small-restaurant"],
            "whole": "yes",
            "zone_photos": "yes",
        },
    )
    assert answer.status_code == 303, answer.text
    row = db.session.query(Assignment).filter_by(premises_id=place).one()
    assert (row.depth, row.zone_photos) == ("full", True)
    assert "全查，每区一张全景照" in desk.get("/desk/assignments").text


def test_the_pages_of_a_place_and_of_a_visit_ask_the_same_however_much_was_walked(
    app: Flask, district: District, client_of: ClientOf, counting: Counting
) -> None:
    desk = client_of("du1")

    def asked(address: str) -> int:
        db.session.commit()
        db.session.remove()
        with counting() as statements:
            assert desk.get(address).status_code == 200
        return len(statements)

    visit = _short(app, district)
    pages = {f"/desk/places/{district.places[0]}": 23, f"/desk/visits/{visit}": 19}
    few = {address: asked(address) for address in pages}
    for _ in range(3):
        _short(app, district)
    assert {address: asked(address) for address in pages} == few
    assert {address: number for address, number in few.items() if number > pages[address]} == {}


def test_the_record_of_a_visit_is_printed_again_in_its_place_and_by_nobody_else(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    visit, thrown = _short(app, district), _void(app, district)
    db.session.commit()
    for login in ("zheng1", "jiedao1", "lingdao1", "daibiao1"):
        assert client_of(login).post(f"/desk/visits/{visit}/record").status_code == 403, login
    desk = client_of("du1")
    for _ in range(2):
        assert desk.post(f"/desk/visits/{visit}/record").status_code == 303
    first, second = db.session.scalars(select(Paper).where(Paper.kind == "visitrecord").order_by(Paper.serial)).all()
    assert (first.replaces_id, second.replaces_id) == (None, first.id)
    assert second.content["replaces"] == first.number
    assert "已被代替" in desk.get(f"/desk/visits/{visit}").text
    assert "出巡查记录表" not in desk.get(f"/desk/visits/{thrown}").text
    assert desk.post(f"/desk/visits/{thrown}/record").status_code == 422


def test_the_record_of_a_visit_that_found_nothing_is_opened_by_who_sees_the_visit(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    visit = str(uuid4())
    _sent(app, district, walk_of(district, visit), answer_of(visit, "pass", 2), submit_of(visit, 3))
    db.session.commit()
    assert client_of("du1").post(f"/desk/visits/{visit}/record").status_code == 303
    paper = db.session.scalars(select(Paper)).one()
    assert paper.content["lines"] == []
    assert queries.load(district.scope("du1"), paper.id).id == paper.id
    with pytest.raises(NotThere):
        queries.load(district.scope("xiaofang1"), paper.id)
    posted = {"reason": "多出了一张"}
    assert client_of("du1").post(f"/papers/{paper.id}/void", data=posted).status_code == 404, "it has no hazard's page"
