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
