"""紧急上报 between the phone and the desk: who is told, who sees it, and its two ends."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.jobs import sweeps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.messages.models import Message
from inspect_app.people.models import Account, Person
from inspect_app.settings import Settings, SettingsError
from inspect_app.urgent_calls import queries as urgent_calls
from inspect_app.urgent_calls.models import UrgentCall
from tests.operations import operation
from tests.support import PIXEL, District, statements

Clients = Callable[[str], FlaskClient]


def _report(client: FlaskClient, **more: object) -> UUID:
    """As the phone sends it: photos are named before they are sent."""
    call = operation("urgent.call", {"danger": "gas", "where": "王记面馆门口", **more}, 1)
    answer = client.post("/intake/operations", json={"operations": [call]})
    assert answer.status_code == 200
    return UUID(call["id"])


def _call(call_id: UUID) -> UrgentCall:
    db.session.expire_all()
    return db.session.get_one(UrgentCall, call_id)


def test_the_reporter_reads_who_was_told_and_who_has_taken_it(district: District, client_of: Clients) -> None:
    call_id = _report(client_of("daibiao1"))
    page = client_of("daibiao1").get(f"/field/urgent/{call_id}").text
    assert all(words in page for words in ("已送达", "林静", "沈卫东", "曹磊", "tel:119"))
    client_of("du1").post(f"/desk/urgent/{call_id}/acknowledge")
    assert "林静正在处理" in client_of("daibiao1").get(f"/field/urgent/{call_id}").text
    assert client_of("daibiao2").get(f"/field/urgent/{call_id}").status_code == 404


def test_the_desk_sees_reporter_telephone_and_photo(district: District, client_of: Clients) -> None:
    photo = str(uuid4())
    account = db.session.get_one(Account, district.cast.accounts["daibiao1"])
    db.session.get_one(Person, account.person_id).phone = "13800001111"
    db.session.commit()
    _report(client_of("daibiao1"), photos=[photo])
    assert client_of("daibiao1").put(f"/intake/photos/{photo}", data=PIXEL).status_code == 200
    page = client_of("du1").get("/desk/").text
    assert all(words in page for words in ("陈玉兰", "tel:13800001111", "王记面馆门口", f"/photos/{photo}/thumb"))
    assert client_of("du1").get(f"/photos/{photo}/display").status_code == 200
    assert client_of("jiedao1").get(f"/photos/{photo}/display").status_code == 404
    assert client_of("daibiao2").get(f"/photos/{photo}/display").status_code == 404


def test_it_becomes_a_hazard_at_the_place_chosen_on_its_page(district: District, client_of: Clients) -> None:
    photo, desk = str(uuid4()), client_of("du1")
    call_id = _report(client_of("daibiao1"), photos=[photo])
    client_of("daibiao1").put(f"/intake/photos/{photo}", data=PIXEL)
    page = desk.get(f"/desk/urgent/{call_id}").text
    likeliest = re.findall(r'name="premises_id" value="([^"]+)"', page)
    assert likeliest[0] == str(district.places[0])
    assert "李家小炒" in desk.get(f"/desk/urgent/{call_id}?q=李家").text
    answer = desk.post(f"/desk/urgent/{call_id}/end", data={"premises_id": str(district.places[0])})
    hazard = db.session.scalars(select(Hazard)).one()
    assert answer.headers["Location"] == f"/desk/hazards/{hazard.id}"
    assert (hazard.premises_id, hazard.grade) == (district.places[0], "suspected_major")
    assert str(db.session.scalars(select(HazardPhoto.photo_id)).one()) == photo
    assert (_call(call_id).hazard_id, _call(call_id).ended_at is not None) == (hazard.id, True)
    assert "已经记成隐患" in client_of("daibiao1").get(f"/field/urgent/{call_id}").text


def test_it_ends_with_a_reason_and_not_without(district: District, client_of: Clients) -> None:
    call_id, desk = _report(client_of("daibiao1")), client_of("du1")
    assert desk.post(f"/desk/urgent/{call_id}/end", data={"reason": " "}).status_code == 422
    assert _call(call_id).ended_at is None
    assert desk.post(f"/desk/urgent/{call_id}/end", data={"reason": "燃气公司到场，已关阀。"}).status_code == 303
    assert _call(call_id).end_reason == "燃气公司到场，已关阀。"
    assert "王记面馆门口" not in desk.get("/desk/").text


@pytest.mark.parametrize("minutes", [3, 10])
def test_nobody_answers_and_it_is_urged_at_the_interval_that_is_set(
    minutes: int, app: Flask, district: District, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(app.extensions["settings"], urge_every=timedelta(minutes=minutes))
    monkeypatch.setitem(app.extensions, "settings", settings)
    call_id = _report(client_of("daibiao1"))
    for after, urged in ((minutes - 1, 0), (minutes, 1), (2 * minutes - 1, 1), (2 * minutes, 2)):
        with clock.stopped_at(_call(call_id).received_at + timedelta(minutes=after, seconds=1)):
            sweeps.urge_urgent_calls()
        assert _call(call_id).urged_count == urged
    told = db.session.scalars(select(Message.text).where(Message.subject_id == call_id)).all()
    assert sum(text.startswith("再次提醒") for text in told) == 2 * 3


def test_an_interval_that_is_none_stops_the_start(app: Flask) -> None:
    with pytest.raises(SettingsError, match="URGE_MINUTES"):
        Settings.from_environment({"DATA_DIR": str(app.extensions["settings"].data_dir), "URGE_MINUTES": "0"})


def _told(login: str, district: District) -> list[str]:
    db.session.expire_all()
    mine = select(Message.text).where(
        Message.to_person_id == district.scope(login).person_id, Message.subject_kind == "urgent"
    )
    return list(db.session.scalars(mine.order_by(Message.made_at)))


def test_no_call_is_refused_and_from_the_fourth_on_they_ring_as_one(district: District, client_of: Clients) -> None:
    phone = client_of("daibiao1")
    calls = [_report(phone, where=f"{number}号楼") for number in range(8)]
    told = _told("du1", district)
    assert len(told) == 4
    assert [words.split("。")[-1] for words in told[:3]] == ["0号楼", "1号楼", "2号楼"]
    assert "接着又报了 5 件" in told[3]
    assert "7号楼" in told[3]
    _report(client_of("daibiao2"), where="别人报的")
    assert "别人报的" in _told("du1", district)[-1], "another person rings alone"
    page = client_of("du1").get("/desk/").text
    assert "同一人接着又报了 4 件" in page
    assert all(f"{number}号楼" in page for number in range(8)), "none is hidden"
    assert "林静" in phone.get(f"/field/urgent/{calls[7]}").text, "also who was told of a bundled one"
    client_of("du1").post(f"/desk/urgent/{calls[3]}/acknowledge")
    assert all(_call(one).acknowledged_at for one in calls[3:])
    assert not any(_call(one).acknowledged_at for one in calls[:3])


def test_what_is_read_and_grows_is_new_again(district: District, client_of: Clients) -> None:
    phone = client_of("daibiao1")
    for number in range(4):
        _report(phone, where=f"{number}号楼")
    client_of("du1").post("/messages/read")
    _report(phone, where="9号楼")
    waiting = select(Message.text).where(
        Message.to_person_id == district.scope("du1").person_id, Message.read_at.is_(None)
    )
    assert "9号楼" in db.session.scalars(waiting).one()


def test_a_second_press_is_taken_and_rings_nobody(district: District, client_of: Clients) -> None:
    first, second = _report(client_of("daibiao1")), _report(client_of("daibiao1"))
    assert first != second
    assert len(_told("du1", district)) == 1
    assert _call(second).bundle_id == first
    page = client_of("du1").get("/desk/").text
    assert page.count('class="notice notice-bad call-card"') == 1


@pytest.mark.parametrize("taken", [0, 1])
def test_who_takes_over_either_press_takes_over_both(district: District, client_of: Clients, taken: int) -> None:
    calls = [_report(client_of("daibiao1")), _report(client_of("daibiao1"))]
    client_of("du1").post(f"/desk/urgent/{calls[taken]}/acknowledge")
    assert all(_call(one).acknowledged_at for one in calls)


def test_what_grows_stands_in_place_of_the_newest_and_copies_nothing(district: District, client_of: Clients) -> None:
    """Urged again meanwhile, then one more comes: one message tells it, the older ones stay what they were."""
    phone = client_of("daibiao1")
    calls = [_report(phone, where=f"{number}号楼") for number in range(4)]
    with clock.stopped_at(_call(calls[0]).received_at + timedelta(minutes=4)):
        sweeps.urge_urgent_calls()
        before = len(_told("du1", district))
        _report(phone, where="9号楼")
        told = _told("du1", district)
    assert len(told) == before
    assert sum("9号楼" in words for words in told) == 1


def test_many_of_one_person_are_urged_in_one_message(district: District, client_of: Clients) -> None:
    calls = [_report(client_of("daibiao1"), where=f"{number}号楼") for number in range(6)]
    before = len(_told("du1", district))
    with clock.stopped_at(_call(calls[0]).received_at + timedelta(minutes=4)):
        sweeps.urge_urgent_calls()
    again = _told("du1", district)
    assert len(again) == before + 1
    assert "同一人还有 5 件等人处理" in "".join(again)
    assert {_call(one).urged_count for one in calls} == {1}


def test_the_list_costs_the_desk_the_same_however_many_are_open(district: District, client_of: Clients) -> None:
    """It is asked for by every desk each half minute."""
    desk = client_of("du1")

    def read() -> tuple[int, str]:
        with statements() as sent:
            page = desk.get("/desk/urgent")
        return sum(one.startswith("SELECT") for one in sent), page.text

    first = str(uuid4())
    _report(client_of("daibiao1"), photos=[first])
    read()  # what a process reads once is not counted
    one, _ = read()
    for number in range(2, 7):
        # Each names a photo of its own, and that of the first besides: it is not theirs.
        _report(client_of(f"daibiao{number}"), where=f"{number}号楼", photos=[str(uuid4()), first])
    assert client_of("daibiao1").put(f"/intake/photos/{first}", data=PIXEL).status_code == 200
    db.session.expire_all()
    many, page = read()
    assert many == one
    assert page.count('class="notice notice-bad call-card"') == 6
    assert page.count(f"/photos/{first}/thumb") == 1
    assert page.count("/thumb") == 6


def test_no_more_are_listed_than_a_page_holds_and_all_are_counted(
    district: District, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urgent_calls, "MOST_CALLS", 3)
    for number in range(1, 6):
        _report(client_of(f"daibiao{number}"), where=f"{number}号楼")
    desk = client_of("du1")
    for address in ("/desk/", "/desk/urgent"):
        page = desk.get(address).text
        assert page.count('class="notice notice-bad call-card"') == 3
        assert all(f"{number}号楼" in page for number in (1, 2, 3)), "the oldest that nobody has taken"
        assert "一共 5 件没有办结，还有 2 件没有列在这里" in page
    assert "5 件紧急上报等人处理" in desk.get("/desk/calls").text
