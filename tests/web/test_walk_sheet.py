"""The paper of a short walk: every 重点项 once in its zone, boxes for what is wrong, and the full list beside it."""

import re
from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient

from inspect_app.checklists import actions, queries
from inspect_app.checklists.rules import Checklist, applicable
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.premises.models import Premises
from tests.support import District

ClientOf = Callable[[str], FlaskClient]
KIND = "small_restaurant"


def _without_keys(checklist: Checklist) -> Checklist:
    return replace(checklist, items=tuple(replace(item, key=False) for item in checklist.items))


def _rows(page: str) -> list[str]:
    sheet = page[page.index('class="walk"') :]
    return re.findall(r"<tr>\s*<td>(\d+)</td>", sheet)


def test_a_kind_whose_lists_have_no_keys_is_sent_to_the_full_sheets(app: Flask, client_of: ClientOf) -> None:
    actions.publish([_without_keys(queries.version(row.id)) for row in queries.current_for(KIND)])
    db.session.commit()
    page = client_of("daibiao1").get(f"/library/walks/{KIND}").text
    assert "现在只能全查" in page
    assert "/library/lists/gas-kitchen/blank" in page
    assert f"/library/walks/{KIND}" not in client_of("daibiao1").get("/library/").text
    assert client_of("daibiao1").get("/library/walks/moon").status_code == 404


def test_the_sheet_has_every_key_once_numbered_by_zone(app: Flask, client_of: ClientOf) -> None:
    page = client_of("daibiao1").get(f"/library/walks/{KIND}").text
    lists = [queries.asked(row.id, clock.today()) for row in queries.current_for(KIND)]
    keys = {item.code for one in lists for item in applicable(one, {"kind": KIND}) if item.key}
    assert _rows(page) == [str(number) for number in range(1, len(keys) + 1)]
    assert page.count("看了，没看到别的不对") == len(set(re.findall(r"[一二三四五六七八九十]、\w+", page)))
    assert "走访代表签名" in page
    assert "检查人" not in page
    assert "<svg" in page
    index = client_of("daibiao1").get("/library/").text
    assert f"/library/walks/{KIND}" in index
    assert all(f"重点 {sum(item.key for item in one.items)} 项" in index for one in lists)


def test_a_place_has_its_own_sheet_with_what_is_known_of_it(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    place = db.session.get_one(Premises, district.places[0])
    place.facts = {"gas_kind": "none"}
    db.session.commit()
    desk = client_of("du1")
    address = f"/library/walks/places/{place.id}"
    assert address in desk.get(f"/desk/places/{place.id}").text
    page = desk.get(address).text
    assert f"{place.code}-{clock.today():%Y%m%d}" in page
    assert place.address in page
    assert "只在用瓶装气时看" not in page, "that it uses none is known"


def test_the_full_sheet_says_that_it_is_the_full_one_and_who_walks(client_of: ClientOf) -> None:
    page = client_of("daibiao1").get("/library/lists/gas-kitchen/blank").text
    assert "（全查）</h1>" in page
    assert "走访代表签名" in page
    assert "检查人" not in page


def test_pages_of_the_library_say_what_the_short_walk_makes_of_an_item(app: Flask, client_of: ClientOf) -> None:
    page = client_of("daibiao1").get("/library/lists/gas-kitchen").text
    many = page.count("★ 必看")
    assert f"重点 {many} 项" in page
    assert many > 0
    assert "短查时在“先闻”" in page
    assert "★ 必看" in client_of("daibiao1").get("/library/items/G-SMELL-01").text
