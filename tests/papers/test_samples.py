"""The commands by which anybody lists the kinds and draws one with their own names and texts."""

from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
from flask import Flask

from inspect_app.casework.papers import KINDS
from inspect_app.kernel.errors import Refused
from inspect_app.papers import samples

LONG = "青澜区住房和城乡建设局建设工程质量安全监督服务中心柳荫街道工作站"


def _text(pdf: bytes) -> str:
    with pdfplumber.open(BytesIO(pdf)) as opened:
        return "".join("".join((sheet.extract_text() or "").split()) for sheet in opened.pages)


def test_the_kinds_are_listed_one_a_line(app: Flask) -> None:
    said = app.test_cli_runner().invoke(args=["papers", "kinds"]).output.splitlines()
    assert [line.split("\t") for line in said] == [
        [kind.code, kind.title, kind.side, str(kind.geometry)] for kind in KINDS.values()
    ]


def test_a_case_is_drawn_with_its_own_names_lines_and_number_of_photos(app: Flask, tmp_path: Path) -> None:
    case, out = tmp_path / "case.yaml", tmp_path / "out.pdf"
    case.write_text(
        f"issuer: {LONG}\nplace_name: 喆堃记\ninspected_on: 2026-11-20\nreplaces: 柳街整〔2026〕3号\n"
        "lines:\n- {title: 门锁着, due_on: 2026-12-01}\n- {place: 阁楼, basis: 《中华人民共和国消防法》第十六条}\n"
        "officers: [{name: 甲, card: '1'}, {name: 乙, card: '2'}]\n"
    )
    args = ["papers", "sample", "notice", str(out), "--case", str(case), "--hazards", "4", "--photos", "1"]
    said = app.test_cli_runner().invoke(args=args)
    assert said.exit_code == 0, said.output
    text = _text(out.read_bytes())
    for words in (LONG, "喆堃记", "2026年11月20日", "门锁着", "2026年12月1日", "阁楼", "第十六条", "执法人员甲、乙到"):
        assert words in text
    content = samples.sample_of("notice", samples.case_of(case.read_bytes()), hazards=4, photos=1)
    assert len(content["lines"]) == 4
    assert sum(len(line["photos"]) for line in content["lines"]) == 1


def test_the_slip_that_is_filled_in_by_hand_is_drawn_empty_on_one_page(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "blank.pdf"
    said = app.test_cli_runner().invoke(args=["papers", "sample", "blank", str(out)])
    assert said.exit_code == 0, said.output
    with pdfplumber.open(out) as opened:
        assert len(opened.pages) == 1
    for words in ("柳荫人大工委空白单2026-0037", "H4TK9R", "非行政执法文书", "建议完成时间", "第1页共1页"):
        assert words in _text(out.read_bytes()), words


def test_a_kind_of_both_sides_is_drawn_as_either_writes_it() -> None:
    titles = {side: samples.sample_of("handover", {"side": side})["title"] for side in ("congress", "government")}
    assert titles == {"congress": "转办函", "government": "交办函"}


BAD = {
    "no yaml": ("a: [", "不是 YAML"),
    "a list": ("- a\n- b", "一行写一个字段"),
    "nothing": ("", "一行写一个字段"),
    "an unknown field": ("colour: red", "“colour”不是“整改通知书”的字段"),
    "words for lines": ("lines: 三条", "一条一条"),
    "an unknown field of a line": ("lines: [{colour: red}]", "第 1 条：“colour”不能写"),
    "photos of a line": ("lines: [{photos: 3}]", "“photos”不能写"),
    "fields for words": ("addressee: {a: b}", "addressee：这里要写文字"),
    "no day": ("inspected_on: 昨天", "2026-11-30 这样"),
    "words for officers": ("officers: [甲]", "name、card"),
    "an empty obligatory field": ("addressee: ''", "还差主送"),
    "a side that may not": ("side: congress", "不能由 congress 出"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_case_that_cannot_be_is_refused_with_a_sentence(case: str) -> None:
    written, words = BAD[case]
    with pytest.raises(Refused, match=words.replace("(", r"\(")):
        samples.sample_of("notice", samples.case_of(written.encode()))


def test_a_refusal_of_the_command_is_one_sentence_and_leaves_no_file(app: Flask, tmp_path: Path) -> None:
    case, out = tmp_path / "case.yaml", tmp_path / "out.pdf"
    case.write_bytes(b"\xff\xfe\x00colour: red")
    said = app.test_cli_runner().invoke(args=["papers", "sample", "notice", str(out), "--case", str(case)])
    assert (said.exit_code, out.exists()) == (1, False)
    assert "Traceback" not in said.output
