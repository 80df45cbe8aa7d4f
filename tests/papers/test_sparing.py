"""What is spared in drawing a paper changes nothing that anybody sees on it."""

import io
from typing import Any

import pdfplumber
import pypdfium2
import pytest
import weasyprint
from PIL import Image, ImageChops
from pypdf import PdfReader
from weasyprint import css
from weasyprint.html import UA_STYLESHEET
from weasyprint.text.line_break import Layout

from inspect_app.casework.papers import KINDS
from inspect_app.papers import page, samples, sparing, swift


def _drawn(kind: str, **shape: int) -> bytes:
    return page.render(kind, samples.sample(kind, **shape), samples.picture)


def _pages(pdf: bytes) -> list[Image.Image]:
    return [sheet.render(scale=1.2).to_pil().convert("L") for sheet in pypdfium2.PdfDocument(pdf)]


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_face_without_empty_places_draws_the_same_page(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that took a glyph's number for its place would show other characters, or none, and copy out the right ones."""
    spared = _drawn(kind)
    monkeypatch.setattr(sparing, "_without_places", lambda *_: b"")
    with_places = _drawn(kind)
    for one, other in zip(_pages(spared), _pages(with_places), strict=True):
        # The edges of strokes may be rounded otherwise; another character is another by the whole black.
        assert ImageChops.difference(one, other).getextrema()[1] < 40
    assert len(spared) < len(with_places)


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_is_worked_out_once_is_the_same_as_worked_out_each_time(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = _places(_drawn(kind, hazards=5, photos=7))
    monkeypatch.setattr(css.ComputedStyle, "__missing__", swift._missing)
    for module in swift._WHO_RESOLVES:
        monkeypatch.setattr(module, "resolve_percentages", swift._resolve)
    for name, theirs in swift._OF_A_TEXT.items():
        monkeypatch.setattr(Layout, name, theirs)
    monkeypatch.setattr(weasyprint, "UA_STYLESHEET", UA_STYLESHEET)
    assert _places(_drawn(kind, hazards=5, photos=7)) == once


def _places(pdf: bytes) -> list[Any]:
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return [
            (thing.get("text"), round(thing["x0"], 2), round(thing["top"], 2), round(thing["width"], 2))
            for sheet in opened.pages
            for thing in (*sheet.chars, *sheet.images, *sheet.rects, *sheet.lines)
        ]


def test_a_chinese_face_is_a_bare_cff_and_its_glyphs_have_no_other_map() -> None:
    """ISO 32000-1, table 126: a CID-keyed face stands as CIDFontType0C; table 117: CIDToGIDMap is for TrueType alone."""
    faces = {}
    for sheet in PdfReader(io.BytesIO(_drawn("notice"))).pages:
        for font in sheet["/Resources"]["/Font"].values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            file = below["/FontDescriptor"].get("/FontFile3")
            faces[str(below["/BaseFont"])] = (below["/Subtype"], file and file["/Subtype"], "/CIDToGIDMap" in below)
    assert faces
    for name, found in faces.items():
        latin = "latin" in name
        assert found == (("/CIDFontType2", None, True) if latin else ("/CIDFontType0", "/CIDFontType0C", False)), name


def test_a_face_whose_glyphs_bear_other_numbers_keeps_its_places() -> None:
    """The office's own faces are TrueType, and the far end of FandolFang is numbered otherwise: ▼ is the 8956th and bears 9981."""
    made = samples.sample("notice", "▼▼▼ˊ字")
    with pdfplumber.open(io.BytesIO(page.render("notice", made, samples.picture))) as pdf:
        assert "▼▼▼ˊ字" in (pdf.pages[0].extract_text() or "").replace(" ", "")


def test_what_is_kept_of_faces_has_an_end() -> None:
    """What is cut out of a face for one paper is another each time: kept, it filled the worker's memory by 5 MB a paper."""
    for number in range(3):
        page.render("tip", samples.sample("tip") | {"issuer": f"第 {number} 街道"}, samples.picture)
    assert 0 < len(sparing._kept) <= sparing._MOST_KEPT
    assert all(len(data) < 60_000 for data, _ in sparing._kept.values())
