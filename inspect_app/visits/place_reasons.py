"""Why a place should be gone to first, each reason in words: a list, and no score. Pure.

In this order: what may kill (重大 or 疑似重大 that is open), what was promised and not kept (overdue), what came back, what makes
a fire worse there (bottled gas, people who sleep there; where nobody has said, nothing is guessed), how long nobody has looked.
No law ranks places so; it is a help to whoever plans the day, and no grade of the place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .staleness import FullWalkRule, months_before


@dataclass(frozen=True)
class OpenThere:
    """An open hazard, as far as it is a reason."""

    grave: bool  # 重大, or suspected to be
    due_on: date | None
    came_back: bool


def reasons_for(
    hazards: Iterable[OpenThere], facts: Mapping[str, Any], last_seen: date | None, rule: FullWalkRule, today: date
) -> list[str]:
    """The reasons that hold today, the gravest first. `last_seen` is the day of the last visit on which somebody was inside."""
    rows = list(hazards)
    grave = sum(row.grave for row in rows)
    late = [row.due_on for row in rows if row.due_on is not None and row.due_on < today]
    back = sum(row.came_back for row in rows)
    said = [
        f"有 {grave} 件重大或疑似重大隐患没有销号" if grave else "",
        f"有 {len(late)} 件隐患过了期限，最久的过了 {(today - min(late)).days} 天" if late else "",
        f"有 {back} 件隐患是改好以后又出现的" if back else "",
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
