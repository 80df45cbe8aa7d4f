"""Two places that are one, at the desk: side by side, merged with a reason, read as one, undone; and who may."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.premises import merging
from inspect_app.premises.models import Premises, PremisesMerge
from tests.support import District, found, statements

ClientOf = Callable[[str], FlaskClient]


def _merge(district: District, losing: int, into: int) -> PremisesMerge:
    return merging.merge(district.scope("du1"), district.places[losing], district.places[into], "同一家")


def test_two_places_are_looked_at_side_by_side_merged_and_taken_apart_again(
    district: District, client_of: ClientOf
) -> None:
    one, other = district.places[:2]
    hazard = found(district, place=1)
    names = {place: db.session.get_one(Premises, place).name for place in (one, other)}
    db.session.commit()
    desk = client_of("du1")
    looked = desk.get(f"/desk/places/{one}/merge?q={names[other]}")
    assert f"other={other}" in looked.text
    pair = desk.get(f"/desk/places/{one}/merge?other={other}").text
    assert "1 件" in pair
    said = {"other": str(other), "keep": str(one), "reason": "同一块招牌"}
    for lacking, words in (("keep", "请选留下哪一家"), ("reason", "请写理由")):
        refused = desk.post(f"/desk/places/{one}/merge", data=said | {lacking: ""})
        assert refused.status_code == 422
        assert words in refused.text
        assert names[other] in refused.text, "still side by side"
    merged = desk.post(f"/desk/places/{one}/merge", data=said)
    assert (merged.status_code, merged.location) == (303, f"/desk/places/{one}")
    page = desk.get(merged.location).text
    assert hazard.title in page
    assert f"原来登记在{names[other]}" in page
    assert "同一块招牌" in page
    assert "为什么先去这一家" in page
    assert "还没有进门查过" in page
    led = desk.get(f"/desk/places/{other}")
    assert (led.status_code, led.location) == (302, f"/desk/places/{one}")
    assert str(other) not in desk.get("/desk/places").text
    row = db.session.scalars(select(PremisesMerge)).one()
    back = desk.post(f"/desk/places/{one}/merges/{row.id}/undo", data={"reason": "招牌像，是两家"})
    assert (back.status_code, back.location) == (303, f"/desk/places/{other}")
    apart = desk.get(back.location).text
    assert hazard.title in apart
    assert "招牌像，是两家" in apart, "what was undone stays in the history"
    twice = desk.post(f"/desk/places/{one}/merges/{row.id}/undo", data={"reason": "又一次"})
    assert twice.status_code == 422
    assert "撤回过" in twice.text
    log = client_of("guanli1").get("/admin/acts").text
    said = re.sub(r"<[^>]+>|\s+", "", log)
    code = {place: db.session.get_one(Premises, place).code for place in (one, other)}
    assert f"合并场所：{names[other]}（{code[other]}）" in said
    assert f"并到：{names[one]}（{code[one]}）" in said
    assert "撤回合并" in said
    assert said.count("招牌像，是两家") == 1, "what was refused is no act"


@pytest.mark.parametrize("login", ["lingdao1", "jiedao1", "daibiao1"])
def test_who_may_not_write_in_the_register_merges_nothing(district: District, client_of: ClientOf, login: str) -> None:
    one, other = map(str, district.places[:2])
    sent = {"other": other, "keep": one, "reason": "同一家"}
    assert client_of(login).post(f"/desk/places/{one}/merge", data=sent).status_code in (403, 404)
    assert db.session.get_one(Premises, district.places[1]).merged_into_id is None


def test_a_place_and_its_lists_ask_the_same_however_many_were_merged_into_it(
    district: District, client_of: ClientOf
) -> None:
    found(district, place=0)
    db.session.commit()
    desk: Any = client_of("du1")
    pages = (f"/desk/places/{district.places[0]}", "/desk/places", "/desk/hazards", "/desk/visits", "/papers")

    def asked() -> list[int]:
        numbers = []
        for page in pages:
            desk.get(page)
            with statements() as said:
                assert desk.get(page).status_code == 200
            numbers.append(len(said))
        return numbers

    _merge(district, 1, 0)
    found(district, place=1, item="F-EXIT-02")
    db.session.commit()
    one = asked()
    _merge(district, 2, 0)
    found(district, place=2, item="F-EXIT-03")
    db.session.commit()
    assert asked() == one


def test_the_door_of_a_merged_place_opens_the_one_that_stands(district: District, client_of: ClientOf) -> None:
    code = db.session.get_one(Premises, district.places[1]).door_code
    _merge(district, 1, 0)
    db.session.commit()
    phone = client_of("daibiao1")
    assert phone.get(f"/field/door/{code}").location.endswith(str(district.places[0]))
    kept = phone.get(f"/field/data/places/{district.places[1]}").json
    assert kept is not None
    assert kept["id"] == str(district.places[0])
