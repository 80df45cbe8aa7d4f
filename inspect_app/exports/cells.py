"""The text of a cell: whatever somebody typed comes out as words, and never as something a spreadsheet works out. Pure."""

import re
from datetime import date, datetime

from inspect_app.kernel import clock

MOST_IN_A_CELL = 32_767  # of Excel, counted in units of UTF-16
CUT = "…（太长，后面没有导出）"
# What no XML may hold, and halves of characters that belong to none: each is shown as the sign for something unreadable.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LINES = re.compile("\r\n?")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# What begins a formula; the full-width ones do where somebody types Chinese.
_FORMULA = re.compile("[\\s\ufeff\u200b]*[=+\\-@＝＋－＠]|[\t\r\n]")


def cell(text: str) -> str:
    """Words as any cell takes them: what cannot be shown is replaced by �, and what is too long says that it was cut.

    >>> cell("看\\x00过\\r\\n了")
    '看�过\\n了'
    """
    shown = _UNREADABLE.sub("\ufffd", _LINES.sub("\n", text))
    if len(shown) * 2 <= MOST_IN_A_CELL or len(shown.encode("utf-16-le")) // 2 <= MOST_IN_A_CELL:
        return shown
    room = (MOST_IN_A_CELL - len(CUT)) * 2
    return shown.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore") + CUT


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet that reads this as typed would work something out.

    >>> begins_formula("=1+1"), begins_formula(" ＠A1"), begins_formula("一-二")
    (True, True, False)
    """
    return _FORMULA.match(text) is not None


def csv_cell(text: str) -> str:
    """The same for CSV, which knows no text cells: before what would be a formula stands an apostrophe.

    >>> csv_cell("=1+1")
    "'=1+1"
    """
    shown = cell(text)
    return f"'{shown}" if begins_formula(shown) else shown


def sheet_cell(text: str) -> str:
    """The same for a sheet, as XML: _x000D_ is how a sheet writes a sign of its own; as words it is written so that it stays words.

    >>> sheet_cell("a<b & _x000D_")
    'a&lt;b &amp; _x005F_x000D_'
    """
    shown = _ESCAPED.sub("_x005F_", cell(text))
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def day(value: date | datetime | None) -> str:
    """A day as tables sort it, 2026-11-30; of an instant the day in local time; empty for none."""
    if isinstance(value, datetime):
        value = clock.local_date(value)
    return value.isoformat() if value else ""


def minute(value: datetime | None) -> str:
    """An instant in local time, 2026-11-30 10:52; empty for none."""
    return f"{clock.to_local(value):%Y-%m-%d %H:%M}" if value else ""


def yes(value: object) -> str:
    """是, or nothing."""
    return "是" if value else ""
