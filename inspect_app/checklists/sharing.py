"""An item that stands in several lists: a change of it goes to all of them, or it becomes an item of its own. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from string import ascii_uppercase
from typing import Any

from .rules import Basis, Checklist, Item


class SharingWay(StrEnum):
    """What becomes of an item that other lists hold too: changed in all of them, or split off under a code of its
    own."""

    TOGETHER = "together"
    SPLIT = "split"


@dataclass(frozen=True)
class Shared:
    """An item that reads otherwise in other lists in force: what it is there, and the code it would have on its own."""

    item: Item
    others: tuple[Checklist, ...]
    theirs: Item
    own_code: str


def shared(checklist: Checklist, in_force: Iterable[Checklist], taken: Collection[str]) -> list[Shared]:
    """The items of a list that other lists hold under the same code in other words. `taken` are all codes ever used.

    Where an item stands, whether it is a key, and how its bases read on the day of publishing is each list's own.
    """
    others = [one for one in in_force if one.code != checklist.code]
    held = [(one, {item.code: item for item in one.items}) for one in others]
    used, found = {*taken, *(item.code for item in checklist.items)}, []
    for item in checklist.items:
        differ = [
            (one, items[item.code])
            for one, items in held
            if item.code in items and _meant(items[item.code]) != _meant(item)
        ]
        if differ:
            own = _own_code(item.code, used)
            used.add(own)
            found.append(Shared(item, tuple(one for one, _ in differ), differ[0][1], own))
    return found


def _meant(item: Item) -> tuple[Any, ...]:
    return replace(item.under(""), bases=()), tuple(basis.id for basis in item.bases)


def _own_code(code: str, used: Collection[str]) -> str:
    """F-EXIT-01 → F-EXIT-01-B, or the next letter that nobody had."""
    tries = (
        f"{code}-{letter}" for stem in ("", *ascii_uppercase) for letter in (stem + one for one in ascii_uppercase[1:])
    )
    return next(one for one in tries if one not in used)


def split_off(checklist: Checklist, codes: Mapping[str, str]) -> Checklist:
    """The list with some of its items under codes of their own."""
    return replace(
        checklist, items=tuple(replace(item, code=codes.get(item.code, item.code)) for item in checklist.items)
    )


def taken_over(checklist: Checklist, changed: Mapping[str, Item], bases: Mapping[str, Basis]) -> Checklist:
    """Another list with the changed items in place of its own, each in the section and zone where it stood, a key where it
    was one."""
    items = []
    for item in checklist.items:
        new = changed.get(item.code)
        if new:
            known = tuple(bases[one.id] for one in new.bases)
            item = replace(new.under(item.section, item.zone, key=item.key), bases=known)
        items.append(item)
    return replace(checklist, items=tuple(items))
