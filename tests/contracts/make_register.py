"""Writes register.json: places as the server sends them, and as the phone has to read them. `python -m tests.contracts.make_register`"""

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from inspect_app.premises import compact
from inspect_app.premises.compact import PlaceCarried

CONTRACT = Path(__file__).with_name("register.json")
_NAMES = (
    "老王面馆",
    "阿里·买买提烤肉",
    "𠮷祥 火锅",
    "Café 1",
    "东关头 5号院3幢",
    "“双引号”\\反斜线 店",
    "面馆",
    "〇〇二仓库",
)
_KINDS = ("small_restaurant", "small_shop", "residential", "other")


def places(chance: Random, number: int) -> list[PlaceCarried]:
    """Places of every sort, in the order of their ids."""
    rows = [
        PlaceCarried(
            id=UUID(int=chance.getrandbits(128) >> (40 if at % 7 == 0 else 0)),
            name=f"{chance.choice(_NAMES)}{chance.choice(('', '二店', ' A'))}",
            address=f"柳荫街 {chance.randrange(900)} 号",
            kind=chance.choice(_KINDS),
            status=chance.choice(("open", "open", "closed")),
            code="CS" + "".join(chance.choices("23456BCDF", k=8)),
            door_code="".join(chance.choices("23456BCDF", k=12)),
            lon=None if at % 5 == 0 else round(118.7 + chance.random() / 10, 5),
            lat=None if at % 5 == 0 else round(31.9 + chance.random() / 10, 5),
            facts=chance.choice(
                ({}, {"staff": 3}, {"staff": 0, "gas_kind": "piped"}, {"high_rise": False, "floor_area": 30.5})
            ),
        )
        for at in range(number)
    ]
    return sorted(rows, key=lambda place: place.id)


def _read(place: PlaceCarried) -> dict[str, Any]:
    """A place as the phone shows it."""
    there = {"position": [place.lon, place.lat]} if place.lon is not None else {}
    facts = {"facts": dict(place.facts)} if place.facts else {}
    known = {
        "id": str(place.id),
        "name": place.name,
        "address": place.address,
        "kind": place.kind,
        "status": place.status,
    }
    return known | there | facts


def content() -> dict[str, Any]:
    """A whole register in its parts, a change of it, and what stands before and after."""
    chance = Random(49)
    rows = places(chance, 60)
    new = places(chance, 4)
    changed = [replace(rows[0], name="改了名的一家"), replace(rows[31], lon=None, lat=None, facts={"staff": 8}), *new]
    gone = [rows[5].id, rows[59].id, new[0].id]  # one of them is not known there yet
    after = {place.id: place for place in [*rows, *changed]}
    for place_id in gone:
        del after[place_id]
    changed = [place for place in changed if place.id not in gone]
    head = {"form": compact.FORM, "cursor": "1.e.a.7", "order": compact.order_of(rows), "size": len(rows)}
    return {
        "names": head | compact.names(rows),
        "ids": head | compact.ids(rows),
        "more": head | compact.more(rows),
        "empty": {name: {**head, "order": compact.order_of([]), "size": 0} | made([]) for name, made in compact.PARTS.items()},
        "before": [_read(place) for place in rows],
        "door_codes": [[place.door_code, str(place.id)] for place in rows],
        "codes": [[place.code, str(place.id)] for place in rows],
        "changes": {"rows": [compact.row_of(place) for place in changed], "gone": [str(one) for one in gone], "cursor": "1.e.a.9"},
        "after": [_read(place) for place in sorted(after.values(), key=lambda place: place.id)],
        "after_order": compact.order_of(sorted(after.values(), key=lambda place: place.id)),
    }  # fmt: skip


if __name__ == "__main__":
    CONTRACT.write_text(json.dumps(content(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
