"""Why a place should be gone to first: every reason in words, the gravest first, nothing guessed."""

from datetime import date, timedelta

from inspect_app.visits.place_reasons import OpenThere, reasons_for
from inspect_app.visits.staleness import FullWalkRule

TODAY, RULE = date(2026, 11, 30), FullWalkRule()


def test_a_place_that_is_in_order_and_was_just_seen_has_none() -> None:
    assert reasons_for(OpenThere(), {"gas_kind": "piped", "people_sleeping": False}, TODAY, RULE, TODAY) == []


def test_each_reason_is_said_with_its_number_the_gravest_first() -> None:
    open_ones = OpenThere(grave=1, overdue=2, longest=TODAY - timedelta(days=9), came_back=1)
    facts = {"gas_kind": "bottled", "people_sleeping": True}
    assert reasons_for(open_ones, facts, date(2025, 11, 29), RULE, TODAY) == [
        "有 1 件重大或疑似重大隐患没有销号",
        "有 2 件隐患过了期限，最久的过了 9 天",
        "有 1 件隐患是改好以后又出现的",
        "用瓶装气",
        "店里有人住",
        "上次进门查是 366 天前，超过 12 个月",
    ]


def test_what_nobody_has_said_is_no_reason_and_a_year_to_the_day_is_not_too_long() -> None:
    assert reasons_for(OpenThere(), {}, date(2025, 11, 30), RULE, TODAY) == []
    assert reasons_for(OpenThere(), {}, None, RULE, TODAY) == ["还没有进门查过"]
