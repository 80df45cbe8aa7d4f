"""What the field pages show of checklists, facts and days: plain values for templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from inspect_app.checklists.conditions import answers_named, facts_named
from inspect_app.checklists.rules import Checklist, Item, applicable
from inspect_app.checklists.suspicion import SuspicionRule
from inspect_app.kernel.workdays import published_calendar
from inspect_app.premises.rules import FACT_NAMES, GAS_KINDS, KIND_NAMES

_YES_NO = {
    "people_sleeping": ("有人住", "没人住"),
    "high_rise": ("是高层", "不是高层"),
    "below_ground": ("在地下", "在地上"),
}
_NUMBERS = {
    "floor_area": "{} 平方米", "storeys": "{} 层", "beds": "{} 张床", "seats": "{} 个座位", "staff": "{} 个员工", "year_built": "{} 年建",
}  # fmt: skip
_QUESTIONS = {"people_sleeping": "夜里有人住吗", "high_rise": "这栋楼是高层吗", "below_ground": "店在地下或半地下吗"}


@dataclass(frozen=True)
class Fact:
    """A fact of a place as its page asks for it: choices to tap, or a number."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    value: Any
    words: str  # the present value in words; empty while nobody knows it


def facts_asked(
    lists: Sequence[Checklist], known: Mapping[str, Any], rules: Sequence[SuspicionRule] = ()
) -> list[Fact]:
    """The facts that the lists' conditions and the rules over their items need, and what else is known of the place;
    the unknown first."""
    needed = facts_needed(lists, rules)
    facts = [_fact(name, known.get(name)) for name in FACT_NAMES if name in needed or name in known]
    return sorted(facts, key=lambda fact: bool(fact.words))


def facts_needed(lists: Sequence[Checklist], rules: Sequence[SuspicionRule] = ()) -> list[str]:
    """Names of the facts that decide what is asked or suspected under these lists, in the order they are asked."""
    needed = {name for checklist in lists for item in checklist.items for name in facts_named(item.when)}
    needed |= {name for rule in rules_over(lists, rules) for name in facts_named(rule.condition)}
    return [name for name in FACT_NAMES if name in needed]


def bounds_words(item: Item) -> str:
    """What a number should be, in words."""
    low, high = (None if bound is None else f"{bound:g} {item.unit}" for bound in (item.at_least, item.at_most))
    if low and high:
        return f"应在 {item.at_least:g} 到 {high}之间"
    return f"应不超过 {high}" if high else f"应不少于 {low}" if low else "写数字"


def rules_over(lists: Sequence[Checklist], rules: Sequence[SuspicionRule]) -> list[SuspicionRule]:
    """The rules of suspicion that speak of items of these lists."""
    asked = {item.code for checklist in lists for item in checklist.items}
    return [rule for rule in rules if answers_named(rule.condition) & asked]


def _fact(name: str, value: Any) -> Fact:
    if name == "gas_kind":
        return Fact(name, "用什么气", tuple(GAS_KINDS.items()), value, GAS_KINDS.get(str(value), ""))
    if name in _YES_NO:
        yes, no = _YES_NO[name]
        words = "" if value is None else (yes if value else no)
        chosen = None if value is None else ("true" if value else "false")
        return Fact(name, _QUESTIONS[name], (("true", yes), ("false", no)), chosen, words)
    return Fact(name, FACT_NAMES[name], (), value, "" if value is None else _NUMBERS.get(name, "{}").format(value))


def numbered(lists: Sequence[Checklist], facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Sections of all lists in walking order, items numbered through."""
    sections: dict[str, list[dict[str, Any]]] = {}
    number = 0
    seen: set[str] = set()
    for checklist in lists:
        for item in applicable(checklist, facts):
            if item.code in seen:
                continue
            seen.add(item.code)
            number += 1
            days = sorted({1, 3, 7, 15} | {item.mending_days})
            entry = {"number": number, "item": item, "days": days, "bounds": bounds_words(item)}
            sections.setdefault(item.section, []).append(entry)
    return [{"name": name, "entries": entries} for name, entries in sections.items()]


def evaluated(
    lists: Sequence[Checklist], facts: Mapping[str, Any], rules: Sequence[SuspicionRule]
) -> dict[str, Any]:  # fmt: skip
    """What a phone needs to judge answers, conditions and suspicions without a signal."""
    over = rules_over(lists, rules)
    asked = {name for rule in over for name in facts_named(rule.condition)}
    return {
        "items": {item.code: _judged(item) for checklist in lists for item in checklist.items},
        "facts": dict(facts),
        "rules": [rule.to_dict() for rule in over],
        "questions": {
            name: {"label": (fact := _fact(name, None)).label, "choices": fact.choices}
            for name in FACT_NAMES
            if name in asked
        },
        "factWords": {name: FACT_NAMES.get(name, "场所类别") for name in asked},
        "valueWords": GAS_KINDS | KIND_NAMES,
    }


def _judged(item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind, "unit": item.unit, "at_most": item.at_most, "at_least": item.at_least, "when": item.when,
        "grade": item.grade, "photos": item.photos, "question": item.question, "title": item.title,
        "choices": [{"value": one.value, "label": one.label, "fails": one.fails} for one in item.choices],
        "part": {"name": item.part.name, "fact": item.part.fact} if item.part else None,
    }  # fmt: skip


def facts_in_words() -> dict[str, dict[str, Any]]:
    """Every fact as the phone asks for it: its label, the choices to tap or the words around a number."""
    found = {name: _fact(name, None) for name in FACT_NAMES}
    return {
        name: {"label": fact.label}
        | ({"choices": fact.choices} if fact.choices else {"words": _NUMBERS.get(name, "{}")})
        for name, fact in found.items()
    }


def rest_days(today: date, ahead: int = 120) -> list[str]:
    """The days off among the next ones, so that a chosen day can say 这天是休息日."""
    calendar = published_calendar()
    days = (today + timedelta(days=n) for n in range(ahead))
    return [day.isoformat() for day in days if not calendar.is_working_day(day)]
