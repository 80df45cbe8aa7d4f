"""What a visit says of its items, in numbers: six values that are never mixed, and how a visit is named. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inspect_app.checklists.answers import VERDICT_NAMES, verdict
from inspect_app.checklists.conditions import Facts, Verdict
from inspect_app.checklists.rules import Checklist, Item, applicable
from inspect_app.checklists.walk import DEPTH_NAMES, Depth

from .rules import OUTCOME_NAMES, WAS_INSIDE, Merged, VisitOutcome

SIX = tuple(value for value in Verdict if value is not Verdict.NONE)


def values(items: Iterable[Item], answers: Mapping[str, Merged]) -> dict[str, Verdict]:
    """Item code → what a visit that is over says of it: what nobody answered was not looked at."""
    found: dict[str, Verdict] = {}
    for item in items:
        said = verdict(item, answers[item.code].answer.body) if item.code in answers else Verdict.NONE
        found[item.code] = Verdict.NOT_LOOKED if said is Verdict.NONE else said
    return found


@dataclass(frozen=True)
class Tally:
    """How many items have which value."""

    of: Mapping[Verdict, int]

    @property
    def one_by_one(self) -> int:
        """Items that somebody answered one by one, whatever the answer."""
        return sum(number for value, number in self.of.items() if not value.is_glance)

    @property
    def rows(self) -> list[tuple[str, int]]:
        """Each of the six by its name, also those that nothing has."""
        return [(VERDICT_NAMES[value], self.of.get(value, 0)) for value in SIX]

    @property
    def words(self) -> str:
        """What a paper says of them; what nothing has is left out."""
        told = (
            ("逐项看 {} 项", self.one_by_one),
            ("看过（未见异常）{} 项", self.of.get(Verdict.SEEN, 0)),
            ("没看 {} 项", self.of.get(Verdict.NOT_LOOKED, 0)),
        )
        return "，".join(words.format(number) for words, number in told if number)


def counted(lists: Iterable[Checklist], facts: Facts, answers: Mapping[str, Merged]) -> dict[str, Item]:
    """What a visit says something of, by code, each item once however many lists hold it: what is asked at premises, and
    what somebody answered although it is not."""
    found: dict[str, Item] = {}
    for checklist in lists:
        asked = {item.code for item in applicable(checklist, facts)}
        found |= {item.code: item for item in checklist.items if item.code in asked or _is_answered(item, answers)}
    return found


def _is_answered(item: Item, answers: Mapping[str, Merged]) -> bool:
    said = verdict(item, answers[item.code].answer.body) if item.code in answers else Verdict.NONE
    return said is not Verdict.NONE and not said.is_glance


def tally(lists: Iterable[Checklist], facts: Facts, answers: Mapping[str, Merged]) -> Tally:
    """The values of what a visit says something of."""
    return Tally(Counter(values(counted(lists, facts, answers).values(), answers).values()))


def named(depth: str, outcome: str | None, note: str = "") -> str:
    """What a visit is called on paper and at the desk: 短查, 全查, one of them ended early and why, or what happened instead."""
    went = VisitOutcome(outcome) if outcome else VisitOutcome.INSPECTED
    why = f"（{note}）" if note else ""
    if went not in WAS_INSIDE:
        return OUTCOME_NAMES[went] + why
    walked = DEPTH_NAMES[Depth(depth)]
    return walked if went is VisitOutcome.INSPECTED else f"{walked}，{OUTCOME_NAMES[went]}{why}"
