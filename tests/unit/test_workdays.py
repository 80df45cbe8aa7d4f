"""Dates computed from terms, with the reasons people read."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_app.hazards.clocks import TimeLimit, due
from inspect_app.kernel import clock
from inspect_app.kernel.workdays import RollOver, Unit, count_from, published_calendar, statutory_days

CALENDAR = published_calendar()


def _on(start: date, amount: int, unit: Unit = Unit.WORKING_DAYS, roll: RollOver = RollOver.NEXT_WORKING_DAY) -> date:
    return count_from(start, amount, unit, roll, CALENDAR).on


def test_national_day_2026_is_skipped_and_said() -> None:
    deadline = count_from(date(2026, 9, 30), 1, Unit.WORKING_DAYS, RollOver.NONE, CALENDAR)
    assert deadline.on == date(2026, 10, 8)
    assert "10月1日到10月2日" in deadline.explanation
    assert not deadline.provisional


def test_a_make_up_saturday_counts_as_a_working_day() -> None:
    make_up = [day for day, works in CALENDAR.exceptions.items() if works and day.year == 2026 and day.weekday() >= 5]
    assert make_up, "2026 has make-up days"
    assert all(_on(day.fromordinal(day.toordinal() - 1), 1) == day for day in make_up)


def test_a_statutory_holiday_is_off_before_its_year_is_published_and_only_exchanged_days_are_open() -> None:
    assert 2027 not in CALENDAR.published
    deadline = count_from(date(2026, 12, 31), 1, Unit.WORKING_DAYS, RollOver.NONE, CALENDAR)
    assert deadline.on == date(2027, 1, 4)
    assert deadline.provisional
    assert "1月1日" in deadline.explanation
    assert "调休补班还没公布，暂定" in deadline.explanation
    assert not count_from(date(2026, 12, 31), 1, Unit.DAYS, RollOver.NONE, CALENDAR).provisional, (
        "no working day counts"
    )


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2027, 2, 5), "农历除夕放假"),
        (date(2027, 2, 8), "春节放假"),
        (date(2027, 2, 9), "春节放假"),  # two days of the feast fall on a weekend and are given on working days
        (date(2027, 4, 5), "清明节放假"),
        (date(2028, 4, 4), "清明节放假"),  # by the sun: the 4th in leap years, the 5th in others
        (date(2027, 6, 9), "端午节放假"),
        (date(2027, 9, 15), "中秋节放假"),
        (date(2027, 10, 1), "国庆节放假"),
        (date(2027, 1, 2), "周六"),
        (date(2027, 1, 4), ""),
    ],
)
def test_what_the_law_says_of_a_day_that_is_not_published(day: date, why: str) -> None:
    assert CALENDAR.why_off(day) == why


def test_publishing_with_days_off_only_lengthens() -> None:
    """What 2025 and 2026 brought: each statutory holiday as computed was indeed off."""
    from holidays.countries.china import China

    by_law = [day for day in China(years=[2025, 2026]) if day.year in (2025, 2026)]
    assert len(by_law) > 20
    assert [day for day in by_law if CALENDAR.is_working_day(day)] == []


def test_the_days_of_the_law_are_those_that_the_library_of_holidays_computes() -> None:
    """Red after an update of that library: then statutory_days.txt is written anew and read against the law."""
    from holidays.countries.china import China

    computed = {
        day: str(name).split("（")[0].replace("; ", "、")
        for day, name in China(years=range(2027, 2100), language="zh_CN").items()
        if 2027 <= day.year < 2100
    }
    assert statutory_days() == computed


def test_the_explanation_names_make_up_days() -> None:
    deadline = count_from(date(2026, 9, 18), 8, Unit.WORKING_DAYS, RollOver.NONE, CALENDAR)
    assert deadline.on == date(2026, 9, 30)
    assert "9月20日（周日）补班，算工作日" in deadline.explanation
    assert "9月25日" in deadline.explanation
    ends_on_one = count_from(date(2026, 10, 8), 2, Unit.DAYS, RollOver.NEXT_WORKING_DAY, CALENDAR)
    assert ends_on_one.on == date(2026, 10, 10)
    assert "10月10日（周六）补班" in ends_on_one.explanation


def test_a_day_set_by_hand_is_said_with_year_and_week_and_that_it_is_off() -> None:
    assert due(TimeLimit(fixed=date(2027, 1, 1)), date(2026, 12, 1), CALENDAR).explanation == (
        "定在2027年1月1日（周五），这天是休息日（元旦放假）"
    )
    assert (
        due(TimeLimit(fixed=date(2026, 12, 4)), date(2026, 12, 1), CALENDAR).explanation == "定在2026年12月4日（周五）"
    )


def test_calendar_days_roll_over_only_where_the_term_says_so() -> None:
    friday = date(2026, 11, 20)
    assert _on(friday, 1, Unit.DAYS, RollOver.NONE) == date(2026, 11, 21)
    assert _on(friday, 1, Unit.DAYS) == date(2026, 11, 23)


def test_a_month_ends_on_the_last_day_where_the_day_does_not_exist() -> None:
    assert _on(date(2026, 1, 31), 1, Unit.MONTHS, RollOver.NONE) == date(2026, 2, 28)


@settings(deadline=None)  # the machine may be busy
@given(st.dates(date(2020, 1, 1), date(2026, 6, 1)), st.integers(1, 60))
def test_a_term_in_working_days_ends_on_a_working_day_and_longer_is_never_earlier(start: date, amount: int) -> None:
    end = _on(start, amount)
    assert CALENDAR.is_working_day(end)
    assert end > start
    assert _on(start, amount + 1) > end


def test_today_is_the_date_in_shanghai() -> None:
    with clock.stopped_at(datetime(2026, 11, 23, 16, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 11, 24)
    with clock.stopped_at(datetime(2026, 11, 23, 15, 59, tzinfo=UTC)):
        assert clock.today() == date(2026, 11, 23)
