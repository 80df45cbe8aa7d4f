"""What a deputy would put down for one item: sound, or wrong. Pure."""

from typing import Any

from inspect_app.checklists.rules import Item


def filled(item: Item, *, wrong: bool) -> dict[str, Any]:
    """The body of an answer that judges itself sound or wrong, by whatever kind of answer the item asks for."""
    body: dict[str, Any] = {"value": "fail" if wrong else "pass"}
    if item.kind == "choice":
        body["choice"] = next(choice.value for choice in item.choices if choice.fails is wrong)
    elif item.kind == "number":
        body["number"] = _number(item, wrong)
    elif item.kind == "count" and item.part is not None:
        body["rows"] = [{"name": f"{item.part.name} {number}", "number": _number(item, wrong)} for number in (1, 2)]
    elif item.kind == "text":
        body["text"] = "看过了。"
    return body


def _number(item: Item, wrong: bool) -> float:
    """A bound itself is sound; a step beyond it is wrong."""
    if item.at_least is not None:
        return item.at_least - wrong * (1 if item.at_least >= 1 else item.at_least / 2)
    return (item.at_most or 0) + wrong
