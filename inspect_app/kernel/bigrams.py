"""What a text is found by: overlapping pairs of characters, so that two Chinese characters suffice and no dictionary decides
where a word begins. Pure, and the same on both databases."""

import re
import runpy
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from .spelling import folded

_RUN = re.compile(r"[^\W_]+")
MOST_PAIRS = 600  # of one text: what is longer is found by its beginning
MOST_WORDS = 8  # of one question


def runs(text: str) -> list[str]:
    """The stretches of letters and digits of a text, folded; nothing that is found runs over a mark or a line's end."""
    return [run for line in text.splitlines() for run in _RUN.findall(folded(line))]


def pairs(text: str) -> list[str]:
    """The overlapping pairs of a text, each once, in the order in which they first stand there. A run of one character is
    itself."""
    return pairs_in(runs(text))


def pairs_in(stretches: Iterable[str]) -> list[str]:
    """The same of a text's `runs`."""
    found: dict[str, None] = {}
    for run in stretches:
        if len(run) == 1:
            found[run] = None
        for at in range(len(run) - 1):
            found[run[at : at + 2]] = None
    return list(found)[:MOST_PAIRS]


def words(typed: str) -> list[str]:
    """What somebody looks for, as words in any order: folded runs, longest first, each once, at most MOST_WORDS."""
    found = {run for part in typed.split() for run in runs(part)}
    return sorted(found, key=lambda word: (-len(word), word))[:MOST_WORDS]


def initials(text: str) -> str:
    """The first letters of the pinyin of a text, run by run; what has no pinyin stays as it is folded.

    The reading is the commonest of each character alone: 重庆 is found by `zq`.
    """
    return " ".join(run.translate(_first_letters()) for run in runs(text))


@cache
def _first_letters() -> dict[int, str]:
    """Character → first letter, of the characters that one types (U+4E00 to U+9FFF)."""
    readings = _dictionary()
    return {code: unicodedata.normalize("NFD", readings[code])[0] for code in range(0x4E00, 0xA000) if code in readings}


def _dictionary() -> dict[int, str]:
    """The library's table of characters alone, without the library: whole, it keeps 40 MB in every process."""
    package = find_spec("pypinyin")
    assert package is not None
    assert package.submodule_search_locations
    table = runpy.run_path(str(Path(package.submodule_search_locations[0]) / "pinyin_dict.py"))
    return cast(dict[int, str], table["pinyin_dict"])
