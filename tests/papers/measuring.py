"""A finished paper held against its geometry: where its block stands, what each page carries, what may not be broken or split."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pdfplumber

from inspect_app.papers.kinds import Geometry

MM = 72 / 25.4
Char = dict[str, Any]
NEVER_FIRST, NEVER_LAST = set("，。、；：？！”’）》〉〕】」』·～%℃"), set("“‘（《〈〔【「『")
_HALF_DATE = re.compile(r"(?:\d{4}年|\d{1,2}月)$")


@dataclass(frozen=True)
class Block:
    """Where text stands on a page, in mm, and how large it is, in points."""

    width: float
    height: float
    left: float
    top: float
    wide: float
    high: float
    size: float
    pitch: float

    @property
    def right(self) -> float:
        return (self.left + self.wide) * MM

    @property
    def bottom(self) -> float:
        return (self.top + self.high) * MM


_NORMAL = Block(210, 297, 28, 37, 156, 225, 15.75, 29.6)  # GB/T 9704-2012, 5.2
BLOCKS = {
    Geometry.LETTER: _NORMAL,
    Geometry.PLAIN: _NORMAL,
    Geometry.SLIP: Block(210, 297, 21, 17, 168, 261, 14, 22),
    Geometry.WIDE: Block(420, 297, 15, 15, 390, 265, 12, 18),
}


@dataclass
class Measured:
    """What was found of a paper: how many pages, the empty part of each, and every fault in words."""

    pages: int = 0
    empty: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    text: str = ""


def measure(pdf: bytes, geometry: Geometry, number: str) -> Measured:
    """Measure every page of a paper of one geometry that bears a number."""
    block, found = BLOCKS[geometry], Measured()
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        sheets = [_Sheet(page, block) for page in opened.pages]
        found.pages = len(sheets)
        found.text = "".join(_text(line) for sheet in sheets for line in sheet.lines)
        for at, sheet in enumerate(sheets, start=1):
            found.empty.append(sheet.empty)
            # An annex begins on a page of its own (GB/T 9704-2012): where the order ends, its page may be empty.
            ends = at == len(sheets) or sheets[at].begins_annex
            found.faults += [f"page {at}: {fault}" for fault in _faults(sheet, at, len(sheets), geometry, number, ends)]
    return found


class _Sheet:
    """One page: its characters by line, its pictures, what of it is text of the paper."""

    def __init__(self, page: Any, block: Block) -> None:
        self.page, self.block = page, block
        chars = [char for char in page.chars if char["text"].strip()]
        self.foot = [char for char in chars if char["top"] > block.bottom + 1.5 * MM]
        self.marks = [char for char in chars if char["top"] <= block.bottom + 1.5 * MM]
        self.red = [char for char in self.marks if tuple(char["non_stroking_color"] or ())[:1] == (0.8,)]
        self.pictures = page.images
        self.lines = lines_of(self.marks)
        self.tables = page.find_tables()
        self.body = [line for line in self.lines if self._is_text(line)]

    def _is_text(self, line: Sequence[Char]) -> bool:
        """Text of the paper in its own size, outside tables; neither a title nor the name and date at the end."""
        first = line[0]
        if (
            _text(line).startswith("抄送：")
            or any(abs(char["size"] - self.block.size) > 0.3 for char in line)
            or self._in_table(first)
        ):
            return False
        left = self.block.left * MM
        return bool(first["x0"] < left + 2.3 * self.block.size)

    def _in_table(self, char: Char) -> bool:
        return any(
            box[0] - 1 <= char["x0"] <= box[2] + 1 and box[1] - 1 <= char["top"] <= box[3] + 1
            for box in (table.bbox for table in self.tables)
        )

    @property
    def begins_annex(self) -> bool:
        return bool(self.lines) and _text(self.lines[0]).startswith("附件")

    @property
    def empty(self) -> float:
        """The part of the block under the lowest thing on the page."""
        lowest = max((thing["bottom"] for thing in [*self.marks, *self.pictures]), default=0)
        return float(max(0.0, (self.block.bottom - lowest) / (self.block.high * MM)))

    @property
    def signs(self) -> list[str]:
        """Which of signature, receipt and code stand here."""
        text = "\n".join(_text(line) for line in self.lines)
        return [name for name, mark in (("receipt", "签名："), ("code", "验证码")) if mark in text]


def lines_of(chars: Sequence[Char]) -> list[list[Char]]:
    """Characters by baseline, from the top; blanks left out."""
    rows: dict[int, list[Char]] = {}
    for char in (char for char in chars if char["text"].strip()):
        rows.setdefault(round(float(char["matrix"][5]) / 1.5), []).append(char)
    return [sorted(row, key=lambda char: char["x0"]) for _, row in sorted(rows.items(), reverse=True)]


def _text(line: Sequence[Char]) -> str:
    return "".join(char["text"] for char in line)


def _faults(sheet: _Sheet, at: int, pages: int, geometry: Geometry, number: str, ends: bool) -> Iterator[str]:
    yield from _outside(sheet)
    yield from _overlapping(sheet)
    yield from _edges(sheet)
    yield from _broken(sheet)
    yield from _foot(sheet, at, pages, geometry, number)
    if sheet.signs and len(sheet.body) < 2:
        yield f"{sheet.signs} without two lines of text"
    if at == pages and len(sheet.body) < 2 and not sheet.begins_annex and not sheet.pictures:
        yield "the last page has less than two lines of text"
    if not ends and sheet.empty > 1 / 3:
        yield f"{sheet.empty:.0%} of it is empty"
    for table in sheet.tables:
        rows = table.extract()
        if rows and len(rows[0]) > 3 and (rows[0][0] or "").strip().isdigit():
            yield "a table goes on without its head"


def _outside(sheet: _Sheet) -> Iterator[str]:
    block, red = sheet.block, {id(char) for char in sheet.red}
    if (round(sheet.page.width / MM), round(sheet.page.height / MM)) != (block.width, block.height):
        yield f"is {sheet.page.width / MM:.0f} × {sheet.page.height / MM:.0f} mm"
    for thing in [*(char for char in sheet.marks if id(char) not in red), *sheet.pictures]:
        where = thing.get("text") or "a picture"
        if thing["x0"] < (block.left - 1) * MM or thing["x1"] > block.right + MM:
            # The white edge round a code stands over the block's edge.
            if (
                where == "a picture"
                and thing["x1"] < block.right + 3 * MM
                and abs(thing["width"] - thing["height"]) < 1
            ):
                continue
            yield f"{where} at {thing['x0'] / MM:.1f}–{thing['x1'] / MM:.1f} mm stands outside the block"
        if thing["top"] < (block.top - 1) * MM or thing["bottom"] > block.bottom + MM:
            yield f"{where} at {thing['top'] / MM:.1f}–{thing['bottom'] / MM:.1f} mm from the top stands outside"


def _overlapping(sheet: _Sheet) -> Iterator[str]:
    for line in sheet.lines:
        for one, other in pairwise(line):
            if one["x1"] - other["x0"] > 0.5 * min(one["width"], other["width"]) and one["width"] > 1:
                yield f"{one['text']} and {other['text']} overlap in {_text(line)}"
    for above, below in pairwise(sheet.lines):
        if any(_on_each_other(one, other) for one in above for other in below):
            yield f"{_text(above)} and {_text(below)} overlap"
    for picture in sheet.pictures:
        middle = [char for char in sheet.marks if _within(char, picture)]
        if middle:
            yield f"{_text(middle)} lies on a picture"


def _on_each_other(one: Char, other: Char) -> bool:
    across = min(one["x1"], other["x1"]) - max(one["x0"], other["x0"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return bool(across > 0.2 * other["width"] and down > 0.35 * other["height"])


def _within(char: Char, picture: dict[str, Any]) -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(picture["x0"] < across < picture["x1"] and picture["top"] < down < picture["bottom"])


def _edges(sheet: _Sheet) -> Iterator[str]:
    """A line that goes on in the next one reaches the right edge; every line begins at the left edge or two characters in."""
    block = sheet.block
    left, indented = block.left * MM, block.left * MM + 2 * block.size
    for line in sheet.body:
        if min(abs(line[0]["x0"] - left), abs(line[0]["x0"] - indented)) > 1.2 * MM:
            yield f"“{_text(line)}” begins at {line[0]['x0'] / MM:.1f} mm"
        if line[-1]["x1"] > block.right + 0.3 * MM:
            yield f"“{_text(line)}” ends {(line[-1]['x1'] - block.right) / MM:.1f} mm over the edge"
    for line, below in pairwise(sheet.body):
        apart = line[0]["matrix"][5] - below[0]["matrix"][5]
        goes_on = abs(apart - block.pitch) < 1 and abs(below[0]["x0"] - left) < 1
        if goes_on and line[-1]["x1"] < block.right - MM:
            yield f"“{_text(line)}” ends {(block.right - line[-1]['x1']) / MM:.1f} mm before the edge"


def _broken(sheet: _Sheet) -> Iterator[str]:
    for line, below in pairwise(sheet.body):
        goes_on = below[0]["x0"] < sheet.block.left * MM + 1
        if goes_on and (below[0]["text"] in NEVER_FIRST or line[-1]["text"] in NEVER_LAST):
            yield f"“{_text(line)}” / “{_text(below)}” is broken beside a mark"
        if _HALF_DATE.search(_text(line)) and below[0]["text"].isdigit():
            yield f"a date is broken: “{_text(line)}” / “{_text(below)}”"
    for cell in (cell for table in sheet.tables for row in table.extract() for cell in row if cell):
        parts = cell.split("\n")
        for one, other in pairwise(parts):
            if _HALF_DATE.search(one) and other[:1].isdigit():
                yield f"a date is broken in a cell: {cell!r}"
            if other[:1] in NEVER_FIRST:
                yield f"a line of a cell begins with a mark: {cell!r}"


def _foot(sheet: _Sheet, at: int, pages: int, geometry: Geometry, number: str) -> Iterator[str]:
    foot, bare = "".join(_text(line) for line in lines_of(sheet.foot)), "".join(number.split())
    if geometry in (Geometry.LETTER, Geometry.PLAIN):
        counted = "" if at == 1 else f"—{at}—"
    else:
        counted = f"第{at}页共{pages}页"
    if counted and counted not in foot.replace("\u3000", ""):
        yield f"its foot says {foot!r}, not {counted!r}"
    if at == 1 and geometry in (Geometry.LETTER, Geometry.PLAIN) and foot:
        yield f"the first page bears {foot!r}"
    if at > 1 and bare not in foot:
        yield f"its foot does not bear the number: {foot!r}"
