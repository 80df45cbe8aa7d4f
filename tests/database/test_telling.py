"""Who hears of a step: the same people in the same words whatever door it came through, and nobody of a step that was
not taken."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.hazards import taken
from inspect_app.hazards.actions import (
    clockwork,
    correcting,
    flagging,
    handing,
    requesting,
    serving,
    settling,
    verifying,
)
from inspect_app.hazards.clocks import TimeLimit
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, State, Step, Who
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.ids import new_id
from inspect_app.messages.models import Message
from inspect_app.people import queries as people
from tests.operations import operation
from tests.support import District, accepted, closed, found, handed_over, photo, rows_in, submitted, verified

from .life import awaiting_closure, days_later, extension_asked, handed_over_in_days, rectifying

Clients = Callable[[str], FlaskClient]
TITLE = "安全出口上锁打不开"
Heard = dict[str, list[str]]


@contextmanager
def hearing(district: District) -> Iterator[Heard]:
    """What everybody is told meanwhile, by their logins."""
    before, heard = set(db.session.scalars(select(Message.id))), Heard()
    logins = {person: login for login, person in district.cast.persons.items()}
    yield heard
    for row in db.session.scalars(select(Message).order_by(Message.id)):
        if row.id not in before:
            assert row.to_person_id is not None
            heard.setdefault(logins[row.to_person_id], []).append(row.text)


def _all(text: str, *logins: str) -> Heard:
    return {login: [text] for login in logins}


def _on_duty(district: District, hazard: Hazard, but: str = "") -> list[str]:
    duty = people.on_duty(hazard.area_id, clock.today())
    return [login for login, person in district.cast.persons.items() if person in duty and login != but]


def test_until_somebody_has_it_each_step_tells_whoever_acts_next(app: Flask, district: District) -> None:
    with hearing(district) as heard:
        hazard = found(district)
    assert heard == {}
    with hearing(district) as heard:
        handed_over(district, hazard)
    assert heard == _all(f"新交办：{TITLE}。请签收。", "jiedao1", "jiedao2", "zheng1", "zheng2")
    with hearing(district) as heard:
        handing.decline(
            lock(hazard.id), district.actor("jiedao1"), competent_id=None, competent="城管", reason="归燃气"
        )
    assert heard == _all(f"被退回：{TITLE}。", *_on_duty(district, hazard))
    with hearing(district) as heard:
        handing.reassign(
            lock(hazard.id), district.actor("du1"), handler_id=district.cast.offices["gas"], restart=True,
            reply=TimeLimit(5), reason="归燃气",
        )  # fmt: skip
    assert heard == _all(f"改派到您单位：{TITLE}。请签收。", "ranqi1")
    with hearing(district) as heard:
        accepted(district, hazard, "ranqi1")
    assert heard == {}
    with hearing(district) as heard:
        told = handing.escalate(
            lock(hazard.id), district.actor("du1"), to_organisation_id=district.cast.offices["district_congress"],
            channel="in_app", reason="太久了",
        )  # fmt: skip
    assert heard == _all(f"升级：{TITLE}。太久了。", "du3", "lingdao1")
    assert told.people == {district.cast.persons["du3"], district.cast.persons["lingdao1"]}
    with hearing(district) as heard:
        correction = correcting.Correction(title="后门上锁")
        correcting.correct(lock(hazard.id), district.actor("du1"), correction, reason="门写错了")
    assert heard == _all("更正：后门上锁。门写错了。", "ranqi1", "daibiao1")


def test_from_mended_to_closed_each_step_tells_whoever_acts_next_and_whoever_waits(
    app: Flask, district: District
) -> None:
    storage, hazard = app.extensions["storage"], rectifying(district)
    office = ("jiedao1", "jiedao2", "zheng1", "zheng2")
    with hearing(district) as heard:
        submitted(district, hazard, storage)
    assert heard == {}
    with hearing(district) as heard:
        told = handing.urge(lock(hazard.id), district.actor("du1"), to_organisation_id=None, channel="in_app")
    assert heard == _all(f"催办，请安排核验：{TITLE}。", *_on_duty(district, hazard, but="du1"))
    assert told.said == "已提醒值班的督办员安排核验。"
    with hearing(district) as heard:
        verifying.appoint(
            lock(hazard.id), district.actor("du1"), verifier=district.actor("daibiao2"), on=clock.today() + timedelta(days=1)
        )  # fmt: skip
    assert heard == _all(f"请您核验：{TITLE}。", "daibiao2")
    with hearing(district) as heard:
        verified(district, hazard, passed=False)
    assert heard == _all(f"核验不合格，请继续整改：{TITLE}。看过了。", *office)
    verified(district, submitted(district, hazard, storage))
    with hearing(district) as heard:
        settling.send_back(lock(hazard.id), district.actor("du1"), reason="看不清", to=State.RECTIFYING)
    assert heard == (
        _all(f"没有销号，请继续整改：{TITLE}。看不清。", *office)
        | _all(f"{TITLE}：没有销号，退回再查。看不清。", "daibiao1", "daibiao2")
    )
    submitted(district, hazard, storage)
    with hearing(district) as heard:
        verified(district, hazard)
    assert heard == _all(f"请您销号，看过的人说改好了：{TITLE}。", "du1", "du2")
    with hearing(district) as heard:
        closed(district, hazard)
    assert heard == _all(f"{TITLE}：已销号。", "daibiao1", "daibiao2")


def test_a_date_that_a_verifier_puts_forward_is_told_once_to_who_sets_it(app: Flask, district: District) -> None:
    hazard = submitted(district, rectifying(district), app.extensions["storage"])
    assert hazard.mending_on is not None
    until = hazard.mending_on + timedelta(days=9)
    with hearing(district) as heard:
        verifying.verify(
            lock(hazard.id), district.actor("daibiao2"), passed=False, way="on_site", opinion="没拆",
            mending=TimeLimit(fixed=until),
        )  # fmt: skip
    assert heard == _all(f"请您答复：核验人提出的新期限，{TITLE}。", "jiedao1", "jiedao2", "zheng1", "zheng2")
    with hearing(district) as heard:
        requesting.set_mending(lock(hazard.id), district.actor("jiedao1"), until=until)
    assert heard == _all(f"核验人提出的新期限，同意了：{TITLE}。", "daibiao2")


def test_who_asked_learns_the_answer_and_that_none_came(app: Flask, district: District) -> None:
    with days_later(0):
        hazard = found(district)
        settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_VOID, reason="记错了")
        with hearing(district) as heard:
            settling.turn_down(lock(hazard.id), district.actor("du2"), reason="没有记错")
        assert heard == _all(f"申请撤销，没有同意：{TITLE}。", "du1")
        settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_VOID, reason="还是记错了")
    with days_later(8):
        with hearing(district) as heard:
            assert clockwork.lapse_requests() == 1
        assert heard == _all(f"申请撤销没有人确认，已经过期：{TITLE}。", "du1")


def test_what_is_asked_of_an_office_is_told_to_those_of_it_who_may_answer(app: Flask, district: District) -> None:
    hazard = rectifying(district)
    with hearing(district) as heard:
        extension_asked(district, hazard)
    assert heard == _all(f"请您答复：申请延期，{TITLE}。", "jiedao2", "zheng1", "zheng2")
    with hearing(district) as heard:
        requesting.decide_extension(lock(hazard.id), district.actor("jiedao2"), grant=True, reason="")
    assert heard == _all(f"申请延期，同意了：{TITLE}。", "jiedao1")
    party = Actor(Who.PARTY, party_id=hazard.party_id, recorded_by=district.cast.persons["zheng1"])
    with hearing(district) as heard:
        requesting.dispute(lock(hazard.id), party, reason="门没有锁")
    assert heard == _all(f"请您答复：异议，{TITLE}。", "du1", "du2", "lingdao2")
    with hearing(district) as heard:
        requesting.answer_dispute(lock(hazard.id), district.actor("du1"), upheld=False, reason="锁了")
    assert heard == {}, "the party has no account to be told at"
    with hearing(district) as heard:
        fire = district.cast.offices["fire"]
        flagging.refer(lock(hazard.id), district.actor("du1"), authority_id=fire, reason="人员密集")
    assert heard == _all(f"提请认定：{TITLE}。人员密集。", "xiaofang1", "xiaofang2")


def test_a_later_date_that_the_clock_works_out_is_offered_to_who_set_it(district: District) -> None:
    with days_later(0):
        hazard = handed_over_in_days(district)
        handing.accept(lock(hazard.id), district.actor("jiedao1"))
    for day in (1, 8):
        with days_later(day), hearing(district) as heard:
            serving.serve(
                lock(hazard.id), district.actor("jiedao1"), paper_id=new_id(), way="in_person", served_at=clock.now(),
                received=True,
            )  # fmt: skip
    answer = f"请您答复：可以延后的期限，{TITLE}。"
    assert heard == _all(answer, "jiedao1", "jiedao2", "zheng1", "zheng2"), "whoever served did not ask for it"


def test_an_exception_tells_who_asked_for_it_and_who_waits(app: Flask, district: District) -> None:
    with days_later(0):
        hazard = awaiting_closure(district, app.extensions["storage"])
    with days_later(64):
        settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_CLOSE_WITHOUT_OPINION, reason="没有答复")
        with hearing(district) as heard:
            settling.confirm(lock(hazard.id), district.actor("zheng1"))
    assert heard == (
        _all(f"申请例外销号，同意了：{TITLE}。", "du1") | _all(f"{TITLE}：已销号。", "daibiao1", "du2")
    )  # fmt: skip


def test_the_clock_and_a_person_escalate_to_the_same_people(app: Flask, district: District) -> None:
    with days_later(0):
        hazard = awaiting_closure(district, app.extensions["storage"])
    with days_later(31):
        with hearing(district) as by_clock:
            assert clockwork.escalate_late(clockwork.waiting_too_long()) == 1
        with hearing(district) as by_person:
            handing.escalate(
                lock(hazard.id), district.actor("zheng1"), to_organisation_id=district.cast.offices["street_congress"],
                channel="in_app", reason="主管部门的意见过了期限还没有来，请区级督办",
            )  # fmt: skip
    assert by_clock["du1"] == [f"升级：{TITLE}。主管部门的意见过了期限还没有来，请区级督办。"]
    assert by_clock.pop("zheng1") == [f"已升级：{TITLE}，还在等主管部门意见。"]
    assert by_person == by_clock, "but for the one who pressed it"


def test_a_pass_tells_the_same_from_the_page_and_from_a_phone(
    app: Flask, district: District, client_of: Clients
) -> None:
    storage = app.extensions["storage"]
    on_page, by_phone = (submitted(district, rectifying(district, place=place), storage) for place in (0, 1))
    shot = photo(storage, district, "daibiao2")
    db.session.commit()
    client = client_of("daibiao2")
    with hearing(district) as from_page:
        sent = {"version": on_page.version, "way": "on_site", "opinion": "看过了"}
        answer = client.post(f"/field/hazards/{on_page.id}/steps/pass", data=sent, headers={"HX-Request": "true"})
        assert answer.status_code == 200
    with hearing(district) as from_phone:
        look = {"hazard": str(by_phone.id), "mended": True, "photos": [str(shot)], "words": "看过"}
        assert (
            client.post("/intake/operations", json={"operations": [operation("hazard.look_back", look, 1)]}).status_code
            == 200
        )
    assert [db.session.get_one(Hazard, one.id).state for one in (on_page, by_phone)] == ["awaiting_closure"] * 2
    assert from_phone == from_page == _all(f"请您销号，看过的人说改好了：{TITLE}。", "du1", "du2")


def test_a_hand_over_tells_the_same_from_the_page_and_from_elsewhere(district: District, client_of: Clients) -> None:
    pressed, taken_elsewhere = found(district), found(district, item="F-EXIT-02")
    db.session.commit()
    sent = {
        "version": pressed.version, "handler_id": str(district.cast.offices["street"]), "mending_days": "7",
        "reply_days": "5", "no_paper": "清单转办",
    }  # fmt: skip
    with hearing(district) as from_page:
        answer = client_of("du1").post(
            f"/desk/hazards/{pressed.id}/steps/hand_over", data=sent, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200, answer.text
    with hearing(district) as from_elsewhere:
        handed_over(district, taken_elsewhere)
    assert from_page == from_elsewhere != {}


def test_of_what_is_undone_or_refused_nobody_hears(district: District) -> None:
    hazard = found(district)
    before = rows_in(Message)
    with db.session.begin_nested() as savepoint:
        handed_over(district, hazard)
        assert rows_in(Message) > before
        savepoint.rollback()
    assert (rows_in(Message), db.session.get_one(Hazard, hazard.id).state) == (before, "found")
    with pytest.raises(Refused):
        closed(district, hazard)
    assert rows_in(Message) == before


def test_a_step_that_nobody_could_hear_of_is_not_taken(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    hazard = found(district)
    monkeypatch.setattr(taken, "_tellers", [])
    with pytest.raises(LookupError):
        handed_over(district, hazard)
