"""一店一档 on the screen: the first of everything, how much there is, and nothing beyond what the reader may see."""

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from inspect_app.hazards.at_a_place import found_there, newest_photos
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers import listing
from inspect_app.papers.listing import PaperFilters
from tests.database.prints import issued
from tests.sheets import credit_code
from tests.support import District, closed, found, to_be_verified, verified

ClientOf = Callable[[str], FlaskClient]


def _page(client_of: ClientOf, district: District, login: str = "du1") -> str:
    return client_of(login).get(f"/desk/places/{district.places[0]}").text


def test_what_is_settled_stands_beside_what_is_open_with_its_true_count(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    for number in range(12):
        found(district, item=f"F-X-{number}")
    mended = closed(district, verified(district, to_be_verified(district, app.extensions["storage"])))
    db.session.commit()
    page = _page(client_of, district)
    assert re.search(r'没有销号的隐患 <span class="count">12<', page)
    assert re.search(r'办结了的隐患 <span class="count">1<', page)
    assert f"/desk/hazards/{mended.id}" in page
    assert f'href="/desk/hazards?place={district.places[0]}">看全部 12 件' in page
    listed = client_of("du1").get(f"/desk/hazards?place={district.places[0]}").text
    assert "12 件" in listed


def test_photos_say_what_they_show_and_are_those_the_reader_may_see(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    mended = closed(district, verified(district, to_be_verified(district, app.extensions["storage"])))
    db.session.commit()
    shots = newest_photos(district.scope("du1"), district.places[0], 20)
    assert {shot.name for shot in shots} >= {"整改后"}
    assert {shot.hazard_id for shot in shots} == {mended.id}
    page = _page(client_of, district)
    assert all(f"/photos/{shot.photo_id}/thumb" in page for shot in shots)
    assert not newest_photos(district.scope("guanli1"), district.places[0], 20)
    assert not newest_photos(district.scope("xiaofang1"), district.places[0], 20)


def test_papers_stand_with_their_kind_date_and_whether_they_were_served(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    papers = issued(app, district, [1])
    db.session.commit()
    page = _page(client_of, district)
    assert papers[0].number in page
    assert papers[0].title in page
    assert "还没送达" in page
    scope, about = district.scope("du1"), PaperFilters(premises_id=district.places[0])
    assert listing.count(scope, about) == len(papers)
    assert papers[0].number in client_of("du1").get(f"/papers?place={district.places[0]}").text
    assert papers[0].number not in client_of("du1").get(f"/papers?place={district.places[1]}").text


def test_who_keeps_the_register_only_is_told_of_no_hazard(district: District, client_of: ClientOf) -> None:
    hazard = found(district)
    db.session.commit()
    page = _page(client_of, district, "guanli1")
    assert "责任主体" in page
    assert hazard.title not in page
    assert "没有销号的隐患" not in page
    assert "为什么先去" not in page
    assert found_there(district.scope("guanli1"), district.places[0], clock.today()).total == 0


def test_the_page_of_a_party_shows_its_places_and_masks_its_numbers(district: District, client_of: ClientOf) -> None:
    desk, mobile = client_of("du1"), "13812342207"
    for number in (0, 1):
        said = {"role": "owner", "name": "青江置业", "credit_code": credit_code(1), "phone": mobile}
        assert desk.post(f"/desk/places/{district.places[number]}/party", data=said).status_code == 303
    hazard = found(district)
    db.session.commit()
    place = desk.get(f"/desk/places/{district.places[0]}").text
    address = re.findall(r'href="(/desk/parties/[^"]+)">青江置业<', place)[0]
    page = desk.get(address).text
    assert "青江置业" in page
    assert credit_code(1) in page
    assert hazard.title in page
    assert all(f"/desk/places/{one}" in page for one in district.places[:2])
    assert mobile not in page
    assert "138****2207" in page
    assert str(hazard.id) in desk.get(f"/desk/hazards?holder={address.rpartition('/')[2]}").text
    keeper = client_of("guanli1").get(address).text
    assert "青江置业" in keeper
    assert hazard.title not in keeper
    assert client_of("xiaofang1").get(address).status_code == 403


def test_a_namesake_is_asked_about_and_a_holding_ended(district: District, client_of: ClientOf) -> None:
    desk, said = client_of("du1"), {"role": "operator", "name": "王福来"}
    addresses = [f"/desk/places/{one}" for one in district.places]
    assert desk.post(f"{addresses[0]}/party", data=said).status_code == 303
    asked = desk.post(f"{addresses[1]}/party", data=said)
    assert asked.status_code == 422
    assert "是另一位，正好同名" in asked.text
    party = re.findall(r'name="same_as" value="([^"]+)"', asked.text)[0]
    assert desk.post(f"{addresses[1]}/party", data=said | {"same_as": party}).status_code == 303
    assert desk.get(f"/desk/parties/{party}").text.count('href="/desk/places/0') == 2
    end = re.findall(r'action="([^"]+/end)"', desk.get(addresses[1]).text)[0]
    assert desk.post(end).status_code == 303
    assert "还不知道由谁负责" in desk.get(addresses[1]).text
    listed = desk.get("/desk/places?only=unknown").text
    assert str(district.places[1]) in listed
    assert str(district.places[0]) not in listed
    assert desk.post(end).status_code == 404
