"""Both edges of Chinese text straight. WeasyPrint 70 stretches only spaces, of which Chinese has none.

Touches internals of the pinned version; tests/papers measures the finished page and fails if an upgrade breaks it.
"""

from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline

_CJK = (("\u2e80", "\u9fff"), ("\uf900", "\ufaff"), ("\uff00", "\uffef"), ("\U00020000", "\U0003ffff"))
_original = inline.justify_line


def install() -> None:
    """Replace WeasyPrint's line justification; doing it twice changes nothing."""
    inline.justify_line = _justify_line


def _justify_line(context: Any, line: Any, extra_width: float) -> None:
    characters = _count(line)
    if characters < 2 or extra_width <= 0 or not _has_chinese(line):
        _original(context, line, extra_width)
        return
    _spread(context, line, extra_width / (characters - 1), 0.0)


def _has_chinese(box: Any) -> bool:
    if isinstance(box, boxes.TextBox):
        return any(low <= mark <= high for mark in box.text for low, high in _CJK)
    return isinstance(box, boxes.LineBox | boxes.InlineBox) and any(_has_chinese(child) for child in box.children)


def _count(box: Any) -> int:
    """Characters a line can be spread between; an atomic inline counts as one."""
    if isinstance(box, boxes.TextBox):
        return len(box.text)
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        return sum(_count(child) for child in box.children if child.is_in_normal_flow())
    return 1


def _spread(context: Any, box: Any, gap: float, shift: float) -> float:
    """Widen every text of a line by `gap` points a character; returns by how much what follows has moved."""
    if isinstance(box, boxes.TextBox):
        box.position_x += shift
        spacing = box.style["letter_spacing"]
        style = box.style.copy()
        style["letter_spacing"] = (0 if spacing == "normal" else spacing) + gap
        box.style = style
        layout = inline.create_layout(
            box.text, style, context, max_width=None, justification_spacing=box.justification_spacing
        )
        layout.deactivate()
        box.pango_layout = layout
        box.width += gap * len(box.text)
        return shift + gap * len(box.text)
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += shift
        before = shift
        for child in box.children:
            if child.is_in_normal_flow():
                shift = _spread(context, child, gap, shift)
        box.width += shift - before
        return shift
    box.translate(shift, 0)
    return shift + gap
