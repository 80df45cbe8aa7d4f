"""When a place is due for 全查."""

from datetime import date

import pytest

from inspect_app.visits.staleness import FullWalkRule, full_due, months_before

TODAY = date(2026, 11, 30)
RULE = FullWalkRule()
ASKED = [f"F-{number}" for number in range(10)]
FRESH = dict.fromkeys(ASKED, date(2026, 3, 1))


def _due(
    last: date | None = date(2026, 3, 1), checked: dict[str, date] | None = None, rule: FullWalkRule = RULE
) -> str:
    found = full_due(rule, last_whole=last, asked=ASKED, checked=FRESH if checked is None else checked, today=TODAY)
    return found.why if found else ""


def test_a_place_never_checked_whole_is_due() -> None:
    assert _due(None) == "这里还没有全查过"


@pytest.mark.parametrize(("last", "due"), [(date(2025, 11, 30), False), (date(2025, 11, 29), True)])
def test_twelve_months_are_counted_by_the_calendar(last: date, due: bool) -> None:
    assert bool(_due(last)) is due


def test_more_than_a_third_left_unchecked_makes_it_due_and_three_of_ten_do_not() -> None:
    old = FRESH | dict.fromkeys(ASKED[:3], date(2025, 1, 1))
    assert _due(checked=old) == ""
    assert _due(checked=old | {ASKED[3]: date(2025, 1, 1)}) == "10 项里有 4 项 12 个月没有逐项查过"
    assert _due(checked={}) == "10 项里有 10 项 12 个月没有逐项查过"


def test_the_rule_can_be_set() -> None:
    assert "超过 6 个月" in _due(rule=FullWalkRule(months=6, stale=1.0))
    assert _due(checked={}, rule=FullWalkRule(stale=1.0)) == ""


def test_the_last_day_of_a_shorter_month() -> None:
    assert months_before(date(2027, 3, 31), 1) == date(2027, 2, 28)
    assert months_before(date(2028, 2, 29), 12) == date(2027, 2, 28)
    assert months_before(date(2026, 1, 15), 12) == date(2025, 1, 15)
    assert months_before(date(2026, 12, 31), 1) == date(2026, 11, 30)
