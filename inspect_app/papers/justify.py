"""Chinese running text in WeasyPrint 70: lines end where Chinese allows it, both edges are straight, the pitch is constant.

WeasyPrint stretches only spaces, of which Chinese has none, lets a character of another face push its line down, and
leaves line ends to Pango. Touches internals of the pinned version; tests/papers measures the finished page and fails if an
upgrade breaks it.
"""

from collections.abc import Iterator
from itertools import groupby, pairwise
from math import floor, inf
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, pango
from weasyprint.text.line_break import Layout, create_layout, first_line_metrics, line_size, strut

from .linebreaks import BLANKS, break_in_word, cut_of, is_wide, last_break

ffi.cdef(
    """
    gboolean pango_layout_line_x_to_index(PangoLayoutLine *line, int x, int *index, int *trailing);
    void pango_layout_line_index_to_x(PangoLayoutLine *line, int index, gboolean trailing, int *x);
    """,
    override=True,
)

_justify_line = inline.justify_line
_split_first_line = inline.split_first_line
_split_text_box = inline.split_text_box

# None of our characters is narrower than this part of its size.
_NARROWEST = 0.25
# The longest that linebreaks.py keeps together or looks along, with room to spare.
_TOGETHER = 40
# A line with more room left than this many characters cuts a long word instead of being pulled apart.
_MOST_SLACK = 3
# Wider gaps than this part of a character also open up words, so that no hole shows.
_MOST_GAP = 0.35
# Where one gap ends and another begins is moved by so many characters, until no kerning is lost by more than this many px.
_MOVES = (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6)
_UNSEEN = 0.2
# A gap that shows nowhere and yet parts a text.
_TRIFLE = 2 * FROM_UNITS
# The part of a distance that WeasyPrint writes behind a glyph; the rest goes before it, times 1.024.
_BEHIND = 1 - 1.024 / 2


def install() -> None:
    """Replace WeasyPrint's breaking and justification of lines; doing it twice changes nothing."""
    inline.justify_line = _justify
    inline.split_first_line = _split
    inline.split_text_box = _split_box


def _split_box(context: Any, box: Any, available_width: Any, skip: Any, is_line_start: bool = True) -> Any:
    """The baseline of every text is that of its first face: a rare character from another face moves no line."""
    made, resume, preserved = _split_text_box(context, box, available_width, skip, is_line_start)
    if made is not None:
        line_height, baseline = strut(made.style)
        above = made.baseline - made.margin_top
        made.margin_top = baseline - above
        made.margin_bottom = line_height - made.height - made.margin_top
        made.baseline = baseline
    return made, resume, preserved


def _split(
    text: str,
    style: Any,
    context: Any,
    max_width: Any,
    justification_spacing: Any,
    is_line_start: bool = True,
    minimum: bool = False,
) -> Any:
    """The first line of a text with Chinese in it; anything else is left to WeasyPrint."""

    def theirs() -> Any:
        return _split_first_line(text, style, context, max_width, justification_spacing, is_line_start, minimum)

    if max_width in (None, inf) or minimum or style["white_space"] != "normal" or not style["font_size"]:
        return theirs()
    ahead = _ahead(text, max_width / style["font_size"])
    if not any(is_wide(mark) for mark in ahead):
        return theirs()
    layout = create_layout(ahead, style, context, None, justification_spacing)
    fitting, room = _fitting(layout, ahead, max_width)
    if fitting >= len(ahead):
        return theirs()
    at = last_break(ahead, fitting) or (cut_of(ahead, 0, fitting) if is_line_start else 0)
    if at == 0:
        return theirs()
    if fitting - at >= _MOST_SLACK and room(at) > _MOST_SLACK * style["font_size"]:
        at = break_in_word(ahead, fitting, at)
    layout.set_text(ahead[:at].rstrip(BLANKS) or ahead[:at])
    line, _ = layout.get_first_line()
    layout, _, _, width, height, baseline = first_line_metrics(line, ahead, layout, None, True, style)
    length = len(text[:at].encode())
    return layout, length, length if text[at:].strip(BLANKS) else None, width, height, baseline


def _ahead(text: str, room: float) -> str:
    """As much of a text as is sure to fill a line of so many characters, and what may hang together with its last one."""
    for at, mark in enumerate(text):
        if room < 0:
            return text[: at + _TOGETHER]
        room -= 1 if "\u3000" <= mark <= "\u9fff" else _NARROWEST
    return text


def _fitting(layout: Any, text: str, max_width: float) -> tuple[int, Any]:
    """How many characters of a text fit into a width, and a function telling the room left after so many."""
    line, _ = layout.get_first_line()
    index, trailing = ffi.new("int *"), ffi.new("int *")
    inside = pango.pango_layout_line_x_to_index(line, int(max_width * TO_UNITS), index, trailing)
    fitting = len(text.encode()[: index[0]].decode()) if inside else len(text)
    position = ffi.new("int *")

    def room(at: int) -> float:
        pango.pango_layout_line_index_to_x(line, len(text[:at].encode()), False, position)
        return float(max_width - position[0] * FROM_UNITS)

    return fitting, room


