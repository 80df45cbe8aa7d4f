"""The contract's JSON as the Python side reads it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from inspect_app.checklists.conditions import KnownAnswers
from inspect_app.checklists.rules import Item
from inspect_app.checklists.suspicion import SuspicionRule, suspect

CONTRACT: dict[str, list[list[Any]]] = json.loads(Path(__file__).with_name("conditions.json").read_text("utf-8"))


def answers_of(raw: Mapping[str, Any]) -> dict[str, KnownAnswers]:
    return {
        code: KnownAnswers(given["verdict"], tuple(given["numbers"]), given.get("choice", ""))
        for code, given in raw.items()
    }


def item_of(raw: Mapping[str, Any]) -> Item:
    words = {"code": "A", "section": "", "question": "问", "look": "看", "title": "名", "wordings": [], "advice": []}
    return Item.from_dict(words | raw)


def suspected(condition: Any, facts: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """Because and missing of the one rule with this condition; None where it suspects nothing."""
    rule = SuspicionRule("r", "规则", "fire", condition)
    for found in suspect([rule], answers_of(answers), facts):
        return {name: [asdict(leaf) for leaf in getattr(found, name)] for name in ("because", "missing")}
    return None
