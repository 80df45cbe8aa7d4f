"""When premises are due to be checked whole (全查) again. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class FullWalkRule:
    """A whole check holds for so many months, and as long as no more than this share of its items is older than that."""

    months: int = 12
    stale: float = 0.30


@dataclass(frozen=True)
class FullDue:
    """That premises are due, and why in words."""

    why: str


def full_due(
    rule: FullWalkRule, *, last_whole: date | None, asked: Collection[str], checked: Mapping[str, date], today: date
) -> FullDue | None:
    """Whether premises are due: `asked` are the codes of what is asked there, `checked` says when each was last really
    checked. None while it is not."""
    since = months_before(today, rule.months)
    if last_whole is None:
        return FullDue("这里还没有全查过")
    if last_whole < since:
        return FullDue(
            f"上次全查是 {last_whole.year} 年 {last_whole.month} 月 {last_whole.day} 日，超过 {rule.months} 个月了"
        )
    old = sum(checked.get(code, date.min) < since for code in asked)
    if asked and old / len(asked) > rule.stale:
        return FullDue(f"{len(asked)} 项里有 {old} 项 {rule.months} 个月没有逐项查过")
    return None


def months_before(day: date, months: int) -> date:
    """The same day so many months ago; of a shorter month its last."""
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(f"{months} months before {day}")
