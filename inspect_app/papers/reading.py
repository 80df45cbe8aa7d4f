"""What a frozen paper says, as plain lines to be read on a screen and held against the sheet. Pure.

Whatever a kind prints stands here under the label that its content gives it: a holder who compares must miss nothing. A field
that the kind does not know, of a newer or an older program, stands under 其他 with its words.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .content import ContentPart, Issued, Printed, line_of, marks_of
from .kinds import KINDS


@dataclass(frozen=True)
class Statement:
    """One statement of a paper: its label and its words, more than one where the sheet lists them."""

    label: str
    words: Sequence[str]


@dataclass(frozen=True)
class LineSaid:
    """One numbered line of a paper with all that is printed in its row."""

    title: str
    said: Sequence[Statement]
    hazard: str  # the id of the hazard it is about


@dataclass(frozen=True)
class PaperReading:
    """Everything a paper says: what stands before its lines, the lines, what stands after them."""

    head: Sequence[Statement]
    lines: Sequence[LineSaid]
    rest: Sequence[Statement]


# What every paper has around its content: said by the page itself. A sample's own text is its body.
_AROUND = frozenset({*marks_of(Issued), "issuer", "side", "lines", "body"})
_LINE_AROUND = frozenset({"hazard", "title"})


def read(kind: str, content: Mapping[str, Any]) -> PaperReading:
    """Everything the frozen content of a paper says, in the order of the sheet."""
    head, rest = _parted(kind)
    lines = _line_marks(kind)
    return PaperReading(
        head=_said(content, head),
        lines=[_line(lines, line) for line in content.get("lines") or ()],
        rest=_said(content, rest) + _strange(content, _known(kind)),
    )


def unnamed(kind: str, content: Mapping[str, Any]) -> set[str]:
    """Fields of a content that its kind does not know."""
    found = set(_strangers(content, _known(kind)))
    known = {*_line_marks(kind), *_LINE_AROUND}
    return found.union(*(_strangers(line, known) for line in content.get("lines") or ()))


def _marks(part: type[ContentPart] | None) -> dict[str, Printed]:
    marks = marks_of(part) if part else {}
    return {name: mark for name, mark in marks.items() if isinstance(mark, Printed)}


def _parted(kind: str) -> tuple[dict[str, Printed], dict[str, Printed]]:
    """The fields that stand before the lines and those that stand after them."""
    content = KINDS[kind].content
    names = list(marks_of(content))
    cut = names.index("lines") if "lines" in names else len(names)
    marks = _marks(content)
    before = {name: mark for name, mark in marks.items() if name in names[:cut]}
    return before, {name: mark for name, mark in marks.items() if name not in before}


def _known(kind: str) -> frozenset[str]:
    return _AROUND.union(marks_of(KINDS[kind].content))


def _line_marks(kind: str) -> dict[str, Printed]:
    return _marks(line_of(KINDS[kind].content))


def _line(marks: Mapping[str, Printed], line: Mapping[str, Any]) -> LineSaid:
    shown = {name: value for name, value in line.items() if not (name == "words" and value == line["title"])}
    said = _said(shown, marks) + _strange(shown, {*marks, *_LINE_AROUND})
    return LineSaid(line["title"], said, line["hazard"])


def _said(values: Mapping[str, Any], marks: Mapping[str, Printed]) -> list[Statement]:
    found = [Statement(mark.label, mark.words(values[name])) for name, mark in marks.items() if values.get(name)]
    return [one for one in found if one.words]


def _strange(values: Mapping[str, Any], known: Container[str]) -> list[Statement]:
    found = [Statement("其他", _other(values[name])) for name in _strangers(values, known)]
    return [one for one in found if one.words]


def _strangers(values: Mapping[str, Any], known: Container[str]) -> list[str]:
    return [name for name in values if name not in known]


def _other(value: Any) -> list[str]:
    """The words of a field that this program does not know, whatever it is made of."""
    if isinstance(value, Mapping | list):
        parts = value.values() if isinstance(value, Mapping) else value
        return [words for part in parts for words in _other(part)]
    return [] if value in (None, "") or isinstance(value, bool) else [str(value)]
