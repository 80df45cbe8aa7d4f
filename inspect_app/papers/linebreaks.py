"""Where a line of Chinese may end. Pure.

Punctuation per GB/T 15834-2011, 5.1: closing marks never begin a line, opening marks never end one, a dash or an ellipsis
is never cut in two. Pango's own rules never break beside a quotation mark, which leaves holes in lines full of “…”.
"""

import re
import unicodedata
from functools import cache

_OPENING = frozenset("“‘（《〈〔【「『｛［〖(<[{￥＄$£€#№")
_CLOSING = frozenset("，。、；：？！”’）》〉〕】」』｝］〗·・～‐–,.;:?!)>]}%％‰℃°′″々〻ー㎡㎜㎝㎞㎏")
_UNCUT = frozenset("—…─")
_HYPHENS = frozenset("-‐–/")
_SPACES = frozenset(" \t\n")
_GLUE = "\u00a0"
_WORD = re.compile(r"[!-~]+")
_LONG = 24


@cache
def is_wide(mark: str) -> bool:
    """Whether a character stands in a cell of its own: Chinese, its punctuation, symbols; letters and digits do not."""
    width = unicodedata.east_asian_width(mark)
    return width in "WF" or (width == "A" and unicodedata.category(mark)[0] not in "LM")


def may_break(text: str, at: int) -> bool:
    """Whether a line may end before text[at]."""
    before, after = text[at - 1], text[at]
    if after in _SPACES or after == "\u3000" or _GLUE in (before, after):
        return False
    if before in _SPACES:
        return True
    if after in _CLOSING or before in _OPENING or (before in _UNCUT and before == after):
        return False
    if is_wide(before) or is_wide(after):
        return True
    return before in _HYPHENS and after.isalpha()


def last_break(text: str, fitting: int) -> int:
    """The last index in `text` at which a line of at most `fitting` characters may end; 0 if there is none.

    A space hangs over the end of its line.
    """
    start = fitting + 1 if fitting + 1 < len(text) and text[fitting] == " " else fitting
    return next((at for at in range(start, 0, -1) if may_break(text, at)), 0)


def break_in_word(text: str, fitting: int, least: int) -> int:
    """Where to cut an address or another word too long for its line: after a mark in it if one stands past `least`.

    `least` where no long word lies across the end: a number or a short word is never cut.
    """
    word = next((found for found in _WORD.finditer(text, least) if found.start() < fitting < found.end()), None)
    if word is None or word.end() - word.start() < _LONG:
        return least
    breaks = [
        at for at in range(fitting, word.start(), -1) if text[at] not in _CLOSING and text[at - 1] not in _OPENING
    ]
    return next((at for at in breaks if text[at - 1] in "/.?&=_-@"), breaks[0] if breaks else least)
