"""Two clocks: who set a date, from which day it runs, what service, holidays and a failed verification do to it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from inspect_app.evidence import actions as evidence
from inspect_app.hazards.actions import clockwork, handing, mending, ordering, requesting, serving, verifying
from inspect_app.hazards.case import case_of
from inspect_app.hazards.clocks import ClockKind, TimeLimit
from inspect_app.hazards.dates import Clock
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Step, Who
from inspect_app.hazards.standing import newest_clock, open_request
from inspect_app.kernel import clock, workdays
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.workdays import Unit
from inspect_app.papers import actions as papers
from inspect_app.papers import queries as paper_queries
from inspect_app.papers import samples
from inspect_app.papers.actions import Draft, DraftLine
from inspect_app.papers.service import Delivery
from inspect_app.papers.serving import record_service
from tests.support import District, accepted, found, handed_over, order_of, photo, piles, submitted, verified

from .life import MONDAY, days_later, extension_asked, handed_over_in_days, newest

DAY = MONDAY.date()


def _serve(district: District, hazard: Hazard, by: str = "du1") -> None:
    serving.serve(
        lock(hazard.id), district.actor(by), paper_id=new_id(), way="in_person", served_at=clock.now(), received=True
    )


def _mending(hazard: Hazard) -> Clock:
    row = newest_clock(hazard, ClockKind.MENDING)
    assert row is not None
    return row


def _ordered(district: District, days: int = 10) -> Hazard:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    made = order_of(district, due_on=clock.today() + timedelta(days=days))
    ordering.order(lock(hazard.id), district.actor("xiaofang1"), made)
    return hazard


def test_days_run_from_service_and_are_provisional_until_then(app: Flask, district: District) -> None:
    with days_later(0):
        hazard = handed_over_in_days(district)
        assert (_mending(hazard).awaits_service, hazard.mending_on) == (True, DAY + timedelta(days=7))
        accepted(district, hazard)
        assert _mending(hazard).awaits_service  # taken over as proposed: still counted from service
    with days_later(3):
        _serve(district, hazard)
        assert (_mending(hazard).awaits_service, hazard.mending_on) == (False, DAY + timedelta(days=10))
        assert newest(hazard).body["facts"]["dates"] == {"mending": f"{DAY + timedelta(days=10)}"}
        assert _mending(hazard).set_by_organisation_id == district.cast.offices["street"]  # serving sets nobody's date


def test_a_late_service_offers_a_later_day_and_changes_no_printed_date(app: Flask, district: District) -> None:
    with days_later(0):
        hazard = _ordered(district)
        printed = hazard.mending_on
    with days_later(4):
        _serve(district, hazard, "xiaofang2")
        assert case_of(hazard).proposal is None  # within five working days: in time
    with days_later(9):
        _serve(district, hazard, "xiaofang2")
        assert hazard.mending_on == printed
        offer = open_request(hazard, Step.SERVE)
        assert offer is not None
        assert offer.details["until"] == f"{DAY + timedelta(days=21)}"  # ten days from the 11th end on a Saturday
        with pytest.raises(NotAllowed, match="谁定"):
            requesting.set_mending(lock(hazard.id), district.actor("zheng1"), until=DAY + timedelta(days=23))
        with pytest.raises(Refused, match="原来的期限"):
            requesting.set_mending(lock(hazard.id), district.actor("xiaofang1"), until=DAY + timedelta(days=9))
        requesting.set_mending(lock(hazard.id), district.actor("xiaofang1"), until=DAY + timedelta(days=23))
        assert hazard.mending_on == DAY + timedelta(days=23)
        assert not _mending(hazard).printed, "no paper prints the new date"


def test_taking_over_does_not_replace_the_date_of_an_order(app: Flask, district: District) -> None:
    hazard = handed_over(district, found(district), "fire")
    due = clock.today() + timedelta(days=15)
    ordering.order(lock(hazard.id), district.actor("xiaofang1"), order_of(district, due_on=due))
    with pytest.raises(Refused, match="以文书为准"):
        handing.accept(lock(hazard.id), district.actor("xiaofang1"), mending=TimeLimit(fixed=due + timedelta(days=3)))
    handing.accept(lock(hazard.id), district.actor("xiaofang1"))
    assert (hazard.mending_on, _mending(hazard).status) == (due, "ordered")


def test_a_proposed_date_that_is_past_is_not_taken_over(app: Flask, district: District) -> None:
    with days_later(0):
        hazard = handed_over(district, found(district))
    with days_later(30):
        with pytest.raises(Refused, match="已经过了"):
            accepted(district, hazard)
        handing.accept(lock(hazard.id), district.actor("jiedao1"), mending=TimeLimit(fixed=clock.today()))
        assert hazard.mending_on == clock.today()


def test_an_extension_of_a_proposed_date_is_answered_by_the_handler(app: Flask, district: District) -> None:
    hazard = handed_over(district, found(district))
    assert case_of(hazard).mending_set_by == district.cast.offices["street"]
    accepted(district, hazard)
    handing.reassign(
        lock(hazard.id), district.actor("du1"), handler_id=district.cast.offices["fire"], restart=True, reply=TimeLimit(5),
        reason="归消防",
    )  # fmt: skip
    assert case_of(hazard).mending_set_by == district.cast.offices["fire"]  # not taken over anew: proposed again


def test_the_verifiers_date_does_not_collide_with_an_open_extension(app: Flask, district: District) -> None:
    """Both stand open at once; each is answered on its own by who set the clock."""
    hazard = extension_asked(district, accepted(district, handed_over(district, found(district))))
    submitted(district, hazard, app.extensions["storage"])
    later = clock.today() + timedelta(days=12)
    verifying.verify(
        lock(hazard.id), district.actor("daibiao2"), passed=False, way="on_site", opinion="还差一半",
        mending=TimeLimit(fixed=later),
    )  # fmt: skip
    old = hazard.mending_on
    case = case_of(hazard)
    assert case.extension is not None
    assert case.proposal is not None
    requesting.set_mending(lock(hazard.id), district.actor("jiedao2"), until=later)
    assert (old is not None and old < later, hazard.mending_on) == (True, later)
    requesting.decide_extension(lock(hazard.id), district.actor("jiedao2"), grant=False, reason="已经改期")
    case = case_of(hazard)
    assert (case.extension, case.proposal) == (None, None)


def test_a_verifier_of_the_office_that_set_the_clock_sets_it_at_once(app: Flask, district: District) -> None:
    hazard = accepted(district, handed_over(district, found(district)))
    recorder = district.actor("du1")
    party = replace(recorder, who=Who.PARTY, person_id=None, organisation_id=None, recorded_by=recorder.person_id)
    shot = photo(app.extensions["storage"], district, "du1")
    mending.submit(lock(hazard.id), party, photo_ids=(shot,), words="店里说改好了")
    later = clock.today() + timedelta(days=12)
    verifying.verify(
        lock(hazard.id),
        district.actor("jiedao1"),
        passed=False,
        way="on_site",
        opinion="没有",
        mending=TimeLimit(fixed=later),
    )
    assert (hazard.mending_on, case_of(hazard).proposal) == (later, None)


def test_a_dispute_is_answered_by_who_issued_the_paper_else_by_who_handed_over(app: Flask, district: District) -> None:
    desk = district.actor("du1")
    party = replace(desk, who=Who.PARTY, person_id=None, organisation_id=None, recorded_by=desk.person_id)
    plain = accepted(district, handed_over(district, found(district)))
    requesting.dispute(lock(plain.id), party, reason="不是我家的")
    with pytest.raises(NotAllowed, match="出这张单子"):
        requesting.answer_dispute(lock(plain.id), district.actor("jiedao1"), upheld=False, reason="是您家的")
    requesting.answer_dispute(lock(plain.id), district.actor("du1"), upheld=False, reason="是您家的")
    ordered = _ordered(district)
    requesting.dispute(lock(ordered.id), party, reason="期限太短")
    with pytest.raises(NotAllowed):
        requesting.answer_dispute(lock(ordered.id), district.actor("du1"), upheld=False, reason="按期")
    requesting.answer_dispute(lock(ordered.id), district.actor("xiaofang2"), upheld=False, reason="按期")
    named = accepted(district, handed_over(district, found(district, item="F-EXIT-02")))
    requesting.dispute(lock(named.id), party, reason="写错了", issuer_id=district.cast.offices["gas"])
    assert case_of(named).dispute_answered_by == (district.cast.offices["gas"],)


def test_a_year_without_published_holidays_is_provisional_until_they_are(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    with days_later(55):  # 27 December 2026
        hazard = handed_over_in_days(district, TimeLimit(20, Unit.DAYS))
        row = _mending(hazard)
        assert row.provisional
        assert "暂定" in row.explanation
        assert (clockwork.recompute_provisional(), hazard.mending_on) == (
            0,
            date(2027, 1, 18),
        )  # the 16th is a Saturday
        plain = workdays.published_calendar()
        published = workdays.Calendar(plain.exceptions, plain.published | {2027})
        for module in ("inspect_app.hazards.actions.clockwork", "inspect_app.hazards.actions.setting_clocks"):
            monkeypatch.setattr(f"{module}.published_calendar", lambda: published)
        assert clockwork.recompute_provisional() > 0
        assert clockwork.recompute_provisional() == 0
        assert (_mending(hazard).provisional, _mending(hazard).awaits_service) == (False, True)


def test_a_date_told_too_early_is_counted_again_before_its_year_is_published(app: Flask, district: District) -> None:
    """Told while weekends alone were known: New Year's Day itself. It stays 暂定 for the days that may be exchanged."""
    with days_later(59):  # 31 December 2026
        hazard = handed_over_in_days(district, TimeLimit(1))
        row = _mending(hazard)
        assert (clock.today(), row.due_on, row.provisional) == (date(2026, 12, 31), date(2027, 1, 4), True)
        row.due_on = hazard.mending_on = date(2027, 1, 1)
        db.session.flush()
        assert clockwork.recompute_provisional() > 0
        assert (hazard.mending_on, _mending(hazard).provisional) == (date(2027, 1, 4), True)
        assert clockwork.recompute_provisional() == 0, "a second run changes nothing"


