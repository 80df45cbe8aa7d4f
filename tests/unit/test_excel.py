"""A list as Excel and back: whole and equal, every problem at its cell, nothing half read, hostile files never opened."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from inspect_app.checklists import excel, from_excel, library, phrases
from inspect_app.checklists.parsed import completed
from inspect_app.checklists.rules import Basis, Checklist, Choice, ListPart
from inspect_app.kernel.errors import Refused
from inspect_app.sheets import workbook
from inspect_app.web.library.pages import WORDS

GAS = library.load()["gas-kitchen"]
RICH = replace(
    GAS,
    reminder="=先看有没有气味",
    items=(
        replace(GAS.items[0], question="=HYPERLINK(\"http://x\")", look="+1", title="-1", wordings=("@SUM(A1)", "没有")),
        replace(GAS.items[1], kind="choice", choices=(Choice("a", "好的"), Choice("b", "坏的", fails=True))),
        replace(GAS.items[2], kind="count", part=ListPart("楼层", "storeys")),
        *(replace(item, key=not item.needs, zone=zone, line="看这里", why="那一次烧死了三个人。")
          for item, zone in zip(GAS.items[3:5], ("smell", "people"), strict=True)),
        *(replace(item, key=False, zone="kitchen", needs=needs)
          for item, needs in zip(GAS.items[5:8], ("papers", "measure", "touch"), strict=True)),
        *GAS.items[8:],
    ),
)  # fmt: skip


def _export(checklist: Checklist = GAS) -> bytes:
    return _gas() if checklist is GAS else excel.export(checklist, library.bases(), WORDS, "hash")


@cache
def _gas() -> bytes:
    """The one that nearly every test begins with: the same bytes, written once."""
    return excel.export(GAS, library.bases(), WORDS, "hash")


def _edited(edit: Callable[[Any], None], checklist: Checklist = GAS) -> bytes:
    book, out = load_workbook(io.BytesIO(_export(checklist))), io.BytesIO()
    edit(book)
    book.save(out)
    return out.getvalue()


def _problems(edit: Callable[[Any], None], bases: dict[str, Basis] | None = None) -> dict[str, str]:
    parsed = from_excel.parse(_edited(edit), bases or library.bases(), WORDS)
    if parsed.problems:
        assert parsed.checklist is None, "nothing is half read"
    return {problem.where: problem.text for problem in parsed.problems}


@pytest.mark.parametrize("checklist", [*library.load().values(), RICH], ids=lambda one: one.title)
def test_a_list_comes_back_as_it_went(checklist: Checklist) -> None:
    parsed = from_excel.parse(_export(checklist), library.bases(), WORDS)
    assert (parsed.problems, parsed.checklist, parsed.based_on) == ((), checklist, "hash")


def test_no_cell_is_a_formula_whatever_it_begins_with() -> None:
    book = load_workbook(io.BytesIO(_export(RICH)))
    cells = [cell for page in book for line in page.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    risky = [cell for cell in cells if cell.value[0] in "=+-@"]
    assert len(risky) >= 5
    assert all(cell.quotePrefix for cell in risky), "editing the cell does not make a formula of it either"


def test_the_first_sheet_explains_every_column() -> None:
    book = load_workbook(io.BytesIO(_export()))
    assert book.sheetnames[0] == "说明"
    told = {row[1].value for row in book["说明"].iter_rows()}
    assert told >= {cell.value for page in ("检查项", "分项") for cell in book[page][1]}


# what is done to a good workbook → (cell, words of the reason)
def _set(sheet: str, cell: str, value: object) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        book[sheet][cell] = value

    return edit


PLANTED: dict[str, tuple[Callable[[Any], None], str, str]] = {
    "unknown basis": (_set("检查项", "S3", "made-up-1"), "检查项!S3", "没有编号为“made-up-1”的依据"),
    "no wording": (_set("检查项", "F4", None), "检查项!F4", "缺“标准描述”"),
    "no advice": (_set("检查项", "G4", None), "检查项!G4", "缺“整改建议”"),
    "code twice": (_set("检查项", "A5", "G-SMELL-01"), "检查项!A5", "在 检查项!A2 用过了"),
    "no code of ours": (_set("检查项", "A5", "报警器"), "检查项!A5", "编号要像"),
    "unknown section": (_set("检查项", "B6", "天上"), "检查项!B6", "没有写在“分项”"),
    "unknown kind": (_set("检查项", "H6", "诗"), "检查项!H6", "只能写"),
    "days in words": (_set("检查项", "M6", "尽快"), "检查项!M6", "1 到 365 的整数"),
    "condition": (_set("检查项", "Q6", "天气 为 晴"), "检查项!Q6", "看不懂"),
    "unfinished condition": (_set("检查项", "Q6", "层数 不少于"), "检查项!Q6", "没有写完"),
    "formula": (_set("检查项", "C7", "=1+1"), "检查项!C7", "公式"),
    "merged": (lambda book: book["检查项"].merge_cells("C8:D9"), "检查项!C8:D9", "横着合并"),
    "unknown column": (_set("检查项", "Y1", "标记"), "检查项!Y1", "不认识“标记”这一列"),
    "column gone": (_set("检查项", "C1", None), "检查项!1:1", "缺“检查内容”"),
    "number without unit": (_set("检查项", "H6", "数字"), "检查项!I6", "数字要写单位"),
    "choice without choices": (_set("检查项", "H6", "选项"), "检查项!H6", "选项要有两个以上"),
    "unknown zone": (_set("检查项", "U6", "天台"), "检查项!U6", "只能写：先闻、"),
    "key in other words": (_set("检查项", "T6", "必看"), "检查项!T6", "只能写：是、否"),
    "needs in other words": (_set("检查项", "X6", "梯子"), "检查项!X6", "只能写：要看证照或记录、"),
    "unknown place": (_set("检查表", "B4", "月球"), "检查表!B4", "没有“月球”这种场所"),
    "field": (_set("检查表", "B3", "航天"), "检查表!B3", "领域只能是"),
    "choice of nobody": (lambda book: book["分项"].append(["选项", "X-1", "好", "a", "否"]), "分项!B29", "没有编号为“X-1”"),
    "sheet gone": (lambda book: book.remove(book["分项"]), "分项", "缺“分项”这一页"),
}  # fmt: skip


@pytest.mark.parametrize("what", PLANTED)
def test_a_problem_is_named_by_its_cell(what: str) -> None:
    edit, cell, words = PLANTED[what]
    found = _problems(edit)
    assert words in found.get(cell, ""), found


# what is changed on the sheet of bases, which changes no law → words of what is said about it
LAW = {
    "the day it ends": (_set("依据", "I2", "2026-12-31"), "依据!I2", "失效日期请在“依据”那一条的页面里写"),
    "what it says": (_set("依据", "F2", "随便写的"), "依据!F2", "这里是“随便写的”"),
    "whether it is checked": (_set("依据", "G2", "瞎写"), "依据!G2", "依据不在表格里改"),
    "a law of one's own": (lambda book: book["依据"].append(["my-law", "某某办法"]), f"依据!A{len(library.bases()) + 2}", "没有编号为“my-law”"),
}  # fmt: skip


@pytest.mark.parametrize("what", LAW)
def test_a_change_of_the_law_in_a_list_is_never_passed_over(what: str) -> None:
    edit, cell, words = LAW[what]
    assert words in _problems(edit).get(cell, "")


def test_the_bases_may_be_sorted_thinned_out_or_thrown_away() -> None:
    def sorted_anew(book: Any) -> None:
        rows = [[cell.value for cell in row] for row in book["依据"].iter_rows(min_row=2)]
        book["依据"].delete_rows(2, len(rows))
        for row in sorted(rows[5:], key=lambda row: str(row[5])):
            book["依据"].append(row)

    assert _problems(sorted_anew) == {}
    assert _problems(lambda book: book.remove(book["依据"])) == {}


def test_what_stands_where_nobody_looks_is_told() -> None:
    def edit(book: Any) -> None:
        book["检查项"]["Z3"], book["检查表"]["D2"], book.create_sheet("备注")["A1"] = "这条要改", "看这里", "话"
        book.create_sheet("空页")

    parsed = from_excel.parse(_edited(edit), library.bases(), WORDS)
    assert parsed.checklist == GAS
    assert [note.where for note in parsed.notes] == ["检查表!D2", "检查项!Z3", "备注"]


def test_a_number_keeps_its_digits() -> None:
    limits = replace(GAS.items[0], kind="number", unit="升", at_most=1234567.25, at_least=0.00001)
    checklist = replace(GAS, items=(limits, *GAS.items[1:]))
    assert from_excel.parse(_export(checklist), library.bases(), WORDS).checklist == checklist


def test_every_problem_is_named_at_once() -> None:
    def edit(book: Any) -> None:
        for cell in ("C3", "F4", "G5"):
            book["检查项"][cell] = None

    assert set(_problems(edit)) == {"检查项!C3", "检查项!F4", "检查项!G5"}


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return out.getvalue()


def _with(name: str, data: bytes) -> bytes:
    out = io.BytesIO(_export())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, data)
    return out.getvalue()


def _central(offset: int, value: int) -> bytes:
    """An export whose directory says this of every member: 8 is its flags (1: encrypted), 10 the way it is packed."""
    data = bytearray(_export())
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + offset : place + offset + 2] = value.to_bytes(2, "little")
        place = data.find(b"PK\x01\x02", place + 4)
    return bytes(data)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "请选一份表格"),
    "no zip": (lambda: b"GIF89a" * 50, "不是 Excel 表格"),
    "old xls": (lambda: b"\xd0\xcf\x11\xe0" + b"x" * 600, "旧的 .xls"),
    "a zip of something else": (lambda: _zip({"a.txt": b"x"}), "不是 Excel 表格"),
    "half a zip": (lambda: _export()[:3000], "没有存完整"),
    "bomb": (lambda: _zip({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"0" * 200_000_000}), "解开后太大"),
    "a thousand members": (lambda: _zip({f"xl/{n}.xml": b"" for n in range(1000)}), "解开后太大"),
    "50 MB": (lambda: b"PK\x03\x04" + b"0" * 52_428_800, "超过 10 MB"),
    "macros": (lambda: _with("xl/vbaProject.bin", b"x"), "宏"),
    "external links": (lambda: _with("xl/externalLinks/externalLink1.xml", b"<x/>"), "外部链接"),
    "entities": (lambda: _with("xl/extra.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "不该有的东西"),
    "locked with a password inside": (lambda: _central(8, 1), "加了密码的压缩包"),
    "packed in an unknown way": (lambda: _central(10, 99), "打不开"),
    "a macro sheet": (lambda: _with("xl/macrosheets/sheet1.xml", b"<x/>"), "宏"),
    "no workbook inside": (lambda: _zip({"xl/workbook.xml": b"<not-xml"}), "打不开"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_with_what_to_do(what: str) -> None:
    make, words = HOSTILE[what]
    with pytest.raises(Refused) as refusal:
        workbook.read(make())
    assert words in refusal.value.message
    assert refusal.value.field == "file"


CONDITIONS = st.recursive(
    st.one_of(
        st.builds(lambda v: {"fact": "gas_kind", "eq": v}, st.sampled_from(["piped", "bottled", "none"])),
        st.builds(lambda v: {"fact": "gas_kind", "in": v}, st.lists(st.sampled_from(["piped", "bottled"]), min_size=1)),
        st.builds(lambda v: {"fact": "below_ground", "eq": v}, st.booleans()),
        st.builds(lambda k, v: {"fact": "storeys", k: v}, st.sampled_from(["at_least", "at_most", "eq"]), st.integers(0, 99)),
    ),
    lambda inner: st.one_of(
        st.builds(lambda c: {"not": c}, inner),
        st.builds(lambda k, c: {k: c}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=8,
)  # fmt: skip


@given(CONDITIONS)
def test_a_condition_in_words_is_read_back_as_it_was(condition: dict[str, Any]) -> None:
    assert phrases.read(phrases.say(condition, WORDS), WORDS) == condition


@given(st.text(alphabet="用气为瓶装层数且或非（）不少于3 、x", max_size=30))
def test_any_words_for_a_condition_are_read_or_named(text: str) -> None:
    try:
        phrases.read(text, WORDS)
    except ValueError as fault:
        named = str(fault)
        assert named, "what is not understood is said in words"


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"not": {"fact": "gas_kind", "eq": "none"}}, "用气"),
        ({"all": [{"fact": "gas_kind", "eq": "bottled"}, {"fact": "storeys", "at_least": 3}]}, "用瓶装气，而且层数不少于 3"),
        ({"not": {"any": [{"fact": "high_rise", "eq": True}, {"fact": "floor_area", "at_most": 200}]}}, "不是高层，而且建筑面积超过 200"),
        ({"fact": "below_ground", "eq": False}, "不在地下或半地下"),
        ({"fact": "gas_kind", "in": ["piped", "bottled"]}, "用管道气或者用瓶装气"),
    ],
)  # fmt: skip
def test_a_reader_is_told_a_condition_in_a_sentence(condition: dict[str, Any], told: str) -> None:
    assert phrases.tell(condition, WORDS) == told


def _without(*titles: str) -> bytes:
    """The sheet as it was downloaded before it had these columns."""

    def edit(book: Any) -> None:
        page = book["检查项"]
        for place in sorted((cell.column for cell in page[1] if cell.value in titles), reverse=True):
            page.delete_cols(place)

    return _edited(edit, RICH)


def test_a_sheet_from_before_the_short_walk_takes_nothing_away() -> None:
    parsed = from_excel.parse(_without("必看", "区", "短句", "为什么", "光看不够"), library.bases(), WORDS)
    assert parsed.problems == ()
    assert parsed.checklist is not None
    assert not any(item.key or item.zone or item.why for item in parsed.checklist.items)
    whole = completed(parsed, RICH)
    assert whole.checklist == RICH
    (note,) = whole.notes
    assert note.text == "没有“必看”“区”“短句”“为什么”“光看不够”这几列，照原来那一版没有变"


def test_one_column_that_was_deleted_stays_as_it_was_and_the_others_are_read() -> None:
    parsed = completed(from_excel.parse(_without("必看"), library.bases(), WORDS), RICH)
    assert parsed.checklist == RICH
    assert [note.text for note in parsed.notes] == ["没有“必看”这一列，照原来那一版没有变"]
    assert completed(from_excel.parse(_export(RICH), library.bases(), WORDS), GAS).checklist == RICH, (
        "what is said holds"
    )


def test_a_new_list_without_the_columns_is_read_and_nothing_is_noted_of_a_version_that_is_not() -> None:
    parsed = from_excel.parse(_without("必看", "区"), library.bases(), WORDS)
    assert completed(parsed, None) == parsed
