"""What several lists come to on one visit, as static/js/field/lists.js has to put them together."""

from collections.abc import Mapping, Sequence
from typing import Any

from inspect_app.checklists.conditions import facts_named, holds
from inspect_app.checklists.rules import Checklist, Item
from inspect_app.checklists.suspicion import SuspicionRule
from inspect_app.web.phone.lists import bounds_words, rules_over


def walked(lists: Sequence[Checklist], facts: Mapping[str, Any]) -> list[tuple[str, list[tuple[int | None, str]]]]:
    """Sections in walking order with (number, code); what is not asked has no number, and its sections come last."""
    chosen: dict[str, Item] = {}
    every = [item for checklist in lists for item in checklist.items]
    for item in every:
        known = chosen.get(item.code)
        if known is None or (_asked(item, facts) and not _asked(known, facts)):
            chosen[item.code] = item
    sections: dict[str, list[tuple[int | None, str]]] = {}
    idle: dict[str, list[tuple[int | None, str]]] = {}
    met = {item.section for item in chosen.values() if _asked(item, facts)}
    number = 0
    for item in every:
        if chosen[item.code] is not item:
            continue
        asked = _asked(item, facts)
        number += asked
        home = sections if item.section in met else idle
        home.setdefault(item.section, []).append((number if asked else None, item.code))
    first = {name: min(n for n, _ in entries if n is not None) for name, entries in sections.items()}
    return sorted(sections.items(), key=lambda pair: first[pair[0]]) + list(idle.items())


def judged(lists: Sequence[Checklist], facts: Mapping[str, Any], rules: Sequence[SuspicionRule]) -> dict[str, Any]:
    """What the phone judges by: each item's facts, the rules over all of them, and which facts these ask."""
    codes = {code for _, entries in walked(lists, facts) for _, code in entries}
    items = {item.code: item for checklist in reversed(lists) for item in checklist.items if item.code in codes}
    over = rules_over(lists, rules)
    return {
        "items": {code: _about(item) for code, item in items.items()},
        "rules": {rule.id: rule.to_dict() for rule in over},
        "facts": sorted({name for rule in over for name in facts_named(rule.condition)}),
    }


def _asked(item: Item, facts: Mapping[str, Any]) -> bool:
    return holds(item.when, facts) is not False


def _about(item: Item) -> dict[str, Any]:
    measured = item.kind in ("number", "count")
    return {
        "kind": item.kind, "unit": item.unit, "at_most": item.at_most, "at_least": item.at_least, "when": item.when,
        "grade": item.grade, "photos": item.photos, "question": item.question, "title": item.title,
        "bounds": bounds_words(item) if measured else "", "wordings": list(item.wordings), "look": item.look,
        "choices": [{"value": one.value, "label": one.label, "fails": one.fails} for one in item.choices],
        "part": {"name": item.part.name, "fact": item.part.fact} if item.part else None,
    }  # fmt: skip
