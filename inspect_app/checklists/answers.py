"""What an answer comes to: one rule for every kind of item, the same on the server and on the phone (conditions.js)."""

from collections.abc import Mapping
from typing import Any

from .conditions import KnownAnswers, Verdict, is_number
from .rules import Item, figure

VERDICT_NAMES = {
    Verdict.PASS: "合格",
    Verdict.FAIL: "不合格",
    Verdict.NOT_APPLICABLE: "不适用",
    Verdict.UNSURE: "看不准",
    Verdict.SEEN: "看过（未见异常）",
    Verdict.NOT_LOOKED: "没看",
    Verdict.NONE: "还没查",
}
# What a person says of an item itself; the others come from closing a zone, or from nothing.
TAPPED_NAMES = {
    str(value): name for value, name in VERDICT_NAMES.items() if value is not Verdict.NONE and not value.is_glance
}
_JUDGES_ITSELF = frozenset({"choice", "number", "count", "text"})
_JUDGED = {str(value): value for value in Verdict if value is not Verdict.NONE}


def verdict(item: Item, body: Mapping[str, Any]) -> Verdict:
    """合格, 不合格, 不适用, 看不准, 看过, 没看 or nothing yet.

    What was measured, counted or chosen judges itself; the tap counts where the kind of answer leaves it to a person.
    """
    tapped = body.get("value")
    judged = _JUDGED.get(tapped, Verdict.NONE) if isinstance(tapped, str) else Verdict.NONE
    if item.kind not in _JUDGES_ITSELF:
        return judged
    if judged in (Verdict.NOT_APPLICABLE, Verdict.UNSURE) or judged.is_glance:
        return judged
    if item.kind == "choice":
        chosen = [choice for choice in item.choices if choice.value == body.get("choice")]
        return _of(chosen[0].fails) if chosen else judged
    if item.kind in ("number", "count"):
        written = numbers(item, body)
        if any(number is not None and outside(item, number) for number in written):
            return Verdict.FAIL
        if None in written:
            return Verdict.NONE
        return _by_hand(item, judged) if written else judged
    if item.kind == "text" and judged is Verdict.NONE:
        return Verdict.PASS if str(body.get("text") or "").strip() else Verdict.NONE
    return judged


def _of(fails: bool) -> Verdict:
    return Verdict.FAIL if fails else Verdict.PASS


def _by_hand(item: Item, judged: Verdict) -> Verdict:
    """A number within its bounds passes; one that has none is judged by a person, and only noted otherwise."""
    bounded = item.at_least is not None or item.at_most is not None
    return Verdict.PASS if bounded or judged is Verdict.NONE else judged


def numbers(item: Item, body: Mapping[str, Any]) -> tuple[float | None, ...]:
    """The number of a number item, or those of the parts of a count, None for a part still empty."""
    if item.kind == "number":
        number = body.get("number")
        return (number,) if is_number(number) else ()
    if item.kind != "count":
        return ()
    return tuple(row.get("number") if is_number(row.get("number")) else None for row in _rows(body))


def _rows(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = body.get("rows")
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def outside(item: Item, number: float) -> bool:
    """Whether a number breaks the bounds of its item."""
    too_few = item.at_least is not None and number < item.at_least
    return too_few or (item.at_most is not None and number > item.at_most)


def given(item: Item, body: Mapping[str, Any]) -> KnownAnswers:
    """An answer as conditions see it: of a zone that was closed they know nothing."""
    found = verdict(item, body)
    return KnownAnswers() if found.is_glance else KnownAnswers(found, numbers(item, body), _choice(item, body))


def _choice(item: Item, body: Mapping[str, Any]) -> str:
    """The value that was chosen; empty for another kind of item, and for a value that it does not offer."""
    offered = {choice.value for choice in item.choices} if item.kind == "choice" else set()
    return next((value for value in offered if value == body.get("choice")), "")


def measured(item: Item, body: Mapping[str, Any]) -> str:
    """What was measured, counted, chosen or written, in words; empty for an item that is only judged."""
    if item.kind == "choice":
        return next((choice.label for choice in item.choices if choice.value == body.get("choice")), "")
    if item.kind == "text":
        return str(body.get("text") or "").strip()
    if item.kind == "number":
        return "".join(f"{figure(number)} {item.unit}".strip() for number in numbers(item, body) if number is not None)
    if item.kind == "count":
        rows = zip(_rows(body), numbers(item, body), strict=True)
        said = [f"{_named(row)}{figure(number)} {item.unit}".strip() for row, number in rows if number is not None]
        return "，".join(said)
    return ""


def _named(row: Mapping[str, Any]) -> str:
    name = str(row.get("name") or "").strip()
    return f"{name}：" if name else ""
