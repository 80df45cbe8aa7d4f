"""A checklist as an XLSForm, as ODK and Kobo read it (pyxform proves it in the tests). Pure.

What an XLSForm has no place for (grade, advice, basis, days) goes along in columns of our own, which those tools ignore.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from inspect_app.sheets.workbook import write

from .answers import TAPPED_NAMES
from .excel import plain
from .phrases import WORDED, Vocabulary, say
from .rules import Checklist, Item, figure

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
# Columns of our own: what a round trip through another tool must not lose.
OWN = {
    "inspect_title": "title", "inspect_advice": "advice", "inspect_days": "mending_days", "inspect_grade": "grade",
    "inspect_on_the_spot": "on_the_spot", "inspect_when": "when", "inspect_place": "place", "inspect_bases": "bases",
    "inspect_unit": "unit", "inspect_at_most": "at_most", "inspect_at_least": "at_least", "inspect_photo_hint": "photo_hint",
    "inspect_part": "part", "inspect_key": "key", "inspect_zone": "zone", "inspect_line": "line", "inspect_why": "why",
    "inspect_needs": "needs",
}  # fmt: skip
COLUMNS = (
    "type",
    "name",
    "label",
    "hint",
    "required",
    "relevant",
    "constraint",
    "constraint_message",
    "parameters",
    *OWN,
)
JUDGE, YES_NO = "judge", "yes_no"
# What hangs on an item, by the end of its name.
NUMBER, WORDS, PHOTO, NOTE = "_number", "_wordings", "_photo", "_note"
FACT_GROUP = "facts"


def export(checklist: Checklist, words: Vocabulary, version: str) -> bytes:
    """The list as survey, choices and settings: conditions as relevant, limits as constraint, wordings as select_multiple."""
    survey = [_row(**row) for row in _survey(checklist, words)]
    settings = [["form_title", "form_id", "version"], [checklist.title, checklist.code, version]]
    sheets = {
        SURVEY: [list(COLUMNS), *survey],
        CHOICES: [["list_name", "name", "label", "inspect_fails"], *_choices(checklist, words)],
        SETTINGS: settings,
    }
    return write(
        sheets, {SURVEY: [26, 22, 40, 40], CHOICES: [22, 18, 40], SETTINGS: [30, 30, 20]}, (SURVEY, CHOICES, SETTINGS)
    )


def name_of(code: str) -> str:
    """F-EXIT-01 → F_EXIT_01: a name that every tool can use in its formulas."""
    return code.replace("-", "_")


def _row(**values: str) -> list[str]:
    return [values.get(name, "") for name in COLUMNS]


def _survey(checklist: Checklist, words: Vocabulary) -> Iterator[dict[str, str]]:
    facts = sorted({fact for item in checklist.items for fact in facts_in(item.when)})
    if facts:
        yield {"type": "begin_group", "name": FACT_GROUP, "label": "场所的情况"}
        yield from ({"type": _fact_type(fact, words), "name": fact, "label": words.fact(fact)} for fact in facts)
        yield {"type": "end_group"}
    if checklist.reminder:
        yield {"type": "note", "name": "reminder", "label": checklist.reminder}
    for number, section in enumerate(checklist.sections, 1):
        yield {"type": "begin_group", "name": f"section_{number}", "label": section}
        for item in checklist.items:
            if item.section == section:
                yield from _item(item, words)
        yield {"type": "end_group"}


def _fact_type(fact: str, words: Vocabulary) -> str:
    values = words.values.get(fact)
    if values is None:
        return "decimal"
    return f"select_one {YES_NO if True in values else fact}"


def _item(item: Item, words: Vocabulary) -> Iterator[dict[str, str]]:
    name, relevant = name_of(item.code), _relevant(item.when)
    kind = {"choice": f"select_one {name}", "text": "text", "count": "integer"}.get(item.kind, f"select_one {JUDGE}")
    own = {column: _own(item, field, words) for column, field in OWN.items()}
    yield {
        "type": kind,
        "name": name,
        "label": item.question,
        "hint": item.look,
        "required": "yes",
        "relevant": relevant,
    } | own
    if item.kind == "number":
        yield {
            "type": "decimal",
            "name": name + NUMBER,
            "label": f"量到多少（{item.unit}）",
            "relevant": _all(relevant, f"${{{name}}} = 'pass' or ${{{name}}} = 'fail'"),
        } | _limits(item, name)
    relevant = _all(relevant, _failed(item, name))
    if item.wordings:
        yield {
            "type": f"select_multiple {name}{WORDS}",
            "name": name + WORDS,
            "label": "哪里不对",
            "relevant": relevant,
        }
    for number in range(1, item.photos + 1):
        yield {
            "type": "image",
            "name": f"{name}{PHOTO}_{number}",
            "label": f"照片 {number}",
            "hint": item.photo_hint,
            "relevant": relevant,
            "parameters": "max-pixels=1920",
        }
    yield {"type": "text", "name": name + NOTE, "label": "补充说明", "relevant": relevant}


def _own(item: Item, field: str, words: Vocabulary) -> str:
    value = getattr(item, field)
    if field == "bases":
        return "\n".join(basis.id for basis in value)
    if field == "when":
        return say(value, words)
    if field == "part":
        return f"{value.name}\n{value.fact}" if value else ""
    return WORDED[field].get(value, str(value)) if field in WORDED else plain(value)


def _limits(item: Item, name: str) -> dict[str, str]:
    """A number beyond the limit may be written down, but not under 合格: a constraint on the number alone would forbid
    to record exactly what was found wrong."""
    bounds = [
        f". {sign} {figure(limit)}"
        for sign, limit in (("<=", item.at_most), (">=", item.at_least))
        if limit is not None
    ]
    if not bounds:
        return {}
    said = [
        f"{word} {figure(limit)}"
        for word, limit in (("不超过", item.at_most), ("不少于", item.at_least))
        if limit is not None
    ]
    return {
        "constraint": f"${{{name}}} = 'fail' or ({' and '.join(bounds)})",
        "constraint_message": f"应{'、'.join(said)} {item.unit}。不是的话，上一题请选不合格。",
    }


def _failed(item: Item, name: str) -> str:
    """When the follow-ups show: on 不合格; where an answer has no verdict of its own, as soon as there is one."""
    if item.kind in ("judge", "number"):
        return f"${{{name}}} = 'fail'"
    failing = " or ".join(f"${{{name}}} = '{choice.value}'" for choice in item.choices if choice.fails)
    return failing or f"${{{name}}} != ''"


def _all(*conditions: str) -> str:
    given = [condition for condition in conditions if condition]
    return given[0] if len(given) == 1 else " and ".join(f"({condition})" for condition in given)


def facts_in(condition: Mapping[str, Any] | None) -> set[str]:
    """The facts that a condition asks for."""
    if condition is None:
        return set()
    parts = [*condition.get("all", ()), *condition.get("any", ()), *([condition["not"]] if "not" in condition else ())]
    return {condition["fact"]} if "fact" in condition else set().union(*map(facts_in, parts))


def _relevant(condition: Mapping[str, Any] | None) -> str:
    """Shown unless the condition is known to fail: what nobody has answered yet hides nothing, as in our own pages."""
    return "" if condition is None else f"not({_known(condition, holds=False)})"


def _known(condition: Mapping[str, Any], *, holds: bool) -> str:
    """An expression that is true when the condition is known to hold, or known not to."""
    for key, meets in (("all", True), ("any", False)):
        if key in condition:
            joint = " and " if holds is meets else " or "
            return f"({joint.join(_known(part, holds=holds) for part in condition[key])})"
    if "not" in condition:
        return _known(condition["not"], holds=not holds)
    fact = f"${{{condition['fact']}}}"
    if "in" in condition:
        compared = " or ".join(f"{fact} = {_literal(value)}" for value in condition["in"])
    else:
        key, sign = next(
            (key, sign) for key, sign in (("eq", "="), ("at_least", ">="), ("at_most", "<=")) if key in condition
        )
        compared = f"{fact} {sign} {_literal(condition[key])}"
    return f"({fact} != '' and {f'({compared})' if holds else f'not({compared})'})"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "'true'" if value else "'false'"
    return figure(value) if isinstance(value, int | float) else f"'{value}'"


def _choices(checklist: Checklist, words: Vocabulary) -> Iterator[list[str]]:
    yield from ([JUDGE, value, label, ""] for value, label in TAPPED_NAMES.items())
    for fact in sorted({fact for item in checklist.items for fact in facts_in(item.when)}):
        values = words.values.get(fact, {})
        if True not in values:
            yield from ([fact, str(value), label, ""] for value, label in values.items())
    yield from ([YES_NO, value, label, ""] for value, label in (("true", "是"), ("false", "不是")))
    for item in checklist.items:
        name = name_of(item.code)
        yield from ([name, choice.value, choice.label, plain(choice.fails)] for choice in item.choices)
        yield from ([name + WORDS, f"w{number}", text, ""] for number, text in enumerate(item.wordings, 1))
