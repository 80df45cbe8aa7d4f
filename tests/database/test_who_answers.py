"""Whom a request is asked of, as the database and the pages have it: an office of one officer, its head, its paper."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from inspect_app.hazards import queries
from inspect_app.hazards.actions import handing, ordering, requesting, settling
from inspect_app.hazards.case import case_of
from inspect_app.hazards.clocks import TimeLimit
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard, HazardRequest
from inspect_app.hazards.rules import Step
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, NotThere, Refused
from inspect_app.messages.models import Message
from inspect_app.people import actions as people
from inspect_app.people import structure
from inspect_app.people.models import Area, Organisation, RoleTerm
from inspect_app.people.rules import Role, Side
from tests.support import PIXEL, District, accepted, found, handed_over, order_of, photo, piles

ClientOf = Callable[[str], FlaskClient]


def _asked_by_the_only_one(district: District) -> Hazard:
    """The gas office has one officer (ranqi1), who set the date and now asks to extend it."""
    hazard = accepted(district, handed_over(district, found(district), "gas"), "ranqi1")
    requesting.ask_extension(
        lock(hazard.id), district.actor("ranqi1"), until=clock.today() + timedelta(days=30), reason="管材没到",
        interim="停用",
    )  # fmt: skip
    return hazard


def _request(hazard: Hazard) -> HazardRequest:
    return db.session.scalars(select(HazardRequest).where(HazardRequest.hazard_id == hazard.id)).one()


def test_the_paper_of_an_office_of_one_officer_is_recorded_by_the_desk_and_only_that(
    app: Flask, district: District
) -> None:
    hazard = _asked_by_the_only_one(district)
    request, until = _request(hazard), clock.today() + timedelta(days=30)
    assert piles(district, "du1")["answer"] == {hazard.id}, "the desk is asked to get the answer"
    with pytest.raises(NotAllowed):
        requesting.decide_extension(lock(hazard.id), district.actor("zheng1"), grant=True, reason="")  # the street
    shot = photo(app.extensions["storage"], district, "du1")
    answer = {"request_id": request.id, "agrees": True, "number": "青城燃〔2026〕5号", "on": clock.today()}
    with pytest.raises(Refused, match="扫描件"):
        requesting.record_answer(lock(hazard.id), district.actor("du1"), photo_ids=(), **answer)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="文号"):
        requesting.record_answer(
            lock(hazard.id), district.actor("du1"), photo_ids=(shot,), **(answer | {"number": " "})  # type: ignore[arg-type]
        )  # fmt: skip
    requesting.record_answer(lock(hazard.id), district.actor("du1"), photo_ids=(shot,), **answer)  # type: ignore[arg-type]
    assert (hazard.mending_on, request.outcome) == (until, "granted")
    assert case_of(hazard).mending_set_by == district.cast.offices["gas"], "the date stays the authority's"
    assert any(link.photo_id == shot and link.slot == "document" for link in queries.photos_of(hazard))
    assert "answer" not in piles(district, "du1")


def test_the_head_of_an_office_of_one_officer_answers(district: District, client_of: ClientOf) -> None:
    head, _ = people.create_account(
        name="华局长", login="juzhang1", role=Role.LEADER, organisation_id=district.cast.offices["gas"],
        area_id=district.cast.street, since=clock.today() - timedelta(days=9), password="x" * 12, demo=True,
    )  # fmt: skip
    hazard = _asked_by_the_only_one(district)
    assert "answer" not in piles(district, "du1"), "somebody of the office can answer"
    told = db.session.scalars(select(Message.text).where(Message.to_person_id == head.person_id)).all()
    assert any("请您答复" in text for text in told)
    db.session.commit()
    client = client_of("juzhang1")
    page = client.get(f"/desk/hazards/{hazard.id}").text
    assert "steps/grant_extension" in page
    done = client.post(
        f"/desk/hazards/{hazard.id}/steps/grant_extension", data={"version": hazard.version},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert done.status_code == 200
    db.session.expire_all()
    assert _request(hazard).outcome == "granted"
    other = client_of("lingdao2").post(f"/desk/hazards/{hazard.id}/steps/urge", data={"version": hazard.version})
    assert other.status_code == 403


def test_an_office_that_handed_a_date_on_still_sees_what_is_asked_of_it(district: District) -> None:
    """The fire brigade's date stays its own after a 改派; its officers open the page and answer."""
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    made = order_of(district, due_on=clock.today() + timedelta(days=9))
    ordering.order(lock(hazard.id), district.actor("xiaofang1"), made)
    handing.reassign(
        lock(hazard.id), district.actor("du1"), handler_id=district.cast.offices["street"], restart=True, reply=TimeLimit(5),
        reason="日常管理归街道",
    )  # fmt: skip
    handing.accept(lock(hazard.id), district.actor("jiedao1"))
    with pytest.raises(NotThere):
        queries.load(district.scope("ranqi1"), hazard.id)
    requesting.ask_extension(
        lock(hazard.id), district.actor("jiedao1"), until=clock.today() + timedelta(days=30), reason="没到货",
        interim="停用",
    )  # fmt: skip
    assert queries.load(district.scope("xiaofang2"), hazard.id).id == hazard.id
    with pytest.raises(NotAllowed, match="谁定"):
        requesting.decide_extension(lock(hazard.id), district.actor("jiedao2"), grant=True, reason="")
    requesting.decide_extension(lock(hazard.id), district.actor("xiaofang2"), grant=True, reason="")


