"""The short walk (短查) through a place: its zones, what is asked in each, and the two items that are checked deeply. Pure.

static/js/field/walk.js says the same on a phone without a signal; tests/contracts/walk.json holds both together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from inspect_app.kernel.hashing import sha256_hex

from .conditions import Facts, holds
from .rules import Checklist, Item, applicable
from .zones import ZONES


class Depth(StrEnum):
    """How thoroughly a place is walked: 重点项 by zones, or every item of every list."""

    SHORT = "short"
    FULL = "full"


DEPTH_NAMES = {Depth.SHORT: "短查", Depth.FULL: "全查"}
DEEP = 2  # items of a short walk that get a full answer with a photo
NEVER = 999  # days since an item was really checked, where it never was; also the most that count


@dataclass(frozen=True)
class Zone:
    """One zone of a short walk: what is asked one by one, what is read in passing, and what an eye alone cannot tell."""

    code: str
    name: str
    keys: tuple[Item, ...]
    others: tuple[Item, ...]
    beyond_the_eye: tuple[Item, ...]


def can_be_short(lists: Sequence[Checklist]) -> bool:
    """Whether these lists can be walked by zones: a list that names no 重点项 is filled whole, and so are those with it."""
    return bool(lists) and all(checklist.keys for checklist in lists)


def zones(lists: Sequence[Checklist], facts: Facts) -> list[Zone]:
    """The zones of a place in the order they are walked, each item once however many lists hold it. It is a key where any
    of them says so, and stands where the first does; an item without a zone is seen in the last one."""
    found: dict[str, Item] = {}
    keys: set[str] = set()
    for item in (item for checklist in lists for item in applicable(checklist, facts)):
        found.setdefault(item.code, item)
        keys |= {item.code} if item.key else set()
    last = list(ZONES)[-1]
    together: dict[str, list[Item]] = {code: [] for code in ZONES}
    for item in found.values():
        together[item.zone or last].append(item)
    return [_zone(code, items, keys) for code, items in together.items() if items]


def _zone(code: str, items: Sequence[Item], keys: set[str]) -> Zone:
    rest = [item for item in items if item.code not in keys]
    return Zone(
        code,
        ZONES[code],
        tuple(item for item in items if item.code in keys),
        tuple(item for item in rest if not item.needs),
        tuple(item for item in rest if item.needs),
    )


def may_be_drawn(lists: Sequence[Checklist], facts: Facts) -> list[str]:
    """Codes of the items that a deep check can fall on: asked here for certain, no key, and an eye alone can tell."""
    seen = [item for zone in zones(lists, facts) for item in zone.others]
    return [item.code for item in seen if holds(item.when, facts) is True]


def drawn(
    premises_id: UUID,
    day: date,
    versions: Sequence[UUID],
    candidates: Sequence[str],
    weights: Mapping[str, int],
    *,
    number: int = DEEP,
) -> list[str]:
    """The items of a deep check: the same for everybody who walks this place under these versions on this day, whatever
    phone and however often it is begun. `weights` are days since an item was really checked before this day (1 to NEVER);
    one that waits longer is likelier, and none can be chosen by whoever walks."""
    seed = f"{premises_id}|{day.isoformat()}|{'+'.join(sorted(map(str, versions)))}"

    def order(code: str) -> tuple[int, str]:
        weight = min(max(weights.get(code, NEVER), 1), NEVER)
        return int(sha256_hex(f"{seed}|{code}".encode())[:8], 16) // weight, code

    return sorted(set(candidates), key=order)[:number]
