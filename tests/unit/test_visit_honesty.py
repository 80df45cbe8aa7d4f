"""What may be asked about a short walk: only what a stated rule says stands out, and only as a question."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from inspect_app.casework.visit_questions import worded
from inspect_app.checklists.conditions import Verdict
from inspect_app.visits import honesty
from inspect_app.visits.honesty import Asked, FoundSince, VisitQuestion, Walk

ME, OTHER = UUID(int=1), UUID(int=2)
DAY = date(2026, 11, 30)
USUAL = {"hall": 60, "kitchen": 90, "power": 40}
STEADY = Walk(ME, USUAL, 12, frozenset(USUAL), frozenset({"kitchen"}))
OWN = [STEADY] * 6
THEIRS = [replace(STEADY, person_id=OTHER)] * 6


def _asked(found: list[VisitQuestion]) -> list[Asked]:
    return [one.asked for one in found]


def test_a_walk_as_usual_is_asked_nothing() -> None:
    assert honesty.quick(STEADY, OWN, THEIRS) == []
    assert honesty.no_exception(STEADY, OWN, THEIRS) == []
    assert honesty.quick(replace(STEADY, seconds=dict.fromkeys(USUAL, 31)), OWN, THEIRS) == [], (
        "twice as quick is no question"
    )


def test_two_zones_in_a_third_of_the_usual_time_are_asked_about_and_one_is_not() -> None:
    one = replace(STEADY, seconds=USUAL | {"hall": 20})
    assert _asked(honesty.quick(one, OWN, THEIRS)) == []
    two = replace(STEADY, seconds=USUAL | {"hall": 20, "kitchen": 30})
    (question,) = honesty.quick(two, OWN, THEIRS)
    assert question.asked is Asked.QUICK_ZONES
    assert [(row.what, row.here, row.own, row.others) for row in question.compared] == [
        ("hall", 20, 60, 60),
        ("kitchen", 30, 90, 90),
    ]


def test_whoever_is_always_quick_is_held_against_others() -> None:
    quick = replace(STEADY, seconds=dict.fromkeys(USUAL, 5))
    assert _asked(honesty.quick(quick, [quick] * 6, THEIRS)) == [Asked.QUICK_ZONES, Asked.QUICK_TAPS]


def test_few_walks_say_nothing_and_a_zone_nobody_looked_at_is_no_quick_one() -> None:
    quick = replace(STEADY, seconds=dict.fromkeys(USUAL, 5))
    assert honesty.quick(quick, OWN[:4], THEIRS[:4]) == []
    passed_by = replace(quick, closed=frozenset(), taps=0)
    assert honesty.quick(passed_by, OWN, THEIRS) == []


def test_the_time_for_a_tap_needs_taps() -> None:
    assert replace(STEADY, taps=7).per_tap is None
    assert STEADY.per_tap == pytest.approx(190 / 12)
    assert Walk(ME, {}, 12).per_tap is None


def test_zone_after_zone_without_an_exception_is_asked_only_where_others_find_some() -> None:
    clean = replace(STEADY, exceptions=frozenset())
    many = [clean] * 9
    (question,) = honesty.no_exception(clean, many, THEIRS * 2)
    assert (question.asked, question.zones) == (Asked.NO_EXCEPTION, (30, 33))
    assert honesty.no_exception(clean, many[:6], THEIRS * 2) == [], "21 zones are not many"
    assert honesty.no_exception(clean, [*many, STEADY], THEIRS * 2) == [], "found something once"
    assert honesty.no_exception(clean, many, [replace(clean, person_id=OTHER)] * 12) == [], "others find nothing either"


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ({}, True),
        ({"said_here": Verdict.PASS}, True),
        ({"said_here": Verdict.NOT_LOOKED}, False),
        ({"said_here": Verdict.FAIL}, False),
        ({"said_here": Verdict.UNSURE}, False),
        ({"by_person_id": ME}, False),
        ({"on": DAY + timedelta(days=30)}, True),
        ({"on": DAY + timedelta(days=31)}, False),
        ({"on": DAY - timedelta(days=1)}, False),
    ],
)
def test_what_others_found_soon_afterwards(changes: dict[str, object], asks: bool) -> None:
    found = FoundSince("安全出口上锁打不开", DAY + timedelta(days=3), "王代表", OTHER, Verdict.SEEN)
    assert bool(honesty.found_since({ME}, DAY, [replace(found, **changes)])) is asks  # type: ignore[arg-type]


def test_other_items_than_were_drawn() -> None:
    assert honesty.other_deep(["A", "B"], [["B", "A"]]) == []
    assert honesty.other_deep(["A", "B"], [["A", "C"], ["A", "B"]]) == [], "by what was known before the visit"
    assert honesty.other_deep([], []) == []
    assert _asked(honesty.other_deep(["A", "D"], [["A", "C"]])) == [Asked.OTHER_DEEP]


def test_questions_ask_and_accuse_nobody() -> None:
    quick = replace(STEADY, seconds=dict.fromkeys(USUAL, 5))
    clean = replace(STEADY, exceptions=frozenset())
    found = FoundSince("安全出口上锁打不开", DAY, "王代表", OTHER, Verdict.SEEN)
    questions = [
        *honesty.quick(quick, OWN, THEIRS),
        *honesty.no_exception(clean, [clean] * 9, THEIRS * 2),
        *honesty.found_since({ME}, DAY, [found]),
        *honesty.other_deep(["A"], [["B"]]),
    ]
    said = [worded(one) for one in questions]
    assert _asked(questions) == list(Asked)
    assert all("请问一问" in one.question for one in said)
    words = "".join(one.question + "".join(one.because) for one in said)
    assert not [word for word in ("造假", "敷衍", "违规", "不实", "作弊", "没有认真") if word in words]
    assert "“大厅和出口”用了 5.0 秒，本人平时 60 秒，别的代表平时 60 秒" in words
    assert "王代表看到：安全出口上锁打不开。这一次写的是“看过（未见异常）”" in words
