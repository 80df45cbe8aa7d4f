"""What may be found at a place of a kind: the items of the published lists, each frozen as a finding of it is frozen."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from inspect_app.casework.visit_submission import frozen_finding
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.rules import Item, field_of
from inspect_app.kernel import clock
from inspect_app.kernel.spelling import folded
from inspect_app.premises.rules import PremisesKind

_SPOTS = {
    "gas": ("厨房", "灶台旁", "后厨瓶间"),
    "site": ("工地北侧", "材料堆场", "大门口"),
    "fire": ("大厅", "后门", "楼梯间", "二楼过道"),
}


@dataclass(frozen=True)
class Findable:
    """One item as it is cast into a mould: texts as JSON, and what it may stand for."""

    code: str
    field: str
    on_the_spot: bool
    folded: str
    texts: dict[str, str]


def findable() -> dict[str, list[Findable]]:
    """The items by the kind of place they are asked at."""
    return {str(kind): [*_at(kind)] for kind in PremisesKind}


def _at(kind: PremisesKind) -> Iterator[Findable]:
    seen = set()
    for version in checklists.current_for(kind):
        checklist = checklists.asked(version.id, clock.today())
        for item in checklist.items:
            own = field_of(item.code) in (None, checklist.field)
            if own and item.grade != "advice" and item.code not in seen:
                seen.add(item.code)
                yield from _variants(item, str(checklist.field), str(version.id), kind)


def _variants(item: Item, field: str, version_id: str, kind: PremisesKind) -> Iterator[Findable]:
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
        as_json = {name: json.dumps(text, ensure_ascii=False) for name, text in texts.items()}
        yield Findable(item.code, field, item.on_the_spot, folded(item.title), as_json)