def test_a_recompute_lengthens_and_never_shortens(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    with days_later(55):
        hazard = found(district)
        handing.hand_over(
            lock(hazard.id), district.actor("du1"), handler_id=district.cast.offices["street"], reply=TimeLimit(5),
            mending=TimeLimit(10), paper="1号",
        )  # fmt: skip
        before, plain = hazard.mending_on, workdays.published_calendar()
        assert before is not None

        def publish(exceptions: dict[date, bool]) -> int:
            calendar = workdays.Calendar({**plain.exceptions, **exceptions}, plain.published | {2027})
            for module in ("inspect_app.hazards.actions.clockwork", "inspect_app.hazards.actions.setting_clocks"):
                monkeypatch.setattr(f"{module}.published_calendar", lambda: calendar)
            return clockwork.recompute_provisional()

        made_up = {date(2027, 1, 2): True, date(2027, 1, 3): True}  # two Saturdays worked: the count would end earlier
        assert publish(made_up) > 0
        assert hazard.mending_on == before
    with days_later(56):
        second = found(district, item="F-EXIT-02")
        monkeypatch.undo()
        handing.hand_over(
            lock(second.id), district.actor("du1"), handler_id=district.cast.offices["street"], reply=TimeLimit(5),
            mending=TimeLimit(10), paper="1号",
        )  # fmt: skip
        before = second.mending_on
        assert publish({date(2027, 1, 4): False, date(2027, 1, 5): False}) > 0
        assert before is not None
        assert second.mending_on is not None
        assert second.mending_on > before
        assert newest(second).step == "recompute"


def test_what_today_must_show_is_found(app: Flask, district: District) -> None:
    with days_later(0):
        late = handed_over(district, found(district))
        back = handed_over(district, found(district, item="F-EXIT-02"), "market")
        handing.decline(
            lock(back.id), district.actor("shichang1"), competent_id=district.cast.offices["gas"], competent="",
            reason="归燃气",
        )  # fmt: skip
        taken = accepted(district, handed_over(district, found(district, item="F-EXIT-03")))
    with days_later(7):
        assert piles(district) == {"reassign": {back.id}, "watch": {late.id, taken.id}}
    with days_later(8):
        # What came back is the desk's own work and not chased; what was taken over has its own date.
        assert piles(district)["reassign"] == {back.id}
        assert taken.mending_on is not None
        assert piles(district)["chase"] == {late.id} | ({taken.id} if taken.mending_on < clock.today() else set())


def test_a_paper_nobody_served_stands_in_today_after_five_working_days(app: Flask, district: District) -> None:
    scope = district.scope("du1")
    with days_later(0):
        hazard = handed_over(district, found(district), "fire")
        content = {
            key: value
            for key, value in samples.sample("notice").items()
            if key not in ("number", "code", "mark", "address")
        }
        draft = Draft("notice", district.cast.offices["fire"], hazard.premises_id, content, [DraftLine(hazard.id, DAY)])
        paper = papers.freeze(draft, powers=frozenset({"order_notice"}), made_by=None, address="http://x")
        sha256 = evidence.keep(app.extensions["storage"], b"%PDF-1.7 x", "application/pdf")
        papers.attach(paper.id, file_sha256=sha256, key_id="k", signature="s")
    with days_later(7):
        assert db.session.scalars(paper_queries.unserved(scope)).all() == []
    with days_later(8):
        assert db.session.scalars(paper_queries.unserved(scope)).all() == [hazard.id]
        record_service(paper, Delivery("in_person", clock.now(), received_by="店长"), served_by=None)
        assert db.session.scalars(paper_queries.unserved(scope)).all() == []


def test_the_verifier_passes_or_fails_with_a_known_way(app: Flask, district: District) -> None:
    hazard = submitted(district, accepted(district, handed_over(district, found(district))), app.extensions["storage"])
    with pytest.raises(Refused, match="怎么看的"):
        verifying.verify(lock(hazard.id), district.actor("du2"), passed=True, way="", opinion="看过")
    verified(district, hazard)
