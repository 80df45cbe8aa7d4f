"""Distances of a paper that depend on its words. Pure."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from .content import day_cn
from .linebreaks import is_wide


@dataclass(frozen=True)
class Signing:
    """How far the name of the issuer and the date stand from the right edge, in characters."""

    name: float
    day: float


def signing(issuer: str, day: str, *, sealed: bool) -> Signing:
    """Where the issuer's name and the date stand (GB/T 9704-2012, 7.3.5).

    With a seal: the date four characters from the edge, the name centred over it, the seal on both. Without: the name two
    characters from the edge and the first character of the date two to the right of the name's; a date too long for
    that stands two characters from the edge itself and moves the name.
    """
    name_width, day_width = width(issuer), width(day)
    # A name as long as a line goes up to the edge.
    most = max(0.0, 27.5 - name_width)
    if sealed:
        name = 4 + (day_width - name_width) / 2
        if name < 1:
            name = min(1.0, most)
            return Signing(name, name + (name_width - day_width) / 2)
        return Signing(name, 4.0)
    day_at = min(2.0, most) + name_width - 2 - day_width
    return Signing(min(2.0, most), day_at) if day_at >= 2 else Signing(4 + day_width - name_width, 2.0)


def dated(lines: Sequence[Mapping[str, Any]], verb: str) -> str:
    """By when what is to be done, as a sentence says it: one date for all lines, or each date with the lines it is for.

    >>> dated([{"due_on": "2026-11-30"}, {"due_on": "2026-12-05"}, {"due_on": "2026-11-30"}], "改好")
    '在2026年11月30日前改好第1、3条，在2026年12月5日前改好第2条'
    >>> dated([{"due_on": "2026-11-30"}], "改好")
    '在2026年11月30日前改好'
    """
    by_day: dict[str, list[str]] = {}
    for number, line in enumerate(lines, start=1):
        if line["due_on"]:
            by_day.setdefault(line["due_on"], []).append(str(number))
    if len(by_day) == 1 and len(next(iter(by_day.values()))) == len(lines):
        return f"在{day_cn(next(iter(by_day)))}前{verb}"
    return "，".join(f"在{day_cn(day)}前{verb}第{'、'.join(numbers)}条" for day, numbers in sorted(by_day.items()))


def ended(text: str) -> str:
    """A sentence with a mark at its end.

    >>> ended("门上了锁"), ended("门上了锁？")
    ('门上了锁。', '门上了锁？')
    """
    has_mark = text and unicodedata.category(text[-1]) == "Po" and text[-1] not in "，、："
    return text if has_mark else f"{text}。"


# Longer words of a line stand under the table: in a column of eight characters nobody reads them.
_MOST_IN_CELL = 60
_TALL = 90


def in_cell(text: str) -> bool:
    """Whether words of a line stand in its row; longer ones follow the table."""
    return len(text) <= _MOST_IN_CELL


def tall(line: Mapping[str, Any]) -> bool:
    """Whether the row of a line may go on over the end of a page, because kept whole it would leave a hole."""
    return max(len("；".join(line["basis"])), len(line["title"] + line["words"]), len(line["place"]) * 2) > _TALL


def mark_size(issuer: str) -> float:
    """The size in points of the issuer's name at the head of a letter: it stands in one line where it can."""
    block = 442.0
    return min(30.0, max(20.0, block / max(width(issuer), 1.0)))


def width(text: str) -> float:
    """The width of a text in characters; letters and digits are half as wide."""
    return sum(1.0 if is_wide(mark) else 0.5 for mark in text)


def pairs(before: list[Any], after: list[Any]) -> list[tuple[Any, Any]]:
    """Photos before and after side by side, in order; None where one side has no more."""
    return list(zip_longest(before, after))
