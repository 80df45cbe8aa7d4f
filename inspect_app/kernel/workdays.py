"""Working days in China, and dates computed from them with an explanation.

Public holidays and make-up days come from a table fed from chinesecalendar, which knows only published years
(it raises for the next one). A year not yet published counts weekends only and the result is provisional (暂定).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache


class Unit(StrEnum):
    """What a term is counted in."""

    WORKING_DAYS = "working_days"  # 工作日
    DAYS = "days"  # 自然日
    MONTHS = "months"  # 月


class RollOver(StrEnum):
    """What happens when the last day is not a working day."""

    NEXT_WORKING_DAY = "next_working_day"
    NONE = "none"


UNIT_NAMES = {Unit.WORKING_DAYS: "个工作日", Unit.DAYS: "天", Unit.MONTHS: "个月"}


@dataclass(frozen=True)
class Calendar:
    """Exceptions to the rule Monday to Friday: {date: is it a working day}, and the years that are published."""

    exceptions: Mapping[date, bool]
    published: frozenset[int]

    def is_working_day(self, day: date) -> bool:
        """Whether people work on that day, by the published table, else by the week."""
        return self.exceptions.get(day, day.weekday() < 5)


@dataclass(frozen=True)
class Deadline:
    """A computed date: the date, whether it may still change, and why it is this one (Chinese)."""

    on: date
    provisional: bool
    explanation: str


@cache
def published_calendar() -> Calendar:
    """The calendar as far as the State Council has published it, from the installed chinesecalendar."""
    from chinese_calendar.constants import holidays, workdays

    exceptions = dict.fromkeys(holidays, False) | dict.fromkeys(workdays, True)
    return Calendar(exceptions, frozenset(day.year for day in holidays))


def count_from(start: date, amount: int, unit: Unit, roll_over: RollOver, calendar: Calendar) -> Deadline:
    """The last day of a term that starts the day after `start`.

    >>> count_from(date(2026, 9, 29), 3, Unit.WORKING_DAYS, RollOver.NONE, Calendar({}, frozenset({2026}))).on
    datetime.date(2026, 10, 2)
    """
    if amount < 0:
        raise ValueError("a term cannot be negative")
    if unit is Unit.WORKING_DAYS:
        end = _after_working_days(start, amount, calendar)
    elif unit is Unit.DAYS:
        end = start + timedelta(days=amount)
    else:
        end = _add_months(start, amount)
    rolled = end
    if roll_over is RollOver.NEXT_WORKING_DAY:
        while not calendar.is_working_day(rolled):
            rolled += timedelta(days=1)
    years = set(range(start.year, rolled.year + 1))
    counts_work = unit is Unit.WORKING_DAYS or roll_over is RollOver.NEXT_WORKING_DAY
    provisional = counts_work and not years <= calendar.published
    return Deadline(rolled, provisional, _explain(start, amount, unit, end, rolled, provisional, calendar))


def _after_working_days(start: date, amount: int, calendar: Calendar) -> date:
    day, left = start, amount
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working_day(day)
    return day


def _add_months(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(start.day, last))


def _explain(
    start: date, amount: int, unit: Unit, end: date, rolled: date, provisional: bool, calendar: Calendar
) -> str:
    text = f"从{_md(start)}的次日起 {amount} {UNIT_NAMES[unit]}"
    off = [
        day
        for day, works in sorted(calendar.exceptions.items())
        if not works and day.weekday() < 5 and start < day <= end
    ]
    if unit is Unit.WORKING_DAYS and off:
        text += "，除去 " + "、".join(_runs(off))
    if rolled != end:
        text += f"，{_md(end)}是休息日，顺延到{_md(rolled)}"
    if provisional:
        text += "，节假日安排还没公布，暂定"
    return text


def _runs(days: list[date]) -> list[str]:
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [_md(run[0]) if len(run) == 1 else f"{_md(run[0])}到{_md(run[-1])}" for run in runs]


def _md(day: date) -> str:
    return f"{day.month}月{day.day}日"
