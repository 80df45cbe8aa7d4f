"""How far ahead a date may lie that somebody sets by hand for something to be done by. Pure."""

from datetime import date

from .errors import Refused

MOST_YEARS = 3


def latest(set_on: date) -> date:
    """The last day that may be set on a day: three years on, of a 29 February the 28th."""
    try:
        return set_on.replace(year=set_on.year + MOST_YEARS)
    except ValueError:
        return date(set_on.year + MOST_YEARS, 2, 28)


def in_reach(on: date, set_on: date) -> bool:
    """Whether a day is neither before the one on which it is set nor more than three years on."""
    return set_on <= on <= latest(set_on)


def check_deadline(on: date, what: str, field: str, *, today: date) -> date:
    """A day typed into a field by somebody today. Raises Refused naming what it is where nobody can mean it.

    9999-12-31 in a form is a slip or a way of saying never; a deadline that never comes looks like one that was set.
    """
    if on < today:
        raise Refused(f"{what}不能早于今天。", field=field)
    if on > latest(today):
        last = latest(today)
        raise Refused(f"{what}最晚到{last.year}年{last.month}月{last.day}日，请看一下年份。", field=field)
    return on
