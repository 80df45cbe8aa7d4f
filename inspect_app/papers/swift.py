"""What WeasyPrint 70 works out again for every box and every text of a page, worked out once. Touches internals of the pinned version.

A paper has some thousand boxes of some sixty styles and as many texts. Nothing here changes what a page looks like:
tests/papers/test_sparing.py draws every kind with and without it.
"""

import re
from typing import Any

import weasyprint
from weasyprint import css
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES
from weasyprint.html import UA, UA_COUNTER_STYLE
from weasyprint.layout import absolute, block, column, float, grid, inline, page, percent, table
from weasyprint.text.constants import PANGO_DIRECTION
from weasyprint.text.ffi import ffi, gobject, pango, unicode_to_char_p
from weasyprint.text.fonts import get_font_description
from weasyprint.text.line_break import Layout

_missing = css.ComputedStyle.__missing__
_resolve = percent.resolve_percentages
_OF_A_TEXT = {name: getattr(Layout, name) for name in ("setup", "deactivate", "reactivate")}
_WHO_RESOLVES = (absolute, block, column, float, grid, inline, page, percent, table)

# Properties that WeasyPrint asks more of than their own or their parent's value.
_NEEDY = frozenset({"position", "float", "display", "page"}) | frozenset(INITIAL_NOT_COMPUTED)
_SIMPLE = frozenset(name for name in INITIAL_VALUES if name not in _NEEDY and not name.startswith("text_decoration_"))
# By a property of a side the one by the direction of writing that stands for it; all of ours is written from the left.
_LOGICAL = {name: logical(block="ttb", inline="ltr") for name, logical in PHYSICAL_FUNCTIONS.items()}
# What is resolved of a box, against what holds it or against nothing.
_RESOLVED = (
    *(f"{part}_{side}" for part in ("margin", "padding") for side in ("left", "right", "top", "bottom")),
    *("width", "min_width", "max_width", "height", "min_height", "max_height"),
)
_BORDERS = tuple(f"border_{side}_width" for side in ("top", "right", "bottom", "left"))
# What decides how a text is set apart from its face and size; nothing of it is used on papers.
_PLAIN = {
    "font_kerning": "auto", "font_variant_ligatures": "normal", "font_variant_position": "normal",
    "font_variant_caps": "normal", "font_variant_numeric": "normal", "font_variant_alternates": "normal",
    "font_variant_east_asian": "normal", "font_feature_settings": "normal", "font_language_override": "normal",
    "text_decoration_line": "none",
}  # fmt: skip


def install() -> None:
    """Replace what WeasyPrint does per box and text; doing it twice changes nothing."""
    css.ComputedStyle.__missing__ = _value
    for module in _WHO_RESOLVES:
        module.resolve_percentages = _resolved
    Layout.setup, Layout.deactivate, Layout.reactivate = _set_up, _stay, _go_on
    weasyprint.UA_STYLESHEET = _without_notes()


def _without_notes() -> Any:
    """The style that every page begins with, without the marks of footnotes: it makes five styles more for every element."""
    rules = re.sub(r"^::(?:foot)?note-.*$", "", UA, flags=re.M)
    return weasyprint.CSS(string=re.sub(r"^::marker", "li::marker", rules, flags=re.M), counter_style=UA_COUNTER_STYLE)


def _value(self: Any, key: str) -> Any:
    """The value of a property that nothing says: the parent's, or the one that it begins with."""
    parent, said = self.parent_style, self.cascaded
    if key not in _SIMPLE or parent is None or key in said:
        return _missing(self, key)
    if key in _LOGICAL and (_LOGICAL[key] in said or self["direction"] != "ltr"):
        return _missing(self, key)
    value = self[key] = parent[key] if key in INHERITED else INITIAL_VALUES[key]
    return value


def _resolved(box: Any, containing_block: Any) -> None:
    """The sizes of a box, which are the same for all boxes of a style that says no percentages."""
    style = box.style
    kept = getattr(style, "resolved", None)
    if kept is None:
        _resolve(box, containing_block)
        style.resolved = {name: getattr(box, name) for name in _RESOLVED} if _is_fixed(style) else {}
        return
    if not kept:
        _resolve(box, containing_block)
        return
    own = box.__dict__
    own.update(kept)
    collapse = style["border_collapse"] == "collapse"
    for name in _BORDERS:
        if not (collapse and name in own):
            own[name] = style[name]


def _is_fixed(style: Any) -> bool:
    if style["box_sizing"] == "border-box":
        return False
    values = (style[name] for name in _RESOLVED)
    return all(value is None or value == "auto" or getattr(value, "unit", None) == "px" for value in values)


def _set_up(self: Any, style: Any) -> None:
    """Begin a text: what Pango needs to know of a style is told it once."""
    told = getattr(style, "told", None)
    if told is None:
        told = style.told = _tell(style) if all(style[name] == value for name, value in _PLAIN.items()) else ()
    if not told:
        _OF_A_TEXT["setup"](self, style)
        return
    context, description, self.language = told
    self.style, self.first_line_direction = style, 0
    self.ascent = self.underline_position = self.strikethrough_position = None
    self.layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
    pango.pango_layout_set_auto_dir(self.layout, False)
    pango.pango_layout_set_font_description(self.layout, description)


def _tell(style: Any) -> tuple[Any, Any, Any]:
    context = ffi.gc(pango.pango_font_map_create_context(style.font_config.font_map), gobject.g_object_unref)
    pango.pango_context_set_round_glyph_positions(context, False)
    pango.pango_context_set_base_dir(context, PANGO_DIRECTION[style["direction"]])
    if not style["lang"]:
        return context, get_font_description(style), pango.pango_language_get_default()
    name, _ = unicode_to_char_p(style["lang"])
    language = pango.pango_language_from_string(name)
    pango.pango_context_set_language(context, language)
    return context, get_font_description(style), language


def _stay(self: Any) -> None:
    """A text that is laid out stays so until it is drawn: a paper is short."""


def _go_on(self: Any, style: Any) -> None:
    if self.justification_spacing:
        _OF_A_TEXT["reactivate"](self, style)
