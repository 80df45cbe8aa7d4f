"""The finished PDF held against the ruler of GB/T 9704-2012 (5.2, 5.3): 22 lines of 28 characters in 156 × 225 mm."""

from collections import Counter
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from typing import Any

import pdfplumber
import pytest
from pdfplumber.pdf import PDF

from inspect_app.papers import samples
from tests.papers.conftest import BODY, RARE

MM = 72 / 25.4
LEFT, WIDTH, TOP, HEIGHT = 28 * MM, 156 * MM, 37 * MM, 225 * MM
Char = dict[str, Any]
Draw = Callable[[str, str | None], bytes]

PLAIN = "根据中华人民共和国消防法的规定任何单位个人不得占用堵塞封闭疏散通道安全出口消防车通道应当履行下列职责"
TEXTS = {
    "plain": PLAIN * 32,
    "punctuation": BODY * 24,
    "quotation marks and dashes": "他说“‘安全第一’”，（见《条例》〔2026〕12号）……——“要改”。《〈说明〉》、“二”、“三”；" * 36,
    "words and numbers": (
        "本次检查采用 GB 50016-2014 (2018 edition) 与 WeChat 的 API v3.2，测得浓度 12.5 ppm，温度 23.7℃，"
        "电话 025-55661000，网址 https://example.com/a/very/long/path?x=1&y=2。"
    ) * 24,
    "rare characters": RARE * 44,
    "long paragraphs": "\n".join([BODY * 3] * 9),
    "short paragraphs": "\n".join(["一、基本情况。", "经查，有问题。", "请改。"] * 20),
    "lines of another system, tabs, blanks": "\r\n\r\n\t".join([BODY] * 14),
    "markup": ("<b>&amp;</b><script>alert(1)</script>{{ 7*7 }}&lt;" + BODY) * 16,
    "a mark of the file's encoding": "\ufeff" + BODY * 14,
    "control characters and pictures": ("甲\x00乙\x07丙\u200b丁\ufffe火🔥灾👨‍👩‍👧" + BODY) * 14,
}  # fmt: skip
NEVER_FIRST, NEVER_LAST = set("，。、；：？！”’）》〉〕】」』·～%℃"), set("“‘（《〈〔【「『")


def _lines(page: Any) -> list[list[Char]]:
    """Characters of the text block by their baseline, from the top; the page number stands below the block."""
    rows: dict[int, list[Char]] = {}
    for char in page.chars:
        if char["text"].strip() and char["top"] < TOP + HEIGHT:
            rows.setdefault(round(_baseline(char)), []).append(char)
    return [sorted(row, key=lambda char: char["x0"]) for _, row in sorted(rows.items(), reverse=True)]


def _baseline(char: Char) -> float:
    return float(char["matrix"][5])


def _text(line: list[Char]) -> str:
    return "".join(char["text"] for char in line)


@pytest.fixture(params=list(TEXTS))
def set_text(request: pytest.FixtureRequest, draw: Draw) -> PDF:
    """Body text of every sort, over several pages."""
    return pdfplumber.open(BytesIO(draw("notice", TEXTS[request.param])))


def test_every_page_is_full_and_begins_and_ends_at_the_block(set_text: PDF) -> None:
    first = _baseline(_lines(set_text.pages[0])[0][0])
    assert len(set_text.pages) > 2
    for sheet in set_text.pages:
        lines = _lines(sheet)
        assert _baseline(lines[0][0]) == pytest.approx(first, abs=0.1)
        assert {round(_baseline(above[0]) - _baseline(below[0]), 1) for above, below in pairwise(lines)} <= {29.6}
        assert {round(char["size"], 2) for line in lines for char in line} == {15.75}
        if sheet is not set_text.pages[-1]:
            assert len(lines) == 22


def test_both_edges_are_straight(set_text: PDF) -> None:
    for sheet in set_text.pages:
        for line, below in pairwise(_lines(sheet)):
            assert line[0]["x0"] == pytest.approx(LEFT, abs=0.2 * MM), _text(line)
            # A paragraph's last line is shorter by more than its end could be moved to make room for a word.
            if line[-1]["x1"] > LEFT + WIDTH - 10 and not _ends_a_paragraph(line, below):
                assert line[-1]["x1"] == pytest.approx(LEFT + WIDTH, abs=0.2 * MM), _text(line)


def _ends_a_paragraph(line: list[Char], below: list[Char]) -> bool:
    return line[-1]["text"] in "。" and _text(below).startswith(("根据", "一、", "经查", "请改"))


def test_no_line_begins_or_ends_with_a_mark_that_may_not(set_text: PDF) -> None:
    for sheet in set_text.pages:
        lines = _lines(sheet)
        for line in lines:
            assert line[0]["text"] not in NEVER_FIRST, _text(line)
            assert line[-1]["text"] not in NEVER_LAST, _text(line)
        assert not [1 for line, below in pairwise(lines) if line[-1]["text"] + below[0]["text"] in ("——", "……")], (
            "a dash or an ellipsis is cut in two"
        )


