"""A place under the name and address of another one: asked about at the desk, taken and marked from a phone."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.premises.models import Premises
from tests.operations import operation
from tests.support import District

ClientOf = Callable[[str], FlaskClient]


def _form(district: District, **more: str) -> dict[str, str]:
    usual = {
        "name": "王记面馆", "kind": "small_restaurant", "address": "柳荫街1号",
        "area_id": str(district.cast.communities[0]),
    }  # fmt: skip
    return usual | more


def _named(name: str) -> list[Premises]:
    db.session.expire_all()
    return list(db.session.scalars(select(Premises).where(Premises.name == name).order_by(Premises.made_at)))


@pytest.mark.parametrize("name", ["王记面馆", " 王记 面馆", "王记面馆\u3000", "王记（面馆）"])
def test_the_desk_is_asked_first_and_may_say_that_it_is_another(
    district: District, client_of: ClientOf, name: str
) -> None:
    desk = client_of("du1")
    asked = desk.post("/desk/places/new", data=_form(district, name=name, address="柳荫街 １号"))
    assert asked.status_code == 422
    assert "已经登记过了" in asked.text
    assert f"/desk/places/{district.places[0]}" in asked.text
    said = desk.post("/desk/places/new", data=_form(district, name=name, address="柳荫街 １号", another="yes"))
    assert said.status_code == 303
    assert "可能重复" not in desk.get(said.location).text, "it was looked at already"


def test_another_address_is_another_place(district: District, client_of: ClientOf) -> None:
    assert client_of("du1").post("/desk/places/new", data=_form(district, address="柳荫街11号")).status_code == 303


def test_what_comes_from_a_phone_is_taken_and_marked_until_the_desk_has_looked(
    district: District, client_of: ClientOf
) -> None:
    place = new_id()
    said = {"premises": str(place), "name": "王记面馆", "kind": "small_restaurant", "address": "柳荫街１号"}
    answer = client_of("daibiao1").post(
        "/intake/operations", json={"operations": [operation("premises.register", said, 1)]}
    )
    assert answer.status_code == 200
    row = db.session.get_one(Premises, place)
    assert (row.maybe_double_of_id, row.confirmed) == (district.places[0], False)
    desk = client_of("du1")
    assert "可能登记了两次" in desk.get("/desk/places").text
    listed = desk.get("/desk/places?only=double").text
    assert str(place) in listed
    assert "李家小炒" not in listed
    page = desk.get(f"/desk/places/{place}").text
    assert "可能重复" in page
    assert f"/desk/places/{district.places[0]}" in page
    assert desk.post(f"/desk/places/{place}/another").status_code == 303
    assert "可能重复" not in desk.get(f"/desk/places/{place}").text
    assert "可能登记了两次" not in desk.get("/desk/places").text


def test_sent_again_by_the_phone_it_is_still_one(district: District, client_of: ClientOf) -> None:
    phone, said = (
        client_of("daibiao1"),
        {"premises": str(new_id()), "name": "小店", "kind": "small_shop", "address": "东头"},
    )
    for seq in (1, 2):
        phone.post("/intake/operations", json={"operations": [operation("premises.register", said, seq)]})
    (row,) = _named("小店")
    assert row.maybe_double_of_id is None


def test_a_corrected_name_is_the_one_that_counts(district: District, client_of: ClientOf) -> None:
    desk = client_of("du1")
    form = _form(district, name="王记大面馆", status="open")
    assert desk.post(f"/desk/places/{district.places[0]}/change", data=form).status_code == 303
    assert desk.post("/desk/places/new", data=_form(district)).status_code == 303
    assert desk.post("/desk/places/new", data=_form(district, name="王记大面馆")).status_code == 422