class _Spread(Layout):  # type: ignore[misc]
    """A text some of whose characters have half of their gap more on either side."""

    def __init__(self, box: Any, gaps: list[float]) -> None:
        self.gaps = gaps
        super().__init__(box.style, box.justification_spacing)
        self.set_text(box.text)

    def set_text(self, text: str, justify: bool = False) -> None:
        super().set_text(text, justify)
        attributes = pango.pango_layout_get_attributes(self.layout)
        if attributes == ffi.NULL:
            attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
        own = self.style["letter_spacing"]
        start = 0
        for gap, group in groupby(zip(self.gaps, text, strict=False), key=lambda pair: pair[0]):
            end = start + len("".join(mark for _, mark in group).encode())
            if gap:
                spacing = int(((0 if own == "normal" else own) + gap) * TO_UNITS)
                attribute = pango.pango_attr_letter_spacing_new(spacing)
                attribute.start_index, attribute.end_index = start, end
                pango.pango_attr_list_change(attributes, attribute)
            start = end
        pango.pango_layout_set_attributes(self.layout, attributes)


def _justify(context: Any, line: Any, extra_width: float) -> None:
    """Share the room left in a line among its Chinese characters and spaces; words are not pulled apart."""
    marks = [mark for piece in _pieces(line) for mark in (piece.text if isinstance(piece, boxes.TextBox) else "\ufffc")]
    indent = len(marks) - len("".join(marks).lstrip("\u3000"))
    opened = [at >= indent and (mark == " " or mark == "\ufffc" or is_wide(mark)) for at, mark in enumerate(marks)]
    if extra_width <= 0 or len(marks) - indent < 2:
        return
    if not any(is_wide(mark) for mark in marks) and " " in marks:
        _justify_line(context, line, extra_width)
        return
    grown, weight = _grown(line, _trifles(opened)), _weight(opened)
    if weight == 0 or (extra_width - grown) / weight > _MOST_GAP * line.style["font_size"]:
        opened = [at >= indent for at in range(len(marks))]
        grown = _grown(line, _trifles(opened))
    for moved in _MOVES:
        shares = _shares(opened, extra_width - grown, line.style, moved)
        if abs(_grown(line, shares) - grown) < _UNSEEN:
            break
    _spread(line, iter(shares), _Walk())


def _trifles(opened: list[bool]) -> list[float]:
    return [_TRIFLE if one else 0.0 for one in opened]


def _grown(line: Any, gaps: list[float]) -> float:
    """How much wider than by these gaps the texts of a line are once they are parted: a blank that Pango drew with the face of the
    letters after it is drawn with the wider one of the Chinese before it, and letters lose their kerning where one gap ends and
    another begins."""
    grown, start = 0.0, 0
    for piece in _pieces(line):
        if not isinstance(piece, boxes.TextBox):
            start += 1
            continue
        own = gaps[start : start + len(piece.text)]
        start += len(piece.text)
        if any(gap and not is_wide(mark) for gap, mark in zip(own, piece.text, strict=True)):
            parted = _Spread(piece, own)
            first, _ = parted.get_first_line()
            grown += float(line_size(first, piece.style)[0]) - float(piece.width) - _sum_between(own)
            parted.deactivate()
    return grown


def _shares(opened: list[bool], extra_width: float, style: Any, moved: int) -> list[float]:
    """The gap of each character, on top of the letter spacing of its style.

    WeasyPrint cuts the part of a distance behind a glyph down to thousandths of its size, which adds up to a ragged edge:
    only distances that lose nothing are used, the next longer one for as many characters as the line needs. That many
    and `moved` more.
    """
    own = style["letter_spacing"]
    base = 0.0 if own == "normal" else float(own)
    grain = float(style["font_size"]) / 1000
    weight = _weight(opened)
    step = floor(((base + extra_width / weight) / grain) * _BEHIND)

    def gap(steps: int) -> float:
        return (steps + 0.06) / _BEHIND * grain - base

    longer = (extra_width - gap(step) * weight) / (gap(step + 1) - gap(step)) + moved
    shares = []
    for one in opened:
        shares.append(gap(step + 1 if longer >= 0.5 else step) if one else 0.0)
        longer -= one
    return shares


def _weight(opened: list[bool]) -> float:
    return _sum_between([float(one) for one in opened])


def _sum_between(gaps: list[float]) -> float:
    """What gaps make together: half of each stands on either side, and none outside the line."""
    return sum((one + other) / 2 for one, other in pairwise(gaps))


def _pieces(box: Any) -> Iterator[Any]:
    """Texts and atomic boxes of a line in order."""
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        for child in box.children:
            if child.is_in_normal_flow():
                yield from _pieces(child)
    else:
        yield box


class _Walk:
    """How far what follows has moved, and the gap of the last character."""

    def __init__(self) -> None:
        self.shift = 0.0
        self.last: float | None = None

    def step(self, gap: float) -> None:
        if self.last is not None:
            self.shift += (self.last + gap) / 2
        self.last = gap


def _spread(box: Any, gaps: Iterator[float], walk: _Walk) -> None:
    """Move and widen the pieces of a line, left to right."""
    before = walk.shift
    if isinstance(box, boxes.TextBox):
        own = [next(gaps) for _ in box.text]
        for number, gap in enumerate(own):
            walk.step(gap)
            if number == 0:
                before = walk.shift
        box.position_x += before
        if any(own):
            box.pango_layout = _Spread(box, own)
            box.pango_layout.deactivate()
            box.width += walk.shift - before
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += before
        for child in box.children:
            if child.is_in_normal_flow():
                _spread(child, gaps, walk)
        box.width += walk.shift - before
    else:
        walk.step(next(gaps))
        box.translate(walk.shift, 0)
