"""Why a place should be gone to first, each reason in words: a list, and no score. Pure.

In this order: what may kill (重大 or 疑似重大 that is open), what was promised and not kept (overdue), what came back, what makes
a fire worse there (bottled gas, people who sleep there; where nobody has said, nothing is guessed), how long nobody has looked.
No law ranks places so; it is a help to whoever plans the day, and no grade of the place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .staleness import FullWalkRule, months_before


@dataclass(frozen=True)
class OpenThere:
    """The open hazards of a place, as far as they are reasons."""

    grave: int = 0  # 重大, or suspected to be
    overdue: int = 0
    longest: date | None = None  # the oldest date that has passed
    came_back: int = 0


def reasons_for(
    there: OpenThere, facts: Mapping[str, Any], last_seen: date | None, rule: FullWalkRule, today: date
) -> list[str]:
    """The reasons that hold today, the gravest first. `last_seen` is the day of the last visit on which somebody was inside."""
    late = (today - there.longest).days if there.longest else 0
    said = [
        f"有 {there.grave} 件重大或疑似重大隐患没有销号" if there.grave else "",
        f"有 {there.overdue} 件隐患过了期限，最久的过了 {late} 天" if there.overdue else "",
        f"有 {there.came_back} 件隐患是改好以后又出现的" if there.came_back else "",
        "用瓶装气" if facts.get("gas_kind") == "bottled" else "",
        "店里有人住" if facts.get("people_sleeping") is True else "",
        _not_seen(last_seen, rule, today),
    ]
    return [words for words in said if words]


def _not_seen(last_seen: date | None, rule: FullWalkRule, today: date) -> str:
    if last_seen is None:
        return "还没有进门查过"
    if last_seen < months_before(today, rule.months):
        return f"上次进门查是 {(today - last_seen).days} 天前，超过 {rule.months} 个月"
    return ""