def test_before_the_handler_accepts_the_handler_is_asked_not_the_desk(district: District) -> None:
    hazard = handed_over(district, found(district))
    handing.accept(lock(hazard.id), district.actor("jiedao1"))
    requesting.ask_extension(
        lock(hazard.id), district.actor("jiedao1"), until=clock.today() + timedelta(days=30), reason="x", interim="y"
    )
    handing.reassign(
        lock(hazard.id), district.actor("du1"), handler_id=district.cast.offices["gas"], restart=True, reply=TimeLimit(5),
        reason="归燃气",
    )  # fmt: skip
    assert _request(hazard).asked_of_id == district.cast.offices["gas"], "asked of whoever sets the date now"


def test_what_was_asked_is_taken_back_by_the_side_that_asked(district: District) -> None:
    hazard = _asked_by_the_only_one(district)
    request = _request(hazard)
    with pytest.raises(NotAllowed):
        requesting.take_back(lock(hazard.id), district.actor("du1"), request_id=request.id, reason="x")
    requesting.take_back(lock(hazard.id), district.actor("ranqi1"), request_id=request.id, reason="材料到了")
    assert (request.outcome, request.answer) == ("withdrawn", "材料到了")
    with pytest.raises(Refused):
        requesting.record_answer(
            lock(hazard.id), district.actor("du1"), request_id=request.id, agrees=True, number="1号", on=clock.today(),
            photo_ids=(),
        )  # fmt: skip


def test_who_asked_of_two_persons_takes_back_and_does_not_turn_down(district: District) -> None:
    hazard = found(district)
    request = settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_VOID, reason="记错了")
    with pytest.raises(NotAllowed, match="撤回申请"):
        settling.turn_down(lock(hazard.id), district.actor("du1"), reason="不撤了")
    requesting.take_back(lock(hazard.id), district.actor("du1"), request_id=request.id, reason="不撤了")
    assert (hazard.state, request.outcome) == ("found", "withdrawn")


def test_the_desk_records_a_written_answer_on_the_page(app: Flask, district: District, client_of: ClientOf) -> None:
    from io import BytesIO

    hazard = _asked_by_the_only_one(district)
    db.session.commit()
    client, address = client_of("du1"), f"/desk/hazards/{hazard.id}"
    page = client.get(address).text
    assert "请联系它书面答复" in page
    typed = {"version": hazard.version, "about": str(_request(hazard).id), "agrees": "no", "number": "青城燃〔2026〕5号", "on": clock.today().isoformat()}  # fmt: skip
    answer = client.post(
        f"{address}/steps/record_answer", data=typed | {"photos": (BytesIO(PIXEL), "answer.jpg")},
        headers={"HX-Request": "true"}, content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    db.session.expire_all()
    assert _request(hazard).outcome == "refused"


def test_where_no_second_person_of_the_desk_sees_it_the_heads_are_told(district: District) -> None:
    """A supervisor of another street is no second person: the hazard lies in no pile of theirs."""
    hazard, persons = found(district), district.cast.persons

    def told() -> bool:
        mine = select(Message.id).where(Message.to_person_id == persons["lingdao2"], Message.text.contains("撤销"))
        return db.session.scalar(mine) is not None

    settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_VOID, reason="记错了")
    assert not told(), "du2 of the same street has it in the pile"
    settling.turn_down(lock(hazard.id), district.actor("du2"), reason="没有记错")
    elsewhere = structure.create_area(
        name="江口街道", code="320199009", code_year=2026, kind="street", valid_from=clock.today(),
        parent_id=db.session.get_one(Area, district.cast.street).parent_id,
    ).id  # fmt: skip
    others = RoleTerm.role == Role.SUPERVISOR, RoleTerm.person_id != persons["du1"]
    db.session.execute(update(RoleTerm).where(*others).values(area_id=elsewhere))
    settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_VOID, reason="还是记错了")
    assert told()


def test_who_is_asked_in_place_of_two_empty_offices_sees_what_it_is_about(district: District) -> None:
    """The gas office and the one above it have nobody who answers: those above that one are asked, and can open it."""
    street, gas = (db.session.get_one(Organisation, district.cast.offices[name]) for name in ("street", "gas"))
    between = structure.create_organisation(
        name="青江区公用事业处", short_name="公用事业处", side=Side.GOVERNMENT, area_id=gas.area_id, letter_code="青公",
        parent_id=street.id,
    )  # fmt: skip
    gas.parent_id = between.id
    db.session.flush()
    hazard = _asked_by_the_only_one(district)
    told = set(db.session.scalars(select(Message.to_person_id).where(Message.text.contains("请您答复"))))
    assert district.cast.persons["jiedao1"] in told
    assert queries.load(district.scope("jiedao1"), hazard.id).id == hazard.id
    with pytest.raises(NotThere):
        queries.load(district.scope("xiaofang1"), hazard.id)
