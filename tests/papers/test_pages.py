"""The finished paper of every kind, page by page, in shapes of every sort: nothing outside, nothing split, nothing alone."""

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pdfplumber
import pytest

from inspect_app.casework.papers import KINDS
from inspect_app.papers import page, samples
from inspect_app.papers.kinds import Geometry
from tests.papers.measuring import BLOCKS, Measured, lines_of, measure
from tests.papers.shapes import HAZARDS, ISSUERS, NAMES, PHOTOS, TEXTS, Shape, content, for_kinds, pairs

PAIRS = list(for_kinds(list(KINDS)))


def _measured(kind: str, made: Any) -> Measured:
    return measure(page.render(kind, made, samples.picture), KINDS[kind].geometry, made["number"])


def test_few_papers_hold_every_pair() -> None:
    assert len(PAIRS) <= 60
    seen = {(shape.hazards, shape.photos) for shape in pairs()}
    assert seen == {(hazards, photos) for hazards in HAZARDS for photos in PHOTOS}


@pytest.mark.parametrize(
    ("kind", "shape"), PAIRS, ids=lambda one: one if isinstance(one, str) else "-".join(map(str, one))
)
def test_every_page_is_as_it_should_be(kind: str, shape: Shape) -> None:
    found = _measured(kind, content(kind, shape))
    assert found.faults == [], f"{found.pages} pages, empty: {found.empty}"


@pytest.mark.parametrize(("kind", "pages"), [("tip", 1), ("notice", 2)])
def test_one_hazard_with_one_photo_takes_few_pages(kind: str, pages: int) -> None:
    found = _measured(kind, samples.sample(kind, hazards=1, photos=1))
    assert (found.pages, found.faults) == (pages, [])


def _every_shape() -> Iterator[tuple[str, Shape]]:
    for kind in KINDS:
        for hazards in HAZARDS:
            for photos in PHOTOS:
                for issuer in ISSUERS:
                    yield kind, Shape(hazards, photos, issuer, "long" if issuer != "short" else "short", "short")
        for text in TEXTS:
            for name in NAMES:
                yield kind, Shape(2, 2, "short", name, text)


@pytest.mark.long
@pytest.mark.parametrize("kind", list(KINDS))
def test_the_whole_matrix(kind: str) -> None:
    faults = {}
    for _, shape in (one for one in _every_shape() if one[0] == kind):
        found = _measured(kind, content(kind, shape))
        print(kind, *shape, found.pages, [round(part, 2) for part in found.empty])  # noqa: T201  # the table of pages and emptiness, with -s
        if found.faults:
            faults[shape] = found.faults[:3]
    assert faults == {}


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if (KINDS[kind].many and kind != "receipt") or kind == "closure"]
)
def test_the_heads_of_a_table_come_again_and_every_row_is_there(kind: str) -> None:
    made = samples.sample(kind, hazards=14, photos=0, long=True)
    if made.get("events"):  # what happened is a table of its own kind
        made["events"] = made["events"] * 6
    with pdfplumber.open(io.BytesIO(page.render(kind, made, samples.picture))) as pdf:
        tables = [table for sheet in pdf.pages for table in sheet.extract_tables() if (table[0][0] or "") == "序号"]
    rows = [row for table in tables for row in table[1:]]
    assert len(tables) > 1
    assert [row[0] for row in rows if row[0]] == [
        str(row.get("seq", number)) for number, row in enumerate(made.get("events") or made["lines"], start=1)
    ]


@pytest.mark.parametrize("kind", [kind for kind, entry in KINDS.items() if entry.geometry is not Geometry.WIDE])
def test_issuer_and_date_stand_where_the_standard_says(kind: str) -> None:
    """GB/T 9704-2012, 7.3.5: under a seal the date four characters from the edge, the name centred over it; else two and two."""
    made, block = samples.sample(kind, photos=0), BLOCKS[KINDS[kind].geometry]
    with pdfplumber.open(io.BytesIO(page.render(kind, made, samples.picture))) as pdf:
        lines = [line for sheet in pdf.pages for line in lines_of(sheet.chars)]
    signed = [made["issuer"], "2026年11月24日"]
    name, day = next(two for two in pairwise(lines) if ["".join(one["text"] for one in line) for line in two] == signed)
    em = block.size
    if KINDS[kind].sealed:
        free = block.right - name[-1]["x1"], block.right - day[-1]["x1"]
        # A name that would come too near to the edge stands one character from it and takes the date along.
        assert free[1] == pytest.approx(4 * em, abs=2) or free[0] == pytest.approx(em, abs=2)
        assert (name[0]["x0"] + name[-1]["x1"]) / 2 == pytest.approx((day[0]["x0"] + day[-1]["x1"]) / 2, abs=2)
    else:
        assert block.right - name[-1]["x1"] == pytest.approx(2 * em, abs=2)
        assert day[0]["x0"] - name[0]["x0"] == pytest.approx(2 * em, abs=2)


def test_the_ruler_is_not_blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held against another block, geometry or number, a paper fails in each of the ways that it can."""
    made = samples.sample("notice", hazards=14, photos=7)
    pdf = page.render("notice", made, samples.picture)
    wrong = " ".join(measure(pdf, Geometry.SLIP, "另〔2026〕1号").faults)
    for words in ("its foot says", "does not bear the number", "without two lines of text"):
        assert words in wrong
    slip = page.render("tip", samples.sample("tip", hazards=5), samples.picture)
    assert "stands outside" in " ".join(measure(slip, Geometry.PLAIN, "").faults)
    block = BLOCKS[Geometry.LETTER]
    for moved, words in (
        ({"wide": 160}, "before the edge"),
        ({"left": 25}, "begins at"),
        ({"wide": 152}, "over the edge"),
    ):
        monkeypatch.setitem(BLOCKS, Geometry.LETTER, replace(block, **moved))
        assert words in " ".join(measure(pdf, Geometry.LETTER, made["number"]).faults)
