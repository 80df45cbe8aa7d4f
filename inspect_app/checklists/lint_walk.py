"""What is wrong with the short walk of a list: its 重点项, its zones, its short lines. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from inspect_app.premises.rules import KIND_NAMES

from .faults import LintFault, warning
from .rules import NEEDS, Checklist, Item
from .zones import MOST, ZONES

LONGEST_LINE = 24  # characters that one reads in passing


def faults_of_walk(checklist: Checklist) -> Iterator[LintFault]:
    """Every fault of the short walk of one list, by the item and the field it stands in."""
    keyed = bool(checklist.keys)
    if checklist.items and not keyed:
        yield warning(checklist.code, "keys", "没有一项是必看，这张表只能全查")
    for item in checklist.items:
        yield from _of_item(item, keyed=keyed)
    if keyed:
        yield from _too_many(checklist.code, checklist.items, "这张表")


def _of_item(item: Item, *, keyed: bool) -> Iterator[LintFault]:
    if item.zone and item.zone not in ZONES:
        yield LintFault(item.code, "zone", f"没有“{item.zone}”这一区")
    if item.needs and item.needs not in NEEDS:
        yield LintFault(item.code, "needs", f"没有“{item.needs}”这种说法，只有：{'、'.join(NEEDS.values())}")
    if item.key and item.needs:
        yield LintFault(item.code, "needs", "必看的要一眼看得出来，这一项光看不够")
    if keyed and not item.zone:
        if item.key:
            yield LintFault(item.code, "zone", "必看的要写在哪一区看")
        else:
            yield warning(item.code, "zone", f"没有写在哪一区，短查时排在最后的“{ZONES[list(ZONES)[-1]]}”")
    if len(item.line) > LONGEST_LINE:
        yield warning(item.code, "line", f"短句有 {len(item.line)} 个字，超过 {LONGEST_LINE} 个字，走着看不完")


def _too_many(code: str, items: Iterable[Item], what: str) -> Iterator[LintFault]:
    passed = {item.zone for item in items if item.zone}
    if len(passed) > MOST:
        named = "、".join(name for zone, name in ZONES.items() if zone in passed)
        yield warning(code, "zones", f"{what}短查要走 {len(passed)} 区，多于 {MOST} 区：{named}")


def faults_of_kinds(checklists: Sequence[Checklist]) -> Iterator[LintFault]:
    """Kinds of places whose lists together pass more zones than one walk should: they are filled in one visit."""
    for kind, name in KIND_NAMES.items():
        walked = [one for one in checklists if kind in one.kinds and one.keys]
        yield from _too_many(str(kind), [item for one in walked for item in one.items], f"{name}的几张表合起来")
