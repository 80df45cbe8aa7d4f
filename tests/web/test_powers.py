"""What the law lets whom do, tried at the desk's own forms: 认定, 挂牌, 重点督办, orders. Cases C25 and C14."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from inspect_app.people import powers
from inspect_app.people.models import Organisation
from tests.support import (
    PIXEL,
    District,
    accepted,
    closed,
    determined,
    found,
    handed_over,
    order_of,
    submitted,
    typed_order,
    verified,
)

Enter = Callable[[str], FlaskClient]
ANSWER = {"major": "yes", "number": "青消认〔2026〕3号"}
MEASURES = dict.fromkeys(("duty", "measures", "money", "time", "plan"), "写明了")


def _step(client: FlaskClient, room: str, hazard: Hazard, step: str, **typed: Any) -> TestResponse:
    answer = client.post(
        f"/{room}/{hazard.id}/steps/{step}", data={"version": hazard.version, "on": clock.today().isoformat()} | typed,
        headers={"HX-Request": "true"}, content_type="multipart/form-data",
    )  # fmt: skip
    db.session.expire_all()
    return answer


def _scan() -> tuple[io.BytesIO, str]:
    return io.BytesIO(PIXEL), "答复.jpg"


def _ready(district: District, office: str = "fire", officer: str = "xiaofang1") -> Hazard:
    hazard = accepted(district, handed_over(district, found(district), office), officer)
    db.session.commit()
    return hazard


def _issue(client: FlaskClient, hazard: Hazard, **typed: str) -> TestResponse:
    answer = client.post(f"/hazards/{hazard.id}/papers/notice", data=typed, headers={"HX-Request": "true"})
    db.session.expire_all()
    return answer


def _papers(hazard: Hazard) -> int:
    return db.session.scalar(select(func.count(Paper.id)).where(Paper.premises_id == hazard.premises_id)) or 0


@pytest.mark.parametrize("login", ["du1", "zheng1"])
def test_an_authority_of_any_words_determines_nothing(district: District, client_of: Enter, login: str) -> None:
    """C25."""
    hazard = found(district, major=True)
    db.session.commit()
    typed = {"major": "yes", "authority": "某某单位", "number": "无", "photos": _scan()}
    assert _step(client_of(login), "desk/hazards", hazard, "determine", **typed).status_code == 422
    assert hazard.grade == "suspected_major"


@pytest.mark.parametrize("named", ["street", "gas", "street_congress", "nobody"])
def test_only_an_authority_of_the_field_can_be_named_for_a_determination(
    district: District, client_of: Enter, named: str
) -> None:
    """A street without the power, an authority of another field, the congress side, an id of nothing."""
    hazard = found(district)
    db.session.commit()
    client, authority = client_of("du1"), str(district.cast.offices.get(named, uuid4()))
    for step, typed in (("determine", ANSWER | {"photos": _scan()}), ("refer", {"reason": "可能达到"})):
        answer = _step(client, "desk/hazards", hazard, step, authority_id=authority, **typed)
        assert answer.status_code == 422, step
        assert "请从名单里选" in answer.text  # the list offers only who has the power
    assert (hazard.grade, hazard.referred_at) == ("general", None)


@pytest.mark.parametrize("left_out", ["number", "on", "photos", "authority_id"])
def test_a_determination_has_number_date_and_a_photo_of_the_answer(
    app: Flask, district: District, client_of: Enter, left_out: str
) -> None:
    hazard, fire = found(district, major=True), district.cast.offices["fire"]
    db.session.commit()
    whole: dict[str, Any] = ANSWER | {"authority_id": str(fire), "photos": _scan()}
    lacking = {name: value for name, value in whole.items() if name != left_out} | (
        {"on": ""} if left_out == "on" else {}
    )
    assert _step(client_of("du1"), "desk/hazards", hazard, "determine", **lacking).status_code == 422
    whole["photos"] = _scan()
    assert _step(client_of("du1"), "desk/hazards", hazard, "determine", **whole).status_code == 200
    assert (hazard.grade, hazard.determined_by_id) == ("major", fire)
    places = db.session.scalars(select(HazardPhoto.slot).where(HazardPhoto.hazard_id == hazard.id)).all()
    assert places == ["document"]
    facts = client_of("du1").get(f"/desk/hazards/{hazard.id}").text.partition("基本情况")[2].partition("期限</h3>")[0]
    assert "机关：区消防大队" in facts
    assert "文号：青消认〔2026〕3号" in facts


def test_what_was_determined_is_lowered_by_the_answer_of_the_same_authority_alone(
    app: Flask, district: District, client_of: Enter
) -> None:
    storage, client = app.extensions["storage"], client_of("du1")
    hazard = determined(district, found(district), storage)
    db.session.commit()
    asked = _step(client, "desk/hazards", hazard, "ask_lower", grade="general", reason="看错了")
    assert (asked.status_code, hazard.grade) == (422, "major")
    _grant(district, "market", "determine_major", "fire")
    lower = {"major": "no", "number": "2号"}
    other = _step(
        client, "desk/hazards", hazard, "determine", authority_id=str(district.cast.offices["market"]),
        photos=_scan(), **lower,
    )  # fmt: skip
    assert (other.status_code, hazard.grade) == (422, "major"), "another authority of the field did not determine it"
    own = _step(
        client, "desk/hazards", hazard, "determine", authority_id=str(district.cast.offices["fire"]), photos=_scan(),
        **lower,
    )  # fmt: skip
    assert (own.status_code, hazard.grade) == (200, "general")


def test_two_persons_still_take_back_a_suspicion(district: District, client_of: Enter) -> None:
    hazard = found(district, major=True)
    db.session.commit()
    asked = _step(client_of("du1"), "desk/hazards", hazard, "ask_lower", grade="general", reason="看错了尺寸")
    assert asked.status_code == 200
    second = client_of("du2")
    form = second.get(f"/desk/hazards/{hazard.id}").text.split('/steps/lower"', 1)[1].split("</form>", 1)[0]
    shown = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    assert _step(second, "desk/hazards", hazard, "lower", **shown).status_code == 200
    assert hazard.grade == "general"


def test_a_listing_demands_a_determination_and_an_authority_with_that_power(
    app: Flask, district: District, client_of: Enter
) -> None:
    hazard = found(district, major=True)
    db.session.commit()
    offices, client = district.cast.offices, client_of("du1")
    typed = MEASURES | {"number": "青应急督〔2026〕2号", "authority_id": str(offices["emergency"])}
    assert _step(client, "desk/hazards", hazard, "list", **typed).status_code == 422, "only suspected"
    assert _step(client_of("yingji1"), "desk/hazards", hazard, "list", **typed).status_code == 422
    determined(district, hazard, app.extensions["storage"])
    db.session.commit()
    for named in ("street", "fire"):
        wrong = _step(client, "desk/hazards", hazard, "list", **(typed | {"authority_id": str(offices[named])}))
        assert wrong.status_code == 422, named
    street = _step(client_of("zheng1"), "desk/hazards", hazard, "list", **typed)
    assert (street.status_code, hazard.listed_at) == (422, None), "the street holds no such power"
    assert _step(client_of("yingji1"), "desk/hazards", hazard, "list", **typed).status_code == 200
    assert hazard.listed_by_id == offices["emergency"]
    lift = {"number": "3号", "authority_id": str(offices["fire"])}
    assert _step(client, "desk/hazards", hazard, "unlist", **lift).status_code == 422, "lifted by who listed"
    lift["authority_id"] = str(offices["emergency"])
    assert _step(client, "desk/hazards", hazard, "unlist", **lift).status_code == 200
    assert (hazard.listed_at, hazard.listed_by_id) == (None, None)


@pytest.mark.parametrize("left_out", ["meeting", "on", "leader", "reason"])
def test_the_congress_watches_what_a_meeting_decided(district: District, client_of: Enter, left_out: str) -> None:
    hazard = found(district)
    db.session.commit()
    whole = {
        "meeting": "区人大常委会第 52 次主任会议", "on": clock.today().isoformat(), "leader": "江雪梅", "reason": "连续三年反弹",
    }  # fmt: skip
    lacking = _step(client_of("du1"), "desk/hazards", hazard, "watch", **(whole | {left_out: ""}))
    assert (lacking.status_code, hazard.watched_at) == (422, None)
    answer = _step(client_of("du1"), "desk/hazards", hazard, "watch", **whole)
    assert answer.status_code == 200
    for words in ("第 52 次主任会议", "江雪梅"):
        assert words in answer.text
    assert hazard.watched_at is not None


def test_a_street_does_not_order_on_what_the_fire_brigade_has(district: District, client_of: Enter) -> None:
    hazard = _ready(district)
    answer = _issue(client_of("zheng1"), hazard, **typed_order(district, "zheng1"))
    assert (answer.status_code, _papers(hazard), hazard.order_number) == (403, 0, None)
    assert "出责令" not in client_of("zheng1").get(f"/desk/hazards/{hazard.id}").text


def test_an_office_does_not_order_outside_its_field(district: District, client_of: Enter) -> None:
    hazard = _ready(district, "gas", "ranqi1")
    answer = _issue(client_of("ranqi1"), hazard, **typed_order(district, "ranqi1"))
    assert (answer.status_code, _papers(hazard)) == (403, 0)


@pytest.mark.parametrize("left_out", ["inspected_on", "inspected_at", "record", "officer_1", "officer_2"])
def test_an_order_rests_on_an_inspection_of_its_own(district: District, client_of: Enter, left_out: str) -> None:
    hazard = _ready(district)
    answer = _issue(client_of("xiaofang1"), hazard, **typed_order(district, **{left_out: ""}))
    assert (answer.status_code, _papers(hazard)) == (422, 0)
    assert 'value="经营者王某，未办照"' in answer.text, "what was typed is not lost"
    assert f'id="notice-{left_out}-fault"' in answer.text


def test_an_inspection_lies_not_ahead(district: District, client_of: Enter) -> None:
    hazard = _ready(district)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    answer = _issue(client_of("xiaofang1"), hazard, **typed_order(district, inspected_on=tomorrow))
    assert (answer.status_code, _papers(hazard)) == (422, 0)


def test_the_officers_are_two_of_the_offices_own_list_of_today(district: District, client_of: Enter) -> None:
    hazard, client = _ready(district), client_of("xiaofang1")
    own, foreign = order_of(district).officers, order_of(district, "jiedao1").officers
    for first, second in ((own[0], own[0]), (own[0], foreign[0]), (foreign[0], foreign[1]), (own[0], uuid4())):
        answer = _issue(client, hazard, **typed_order(district, officer_1=str(first), officer_2=str(second)))
        assert (answer.status_code, _papers(hazard)) == (422, 0)
    for row in powers.officers(district.cast.offices["fire"], clock.today()):
        row.until = clock.today() - timedelta(days=1)
    db.session.commit()
    answer = _issue(client, hazard, **typed_order(district, officer_1=str(own[0]), officer_2=str(own[1])))
    assert (answer.status_code, _papers(hazard)) == (422, 0), "their certificates have ended"


@pytest.mark.parametrize("setting", ["consequence", "review_body", "court", "address"])
def test_an_office_whose_orders_lack_a_setting_issues_none(district: District, client_of: Enter, setting: str) -> None:
    hazard = _ready(district)
    setattr(db.session.get_one(Organisation, district.cast.offices["fire"]), setting, "")
    db.session.commit()
    answer = _issue(client_of("xiaofang1"), hazard, **typed_order(district))
    assert (answer.status_code, _papers(hazard)) == (422, 0)
    page = client_of("xiaofang1").get(f"/inbox/{hazard.id}").text
    assert "请管理员在“单位和职权”里填好" in page


def _once(page: str) -> str:
    found_ = re.search(r'name="once" value="([^"]+)"', page)
    assert found_ is not None
    return found_.group(1)


def test_an_order_bears_the_name_that_its_own_remedies_give_it(district: District, client_of: Enter) -> None:
    """Before: its head said 整改通知书 while its remedies spoke of 本责令限期改正通知书."""
    hazard = _ready(district)
    assert _issue(client_of("xiaofang1"), hazard, **typed_order(district)).status_code == 200
    paper = db.session.scalars(select(Paper).where(Paper.number == hazard.order_number)).one()
    assert paper.title == paper.content["title"] == "责令限期改正通知书"
    assert "如不服本责令限期改正通知书" in paper.content["remedies"]
    shown = client_of("xiaofang1").get(f"/inbox/{hazard.id}").text
    assert "问题：责令" not in "".join(shown.split())


def test_a_double_press_makes_one_order_and_a_second_only_replaces_the_first(
    district: District, client_of: Enter
) -> None:
    """C14."""
    hazard, client = _ready(district), client_of("xiaofang1")
    once = _once(client.get(f"/inbox/{hazard.id}").text)
    first, second = (_issue(client, hazard, once=once, **typed_order(district)) for _ in range(2))
    assert (first.status_code, second.status_code, _papers(hazard)) == (200, 200, 1)
    number = hazard.order_number
    assert number is not None
    led_to = second.headers.get("HX-Redirect") or second.location
    assert number in client.get(led_to).text, "the second press is led to what the first has made"
    fresh = _issue(client, hazard, **typed_order(district))
    assert (fresh.status_code, _papers(hazard)) == (422, 1), "another press from a page opened before"
    page = client.get(f"/inbox/{hazard.id}").text
    assert f"另出一份代替{number}" in page
    again = _issue(client, hazard, once=_once(page), replaces=number, **typed_order(district))
    assert (again.status_code, _papers(hazard)) == (200, 2)
    old = db.session.scalars(select(Paper).where(Paper.number == number)).one()
    new = db.session.scalars(select(Paper).where(Paper.number == hazard.order_number)).one()
    assert (new.replaces_id, new.content["replaces"]) == (old.id, number)
    assert f"已被{new.number}代替" in again.text
    served = client.post(f"/papers/{old.id}/service", data={"way": "in_person", "received_by": "店长"})
    assert served.status_code == 422


def test_the_id_of_a_form_opens_nobody_elses_paper(district: District, client_of: Enter) -> None:
    hazard, other = _ready(district), found(district, place=1)
    accepted(district, handed_over(district, other, "street"), "jiedao1")
    db.session.commit()
    assert _issue(client_of("xiaofang1"), hazard, once=str(uuid4()), **typed_order(district)).status_code == 200
    made = db.session.scalars(select(Paper).where(Paper.number == hazard.order_number)).one()
    for once, status in ((str(made.id), 200), ("x", 422)):
        answer = _issue(client_of("jiedao1"), other, once=once, **typed_order(district, "jiedao1"))
        assert answer.status_code == status
        assert made.number not in answer.text
    assert other.order_number not in (None, made.number)


def test_the_order_of_another_office_is_not_ours_to_replace(district: District, client_of: Enter) -> None:
    hazard = _ready(district)
    _issue(client_of("xiaofang1"), hazard, **typed_order(district))
    number = hazard.order_number
    _step(
        client_of("du1"), "desk/hazards", hazard, "reassign", handler_id=str(district.cast.offices["street"]),
        restart="yes", reply_days="5", reason="归街道",
    )  # fmt: skip
    answer = _issue(client_of("jiedao1"), hazard, replaces=str(number), **typed_order(district, "jiedao1"))
    assert (answer.status_code, hazard.order_number) == (422, number)
    assert "请它先作废" in answer.text


def test_an_order_made_elsewhere_is_registered_under_the_same_demands(district: District, client_of: Enter) -> None:
    hazard, client, made = _ready(district), client_of("xiaofang1"), order_of(district)
    whole = {
        "title": made.title, "number": made.number, "due_on": made.due_on.isoformat(), "requirement": "打开出口",
        "inspected_on": clock.today().isoformat(), "inspected_at": "柳荫街1号", "record": "检1号",
        "officer_1": str(made.officers[0]), "officer_2": str(made.officers[1]),
    }  # fmt: skip
    for name in whole:
        lacking = _step(client, "inbox", hazard, "order", **(whole | {name: ""}))
        assert (lacking.status_code, hazard.order_number) == (422, None), name
    answer = _step(client, "inbox", hazard, "order", **whole)
    assert (answer.status_code, hazard.order_number) == (200, made.number)
    assert "《中华人民共和国消防法》第五十四条" in answer.text, "the article of power stands in the log"
    again = _step(client, "inbox", hazard, "order", **(whole | {"number": "2号"}))
    assert (again.status_code, hazard.order_number) == (422, made.number)
    again = _step(client, "inbox", hazard, "order", **(whole | {"number": "2号", "replaces": made.number}))
    assert (again.status_code, hazard.order_number) == (200, "2号")
    printed = _issue(client, hazard, replaces="2号", **typed_order(district))
    assert printed.status_code == 200, "one made elsewhere is replaced by one printed here"
    number = str(hazard.order_number)
    back = _step(client, "inbox", hazard, "order", **(whole | {"number": "3号", "replaces": number}))
    assert (back.status_code, hazard.order_number) == (422, number), "the sheet is given up first"


def test_a_hazard_has_one_report_and_a_reopening_ends_it(app: Flask, district: District, client_of: Enter) -> None:
    storage, client = app.extensions["storage"], client_of("du1")
    hazard = submitted(district, accepted(district, handed_over(district, found(district))), storage)
    closed(district, verified(district, hazard))
    db.session.commit()
    address = f"/hazards/{hazard.id}/papers/closure"
    once = _once(client.get(f"/desk/hazards/{hazard.id}").text)
    for _ in range(2):
        assert client.post(address, data={"once": once}, headers={"HX-Request": "true"}).status_code == 200
    assert _papers(hazard) == 1
    assert client.post(address, data={}, headers={"HX-Request": "true"}).status_code == 422
    page = client.get(f"/desk/hazards/{hazard.id}").text
    assert "出闭环报告" not in page
    assert "已失效" not in page
    reopened = _step(client, "desk/hazards", hazard, "reopen", reason="又锁上了", photos=_scan())
    assert reopened.status_code == 200
    assert "已失效（重开）" in reopened.text


def _grant(district: District, office: str, power: str, law_field: str) -> None:
    from inspect_app.people import profile
    from inspect_app.people.rules import LawField, Power

    article = profile.Article(LawField(law_field), "某法", "第一条", "清单")
    first, second = (district.cast.persons[login] for login in ("guanli1", "guanli2"))
    row = profile.grant_power(
        UUID(str(district.cast.offices[office])), Power(power), article, since=clock.today(), entered_by=first
    )
    profile.confirm_power(row, confirmed_by=second)
    db.session.commit()
