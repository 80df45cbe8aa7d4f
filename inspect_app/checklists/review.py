"""What changed between two versions, and which bases somebody has to look at again. Pure: the day is passed in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from inspect_app.premises.rules import FACT_NAMES, KIND_NAMES, YES_NO

from .columns import BASE_COLUMNS, ITEM_COLUMNS, MARK_WORDS
from .excel import plain
from .lookup import FoundItem
from .phrases import FIELDS, WORDED, Vocabulary, say
from .rules import Basis, Checklist, Item

AHEAD = timedelta(days=90)
_ITEM_NAMES = {column.name: column.title for column in ITEM_COLUMNS} | {"choices": "选项", "part": "分别记数"}
_BASIS_NAMES = {column.name: column.title for column in BASE_COLUMNS} | {
    "place": "只在哪里",
    "judges": "只供判定",
    "when": "用在哪些场所",
    "source": "记在哪里",
}
_WORDS = Vocabulary(
    kinds={},
    facts={"kind": "场所", **FACT_NAMES},
    values={
        "kind": {str(kind): name for kind, name in KIND_NAMES.items()},
        **{name: {True: "是", False: "否"} for name in YES_NO},
    },
)


@dataclass(frozen=True)
class Change:
    """One value of an item, before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Changed:
    """An item under an unchanged code, and what of it is different."""

    item: Item
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class VersionDifference:
    """What the newer of two versions has, has not and has otherwise."""

    head: tuple[Change, ...]
    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[Changed, ...]
    moved: bool  # the same items in another order

    @property
    def nothing(self) -> bool:
        """Whether two versions ask the same in the same order."""
        return not (self.head or self.added or self.removed or self.changed or self.moved)


def compare(old: Checklist, new: Checklist, words: Vocabulary) -> VersionDifference:
    """How two versions of a list differ, item by item, by their codes."""
    before, after = ({item.code: item for item in checklist.items} for checklist in (old, new))
    both = [code for code in after if code in before]
    pairs = [(after[code], item_changes(before[code], after[code], words)) for code in both]
    return VersionDifference(
        head=_head_changes(old, new, words),
        added=tuple(after[code] for code in after if code not in before),
        removed=tuple(before[code] for code in before if code not in after),
        changed=tuple(Changed(item, changes) for item, changes in pairs if changes),
        moved=[code for code in before if code in after] != both,
    )


def _head_changes(old: Checklist, new: Checklist, words: Vocabulary) -> tuple[Change, ...]:
    def said(checklist: Checklist) -> dict[str, str]:
        kinds = "、".join(words.kinds.get(kind, kind) for kind in checklist.kinds)
        return {
            "名称": checklist.title,
            "领域": FIELDS[checklist.field],
            "适用场所": kinds,
            "进门前提醒": checklist.reminder,
        }

    before, after = said(old), said(new)
    return tuple(Change(name, before[name], after[name]) for name in after if before[name] != after[name])


def item_changes(old: Item, new: Item, words: Vocabulary) -> tuple[Change, ...]:
    """What of an item reads otherwise, field by field."""
    found = []
    for one in fields(Item):
        before, after = getattr(old, one.name), getattr(new, one.name)
        if before != after:
            name = _ITEM_NAMES[one.name]
            if one.name == "bases":
                found.append(Change(name, _cited(before, after), _cited(after, before)))
            else:
                found.append(Change(name, _item_value(one.name, before, words), _item_value(one.name, after, words)))
    return tuple(found)


def _cited(bases: Iterable[Basis], others: Iterable[Basis]) -> str:
    """Bases a line each; where the other side cites the same one in other words, or another of the same name, what differs."""
    known = {basis.id: basis for basis in others}
    named = {basis.cited for basis in known.values()}
    lines = []
    for basis in bases:
        other = known.get(basis.id)
        told = basis.id if other is None and basis.cited in named else ""
        if other is not None and other != basis:
            differ = [name for name in _BASIS_NAMES if getattr(basis, name) != getattr(other, name)]
            told = "，".join(f"{_BASIS_NAMES[name]}：{_basis_value(basis, name) or '空'}" for name in differ)
        lines.append(basis.cited + (f"（{told}）" if told else ""))
    return "\n".join(lines)


def _item_value(name: str, value: Any, words: Vocabulary) -> str:
    """A value of an item in words, so that no two values read alike."""
    if name == "choices":
        return "\n".join(
            f"{choice.label}（{choice.value}，{'不合格' if choice.fails else '合格'}）" for choice in value
        )
    if name == "part":
        return f"{value.name}，{words.fact(value.fact) if value.fact else '有几个不知道'}" if value else ""
    if name == "when":
        return say(value, words)
    if name in WORDED:
        return WORDED[name].get(value, str(value))
    return plain(value)


def uses(lists: Iterable[Checklist]) -> dict[str, list[FoundItem]]:
    """Basis id → the items that cite it, each once with the lists that hold it."""
    held: dict[str, dict[str, FoundItem]] = {}
    for checklist in lists:
        for item in checklist.items:
            for basis in item.bases:
                under = held.setdefault(basis.id, {})
                known = under.get(item.code, FoundItem(item, ()))
                under[item.code] = FoundItem(known.item, (*known.lists, checklist))
    return {basis_id: list(under.values()) for basis_id, under in held.items()}


@dataclass(frozen=True)
class Due:
    """A basis to look at again: the reasons, and how it reads now if it reads otherwise than under what it was cited."""

    basis: Basis
    reasons: tuple[str, ...]
    changes: tuple[Change, ...]


def due(cited: Iterable[Basis], now: Mapping[str, Basis], today: date) -> list[Due]:
    """Of the bases as versions froze them: those that ended, will end within 90 days, read otherwise now, or are gone.

    The ended first, then by the day they end.
    """
    found: dict[str, Due] = {}
    for basis in cited:
        current = now.get(basis.id)
        reasons = _reasons(basis, current, today)
        if not reasons:
            continue
        known = found.get(basis.id)
        changes = basis_changes(basis, current) if current else ()
        earlier, said = (known.changes, known.reasons) if known else ((), ())
        found[basis.id] = Due(
            current or basis, tuple(dict.fromkeys((*said, *reasons))), tuple(dict.fromkeys((*earlier, *changes)))
        )
    return sorted(found.values(), key=lambda one: (one.basis.until is None, one.basis.until or today, one.basis.id))


def _reasons(basis: Basis, current: Basis | None, today: date) -> tuple[str, ...]:
    if current is None:
        return ("依据库里没有它了",)
    reasons = []
    until = current.until
    if until is not None and until < today:
        reasons.append("已失效")
    elif until is not None and until <= today + AHEAD:
        reasons.append("90 天内失效")
    elif basis.until is not None and until != basis.until:
        reasons.append("失效日期改了")
    if any(change.name != _BASIS_NAMES["until"] for change in basis_changes(basis, current)):
        reasons.append("内容有变")
    return tuple(reasons)


def basis_changes(old: Basis, new: Basis) -> tuple[Change, ...]:
    """How a basis reads now, against how it was frozen. Where it was found in our own notes is nobody's concern."""
    return tuple(
        Change(_BASIS_NAMES.get(one.name, one.name), _basis_value(old, one.name), _basis_value(new, one.name))
        for one in fields(Basis)
        if one.name != "source" and getattr(old, one.name) != getattr(new, one.name)
    )


def _basis_value(basis: Basis, name: str) -> str:
    value = getattr(basis, name)
    if name == "when":
        return say(value, _WORDS)
    return MARK_WORDS.get(value, str(value)) if name == "mark" else plain(value)
