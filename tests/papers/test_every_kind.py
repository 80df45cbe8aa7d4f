"""Each kind of paper from its form to the page behind its code, held against what is expected of it (expected.py)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from inspect_app.casework.papers import KINDS
from inspect_app.papers import page, samples
from inspect_app.papers.content import ContentPart
from inspect_app.papers.kinds import KINDS as REGISTERED
from inspect_app.papers.kinds import register
from inspect_app.papers.reading import read, unnamed
from inspect_app.papers.service import WAYS
from inspect_app.web.hazard import service
from tests.papers.expected import Row, rows
from tests.support import District

ROWS = rows()


def _text(pdf: bytes) -> str:
    with pdfplumber.open(BytesIO(pdf)) as opened:
        return "".join("".join((sheet.extract_text() or "").split()) for sheet in opened.pages)


def _bare(text: str) -> str:
    return "".join(text.split())


def test_every_kind_is_expected_to_be_something() -> None:
    assert set(ROWS) == set(KINDS)
    assert all((Path(__file__).parents[2] / "templates" / "papers" / f"{code}.html").is_file() for code in KINDS)


def test_no_two_kinds_have_one_code_or_give_the_same_numbers() -> None:
    for changed in ({"list_name": "另一种"}, {"code": "other"}):
        with pytest.raises(ValueError, match="tip"):
            register(replace(KINDS["tip"], **changed))
    assert dict(REGISTERED) == dict(KINDS)


def test_a_field_that_does_not_say_how_it_is_said_makes_no_kind() -> None:
    @dataclass(frozen=True)
    class Untold(ContentPart):
        matter: str

    with pytest.raises(TypeError, match="matter"):
        replace(KINDS["tip"], code="other", content=Untold)


@pytest.mark.parametrize("kind", KINDS)
def test_its_entry_is_what_is_expected(kind: str) -> None:
    entry, row = KINDS[kind], ROWS[kind]
    assert (entry.code, entry.list_name, entry.ways) == (kind, row.list_name, row.ways)
    assert set(entry.ways) <= set(WAYS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_draws_its_sample(app: Flask, kind: str, tmp_path: Path) -> None:
    out = tmp_path / "sample.pdf"
    said = app.test_cli_runner().invoke(args=["papers", "sample", kind, str(out)])
    assert said.exit_code == 0, said.output
    content = samples.sample(kind)
    assert all(_bare(content[name]) in _text(out.read_bytes()) for name in ("title", "number", "addressee", "code"))


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_made_numbered_drawn_listed_and_read_by_who_holds_it(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient], kind: str
) -> None:
    row = ROWS[kind]
    paper = row.make(app, district, client_of)
    assert (paper.kind, paper.title, paper.content["addressee"]) == (kind, row.title, row.to)
    assert re.fullmatch(row.number, paper.number), paper.number
    assert unnamed(kind, paper.content) == set()
    _printed(paper.kind, paper.content, row)
    series = app.test_cli_runner().invoke(args=["papers", "series"]).output
    assert f"{row.list_name}（{kind}）" in series
    assert [form.way for form in service.forms(paper) if form.result == "served"] == [
        way for way in row.ways if way != "on_phone"
    ]
    shown = app.test_client().post(f"/z/{paper.mark}", data={"code": paper.code}).text
    reading = read(kind, paper.content)
    said = [*reading.head, *reading.rest, *(one for line in reading.lines for one in line.said)]
    assert said
    for one in said:
        assert f"<dt>{one.label}</dt>" in shown
        assert all(str(escape(words)) in shown for words in one.words)


def _printed(kind: str, content: dict[str, object], row: Row) -> None:
    text = _text(page.render(kind, content, samples.picture))
    wanted = [row.title, str(content["number"]), str(content["issuer"]), row.to, *row.says]
    assert [words for words in wanted if _bare(words) not in text] == []
