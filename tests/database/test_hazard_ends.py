"""并案, 重开, 终结, 撤销, 更正, 例外: how a hazard ends, and what becomes of it after."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards import audit, queries, records, register
from inspect_app.hazards.actions import clockwork, correcting, finding, flagging, handing, merging, requesting, settling
from inspect_app.hazards.case import case_of
from inspect_app.hazards.clocks import ClockKind
from inspect_app.hazards.filters import Filters
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard, HazardRequest
from inspect_app.hazards.own import own
from inspect_app.hazards.rules import Grade, State, Step, open_steps
from inspect_app.hazards.sightings import Sighting
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.messages.models import Message
from inspect_app.premises.models import Premises
from tests.support import District, accepted, determined, found, handed_over, photo, submitted, verified

from .life import MONDAY, agreed, awaiting_closure, days_later, extension_asked, listed, newest, rectifying, steps_of


def _whole(app: Flask) -> list[str]:
    faults, _ = audit.verify(
        app.extensions["settings"].data_dir / "no-heads", app.extensions["keys"], app.extensions["storage"]
    )
    return [fault for fault in faults if "每日存证" not in fault]


def _merged(district: District, hazard: Hazard, target: Hazard) -> None:
    merging.ask_merge(lock(hazard.id), district.actor("du1"), target_id=target.id, reason="说的是同一处")
    merging.merge(lock(hazard.id), district.actor("du2"))


def _closed(app: Flask, district: District, hazard: Hazard) -> Hazard:
    return verified(district, submitted(district, hazard, app.extensions["storage"]), "du2")


def test_a_merged_hazard_follows_its_target_through_closing_and_reopening(app: Flask, district: District) -> None:
    target, hazard = rectifying(district), found(district, item="F-EXIT-02", major=True)
    _merged(district, hazard, target)
    assert (hazard.state, target.grade) == ("merged", "suspected_major")  # the graver grade goes along
    assert newest(target).body["facts"] == {"hazard": str(hazard.id)}
    determined(district, target, app.extensions["storage"], major=False)
    _closed(app, district, target)
    assert newest(hazard).step == "follow"
    assert newest(hazard).body["facts"]["state"] == "closed"
    shot = photo(app.extensions["storage"], district, "daibiao3")
    settling.reopen(lock(target.id), district.actor("daibiao3"), reason="又锁上了", photo_ids=(shot,))
    assert newest(hazard).body["facts"]["state"] == "found"
    assert hazard.state == "merged"
    assert [row.id for row in records.read(target).merged_in] == [hazard.id]
    assert _whole(app) == []


def test_a_target_that_is_merged_takes_along_what_was_merged_into_it(app: Flask, district: District) -> None:
    first, second, third = (found(district, item=f"F-EXIT-0{n}") for n in (1, 2, 3))
    _merged(district, first, second)
    _merged(district, second, third)
    assert {row.id for row in records.read(third).merged_in} == {first.id, second.id}
    assert case_of(second).absorbed == 0


def test_merging_needs_an_open_target_of_the_same_place(app: Flask, district: District) -> None:
    hazard, other_place = found(district), found(district, place=1)
    with pytest.raises(Refused, match="同一个场所"):
        merging.ask_merge(lock(hazard.id), district.actor("du1"), target_id=other_place.id, reason="x")
    done = _closed(app, district, rectifying(district, item="F-EXIT-02"))
    with pytest.raises(Refused, match="已经办结"):
        merging.ask_merge(lock(hazard.id), district.actor("du1"), target_id=done.id, reason="x")
    with pytest.raises(Refused, match="请选"):
        merging.ask_merge(lock(hazard.id), district.actor("du1"), target_id=hazard.id, reason="x")


def test_a_target_settled_while_the_second_person_thought_is_refused(app: Flask, district: District) -> None:
    hazard, target = found(district), rectifying(district, item="F-EXIT-02")
    merging.ask_merge(lock(hazard.id), district.actor("du1"), target_id=target.id, reason="x")
    _closed(app, district, target)
    with pytest.raises(Refused, match="已经办结"):
        merging.merge(lock(hazard.id), district.actor("du2"))
    assert hazard.state == "found"


def test_a_target_is_voided_only_after_the_merged_one_is_restored(app: Flask, district: District) -> None:
    hazard, target = rectifying(district), found(district, item="F-EXIT-02")
    _merged(district, hazard, target)
    with pytest.raises(Refused, match="请先恢复"):
        settling.ask(lock(target.id), district.actor("du1"), Step.ASK_VOID, reason="记错了")
    settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_RESTORE, reason="不是同一处")
    with pytest.raises(NotAllowed, match="第二个人"):
        merging.restore(lock(hazard.id), district.actor("du1"))
    merging.restore(lock(hazard.id), district.actor("du2"))
    assert (hazard.state, hazard.merged_into_id, hazard.settled_on) == ("rectifying", None, None)
    assert newest(target).step == "release"
    settling.ask(lock(target.id), district.actor("du1"), Step.ASK_VOID, reason="记错了")
    settling.confirm(lock(target.id), district.actor("du2"))
    assert target.state == "void"
    assert _whole(app) == []


def test_rows_are_locked_in_the_order_of_their_ids(app: Flask, district: District) -> None:
    hazard, target = found(district), found(district, item="F-EXIT-02")
    assert merging.beside(hazard, Step.ASK_MERGE, target.id) == [target.id]
    merging.ask_merge(lock(hazard.id, beside=[target.id]), district.actor("du1"), target_id=target.id, reason="x")
    assert merging.beside(hazard, Step.MERGE) == [target.id]


def test_two_open_hazards_of_one_item_are_shown_to_each_other(app: Flask, district: District) -> None:
    hazard, twin = found(district), found(district)
    found(district, place=1)
    assert [row.id for row in Dossier(district.scope("du1"), hazard).twins] == [twin.id]


def test_a_reopening_begins_a_round_and_proposes_the_last_handler(app: Flask, district: District) -> None:
    hazard = _closed(app, district, rectifying(district))
    shot = photo(app.extensions["storage"], district, "daibiao3")
    with pytest.raises(Refused, match="照片"):
        settling.reopen(lock(hazard.id), district.actor("daibiao3"), reason="又锁上了", photo_ids=())
    settling.reopen(lock(hazard.id), district.actor("daibiao3"), reason="又锁上了", photo_ids=(shot,))
    assert (hazard.state, hazard.round_number, hazard.reopened_count, hazard.handler_id) == ("found", 2, 1, None)
    assert hazard.first_receiver_id == district.cast.offices["street"]


def test_a_reopening_where_the_item_is_open_again_is_a_sighting_of_that_one(app: Flask, district: District) -> None:
    old = _closed(app, district, rectifying(district))
    new = found(district)
    shot = photo(app.extensions["storage"], district, "daibiao3")
    standing = settling.reopen(lock(old.id), district.actor("daibiao3"), reason="又锁上了", photo_ids=(shot,))
    assert (standing.id, old.state) == (new.id, "closed")
    assert newest(new).body["facts"]["reopens"] == str(old.id)
    assert db.session.scalar(select(Sighting.hazard_id)) == new.id


def test_an_ended_hazard_stands_again_when_somebody_finds_the_place_open(app: Flask, district: District) -> None:
    hazard = rectifying(district)
    settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_END, reason="店已关门")
    settling.confirm(lock(hazard.id), district.actor("du2"))
    assert hazard.state == "ended"
    visit = UUID(int=77)
    assert [row.id for row in finding.rearm_at(hazard.premises_id, visit)] == [hazard.id]
    assert finding.rearm_at(hazard.premises_id, visit) == []
    assert (hazard.state, hazard.reopened_count, hazard.round_number) == ("found", 0, 2)
    assert newest(hazard).body["facts"] == {"visit": str(visit)}


def test_what_was_asked_before_closing_cannot_be_confirmed_after_a_reopening(app: Flask, district: District) -> None:
    hazard = rectifying(district)
    settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_VOID, reason="记错了")
    _closed(app, district, hazard)
    shot = photo(app.extensions["storage"], district, "daibiao3")
    settling.reopen(lock(hazard.id), district.actor("daibiao3"), reason="又锁上了", photo_ids=(shot,))
    with pytest.raises(Refused, match="没有等确认"):
        settling.confirm(lock(hazard.id), district.actor("du2"))


def test_a_request_lapses_after_five_working_days_whether_the_clock_ran_or_not(app: Flask, district: District) -> None:
    with days_later(0):
        hazard = found(district)
        settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_VOID, reason="记错了")
    with days_later(7):
        assert case_of(hazard).request is not None  # the fifth working day is still in time
    with days_later(8):
        with pytest.raises(Refused, match="没有等确认"):
            settling.confirm(lock(hazard.id), district.actor("du2"))
        assert (clockwork.lapse_requests(), clockwork.lapse_requests()) == (1, 0)
        assert newest(hazard).step == "lapse"


def test_the_clock_escalates_a_waiting_closure_once_and_opens_the_exception_after_as_long_again(
    app: Flask, district: District
) -> None:
    with days_later(0):
        hazard = awaiting_closure(district, app.extensions["storage"])
    with days_later(30):
        assert clockwork.escalate_late(clockwork.waiting_too_long()) == 0
    with days_later(31):
        assert (
            clockwork.escalate_late(clockwork.waiting_too_long()),
            clockwork.escalate_late(clockwork.waiting_too_long()),
        ) == (1, 0)
        assert newest(hazard).step == "escalate"
        assert newest(hazard).body["actor"] == {"who": "clock"}
        assert any("主管部门" in text for text in db.session.scalars(select(Message.text)))
        with pytest.raises(Refused, match="两轮"):
            settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_CLOSE_WITHOUT_OPINION, reason="没有答复")
    with days_later(64):
        with pytest.raises(NotAllowed, match="您核验的"):
            settling.ask(lock(hazard.id), district.actor("du2"), Step.ASK_CLOSE_WITHOUT_OPINION, reason="没有答复")
        settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_CLOSE_WITHOUT_OPINION, reason="没有答复")
        with pytest.raises(NotAllowed):
            settling.confirm(lock(hazard.id), district.actor("du2"))
        settling.confirm(lock(hazard.id), district.actor("zheng1"))
        assert hazard.state == "closed"
        page = register.page(district.scope("du1"), Filters(tab="exceptions"))
        assert [row.id for row in page.rows] == [hazard.id]


def test_the_wait_is_as_long_as_the_district_configured(app: Flask, district: District) -> None:
    with days_later(0):
        clockwork.set_desk_term(ClockKind.CLOSURE, 10)
        hazard = awaiting_closure(district, app.extensions["storage"])
        assert hazard.due_on == (MONDAY + timedelta(days=10)).date()
    with days_later(11):
        assert clockwork.escalate_late(clockwork.waiting_too_long()) == 1
    with days_later(22):
        assert case_of(hazard).closure_wait_over


def test_a_major_hazard_is_lowered_by_the_authority_or_by_two_persons_as_an_exception(
    app: Flask, district: District
) -> None:
    hazard = found(district, major=True)
    with pytest.raises(Refused, match="调低"):
        correcting.correct(lock(hazard.id), district.actor("du1"), correcting.Correction(suspect=True), reason="x")
    settling.ask_lower(lock(hazard.id), district.actor("du1"), grade=Grade.GENERAL, reason="看错了尺寸")
    with pytest.raises(NotAllowed, match="第二个人"):
        settling.confirm(lock(hazard.id), district.actor("du1"))
    settling.confirm(lock(hazard.id), district.actor("zheng1"))
    assert hazard.grade == "general"
    assert [row.id for row in register.page(district.scope("du1"), Filters(tab="exceptions")).rows] == [hazard.id]
    answered = found(district, item="F-EXIT-02", major=True)
    determined(district, answered, app.extensions["storage"], major=False)
    assert answered.grade == "general"
    assert register.count(district.scope("du1"), Filters(tab="exceptions")) == 1


def test_one_person_raises_a_general_hazard_with_a_reason(app: Flask, district: District) -> None:
    hazard = found(district)
    with pytest.raises(Refused, match="理由"):
        correcting.correct(lock(hazard.id), district.actor("du1"), correcting.Correction(suspect=True), reason="")
    correcting.correct(lock(hazard.id), district.actor("du1"), correcting.Correction(suspect=True), reason="门外有人住")
    assert hazard.grade == "suspected_major"
    assert newest(hazard).body["facts"] == {"old_grade": "general", "grade": "suspected_major"}


def test_a_correction_moves_place_item_words_and_photo_and_keeps_both_readings(app: Flask, district: District) -> None:
    storage = app.extensions["storage"]
    wrong, right = photo(storage, district, "daibiao1"), photo(storage, district, "du1")
    hazard = found(district)
    hazard.checklist_version_id = district.versions[0]
    finding.add_photos(hazard, own((wrong,), district.actor("daibiao1")), "before")
    place = db.session.get_one(Premises, district.places[1])
    correcting.correct(
        lock(hazard.id), district.actor("du1"),
        correcting.Correction(
            premises=place, item_code="F-EXIT-02", wrong_photo=wrong, photo_ids=(right,), spot="后门"
        ),
        reason="写成了隔壁",
    )  # fmt: skip
    assert (hazard.premises_id, hazard.area_id, hazard.item_code, hazard.spot) == (
        place.id, place.area_id, "F-EXIT-02", "后门",
    )  # fmt: skip
    assert hazard.party_id is not None
    words = queries.log_of(hazard)[0].words
    assert words is not None
    assert words["old_title"] == "安全出口上锁打不开"
    links = {link.photo_id: (link.dropped, link.slot) for link in queries.photos_of(hazard)}
    assert links == {wrong: ("wrong", "before"), right: (None, "before")}
    with pytest.raises(Refused, match="改成什么"):
        correcting.correct(lock(hazard.id), district.actor("du1"), correcting.Correction(), reason="x")
    assert _whole(app) == []


def test_closing_is_by_another_supervisor_with_the_opinion_recorded(app: Flask, district: District) -> None:
    hazard = awaiting_closure(district, app.extensions["storage"], verifier="du2")
    with pytest.raises(Refused, match="意见"):
        settling.close(lock(hazard.id), district.actor("du1"))
    settling.record_opinion(
        lock(hazard.id), district.actor("du1"), authority="区消防大队", number="1号", on=clock.today(), agrees=False,
        opinion="还要再看",
    )  # fmt: skip
    assert hazard.opinion_number is None
    agreed(district, hazard)
    with pytest.raises(NotAllowed, match="别人销号"):
        settling.close(lock(hazard.id), district.actor("du2"))
    settling.close(lock(hazard.id), district.actor("du1"))
    assert (hazard.state, steps_of(hazard)[-1]) == ("closed", "close")


def _urged(district: District, hazard: Hazard) -> frozenset[UUID]:
    """Who is told when the government side urges the closing."""
    told = handing.urge(lock(hazard.id), district.actor("zheng1"), to_organisation_id=None, channel="in_app")
    return told.people


def test_where_the_verifier_is_the_only_supervisor_the_office_above_is_asked(app: Flask, district: District) -> None:
    from inspect_app.people.models import Organisation, RoleTerm

    street, above = (district.cast.offices[key] for key in ("street_congress", "district_congress"))
    db.session.get_one(Organisation, street).parent_id = above
    hazard = awaiting_closure(district, app.extensions["storage"], verifier="du2")
    assert _urged(district, hazard) == {district.cast.persons["du1"]}
    leaving = db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == district.cast.persons["du1"])).one()
    leaving.until = clock.today() - timedelta(days=1)
    assert _urged(district, hazard) == {district.cast.persons["du3"]}
    agreed(district, hazard, by="du2")
    with pytest.raises(NotAllowed, match="上级单位"):
        settling.close(lock(hazard.id), district.actor("du2"))
    settling.close(lock(hazard.id), district.actor("du3"))
    assert hazard.state == "closed"


def test_what_is_listed_waits_until_an_authority_lifts_it(app: Flask, district: District) -> None:
    storage = app.extensions["storage"]
    hazard = listed(district, determined(district, submitted(district, rectifying(district), storage), storage))
    verified(district, hazard, "du2")
    agreed(district, hazard)
    assert hazard.state == "awaiting_closure"
    with pytest.raises(Refused, match="挂牌"):
        settling.close(lock(hazard.id), district.actor("du1"))
    flagging.lift_from_list(
        lock(hazard.id),
        district.actor("du1"),
        authority_id=district.cast.offices["emergency"],
        number="4号",
        on=clock.today(),
    )
    settling.close(lock(hazard.id), district.actor("du1"))
    assert hazard.state == "closed"


@pytest.mark.parametrize("lacking", ["authority", "number", "future", "responsibility"])
def test_a_listing_names_authority_number_date_and_the_five_points(
    app: Flask, district: District, lacking: str
) -> None:
    hazard = determined(district, found(district), app.extensions["storage"])
    points = dict.fromkeys(flagging.MEASURES, "写明了")
    if lacking == "responsibility":
        points["责任"] = ""
    with pytest.raises(Refused):
        flagging.put_under_list(
            lock(hazard.id), district.actor("du1"),
            authority_id=district.cast.offices["street" if lacking == "authority" else "emergency"],
            number="" if lacking == "number" else "3号",
            on=clock.today() + timedelta(days=int(lacking == "future")), measures=points,
        )  # fmt: skip
    assert hazard.listed_at is None


def test_a_transfer_waits_for_its_result_and_is_not_made_twice(app: Flask, district: District) -> None:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    officer = district.actor("xiaofang1")
    flagging.transfer(lock(hazard.id), officer, to="区公安分局", number="青消移〔2026〕1号", on=clock.today())
    with pytest.raises(Refused, match="等结果"):
        flagging.transfer(lock(hazard.id), officer, to="区公安分局", number="2号", on=clock.today())
    flagging.transfer_result(lock(hazard.id), officer, result="已受理", number="受〔2026〕5号", on=clock.today())
    with pytest.raises(Refused, match="没有等结果"):
        flagging.transfer_result(lock(hazard.id), officer, result="已受理", number="6号", on=clock.today())


def test_a_return_to_mending_begins_without_a_submission_one_to_verification_keeps_it(
    app: Flask, district: District
) -> None:
    storage = app.extensions["storage"]
    hazard = awaiting_closure(district, storage)
    settling.send_back(lock(hazard.id), district.actor("du1"), reason="再看一次")
    assert (hazard.state, hazard.round_number) == ("awaiting_verification", 2)
    with pytest.raises(NotAllowed, match="报改好"):  # the submission still stands, so its office still may not verify
        verified(district, hazard, "jiedao1")
    verified(district, hazard, "du2")
    settling.send_back(lock(hazard.id), district.actor("du1"), reason="没改好", to=State.RECTIFYING)
    assert (hazard.state, hazard.round_number) == ("rectifying", 3)
    submitted(district, hazard, storage)
    verified(district, hazard, "du2")
    assert hazard.state == "awaiting_closure"
    assert _whole(app) == []


def test_every_open_hazard_offers_the_desk_only_steps_it_can_take(app: Flask, district: District) -> None:
    """Buttons and actions are one table: what a page offers, the rules allow."""
    hazard = extension_asked(district, rectifying(district))
    offered = open_steps(case_of(hazard), district.actor("du1"))
    assert Step.REASSIGN in offered
    assert not {Step.GRANT_EXTENSION, Step.ACCEPT, Step.PASS, Step.CLOSE, Step.UNLIST, Step.RESTORE} & set(offered)
    assert db.session.scalar(select(HazardRequest.step)) == "ask_extension"
    requesting.decide_extension(lock(hazard.id), district.actor("jiedao2"), grant=True, reason="")
    assert hazard.mending_on == clock.today() + timedelta(days=20)
