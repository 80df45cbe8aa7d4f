"""Dates computed from terms, with the reasons people read."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from inspect_app.kernel import clock
from inspect_app.kernel.workdays import RollOver, Unit, count_from, published_calendar

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


def test_a_year_not_yet_published_counts_weekends_only_and_is_provisional() -> None:
    deadline = count_from(date(2026, 12, 30), 3, Unit.WORKING_DAYS, RollOver.NONE, CALENDAR)
    assert 2027 not in CALENDAR.published
    assert deadline.on == date(2027, 1, 4)
    assert deadline.provisional
    assert "暂定" in deadline.explanation


def test_calendar_days_roll_over_only_where_the_term_says_so() -> None:
    friday = date(2026, 11, 20)
    assert _on(friday, 1, Unit.DAYS, RollOver.NONE) == date(2026, 11, 21)
    assert _on(friday, 1, Unit.DAYS) == date(2026, 11, 23)


def test_a_month_ends_on_the_last_day_where_the_day_does_not_exist() -> None:
    assert _on(date(2026, 1, 31), 1, Unit.MONTHS, RollOver.NONE) == date(2026, 2, 28)


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
