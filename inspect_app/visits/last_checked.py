"""When each thing at premises was last really checked, and whether they are due for 全查: what their page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.rules import Checklist, Item, applicable
from inspect_app.checklists.zones import ZONES
from inspect_app.premises.models import Premises

from .checked import last_whole, really_checked
from .staleness import FullDue, FullWalkRule, full_due


@dataclass(frozen=True)
class CheckedItem:
    """One thing that is looked at here, and the day somebody last decided it; None where nobody ever did."""

    words: str
    on: date | None
    days: int


@dataclass(frozen=True)
class CheckedZone:
    """A zone, or a section of lists without zones, with its things, the longest not checked first."""

    name: str
    items: tuple[CheckedItem, ...]

    @property
    def never(self) -> int:
        """How many of them nobody ever decided."""
        return sum(item.on is None for item in self.items)

    @property
    def oldest(self) -> date | None:
        """The day of what was decided longest ago; None where nothing ever was."""
        return min((item.on for item in self.items if item.on), default=None)


@dataclass(frozen=True)
class LastChecked:
    """The zones of premises in the order they are walked, the day of their last 全查, and why they are due for one."""

    zones: tuple[CheckedZone, ...]
    whole_on: date | None
    due: FullDue | None

    @property
    def total(self) -> int:
        return sum(len(zone.items) for zone in self.zones)

    @property
    def never(self) -> int:
        return sum(zone.never for zone in self.zones)


def last_checked(premises: Premises, rule: FullWalkRule, today: date) -> LastChecked:
    """By what is asked at the premises today. Three statements, however much was checked."""
    lists = [checklists.asked(row.id, today) for row in checklists.current_for(premises.kind)]
    checked = really_checked(premises.id, today + timedelta(days=1))
    asked = _asked(lists, premises)
    whole = last_whole(premises.id)
    due = full_due(rule, last_whole=whole, asked=set(asked), checked=checked, today=today)
    return LastChecked(tuple(_zones(asked, checked, today)), whole, due if asked else None)


def _asked(lists: Sequence[Checklist], premises: Premises) -> dict[str, Item]:
    facts = premises.facts | {"kind": premises.kind}
    found: dict[str, Item] = {}
    for item in (item for checklist in lists for item in applicable(checklist, facts)):
        found.setdefault(item.code, item)
    return found


def _zones(asked: Mapping[str, Item], checked: Mapping[str, date], today: date) -> list[CheckedZone]:
    together: dict[str, list[CheckedItem]] = {name: [] for name in ZONES.values()}
    for item in asked.values():
        on = checked.get(item.code)
        days = (today - on).days if on else 0
        together.setdefault(ZONES.get(item.zone, item.section), []).append(CheckedItem(item.short_words, on, days))
    return [
        CheckedZone(name, tuple(sorted(items, key=lambda one: one.on or date.min)))
        for name, items in together.items()
        if items
    ]
