"""What somebody circled on a photo: shapes as fractions of the upright picture, drawn over it and never into its bytes. Pure.

static/js/field/marks.js reads, names and draws them the same way.
"""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from inspect_app.kernel.limits import LIMITS

Mark = Mapping[str, Any]
Part = Annotated[float, Meta(ge=0, le=1)]
NOT_IN_THE_PHOTO = "圈注不在原照片里"
YELLOW, BLACK = "#FFD400", "#000000"
_NINE = ("左上", "上方", "右上", "左边", "正中", "右边", "左下", "下方", "右下")
# Parts of width + height: 5 px of yellow on 9 px of black where a photo of 4:3 fills a phone of 390 px.
_LINE, _EDGE, _HEAD = 0.0074, 0.0133, 0.045


class Drawn(Struct, frozen=True):
    """A mark as a phone says it."""

    shape: Literal["oval", "arrow", "place"]
    x: Part
    y: Part
    x2: Part
    y2: Part

    def kept(self) -> dict[str, Any]:
        """The mark as it is kept, and nothing else that came with it."""
        ends = {"x": self.x, "y": self.y, "x2": self.x2, "y2": self.y2}
        return {"shape": self.shape} | {name: round(value, 3) for name, value in ends.items()}


class Marking(Struct, frozen=True, kw_only=True):
    """All that is said on a photo: what is circled, and the answer to whether it was taken at the place, where that was asked."""

    marks: Annotated[tuple[Drawn, ...], Meta(max_length=LIMITS["marks"])]
    here: bool | None = None


def where(marks: Sequence[Mark]) -> str:
    """左上、正中: which ninths of the picture the marks are in; of an arrow, where it points. Empty without marks."""
    return "、".join(dict.fromkeys(_NINE[_ninth(mark)] for mark in marks))


def _ninth(mark: Mark) -> int:
    if mark["shape"] == "arrow":
        x, y = mark["x2"], mark["y2"]
    else:
        x, y = (mark["x"] + mark["x2"]) / 2, (mark["y"] + mark["y2"]) / 2
    return min(2, int(y * 3)) * 3 + min(2, int(x * 3))


def drawing(marks: Sequence[Mark], width: float, height: float, *, bold: bool = False) -> str:
    """The marks as SVG elements for a picture of this size; `bold` where it is shown small."""
    paths = escape(" ".join(_path(mark, width, height) for mark in marks))
    size = (width + height) * (2 if bold else 1)
    return "".join(
        f'<path d="{paths}" fill="none" stroke="{colour}" stroke-width="{size * part:.2f}" stroke-linecap="round" '
        'stroke-linejoin="round"/>'
        for colour, part in ((BLACK, _EDGE), (YELLOW, _LINE))
    )


def _path(mark: Mark, width: float, height: float) -> str:
    x, y, x2, y2 = mark["x"] * width, mark["y"] * height, mark["x2"] * width, mark["y2"] * height
    if mark["shape"] == "arrow":
        return _arrow(x, y, x2, y2, (width + height) * _HEAD)
    left, right, top, bottom = min(x, x2), max(x, x2), min(y, y2), max(y, y2)
    if mark["shape"] == "place":
        # A little inside its ninth, so that one at the edge shows whole.
        inset = (width + height) * _EDGE
        left, right, top, bottom = left + inset, right - inset, top + inset, bottom - inset
        return f"M{left:.1f} {top:.1f}H{right:.1f}V{bottom:.1f}H{left:.1f}Z"
    rx, ry, middle = (right - left) / 2, (bottom - top) / 2, (top + bottom) / 2
    half = f"A{rx:.1f} {ry:.1f} 0 0 1"
    return f"M{left:.1f} {middle:.1f}{half} {right:.1f} {middle:.1f}{half} {left:.1f} {middle:.1f}Z"


def _arrow(x: float, y: float, x2: float, y2: float, head: float) -> str:
    angle = math.atan2(y2 - y, x2 - x)
    barbs = [(x2 - head * math.cos(angle + turn), y2 - head * math.sin(angle + turn)) for turn in (-0.5, 0.5)]
    (ax, ay), (bx, by) = barbs
    return f"M{x:.1f} {y:.1f}L{x2:.1f} {y2:.1f}M{ax:.1f} {ay:.1f}L{x2:.1f} {y2:.1f}L{bx:.1f} {by:.1f}"
