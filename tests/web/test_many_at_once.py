"""One step for many hazards: each under its own rules; what cannot be done writes nothing and is named; pressed twice is once."""

import re
from collections.abc import Callable
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inspect_app.hazards.actions.steps import add_photos
from inspect_app.hazards.events import Event
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.own import own
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.messages.models import Message
from inspect_app.printing.models import PrintJob
from tests.support import District, accepted, found, handed_over, photo, submitted, verified

ClientOf = Callable[[str], FlaskClient]


def _thirty(district: District, number: int = 30) -> list[Hazard]:
    made = [found(district, item=f"X-{one}", place=one % 3, title=f"第{one}件") for one in range(number)]
    db.session.commit()
    return made


def _form(district: District, hazards: list[Hazard], **said: str) -> dict[str, object]:
    usual: dict[str, object] = {
        "pick": [f"{hazard.id}:{hazard.version}" for hazard in hazards], "once": str(new_id()),
        "handler_id": str(district.cast.offices["street"]), "reply_days": "5", "no_paper": "随清单交办",
    }  # fmt: skip
    return usual | said


def _states(hazards: list[Hazard]) -> dict[UUID, str]:
    rows = db.session.execute(select(Hazard.id, Hazard.state).where(Hazard.id.in_([one.id for one in hazards])))
    return {row.id: row.state for row in rows}


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_of_thirty_twenty_nine_are_handed_over_and_the_one_is_named_with_its_reason(
    district: District, client_of: ClientOf
) -> None:
    hazards = _thirty(district)
    form = _form(district, hazards)
    handed_over(district, lock(hazards[7].id), "fire")  # meanwhile, by a colleague
    db.session.commit()
    events = _count(Event)
    client = client_of("du1")
    answer = client.post("/desk/do/assign", data=form)
    assert answer.status_code == 303
    assert _count(Event) == events + 29, "what was refused writes nothing"
    db.session.expire_all()
    assert {one.handler_id for one in hazards} == {district.cast.offices["street"], district.cast.offices["fire"]}
    page = client.get(answer.location).text
    assert "29 件已交办" in page
    assert re.search(rf"1 件没有办：“第7件”（{hazards[7].number}），刚才\S+ \d\d:\d\d 改过这一件：交办", page)
    assert re.findall(r'value="([0-9a-f-]{36}):\d+" form="batch" data-pick checked', page) == [str(hazards[7].id)]
    told = db.session.scalars(
        select(Message.subject_id).where(Message.to_person_id == district.cast.persons["jiedao1"])
    ).all()
    assert {one.id for one in hazards} - set(told) == {hazards[7].id}, "each is told of"


def test_pressed_twice_is_once(district: District, client_of: ClientOf) -> None:
    hazards = _thirty(district, 3)
    form, client = _form(district, hazards), client_of("du1")
    first = client.post("/desk/do/assign", data=form)
    events, messages = _count(Event), _count(Message)
    second = client.post("/desk/do/assign", data=form)
    assert (second.status_code, second.location) == (303, first.location)
    assert (_count(Event), _count(Message)) == (events, messages)
    assert "刚才已经办好了，没有再办一次" in client.get(second.location).text


def test_a_form_that_lacks_something_does_nothing_and_keeps_what_was_ticked(
    district: District, client_of: ClientOf
) -> None:
    hazards = _thirty(district, 3)
    client, events = client_of("du1"), _count(Event)
    for wrong, said in (
        ({"handler_id": ""}, "请选承办单位"),
        ({"no_paper": ""}, "不另行文的理由"),
        ({"mending_on": "2020-01-01"}, "整改期限"),
        ({"pick": []}, "还没有勾选"),
        ({"pick": [], "all": "2"}, "刚才看到的是 2 件，现在是 3 件"),
        ({"pick": ["x"]}, "太旧了"),
    ):
        answer = client.post("/desk/do/assign", data=_form(district, hazards) | wrong)
        assert answer.status_code == 422, wrong
        assert said in answer.text.split('role="alert"', 1)[1]
        ticked = len(re.findall(r"data-pick checked", answer.text))
        assert ticked == (0 if "pick" in wrong else 3)
    assert _count(Event) == events
    assert set(_states(hazards).values()) == {"found"}


