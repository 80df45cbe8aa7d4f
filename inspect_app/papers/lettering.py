"""Text as our faces can draw it: one character without a glyph would make a whole page unreadable for copying.

What cannot be drawn is shown by 〓, the printer's mark for a missing character, and never silently left out.
"""

import re
import subprocess
import unicodedata
from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

FALLBACK = "Noto Serif CJK SC"
MISSING = "〓"
_NEW_LINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Joiners, direction marks, variation selectors, soft hyphens: they say how to draw, and are no characters themselves.
_UNSEEN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_ACCENTED = re.compile("[A-Za-z][\u0300-\u036f]+")
_ALIKE = str.maketrans({"☐": "□", "☑": "√", "✔": "√", "✓": "√", "✗": "×", "✘": "×", "\u2011": "-", "\t": " "})


def printable(text: str, drawable: Container[int]) -> str:
    """A text with line ends as \\n, without marks that are not seen, and 〓 for what no face can draw."""
    text = _composed(_UNSEEN.sub("", _NEW_LINES.sub("\n", text)).translate(_ALIKE))
    drawn = "".join(_drawn(mark, drawable) for mark in text)
    return re.sub(f"{MISSING}+", MISSING, drawn)


def _composed(text: str) -> str:
    """Letters with the accents that follow them as one character, where there is one. Nothing else is made another: of two Chinese
    characters that Unicode holds for one, a name keeps its own."""
    return _ACCENTED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def _drawn(mark: str, drawable: Container[int]) -> str:
    if mark == "\n" or mark == "\u3000":
        return mark
    kind = unicodedata.category(mark)
    if kind in ("Cc", "Cf"):
        return ""
    if ord(mark) in drawable:
        return mark
    return "" if kind in ("Mn", "Me") else MISSING


def printable_all(value: Any, drawable: Container[int]) -> Any:
    """The same for every text within a paper's content."""
    if isinstance(value, str):
        return printable(value, drawable)
    if isinstance(value, Mapping):
        return {name: printable_all(item, drawable) for name, item in value.items()}
    return [printable_all(item, drawable) for item in value] if isinstance(value, list) else value


def undrawable(value: Any, drawable: Container[int]) -> str:
    """The characters in the texts of a content that would be printed as 〓, each once, in the order in which they come."""
    if isinstance(value, str):
        found = [
            mark
            for mark in _composed(_UNSEEN.sub("", value).translate(_ALIKE))
            if _drawn(mark, drawable) == MISSING != mark
        ]
    else:
        parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else []
        found = [mark for part in parts for mark in undrawable(part, drawable)]
    return "".join(dict.fromkeys(found))


@cache
def drawable(own: tuple[Path, ...]) -> frozenset[int]:
    """Every character our own faces and the one behind them can draw."""
    found = subprocess.run(
        ["fc-match", "-f", "%{file}\n%{index}", FALLBACK], capture_output=True, text=True, check=True
    ).stdout.split("\n")
    faces = [(path, 0) for path in own] + [(Path(found[0]), int(found[1]) & 0xFFFF)]
    return frozenset().union(*(_characters(path, number) for path, number in faces))


def _characters(path: Path, number: int) -> frozenset[int]:
    with TTFont(path, fontNumber=number if path.suffix == ".ttc" else -1, lazy=True) as face:
        return frozenset(face["cmap"].getBestCmap())
