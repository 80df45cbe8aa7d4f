"""Wrote walk.json once: what a short walk consists of and which items its deep check falls on, for server and phone alike.

The tests read the file and never run this. Run as `python -m tests.contracts.make_walk`, and read the difference.
"""

import json
import random
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from inspect_app.checklists.walk import drawn
from inspect_app.checklists.zones import ZONES
from tests.contracts.walking import zones_of

FILE = Path(__file__).with_name("walk.json")
BOTTLED = {"fact": "gas_kind", "eq": "bottled"}
FIRE: list[dict[str, Any]] = [
    {"code": "F-1", "zone": "hall", "key": True},
    {"code": "F-2", "zone": "hall"},
    {"code": "F-3", "zone": "outside", "needs": "papers"},
    {"code": "F-4"},
    {"code": "F-5", "zone": "power", "needs": "measure", "key": True},
]
GAS: list[dict[str, Any]] = [
    {"code": "G-1", "zone": "smell", "key": True},
    {"code": "F-2", "zone": "kitchen", "key": True},
    {"code": "G-2", "zone": "cylinders", "when": BOTTLED},
]


def main() -> None:
    dice = random.Random(14)
    codes = [f"F-{number}" for number in range(1, 41)]
    cases: list[list[Any]] = []
    for _ in range(60):
        place, versions = (
            UUID(int=dice.getrandbits(128)),
            [UUID(int=dice.getrandbits(128)) for _ in range(dice.randint(1, 3))],
        )
        some = dice.sample(codes, dice.choice([0, 1, 2, 3, 20, 40]))
        weights = {code: dice.choice([-3, 0, 1, 7, 30, 365, 999, 5000]) for code in some if dice.random() < 0.7}
        day = date(2026, dice.randint(1, 12), dice.randint(1, 28))
        found = drawn(place, day, versions, some, weights)
        cases.append([str(place), day.isoformat(), [str(one) for one in versions], some, weights, found])
    walks: list[list[Any]] = [
        [lists, facts, zones_of(lists, facts)]
        for lists in ([FIRE], [FIRE, GAS], [GAS, FIRE])
        for facts in ({}, {"gas_kind": "bottled"}, {"gas_kind": "piped"})
    ]
    contract = {"names": list(ZONES.items()), "zones": walks, "drawn": cases}
    FILE.write_text(json.dumps(contract, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