def test_all_of_them_are_as_many_as_were_shown(district: District, client_of: ClientOf) -> None:
    hazards = _thirty(district, 24)
    client = client_of("du1")
    page = client.get("/desk/?do=assign").text
    assert 'name="all" value="24"' in page
    assert len(re.findall("data-pick>", page)) == 20, "one page"
    answer = client.post("/desk/do/assign", data=_form(district, [], all="24"))
    assert "24 件已交办" in client.get(answer.location).text
    assert set(_states(hazards).values()) == {"rectifying"}


def test_what_somebody_does_not_see_is_left_out_and_not_named(district: District, client_of: ClientOf) -> None:
    own_one = handed_over(district, found(district, title="我们的"))
    foreign = handed_over(district, found(district, item="F-EXIT-02", title="别人的隐患"), "fire")
    db.session.commit()
    proposed = own_one.mending_on
    client = client_of("jiedao1")
    alone = client.post("/inbox/do/accept", data={"pick": [f"{foreign.id}:{foreign.version}"]})
    nothing = client.post("/inbox/do/accept", data={"pick": [f"{new_id()}:1"]})
    assert alone.status_code == nothing.status_code == 404
    one, other = (re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}", "", page.text.split("<body", 1)[1]) for page in (alone, nothing))
    assert one == other, "but for the number of the request"
    both = client.post("/inbox/do/accept", data={"pick": [f"{one.id}:{one.version}" for one in (own_one, foreign)]})
    page = client.get(both.location).text
    assert "1 件已签收" in page
    assert "1 件没有找到" in page
    assert "别人的隐患" not in page
    db.session.expire_all()
    assert (own_one.accepted_at is None, foreign.accepted_at is None) == (False, True)
    assert own_one.mending_on == proposed is not None, "the date that was proposed"


def test_each_gets_the_date_that_its_own_form_would_propose(district: District, client_of: ClientOf) -> None:
    short = found(district, details={"wordings": [], "advice": [], "basis": [], "days": 3, "no_photo_reason": "测试"})
    long = found(
        district,
        item="F-EXIT-02",
        details={"wordings": [], "advice": [], "basis": [], "days": 20, "no_photo_reason": "测试"},
    )
    db.session.commit()
    client_of("du1").post("/desk/do/assign", data=_form(district, [short, long]))
    db.session.expire_all()
    assert short.mending_on is not None
    assert long.mending_on is not None
    assert (long.mending_on - short.mending_on).days >= 10


def test_many_are_urged_and_many_closed_with_their_pairs_in_view(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    storage, done = app.extensions["storage"], []
    for place in range(3):
        hazard = submitted(district, accepted(district, handed_over(district, found(district, place=place))), storage)
        add_photos(hazard, own((photo(storage, district, "daibiao1"),), district.actor("daibiao1")), "before")
        done.append(verified(district, hazard))
    late = [handed_over(district, found(district, item=f"X-{one}")) for one in range(2)]
    db.session.commit()
    client = client_of("du1")
    page = client.get("/desk/?do=close").text
    assert page.count("整改前的") == page.count("整改后的") == 3
    answer = client.post("/desk/do/close", data={"pick": re.findall(r'value="([^"]+)" form="batch" data-pick', page)})
    assert "3 件已销号" in client.get(answer.location).text
    assert set(_states(done).values()) == {"closed"}
    answer = client.post("/desk/do/watch", data={"all": "2", "words": "请抓紧"})
    assert "2 件已催办" in client.get(answer.location).text
    db.session.expire_all()
    assert {one.last_step for one in late} == {"urge"}


def test_the_ticked_ones_are_printed(district: District, client_of: ClientOf) -> None:
    hazards = _thirty(district, 3)
    client = client_of("du1")
    answer = client.post("/desk/do/assign/register", data=_form(district, hazards[:2]))
    assert (answer.status_code, answer.location) == (303, "/prints")
    job = db.session.scalars(select(PrintJob)).one()
    assert "2 件" in job.title
    assert client.post("/desk/do/assign/register", data={}).status_code == 422
    assert client.post("/desk/do/nothing", data={}).status_code == 404
    assert client.post("/desk/do/verify", data={}).status_code == 404, "nobody verifies unseen"
