"""What the field pages show of checklists, facts and days: plain values for templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from inspect_app.checklists.conditions import facts_named
from inspect_app.checklists.rules import Basis, Checklist, Item, figure
from inspect_app.checklists.suspicion import SuspicionRule
from inspect_app.kernel.citing import spaced_article, standard_number
from inspect_app.kernel.hashing import content_hash
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
class FactAsked:
    """A fact of a place as its page asks for it: choices to tap, or a number."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    value: Any
    words: str  # the present value in words; empty while nobody knows it


def facts_asked(
    lists: Sequence[Checklist], known: Mapping[str, Any], rules: Sequence[SuspicionRule] = ()
) -> list[FactAsked]:
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
    low, high = ("" if bound is None else figure(bound) for bound in (item.at_least, item.at_most))
    if low and high:
        return f"应在 {low} 到 {high} {item.unit}之间"
    return f"应不超过 {high} {item.unit}" if high else f"应不少于 {low} {item.unit}" if low else "写数字"


def rules_over(lists: Sequence[Checklist], rules: Sequence[SuspicionRule]) -> list[SuspicionRule]:
    """The rules of suspicion that speak of items of these lists."""
    asked = {item.code for checklist in lists for item in checklist.items}
    return [rule for rule in rules if rule.items & asked]


def _fact(name: str, value: Any) -> FactAsked:
    if name == "gas_kind":
        return FactAsked(name, "用什么气", tuple(GAS_KINDS.items()), value, GAS_KINDS.get(str(value), ""))
    if name in _YES_NO:
        yes, no = _YES_NO[name]
        words = "" if value is None else (yes if value else no)
        chosen = None if value is None else ("true" if value else "false")
        return FactAsked(name, _QUESTIONS[name], (("true", yes), ("false", no)), chosen, words)
    return FactAsked(name, FACT_NAMES[name], (), value, "" if value is None else _NUMBERS.get(name, "{}").format(value))


def phone_list(checklist: Checklist, rules: Sequence[SuspicionRule]) -> dict[str, Any]:
    """One list as a phone draws and judges it without a signal: what is empty is left out, and so are the kind `judge` and the
    grade `general` of most items; `hash` names the content.

    `checklist` is the list as it is asked here on the day, `rules` are those in force then; only the rules that speak of
    its items go along, with the facts they ask. static/js/field/lists.js puts several of these together.
    """
    over = rules_over([checklist], rules)
    named = [name for rule in over for name in facts_named(rule.condition)]
    asked = [name for name in FACT_NAMES if name in named]
    content = _lean(
        {
            "code": checklist.code,
            "title": checklist.title,
            "field": str(checklist.field),
            "reminder": checklist.reminder,
            "items": [_phone_item(item) for item in checklist.items],
            "bases": {one.id: _phone_basis(one) for item in checklist.items for one in item.bases},
            "rules": [rule.to_dict() for rule in over],
            "questions": {
                name: {"label": (fact := _fact(name, None)).label, "choices": fact.choices} for name in asked
            },
            "factWords": {name: FACT_NAMES.get(name, "场所类别") for name in dict.fromkeys(named)},
            "valueWords": (GAS_KINDS if "gas_kind" in named else {}) | (KIND_NAMES if "kind" in named else {}),
        }
    )
    return content | {"hash": content_hash(content)}


def _phone_item(item: Item) -> dict[str, Any]:
    return _lean(
        {
            "code": item.code,
            "section": item.section,
            "kind": "" if item.kind == "judge" else item.kind,
            "question": item.question,
            "title": item.title,
            "look": item.look,
            "wordings": item.wordings,
            "photos": item.photos,
            "photo_hint": item.photo_hint,
            "on_the_spot": item.on_the_spot,
            "days": days_offered(item),
            "mending_days": item.mending_days,
            "grade": "" if item.grade == "general" else item.grade,
            "advice": item.advice,
            "unit": item.unit,
            "at_most": item.at_most,
            "at_least": item.at_least,
            "bounds": bounds_words(item) if item.kind in ("number", "count") else "",
            "choices": [_lean({"value": one.value, "label": one.label, "fails": one.fails}) for one in item.choices],
            "part": {"name": item.part.name, "fact": item.part.fact} if item.part else None,
            "when": item.when,
            "key": item.key,
            "zone": item.zone,
            "line": item.line,
            "why": item.why,
            "needs": item.needs,
            "bases": [basis.id for basis in item.bases],
        }
    )


def _phone_basis(basis: Basis) -> dict[str, str]:
    """A basis as the phone names it, the parts of `Basis.cited`; the number only where it is named with it."""
    number = standard_number(basis.number)
    named = {"document": basis.document, "article": spaced_article(basis.article)}
    return named | ({"number": number} if number else {}) | {"says": basis.says, "mark": str(basis.mark)}


def days_offered(item: Item) -> list[int]:
    """The days to choose from, the item's own among them."""
    return sorted({1, 3, 7, 15} | {item.mending_days})


def _lean(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty; a number stays, zero too: no photo asked for is something else than not said."""
    return {name: value for name, value in values.items() if value or (value == 0 and value is not False)}


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
