"""The finished PDF held against the ruler of GB/T 9704-2012 (5.2, 5.3): 22 lines of 28 characters in 156 × 225 mm."""

from collections import Counter
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from typing import Any

import pdfplumber
import pytest
from pdfplumber.pdf import PDF

MM = 72 / 25.4
LEFT, WIDTH, TOP, HEIGHT = 28 * MM, 156 * MM, 37 * MM, 225 * MM
Char = dict[str, Any]


def _lines(page: Any) -> list[list[Char]]:
    """Characters of the text block by line, from the top; the page number stands below the block."""
    rows: dict[int, list[Char]] = {}
    for char in page.chars:
        if char["text"].strip() and char["top"] < TOP + HEIGHT:
            rows.setdefault(round(char["doctop"]), []).append(char)
    return [sorted(row, key=lambda char: char["x0"]) for _, row in sorted(rows.items())]


def test_a_full_page_has_22_lines_of_28_characters(body_page: PDF) -> None:
    lines = _lines(body_page.pages[0])
    assert len(lines) == 22
    assert Counter(len(line) for line in lines).most_common(1)[0][0] == 28


def test_characters_are_a_3rd_size_and_lines_29_6_points_apart(body_page: PDF) -> None:
    lines = _lines(body_page.pages[0])
    assert {round(char["size"], 2) for line in lines for char in line} == {15.75}
    pitches = {round(below[0]["top"] - above[0]["top"], 1) for above, below in pairwise(lines)}
    assert pitches == {29.6}


def test_the_block_is_225_mm_from_first_to_last_character(body_page: PDF) -> None:
    lines = _lines(body_page.pages[0])
    first, last = lines[0][0], lines[-1][0]
    assert last["bottom"] - first["top"] == pytest.approx(HEIGHT, abs=0.6 * MM)
    # The em box of the face reaches a little above and below the character; the block begins 37 mm down.
    assert (first["top"] + first["bottom"]) / 2 == pytest.approx(TOP + 15.75 / 2, abs=0.6 * MM)


def test_both_edges_are_straight_also_beside_punctuation(body_page: PDF) -> None:
    lines = _lines(body_page.pages[0])
    ends = {line[-1]["text"] for line in lines}
    assert ends & set("，。；：、！？”》"), "the text must end some lines in punctuation for this to mean anything"
    for line in lines[:-1]:
        assert line[0]["x0"] == pytest.approx(LEFT, abs=0.15 * MM), "".join(char["text"] for char in line)
        assert line[-1]["x1"] == pytest.approx(LEFT + WIDTH, abs=0.15 * MM), "".join(char["text"] for char in line)


def test_rare_characters_are_set_by_another_face_and_none_is_missing(draw: Callable[..., bytes]) -> None:
    with pdfplumber.open(BytesIO(draw("notice", "张喆、李赟、王㛃、𠮷野家分店。"))) as pdf:
        text = "".join(char["text"] for char in pdf.pages[0].chars)
        fonts = {char["text"]: char["fontname"] for char in pdf.pages[0].chars}
    assert all(rare in text for rare in "喆赟㛃𠮷")
    assert fonts["㛃"] != fonts["张"]


def test_faces_are_simplified_chinese_and_embedded(body_page: PDF, draw: Callable[..., bytes]) -> None:
    with pdfplumber.open(BytesIO(draw("tip", None))) as pdf:
        names = {char["fontname"] for page in pdf.pages for char in page.chars}
    assert all("+" in name for name in names), "a face without a subset tag is not embedded"
    assert not [name for name in names if any(region in name for region in ("-JP", "-KR", "-TC", "-HK"))]


@pytest.mark.parametrize("kind", ["tip", "notice", "closure"])
def test_no_page_is_empty_and_the_last_does_not_hold_the_code_alone(kind: str, draw: Callable[..., bytes]) -> None:
    with pdfplumber.open(BytesIO(draw(kind, None))) as pdf:
        texts = [page.extract_text() for page in pdf.pages]
        assert all(page.width == pytest.approx(595.3, abs=0.5) for page in pdf.pages)
    assert all(len(text) > 40 for text in texts)
    assert "年" in texts[-1].split("核对这张单子")[0], "date or signature stands above the code on its page"
