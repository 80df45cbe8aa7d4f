"""A marked photo on a paper carries its marks over it; the copy itself is the one every other page shows."""

import io
from typing import Any

import pdfplumber
import pytest

from inspect_app.papers import page, samples
from inspect_app.papers.kinds import KINDS

MARKS = [
    {"shape": "oval", "x": 0.3, "y": 0.1, "x2": 0.7, "y2": 0.9},
    {"shape": "arrow", "x": 0.05, "y": 0.95, "x2": 0.25, "y2": 0.6},
]
YELLOW = (1.0, 0.831, 0.0)


def _yellow(pdf: bytes) -> list[Any]:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [
            curve
            for sheet in document.pages
            for curve in (*sheet.curves, *sheet.lines)
            if tuple(round(part, 3) for part in curve["stroking_color"] or ()) == YELLOW
        ]


def _content(kind: str) -> dict[str, Any]:
    content = samples.sample(kind)
    (content["before"] if "before" in content else content["lines"][0]["photos"])[0]["marks"] = MARKS
    return content


@pytest.mark.parametrize("kind", [code for code, kind in KINDS.items() if kind.sample.photos])
def test_marks_lie_over_the_photo_and_the_words_say_so(kind: str) -> None:
    content = _content(kind)
    (name,) = {f"photo/{shot['photo']}" for shot in _shots(content) if shot.get("marks")}
    pdf = page.render(kind, content, samples.picture, ratios={name: 0.75})
    drawn = _yellow(pdf)
    assert drawn
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        assert "圈注不在原照片里" in "".join(sheet.extract_text() for sheet in document.pages)
        boxes = [image for sheet in document.pages for image in sheet.images]
    for curve in drawn:
        assert any(
            box["x0"] - 2 <= curve["x0"] and curve["x1"] <= box["x1"] + 2
            and box["top"] - 2 <= curve["top"] and curve["bottom"] <= box["bottom"] + 2
            for box in boxes
        )  # fmt: skip


def test_the_bytes_of_the_copy_are_those_without_marks() -> None:
    content = _content("tip")
    plain = samples.sample("tip")
    name = f"photo/{content['lines'][0]['photos'][0]['photo']}"
    asked: list[str] = []

    def picture(wanted: str) -> bytes:
        asked.append(wanted)
        return samples.picture(wanted)

    def embedded(pdf: bytes) -> list[bytes]:
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            return sorted(bytes(image["stream"].get_rawdata()) for sheet in document.pages for image in sheet.images)

    marked = page.render("tip", content, picture, ratios={name: 0.75})
    assert embedded(marked) == embedded(page.render("tip", plain, samples.picture))
    assert set(asked) <= page.pictures_in(content)


def test_a_photo_whose_shape_nobody_knows_is_printed_without_marks() -> None:
    assert _yellow(page.render("tip", _content("tip"), samples.picture)) == []


def _shots(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        *content.get("before", []),
        *content.get("after", []),
        *(shot for line in content["lines"] for shot in line["photos"]),
    ]
