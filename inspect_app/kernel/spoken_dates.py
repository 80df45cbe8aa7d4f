"""Dates and times as people say them and as sheets print them, in local time."""

from datetime import date, datetime

from . import clock

_WEEKDAYS = "一二三四五六日"


def date_cn(day: date | datetime | None) -> str:
    """今天, 明天, 昨天, 11月30日, with the year when it is not this one."""
    if day is None:
        return "未定"
    if isinstance(day, datetime):
        day = clock.local_date(day)
    today = clock.today()
    near = {0: "今天", 1: "明天", -1: "昨天"}.get((day - today).days)
    if near:
        return near
    return f"{day.year}年{day.month}月{day.day}日" if day.year != today.year else f"{day.month}月{day.day}日"


def date_full(day: date | None) -> str:
    """11月30日（星期一）."""
    if day is None:
        return "未定"
    year = f"{day.year}年" if day.year != clock.today().year else ""
    return f"{year}{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"


def datetime_cn(instant: datetime | None) -> str:
    """11月19日 16:20."""
    return "" if instant is None else f"{date_cn(instant)} {clock.to_local(instant):%H:%M}"


def datetime_full(instant: datetime) -> str:
    """2026年11月23日 10:52, as it stands at the foot of a printed sheet."""
    local = clock.to_local(instant)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def time_cn(instant: datetime | None) -> str:
    """The time of day in Shanghai as 14:05; empty for none."""
    return "" if instant is None else f"{clock.to_local(instant):%H:%M}"
