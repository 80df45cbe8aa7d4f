"""What may be found at a place of a kind: the items of the published lists, each frozen as a finding of it is frozen."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inspect_app.casework.visit_submission import frozen_finding
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.rules import Item, field_of
from inspect_app.kernel import clock
from inspect_app.kernel.hashing import canonical_json
from inspect_app.kernel.spelling import folded
from inspect_app.premises.rules import PremisesKind

_SPOTS = {
    "gas": ("厨房", "灶台旁", "后厨瓶间"),
    "site": ("工地北侧", "材料堆场", "大门口"),
    "fire": ("大厅", "后门", "楼梯间", "二楼过道"),
}


@dataclass(frozen=True)
class Findable:
    """One item as it is cast into a mould: its texts as JSON and as columns hold them, and what it may stand for."""

    code: str
    field: str
    on_the_spot: bool
    texts: dict[str, str]


def findable(of_id: Callable[[str], str]) -> dict[str, list[Findable]]:
    """The items by the kind of place they are asked at; `of_id` spells an id as the driver takes it."""
    return {str(kind): [*_at(kind, of_id)] for kind in PremisesKind}


def _at(kind: PremisesKind, of_id: Callable[[str], str]) -> Iterator[Findable]:
    seen = set()
    for version in checklists.current_for(kind):
        checklist = checklists.asked(version.id, clock.today())
        for item in checklist.items:
            own = field_of(item.code) in (None, checklist.field)
            if own and item.grade != "advice" and item.code not in seen:
                seen.add(item.code)
                yield from _variants(item, str(checklist.field), str(version.id), kind, of_id)


def _variants(
    item: Item, field: str, version_id: str, kind: PremisesKind, of_id: Callable[[str], str]
) -> Iterator[Findable]:
    """The item with each of its wordings, here and there in the place."""
    for number, wording in enumerate(item.wordings[:3] or ("",)):
        spot = _SPOTS[field][number % len(_SPOTS[field])]
        body = {"wordings": [wording], "photos": ["one"]}
        details = frozen_finding(item, body, item.mending_days, {"kind": str(kind)}, contested=False)
        texts = {
            "item_code": item.code,
            "title": item.title,
            "spot": spot,
            "finding": details | {"suspicion": []},
            "checklist_version_id": version_id,
        }
        as_json = {name: canonical_json(text).decode() for name, text in texts.items()}
        stored = {f"{name} stored": str(text) for name, text in texts.items() if isinstance(text, str)}
        stored |= {
            "finding stored": json.dumps(texts["finding"]),
            "checklist_version_id stored": of_id(version_id),
            "folded": folded(item.title),
        }
        yield Findable(item.code, field, item.on_the_spot, as_json | stored)