def test_no_character_is_lost_and_each_is_drawn_by_a_listed_face(set_text: PDF, request: pytest.FixtureRequest) -> None:
    wanted = TEXTS[request.node.callspec.params["set_text"]]
    drawn = "".join(_text(line) for sheet in set_text.pages for line in _lines(sheet))
    if "🔥" in wanted:
        wanted = (
            "".join(mark for mark in wanted.replace("👨‍👩‍👧", "🔥") if mark not in "\x00\x07\u200b")
            .replace("\ufffe", "〓")
            .replace("🔥", "〓")
        )
    assert drawn == "".join(wanted.replace("\ufeff", "").split())
    faces = {char["fontname"].split("+")[-1] for sheet in set_text.pages for char in sheet.chars}
    assert faces <= {"Paper-latin", "Paper-fangsong", "Noto-Serif-CJK-SC"}


def test_lines_of_plain_chinese_hold_28_characters_to_the_edge_also_the_last(draw: Draw) -> None:
    with pdfplumber.open(BytesIO(draw("notice", PLAIN[:28] * 22))) as pdf:
        lines = _lines(pdf.pages[0])
        assert len(pdf.pages) == 1
        assert [len(line) for line in lines] == [28] * 22
        assert {round(line[-1]["x1"] / MM, 1) for line in lines} <= {183.9, 184.0}


def test_the_block_is_225_mm_from_first_to_last_character(draw: Draw) -> None:
    with pdfplumber.open(BytesIO(draw("notice", TEXTS["plain"]))) as pdf:
        lines = _lines(pdf.pages[0])
    first, last = lines[0][0], lines[-1][0]
    assert last["bottom"] - first["top"] == pytest.approx(HEIGHT, abs=0.3 * MM)
    assert first["top"] == pytest.approx(TOP, abs=0.3 * MM)


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages_7_mm_below(draw: Draw) -> None:
    with pdfplumber.open(BytesIO(draw("notice", TEXTS["plain"]))) as pdf:
        for number, sheet in enumerate(pdf.pages, start=1):
            foot = [char for char in sheet.chars if char["top"] > TOP + HEIGHT and char["text"].strip()]
            if number == 1:  # 信函格式, 10.1
                assert not foot
                continue
            assert _text(foot) == f"—{number}—"
            assert {round(char["size"], 1) for char in foot} == {14}
            assert foot[0]["top"] - TOP - HEIGHT == pytest.approx(7 * MM, abs=0.6 * MM)
            if number % 2:
                assert foot[-1]["x1"] == pytest.approx(LEFT + WIDTH - 14, abs=1)
            else:
                assert foot[0]["x0"] == pytest.approx(LEFT + 14, abs=1)


def test_a_long_address_is_cut_and_a_number_is_not(draw: Draw) -> None:
    text = "网址 https://example.com/a/very/long/path/to/the/page?x=1&y=2，编号 20261109R1K7M3PQ。" * 20
    with pdfplumber.open(BytesIO(draw("notice", text))) as pdf:
        lines = [_text(line) for sheet in pdf.pages for line in _lines(sheet)]
    assert [line for line in lines if line.endswith(("/", ".", "?", "=", "&"))]
    assert sum("20261109R1K7M3PQ" in line for line in lines) == 20


def test_one_line_and_no_line_make_one_page(draw: Draw) -> None:
    for text in ("只有一行。", "", "\n \n"):
        with pdfplumber.open(BytesIO(draw("notice", text))) as pdf:
            assert len(pdf.pages) == 1


def test_a_body_text_saved_in_any_usual_encoding_is_read() -> None:
    assert {samples.text_of("整改。".encode(name)) for name in ("utf-8", "utf-8-sig", "gb18030")} == {"整改。"}


def test_rare_characters_are_set_by_another_face_and_none_is_missing(draw: Draw) -> None:
    with pdfplumber.open(BytesIO(draw("notice", "张喆、李赟、王㛃、𠮷野家分店。"))) as pdf:
        text = "".join(char["text"] for char in pdf.pages[0].chars)
        fonts = {char["text"]: char["fontname"] for char in pdf.pages[0].chars}
    assert all(rare in text for rare in "喆赟㛃𠮷")
    assert fonts["㛃"] != fonts["张"]


def test_most_lines_of_text_full_of_punctuation_hold_28(draw: Draw) -> None:
    with pdfplumber.open(BytesIO(draw("notice", TEXTS["punctuation"]))) as pdf:
        counts = Counter(len(line) for line in _lines(pdf.pages[0]))
    assert counts.most_common(1)[0][0] == 28
