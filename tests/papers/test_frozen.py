"""Papers as they were frozen by earlier versions of the program (`frozen/`): what was printed stays what is read and drawn.

Each file holds a content as the database keeps it, its hash, what the public page said of it and the text of its sheet. Content,
hash and what is said of it never change; a new shape of a content is a new file. The sheet's own sentences round the content
belong to the template: where it is set anew, `pages` shows in the diff what is printed otherwise.
"""

import json
from dataclasses import fields
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from inspect_app.casework.papers import KINDS
from inspect_app.kernel.hashing import content_hash
from inspect_app.papers import page, samples
from inspect_app.papers.content import ContentPart, Issued, line_of
from inspect_app.papers.reading import Statement, read, unnamed

FROZEN = sorted((Path(__file__).parent / "frozen").glob("*.json"))
# Shapes of earlier programs. The contents of the others are exactly what is frozen now.
OLDER = ("closure_before_looks", "notice_before_inspections", "tip_of_a_document_number")
OF_TODAY = [path.stem for path in FROZEN if path.stem not in OLDER]


@pytest.fixture(params=FROZEN, ids=lambda path: path.stem)
def frozen(request: pytest.FixtureRequest) -> dict[str, Any]:
    """One paper of an earlier version."""
    found: dict[str, Any] = json.loads(request.param.read_text())
    return found


def _words(said: list[Statement]) -> list[str]:
    return [f"{one.label}：{'｜'.join(one.words)}" for one in said]


def test_the_content_has_the_hash_that_was_signed(frozen: dict[str, Any]) -> None:
    assert content_hash(frozen["content"]) == frozen["sha256"]


def test_the_public_page_says_of_it_what_it_always_said(frozen: dict[str, Any]) -> None:
    reading = read(frozen["kind"], frozen["content"])
    assert _words(list(reading.head)) == frozen["said"]["head"]
    assert [[line.title, *_words(list(line.said))] for line in reading.lines] == frozen["said"]["lines"]
    assert _words(list(reading.rest)) == frozen["said"]["rest"]
    assert unnamed(frozen["kind"], frozen["content"]) == set()


def test_it_is_drawn_with_the_words_that_it_had(frozen: dict[str, Any]) -> None:
    pdf = page.render(frozen["kind"], frozen["content"], samples.picture)
    with pdfplumber.open(BytesIO(pdf)) as opened:
        assert ["".join((sheet.extract_text() or "").split()) for sheet in opened.pages] == frozen["pages"]


@pytest.mark.parametrize("name", OF_TODAY)
def test_the_fields_of_a_kind_give_the_same_plain_values(name: str) -> None:
    """Read into the dataclasses and frozen again, nothing is added, dropped or changed: the hash is the same."""
    kept = json.loads((Path(__file__).parent / "frozen" / f"{name}.json").read_text())
    content, entry = kept["content"], KINDS[kept["kind"]]
    line = line_of(entry.content)
    assert line is not None
    own = _filled(entry.content, content | {"lines": [_filled(line, row) for row in content["lines"]]})
    assert content_hash(own.plain() | _filled(Issued, content).plain()) == kept["sha256"]


def _filled(part: type[ContentPart], values: dict[str, Any]) -> ContentPart:
    """A piece of content out of plain values; raises TypeError where one is missing."""
    return part(**{one.name: values[one.name] for one in fields(part) if one.name in values})
