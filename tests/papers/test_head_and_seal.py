"""What an office sets for its sheets, measured: the longest mark at the head, and where the seal is put by hand."""

import io

import pdfplumber
import pytest

from inspect_app.kernel.limits import LIMITS
from inspect_app.papers import page, samples
from inspect_app.papers.kinds import KINDS
from tests.papers.measuring import MM, measure

LONGEST = "青江区人大常委会柳荫街道工作委员会联合办公室文件专用"[: LIMITS["letterhead"]]
SEALED = sorted(code for code, kind in KINDS.items() if kind.sealed)


def _drawn(kind: str, **own: object) -> bytes:
    return page.render(kind, samples.sample(kind) | own, samples.picture)


@pytest.mark.parametrize("kind", ["urging", "notice"])
@pytest.mark.parametrize("mark", [LONGEST, "督" * LIMITS["letterhead"], "柳荫街道文件"])
def test_the_longest_mark_stands_in_one_line_within_the_block(kind: str, mark: str) -> None:
    pdf = _drawn(kind, letterhead=mark)
    found = measure(pdf, KINDS[kind].geometry, str(samples.sample(kind)["number"]))
    assert found.faults == []
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        chars = [char for char in opened.pages[0].chars if char["size"] >= 19.9 and char["top"] < 45 * MM]
    head = [char for char in chars if char["text"] in mark]
    assert len({round(char["top"]) for char in head}) == 1
    assert "".join(char["text"] for char in sorted(head, key=lambda char: char["x0"])) == mark
    assert min(char["x0"] for char in head) > 27 * MM
    assert max(char["x1"] for char in head) < 185 * MM


@pytest.mark.parametrize("kind", SEALED)
def test_the_place_of_the_seal_is_a_dotted_circle_over_the_date_that_moves_nothing(kind: str) -> None:
    bare, marked = _drawn(kind), _drawn(kind, seal_place=True)
    number = str(samples.sample(kind)["number"])
    assert measure(marked, KINDS[kind].geometry, number).faults == []
    with pdfplumber.open(io.BytesIO(bare)) as before, pdfplumber.open(io.BytesIO(marked)) as after:
        at = next(sheet for sheet in after.pages if "（印章）" in sheet.extract_text())
        words = {char["text"] + f"{char['x0']:.1f} {char['top']:.1f}" for sheet in before.pages for char in sheet.chars}
        more = [char for sheet in after.pages for char in sheet.chars
                if char["text"] + f"{char['x0']:.1f} {char['top']:.1f}" not in words]  # fmt: skip
        assert "".join(char["text"] for char in more) == "（印章）", "everything else stands where it stood"
        middle = (more[0]["x0"] + more[-1]["x1"]) / 2
        day = next(char for char in at.chars if char["text"] == "日" and char["top"] > more[0]["top"])
        assert middle < day["x1"], "in the middle over the date"
        assert middle + 21 * MM < (at.width - 10 * MM), "the circle stays on the sheet"
        assert [len(sheet.images) for sheet in after.pages] == [len(sheet.images) for sheet in before.pages], (
            "no picture"
        )
