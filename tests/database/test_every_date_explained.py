"""Every way in which a date can be set, one after every other: its words name that way, and no paper that does not print it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from flask import Flask

from inspect_app.casework.dossier import life as hazard_life
from inspect_app.casework.dossier import log_words as hazard_log
from inspect_app.casework.papers import closure
from inspect_app.hazards import queries
from inspect_app.hazards.actions import clockwork, handing, mending, ordering, requesting, serving, verifying
from inspect_app.hazards.actions.setting_clocks import ClockSetting
from inspect_app.hazards.case import case_of
from inspect_app.hazards.clocks import DESK_CLOCKS, ORIGIN_WORDS, ClockKind, ClockStatus, DateOrigin, TimeLimit
from inspect_app.hazards.dates import Clock
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.named import names_in
from inspect_app.hazards.rules import State, Who
from inspect_app.hazards.standing import newest_clock
from inspect_app.kernel import clock, workdays
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.workdays import Unit
from tests.support import District, accepted, found, order_of, photo

from .life import days_later

NUMBER = "青消整〔2026〕7号"
# What claims that a paper prints a date.
CLAIMS = re.compile("文书|通知书|单子|〔")


@dataclass
class World:
    """One hazard in the hands of the fire office, and whoever moves its mending date."""

    app: Flask
    district: District
    hazard: Hazard

    @property
    def mending(self) -> Clock:
        row = newest_clock(self.hazard, ClockKind.MENDING)
        assert row is not None
        return row

    def locked(self) -> Hazard:
        return lock(self.hazard.id)

    def later(self, days: int = 9) -> date:
        return max(self.mending.due_on, clock.today()) + timedelta(days=days)


def _handed_over(world: World, mending_term: TimeLimit = TimeLimit(7, Unit.DAYS)) -> None:  # noqa: B008  frozen
    handing.hand_over(
        world.locked(), world.district.actor("du1"), handler_id=world.district.cast.offices["fire"], reply=TimeLimit(5),
        mending=mending_term, paper="1号",
    )  # fmt: skip


def _ordered(world: World) -> None:
    made = order_of(world.district, number=NUMBER, replaces=world.hazard.order_number or "")
    ordering.order(world.locked(), world.district.actor("xiaofang1"), made)


def _took(world: World) -> None:
    handing.accept(
        world.locked(), world.district.actor("xiaofang1"), mending=TimeLimit(fixed=clock.today() + timedelta(days=6))
    )


def _as_proposed(world: World) -> None:
    accepted(world.district, world.hazard, "xiaofang1")


def _extended(world: World) -> None:
    requesting.ask_extension(
        world.locked(), world.district.actor("xiaofang1"), until=world.later(), reason="配件没到", interim="停用"
    )
    requesting.decide_extension(world.locked(), world.district.actor("xiaofang2"), grant=True, reason="")


def _failed(world: World, verifier: str) -> None:
    if not world.hazard.accepted_at:
        handing.accept(world.locked(), world.district.actor("xiaofang1"))
    desk = world.district.actor("du1")
    party = replace(desk, who=Who.PARTY, person_id=None, organisation_id=None, recorded_by=desk.person_id)
    shot = photo(world.app.extensions["storage"], world.district, "du1")
    mending.submit(world.locked(), party, photo_ids=(shot,), words="店里说改好了")
    verifying.verify(
        world.locked(), world.district.actor(verifier), passed=False, way="on_site", opinion="没有改",
        mending=TimeLimit(fixed=world.later()),
    )  # fmt: skip


def _failed_by_own(world: World) -> None:
    _failed(world, "xiaofang2")


def _failed_by_another(world: World) -> None:
    _failed(world, "daibiao2")
    requesting.set_mending(world.locked(), world.district.actor("xiaofang1"), until=world.later(12))


def _served(world: World) -> None:
    serving.serve(
        world.locked(), world.district.actor("xiaofang1"), paper_id=new_id(), way="in_person", served_at=clock.now(),
        received=True,
    )  # fmt: skip


def _served_late(world: World) -> None:
    with days_later(20):
        _served(world)
        assert case_of(world.hazard).proposal is not None
        requesting.set_mending(world.locked(), world.district.actor("xiaofang1"), until=world.later(30))


def _unserved(world: World) -> None:
    at = clock.now()
    with days_later(2):
        at = clock.now()
        _served(world)
    with days_later(3):
        serving.unserve(
            world.locked(), world.district.actor("xiaofang1"), paper_id=new_id(), service_id=new_id(), served_at=at,
            still=None, reason="签的人不是店里的",
        )  # fmt: skip


def _ordered_and_taken(world: World) -> None:
    _ordered(world)
    _as_proposed(world)


def _moved_since(world: World) -> None:
    _ordered(world)
    _extended(world)


# How the mending date stood before it was moved.
BEFORE: dict[str, Callable[[World], None]] = {
    "proposed": lambda world: None,
    "taken as proposed": _as_proposed,
    "taken": _took,
    "ordered": _ordered,
    "ordered and taken": _ordered_and_taken,
    "moved since the order": _moved_since,
}


# Every way to move a mending date, from where it can be taken, and the origin it leaves.
ALL = frozenset(BEFORE)
IN_DAYS = frozenset({"proposed", "taken as proposed"})
FIXED = ALL - IN_DAYS
MOVES: dict[str, tuple[Callable[[World], None], frozenset[str], DateOrigin]] = {
    "an extension": (_extended, ALL, DateOrigin.EXTENSION),
    "the verifier's own office": (_failed_by_own, ALL, DateOrigin.FAILED),
    "put forward by a verifier": (_failed_by_another, ALL, DateOrigin.FAILED),
    "a service in time": (lambda world: _in_three_days(world), IN_DAYS, DateOrigin.SERVICE),
    "a late service": (_served_late, FIXED, DateOrigin.LATE_SERVICE),
    "a corrected service": (_unserved, IN_DAYS, DateOrigin.UNSERVED),
    "an order": (_ordered, ALL, DateOrigin.ORDER),
}


def _in_three_days(world: World) -> None:
    with days_later(3):
        _served(world)


CASES = [(before, move) for move, (_, starts, _) in MOVES.items() for before in sorted(starts)]


@contextmanager
def _begun(app: Flask, district: District) -> Iterator[World]:
    with days_later(0):
        world = World(app, district, found(district))
        _handed_over(world)
        yield world


def _words_of(hazard: Hazard) -> list[tuple[Clock, str]]:
    """Each row of the mending clock with what the page says of it."""
    rows = [row for row in queries.clocks_of(hazard) if row.kind == ClockKind.MENDING]
    return [(row, hazard_life.clock_status(row, set())) for row in rows]


def _assert_honest(world: World) -> None:
    """No row claims a paper but that of an order, which names it and has its date; page, report and log alike."""
    for row, words in _words_of(world.hazard):
        by_order = row.origin == DateOrigin.ORDER
        assert row.printed is by_order
        assert bool(CLAIMS.search(words)) is by_order, f"{row.origin}: {words}"
        if by_order:
            assert NUMBER in words
        elif row.origin is not None and row.status != ClockStatus.PROPOSED:
            assert ORIGIN_WORDS[DateOrigin(row.origin)] in words
    for told in closure.clock_rows(world.hazard):
        rows = [row for row, _ in _words_of(world.hazard) if row.due_on.isoformat() == told["due_on"] and row.printed]
        assert not CLAIMS.search(told["words"]) or rows, told
    log = queries.log_of(world.hazard)
    for entry in hazard_log.entries(log, names_in(log)):
        for label, said in entry.details:
            if label == "整改期限" and CLAIMS.search(said):
                assert entry.label == "正式文书", entry


@pytest.mark.parametrize(("before", "move"), CASES)
def test_a_date_is_explained_by_what_set_it(app: Flask, district: District, before: str, move: str) -> None:
    act, _, origin = MOVES[move]
    with _begun(app, district) as world:
        BEFORE[before](world)
        fire = district.cast.offices["fire"]
        act(world)
        assert world.mending.origin == origin
        assert world.hazard.mending_on == world.mending.due_on
        _assert_honest(world)
        if State(world.hazard.state) is State.RECTIFYING:
            assert case_of(world.hazard).mending_set_by == fire, "who answers for the date stays who set it"


def test_a_date_moved_since_an_order_stays_with_who_ordered_wherever_the_hazard_goes(
    app: Flask, district: District
) -> None:
    with _begun(app, district) as world:
        _as_proposed(world)
        _ordered(world)
        _extended(world)
        due_on = world.mending.due_on
        handing.reassign(
            world.locked(), district.actor("du1"), handler_id=district.cast.offices["street"], restart=True,
            reply=TimeLimit(5), reason="归街道",
        )  # fmt: skip
        assert case_of(world.hazard).mending_set_by == district.cast.offices["fire"]
        accepted(district, world.hazard, "jiedao1")
        assert world.mending.due_on == due_on, "taking over does not replace the date of an order"
        _assert_honest(world)


def test_a_recount_after_the_holidays_says_so(app: Flask, district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    with days_later(55):
        world = World(app, district, found(district))
        _handed_over(world, TimeLimit(10))
        plain = workdays.published_calendar()
        longer = {date(2027, 1, 4): False, date(2027, 1, 5): False}
        calendar = workdays.Calendar({**plain.exceptions, **longer}, plain.published | {2027})
        for module in ("inspect_app.hazards.actions.clockwork", "inspect_app.hazards.actions.setting_clocks"):
            monkeypatch.setattr(f"{module}.published_calendar", lambda: calendar)
        assert clockwork.recompute_provisional() > 0
        assert world.mending.origin == DateOrigin.HOLIDAYS
        _assert_honest(world)


def test_every_origin_of_a_mending_date_has_a_case() -> None:
    covered = {origin for _, _, origin in MOVES.values()}
    covered |= {
        DateOrigin.HAND_OVER,
        DateOrigin.TAKEN,
        DateOrigin.TAKEN_AS_PROPOSED,
        DateOrigin.HOLIDAYS,
    }  # BEFORE, and the recount
    elsewhere = {
        DateOrigin.DESK,
        DateOrigin.APPOINTED,
        DateOrigin.REASSIGNED,
    }  # of the desk's own dates and of 答复期限
    kept = {DateOrigin.NOT_SHORTENED}  # the same day in other words
    assert covered | elsewhere | kept == set(DateOrigin)
    assert set(ORIGIN_WORDS) == set(DateOrigin)
    assert [origin for origin, words in ORIGIN_WORDS.items() if CLAIMS.search(words)] == [DateOrigin.ORDER]


def test_rows_older_than_the_question_claim_only_what_an_order_wrote(app: Flask, district: District) -> None:
    """Of before: a moved date inherited 正式文书 and `printed` from the order it replaced."""
    hazard = found(district)
    common = {
        "hazard_id": hazard.id, "kind": ClockKind.MENDING, "status": "ordered", "unit": "days", "roll_over": "none",
        "starts_on": clock.today(), "due_on": clock.today(), "provisional": False, "printed": True, "explanation": "定在",
        "set_at": clock.now(),
    }  # fmt: skip
    order, moved = Clock(reason=f"以{NUMBER}为准", **common), Clock(reason="延期", **common)
    db.session.add_all([order, moved])
    db.session.flush()
    assert NUMBER in order.origin_words
    assert not CLAIMS.search(moved.origin_words)


def test_the_desks_own_dates_need_no_origin() -> None:
    for kind in ClockKind:
        if kind in DESK_CLOCKS:
            assert ClockSetting(kind, TimeLimit(2), clock.today()).origin is DateOrigin.DESK
        else:
            with pytest.raises(ValueError, match="what set it"):
                ClockSetting(kind, TimeLimit(2), clock.today())
