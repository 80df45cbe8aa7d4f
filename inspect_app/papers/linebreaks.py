"""Where a line of Chinese may end. Pure.

Punctuation per GB/T 15834-2011, 5.1: closing marks never begin a line, opening marks never end one, a dash or an ellipsis
is never cut in two. Pango's own rules never break beside a quotation mark, which leaves holes in lines full of “…”.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

_OPENING = frozenset("“‘（《〈〔【「『｛［〖(<[{￥＄$£€#№")
_CLOSING = frozenset("，。、；：？！”’）》〉〕】」』｝］〗·・～‐–,.;:?!)>]}%％‰℃°′″々〻ー㎡㎜㎝㎞㎏")
_UNCUT = frozenset("—…─")
_GAPS_OF_WORDS = frozenset("/.?&=_-@")
_HYPHENS = frozenset("-‐–/")
_WIDE_OPENING = tuple("“‘（《〈〔【「『｛［〖")
BLANKS = " \t\n\u3000"
_GLUE = "\u00a0"
_WORD = re.compile(r"[!-~]+")
_LONG = 24
_ARTICLE = "第[一二三四五六七八九十百零〇0-9.]{1,8}条"
# What stands in one line: dates, numbers of documents and of standards, articles, a number with its unit.
_KEPT = "|".join(
    (
        r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?",
        r"[一-鿿]{0,6}〔\d{4}〕\d+号",
        r"[A-Z]{2,5}(?:/T)? \d[\d.]*(?:-\d{4})?(?![\d.年月日])",
        _ARTICLE,
        r"\d[\d.]* ?(?:[a-zA-Zμ]{1,3}(?![a-zA-Z])|[一-鿿㎡℃%‰](?![一-鿿]*〔))",
    )
)
# A name is cut, where it must be, only behind what says of what body it is.
_PART_OF_NAME = re.compile(r"[^区县市省乡镇会处局队所院站司]*(?:街道|常委会|[区县市省乡镇会处局队所院站司])+|.+$")
_SHORT_NAME = 10
_names: ContextVar[tuple[str, ...]] = ContextVar("names_kept_together", default=())


@contextmanager
def keeping(names: Sequence[str]) -> Iterator[None]:
    """While it is open, these names of offices stand in one line each; long ones are cut between their parts."""
    token = _names.set(tuple(sorted({part for name in names for part in parts_of_name(name)}, key=len, reverse=True)))
    try:
        yield
    finally:
        _names.reset(token)


def parts_of_name(name: str) -> list[str]:
    """The pieces of a name between which it may be cut: the whole of a short one. A long piece may be cut anywhere.

    >>> parts_of_name("青澜区人大常委会柳荫街道工作委员会")
    ['青澜区', '人大常委会', '柳荫街道', '工作委员会']
    """
    parts = [name] if len(name) <= _SHORT_NAME else _PART_OF_NAME.findall(name)
    return [part for part in parts if len(part) <= _SHORT_NAME]


@cache
def is_wide(mark: str) -> bool:
    """Whether a character stands in a cell of its own: Chinese, its punctuation, symbols; letters and digits do not."""
    width = unicodedata.east_asian_width(mark)
    return width in "WF" or (width == "A" and unicodedata.category(mark)[0] not in "LM")


def may_break(text: str, at: int) -> bool:
    """Whether a line may end before text[at]. Blanks hang over the end of the line that they close; what they part from its
    word, a mark, is held as if they were not there."""
    before, after = text[at - 1], text[at]
    if after in BLANKS or _GLUE in (before, after):
        return False
    if before in BLANKS:
        word = text[:at].rstrip(BLANKS)
        return not (is_wide(after) and after in _CLOSING) and word[-1:] not in _WIDE_OPENING
    if after in _CLOSING or before in _OPENING or (before in _UNCUT and before == after):
        return False
    if is_wide(before) or is_wide(after):
        return True
    return before in _HYPHENS and after.isalpha()


def _parts(before: str, after: str) -> bool:
    return after not in _CLOSING and before not in _OPENING


def last_break(text: str, fitting: int) -> int:
    """The last index in `text` at which a line of at most `fitting` characters may end; 0 if there is none.

    A blank hangs over the end of its line. What is kept together is cut only where nothing else stands before it.
    """
    hanging = len(text) - len(text[fitting:].lstrip(BLANKS)) if text[fitting:].strip(BLANKS) else fitting
    start = max(hanging, fitting)
    ends = [at for at in range(start, 0, -1) if may_break(text, at)]
    uncut = {at for found in _kept().finditer(text) for at in range(found.start(1) + 1, found.end(1))}
    return next((at for at in ends if at not in uncut), ends[0] if ends else 0)


def _kept() -> re.Pattern[str]:
    return _pattern(_names.get())


@cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Looked for at every character: what is kept may begin within something else that is, as a date behind a word in capitals."""
    return re.compile(f"(?=({'|'.join((*(re.escape(name) for name in names if name), _KEPT))}))")


def break_in_word(text: str, fitting: int, least: int) -> int:
    """Where to cut an address or another word too long for its line: after a mark in it if one stands past `least`.

    `least` where no long word lies across the end: a number or a short word is never cut.
    """
    word = next((found for found in _WORD.finditer(text, least) if found.start() < fitting < found.end()), None)
    if word is None or word.end() - word.start() < _LONG:
        return least
    return cut_of(text, word.start(), fitting) or least


def cut_of(text: str, start: int, fitting: int) -> int:
    """Where to cut what fills a line from `start` on by itself and may end nowhere: after a mark in it if there is one, else as far
    on as no closing mark is left to begin the next line and no opening one to end this; 0 if it cannot be."""
    breaks = [
        at for at in range(fitting, start, -1) if _parts(text[:at].rstrip(BLANKS)[-1:], text[at:].lstrip(BLANKS)[:1])
    ]
    return next((at for at in breaks if text[at - 1] in _GAPS_OF_WORDS), breaks[0] if breaks else 0)
