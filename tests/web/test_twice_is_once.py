"""A finger that presses twice: one place, one account, one message; the second press sees what the first one did."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inspect_app.kernel import clock, once
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.once import OnceKey
from inspect_app.messages.models import Message
from inspect_app.papers.models import Paper
from inspect_app.people.models import Account, Station
from inspect_app.premises.models import Premises
from tests.originals import Town
from tests.support import PIXEL, District, accepted, found, handed_over, rows_in, typed_order

ClientOf = Callable[[str], FlaskClient]


def _place(district: District, **more: str) -> dict[str, str]:
    usual = {
        "name": "新开的面馆", "kind": "small_restaurant", "address": "柳荫街88号", "once": str(new_id()),
        "area_id": str(district.cast.communities[0]),
    }  # fmt: skip
    return usual | more


def test_a_place_registered_with_two_presses_is_one(district: District, client_of: ClientOf) -> None:
    client, form = client_of("du1"), _place(district)
    before = rows_in(Premises)
    first, second = (client.post("/desk/places/new", data=form) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert rows_in(Premises) == before + 1
    assert "没有再办一次" in client.get(second.location).text


def test_in_place_the_second_press_is_led_to_the_same_page(district: District, client_of: ClientOf) -> None:
    client, form = client_of("du1"), _place(district)
    first, second = (client.post("/desk/places/new", data=form, headers={"HX-Request": "true"}) for _ in range(2))
    assert first.headers["HX-Redirect"] == second.headers["HX-Redirect"]


def test_a_refused_press_leaves_its_key_for_the_next(district: District, client_of: ClientOf) -> None:
    client, form = client_of("du1"), _place(district)
    assert client.post("/desk/places/new", data=form | {"address": ""}).status_code == 422
    assert client.post("/desk/places/new", data=form).status_code == 303


def test_the_same_sheet_with_other_words_is_not_swallowed(district: District, client_of: ClientOf) -> None:
    """Back in the browser and changed: nobody is told that it was done when it was not."""
    client, form = client_of("du1"), _place(district)
    client.post("/desk/places/new", data=form)
    other = client.post("/desk/places/new", data=form | {"name": "另一家面馆"})
    assert other.status_code == 409
    assert "请刷新这一页再填" in other.text
    assert db.session.scalar(select(Premises.id).where(Premises.name == "另一家面馆")) is None


def test_a_key_is_worth_nothing_to_somebody_else(district: District, client_of: ClientOf) -> None:
    form = _place(district)
    client_of("du1").post("/desk/places/new", data=form)
    assert client_of("du2").post("/desk/places/new", data=form).status_code == 409


def test_a_first_password_is_not_shown_a_second_time(district: District, client_of: ClientOf) -> None:
    client = client_of("guanli1")
    office = district.scope("daibiao1")
    form = {
        "name": "新代表", "login": "xindaibiao", "mobile": "", "role": "deputy", "level": "区", "once": str(new_id()),
        "organisation_id": str(office.organisation_id), "area_id": str(office.area_id), "since": clock.today().isoformat(),
    }  # fmt: skip
    first, second = (client.post("/admin/accounts/new", data=form) for _ in range(2))
    assert first.status_code == 200
    account = db.session.execute(select(Account.id).where(Account.login == "xindaibiao")).scalar_one()
    assert (second.status_code, second.location) == (303, f"/admin/accounts/{account}")
    kept = db.session.scalars(select(OnceKey.led_to)).all()
    assert kept == [f"/admin/accounts/{account}"], "where it led, and no word of what it said"


def test_urging_twice_tells_once(app: Flask, district: District, client_of: ClientOf) -> None:
    hazard = accepted(district, handed_over(district, found(district)))
    db.session.commit()
    client = client_of("du1")
    page = client.get(f"/desk/hazards/{hazard.id}").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    form = {"once": str(new_id()), "version": version[1], "words": "请快一点"}
    before = rows_in(Message)
    first = client.post(f"/desk/hazards/{hazard.id}/urge", data=form, headers={"HX-Request": "true"})
    told = rows_in(Message)
    assert first.status_code == 200
    assert told > before
    second = client.post(
        f"/desk/hazards/{hazard.id}/urge", data=form,
        headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/desk/"},
    )  # fmt: skip
    assert second.headers["HX-Redirect"] == "/desk/"
    assert rows_in(Message) == told


def test_an_order_pressed_twice_is_one_and_the_second_press_sees_it(district: District, client_of: ClientOf) -> None:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    db.session.commit()
    client, form = client_of("xiaofang1"), typed_order(district) | {"once": str(new_id())}
    address = f"/hazards/{hazard.id}/papers/notice"
    first = client.post(address, data=form, headers={"HX-Request": "true"})
    assert first.status_code == 200
    here = {"HX-Request": "true", "HX-Current-URL": f"http://localhost/inbox/{hazard.id}"}
    second = client.post(address, data=form, headers=here)
    assert second.headers["HX-Redirect"] == f"/inbox/{hazard.id}"
    (paper,) = db.session.scalars(select(Paper)).all()
    assert paper.number in client.get(second.headers["HX-Redirect"]).text


def test_what_a_form_brings_as_a_file_counts_as_what_it_says(district: District, client_of: ClientOf) -> None:
    client, key = client_of("du1"), str(new_id())

    def send(data: bytes) -> int:
        form = _place(district, once=key, name="有照片的店", address="柳荫街99号") | {"photo": (BytesIO(data), "a.jpg")}  # type: ignore[operator]
        return client.post("/desk/places/new", data=form, content_type="multipart/form-data").status_code

    assert (send(PIXEL), send(PIXEL), send(PIXEL + b"x")) == (303, 303, 409)


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("du1", "/desk/places/new"), ("du1", "/desk/assignments"), ("du1", "/account"), ("guanli1", "/admin/accounts/new"),
        ("guanli1", "/admin/areas"), ("guanli1", "/admin/stations"), ("guanli1", "/admin/duty"),
        ("guanli1", "/admin/recusals"), ("guanli1", "/admin/organisations/new"), ("guanli1", "/library/drafts"),
    ],
)  # fmt: skip
def test_every_form_carries_a_key_of_its_own(client_of: ClientOf, login: str, path: str) -> None:
    client = client_of(login)
    pages = [client.get(path).text for _ in range(2)]
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", pages[0], re.DOTALL)
    assert forms
    keys = [re.findall(r'name="once" value="([^"]+)"', form) for form in forms]
    assert all(len(found) == 1 and UUID(found[0]) for found in keys)
    assert not {found[0] for found in keys} & set(re.findall(r'name="once" value="([^"]+)"', pages[1]))


@pytest.mark.slow
def test_two_presses_at_once_are_one(own_town: Town) -> None:
    district = own_town.district
    mark = db.session.scalar(select(Account.fs_uniquifier).where(Account.login == "guanli1"))
    db.session.rollback()
    area, form = str(district.cast.communities[0]), {"name": "柳荫家站", "kind": "家站", "once": str(new_id())}
    together = Barrier(4)

    def press(_number: int) -> tuple[int, str]:
        client = own_town.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = mark, True
            session["signed_in_at"] = clock.now().isoformat()
        together.wait(60)
        answer = client.post("/admin/stations", data=form | {"area_id": area})
        return answer.status_code, answer.location

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(press, range(4)))
    assert said == [(303, "/admin/stations")] * 4
    stations = select(func.count()).select_from(Station).where(Station.name == "柳荫家站")
    assert db.session.scalar(stations) == 1


def test_keys_are_dropped_when_no_page_has_them_any_more(district: District, client_of: ClientOf) -> None:
    client_of("du1").post("/desk/places/new", data=_place(district))
    assert once.drop_old() == 0
    with clock.stopped_at(clock.now() + timedelta(days=4)):
        assert once.drop_old() == 1
