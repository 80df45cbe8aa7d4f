"""The walk's contract as the Python side reads it."""

from collections.abc import Mapping, Sequence
from typing import Any

from inspect_app.checklists.rules import Checklist, Field
from inspect_app.checklists.walk import may_be_drawn, zones
from tests.contracts.reading import item_of


def lists_of(raw: Sequence[Sequence[Mapping[str, Any]]]) -> list[Checklist]:
    return [
        Checklist(f"list-{number}", "表", Field.FIRE, ("other",), tuple(item_of(item) for item in items))
        for number, items in enumerate(raw)
    ]


def zones_of(raw: Sequence[Sequence[Mapping[str, Any]]], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The zones in codes, and what may be drawn in them."""
    found = zones(lists_of(raw), facts)
    return {
        "zones": [
            [zone.code, *([item.code for item in part] for part in (zone.keys, zone.others, zone.beyond_the_eye))]
            for zone in found
        ],
        "drawable": may_be_drawn(lists_of(raw), facts),
    }
