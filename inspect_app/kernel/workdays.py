"""Working days in China, and dates computed from them with an explanation.

Days off and make-up days of published years come from chinesecalendar. 元旦、春节、清明 and the other statutory holidays
(全国年节及纪念日放假办法) are law before a year is published: statutory_days.txt holds them, one year a line, with the day off
in place of one that falls on a weekend, as `holidays` computes them (a test compares; loaded, that library would cost every
process 10 MB). What is not known yet is which days are exchanged (调休): that alone makes a date provisional (暂定).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path


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
    """Exceptions to the rule Monday to Friday: {date: is it a working day}, the years that are published, and what the
    days off are called."""

    exceptions: Mapping[date, bool]
    published: frozenset[int]
    names: Mapping[date, str] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on that day, by the published table, else by the week."""
        return self.exceptions.get(day, day.weekday() < 5)

    def why_off(self, day: date) -> str:
        """Why people do not work on that day, in words: 元旦放假, 周六. Empty for a working day."""
        if self.is_working_day(day):
            return ""
        named = self.names.get(day)
        return f"{named}放假" if named else weekday(day) if day.weekday() >= 5 else "放假"


@dataclass(frozen=True)
class Deadline:
    """A computed date: the date, whether it may still change, and why it is this one (Chinese)."""

    on: date
    provisional: bool
    explanation: str


def exceptional(calendar: Calendar, first: date, last: date) -> dict[str, str]:
    """The days from one to another that the week alone does not tell: why each is off; empty for a make-up day."""
    return {day.isoformat(): calendar.why_off(day) for day in calendar.exceptions if first <= day <= last}


@cache
def published_calendar() -> Calendar:
    """The calendar as far as the State Council has published it, and after that with the statutory holidays."""
    from chinese_calendar.constants import Holiday, holidays, workdays

    published = frozenset(day.year for day in holidays)
    statutory = {day: name for day, name in statutory_days().items() if day.year not in published}
    exceptions = dict.fromkeys([*holidays, *statutory], False) | dict.fromkeys(workdays, True)
    return Calendar(exceptions, published, {day: Holiday(name).chinese for day, name in holidays.items()} | statutory)


def statutory_days() -> dict[date, str]:
    """The days off by law alone and what they are called, from 2027 as far as the lunar months are known."""
    lines = Path(__file__).with_name("statutory_days.txt").read_text().splitlines()
    years = ((year, days) for year, *days in map(str.split, lines))
    return {date.fromisoformat(f"{year}-{day[:5]}"): day[5:] for year, days in years for day in days}


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
    days = [start + timedelta(days=n) for n in range(1, (rolled - start).days + 1)]
    off = [day for day in days if day.weekday() < 5 and day <= end and not calendar.is_working_day(day)]
    if unit is Unit.WORKING_DAYS and off:
        text += "，除去 " + "、".join(_runs(off))
    made_up = [day for day in days if day.weekday() >= 5 and calendar.is_working_day(day)]
    named = made_up if unit is Unit.WORKING_DAYS else [day for day in made_up if day == rolled]
    if named:
        text += "，" + "、".join(f"{_md(day)}（{weekday(day)}）" for day in named) + "补班，算工作日"
    if rolled != end:
        text += f"，{_md(end)}是休息日，顺延到{_md(rolled)}"
    if provisional:
        text += "，法定节假日已经算进去，调休补班还没公布，暂定"
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


def weekday(day: date) -> str:
    """周五."""
    return "周" + "一二三四五六日"[day.weekday()]


def in_full(day: date) -> str:
    """2027年1月1日（周五）: a day somebody chose is shown so that a slip of the year or the week is seen."""
    return f"{day.year}年{_md(day)}（{weekday(day)}）"
