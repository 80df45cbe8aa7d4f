"""What a paper says can be read on a screen in full: whoever holds the sheet compares the two."""

import re
from datetime import date
from typing import Any

import pytest

from inspect_app.casework.papers import KINDS
from inspect_app.papers import samples
from inspect_app.papers.content import day_cn
from inspect_app.papers.reading import read, unnamed
from inspect_app.papers.standing import PaperStanding, standing

# What the sheet prints as no words of its own: hashes and ids, the address and code that led to the page.
_NO_WORDS = {
    "hazard",
    "photo",
    "of_paper",
    "original",
    "sha256",
    "address",
    "mark",
    "code",
    "side",
    "issuer",
    "number",
    "issued_on",
    "part",
    "title",
    "result",
}


def _texts(value: Any, name: str = "") -> list[str]:
    if isinstance(value, dict):
        return [text for key, part in value.items() if key not in _NO_WORDS for text in _texts(part, key)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part, name)]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        return [day_cn(value)]
    return [] if value in ("", None) or value is False else [str(value)]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_a_paper_prints_is_left_out(kind: str) -> None:
    content = samples.sample(kind)
    reading = read(kind, content)
    said = [*reading.head, *reading.rest, *(one for line in reading.lines for one in line.said)]
    shown = "\n".join([line.title for line in reading.lines] + [words for one in said for words in one.words])
    assert [text for text in _texts(content) if text not in shown] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_kind_has_a_label(kind: str) -> None:
    assert unnamed(kind, samples.sample(kind)) == set()


def test_a_field_of_another_version_is_shown_and_breaks_nothing() -> None:
    content = samples.sample("tip") | {"added_later": ["先断电", {"who": "店长"}]}
    assert unnamed("tip", content) == {"added_later"}
    assert [(one.label, one.words) for one in read("tip", content).rest][-1] == ("其他", ["先断电", "店长"])


def test_dates_carry_their_year() -> None:
    lines = read("notice", samples.sample("notice")).lines
    assert ("整改期限", [day_cn("2026-11-30")]) in [(one.label, one.words) for one in lines[0].said]
    assert day_cn(date(2026, 11, 3).isoformat()) == "2026年11月3日"


@pytest.mark.parametrize(
    ("state", "replaced", "reopened", "expected"),
    [
        ("issued", False, False, PaperStanding.STANDS),
        ("void", False, False, PaperStanding.VOID),
        ("void", True, False, PaperStanding.REPLACED),
        ("issued", True, False, PaperStanding.REPLACED),
        ("issued", False, True, PaperStanding.LAPSED),
        ("void", False, True, PaperStanding.VOID),
    ],
)
def test_how_a_paper_stands(state: str, replaced: bool, reopened: bool, expected: PaperStanding) -> None:
    assert standing(state, replaced=replaced, reopened=reopened) is expected
