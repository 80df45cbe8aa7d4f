"""Workbooks as Excel, WPS and LibreOffice write them are read as they show; what is no workbook is called what it is."""

import datetime
import io
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from inspect_app.kernel.errors import Refused
from inspect_app.sheets import file_kinds, workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def _book(**cells: object) -> bytes:
    book, out = Workbook(), io.BytesIO()
    page = book.active
    assert page is not None
    page.title = "表"
    for at, value in cells.items():
        page[at] = value
    book.save(out)
    return out.getvalue()


def _with(change: Callable[[str, bytes], tuple[str, bytes] | None], data: bytes | None = None) -> bytes:
    """A workbook whose parts are changed, renamed or left out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data or _book(A1="第一"))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in source.namelist():
            changed = change(name, source.read(name))
            if changed is not None:
                made.writestr(*changed)
    return out.getvalue()


def _replaced(part: str, old: str, new: str, data: bytes | None = None) -> bytes:
    def change(name: str, text: bytes) -> tuple[str, bytes]:
        if name.endswith(part):
            assert old.encode() in text, text
        return name, text.replace(old.encode(), new.encode()) if name.endswith(part) else text

    return _with(change, data)


def _rows(rows: str, more: str = "") -> bytes:
    """A workbook whose one sheet holds these rows of XML."""
    xml = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{more}</worksheet>'
    return _with(lambda name, text: (name, xml.encode() if name == SHEET else text))


def _strict(name: str, text: bytes) -> tuple[str, bytes]:
    text = text.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    old = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return name, text.replace(old, b"http://purl.oclc.org/ooxml/officeDocument/relationships")


def _line(*cells: str) -> bytes:
    return _rows(f'<row r="1">{"".join(cells)}</row>')


DAY = datetime.date(2026, 12, 31)
# what somebody's program writes → the cells that a person sees in it
READ: dict[str, tuple[Callable[[], bytes], dict[str, str]]] = {
    "a line break as Excel keeps it": (lambda: _book(A1="上_x000D_\n下", B1="上_x000D_下"), {"A1": "上\n下", "B1": "上\n下"}),
    "a sign that nobody sees": (lambda: _line('<c r="A1" t="inlineStr"><is><t>a_x0000_b</t></is></c>'), {"A1": "ab"}),
    "a font of an unheard-of family": (lambda: _replaced("styles.xml", '<family val="2"', '<family val="34"'), {"A1": "第一"}),
    "a strict file": (lambda: _with(_strict, _book(A1="第一", B1=DAY)), {"A1": "第一", "B1": "2026-12-31"}),
    "no styles at all": (lambda: _with(lambda name, text: None if "styles" in name else (name, text)), {"A1": "第一"}),
    "words in the cell itself": (lambda: _line('<c r="A1" t="inlineStr"><is><t>内联</t></is></c>'), {"A1": "内联"}),
    "words in several fonts, with their reading": (
        lambda: _line('<c r="A1" t="inlineStr"><is><r><t>安全</t></r><r><rPr><b/></rPr><t>出口</t></r><rPh sb="0" eb="2"><t>x</t></rPh></is></c>'),
        {"A1": "安全出口"},
    ),
    "formulas with what they show": (
        lambda: _line(
            '<c r="A1"><f t="shared" ref="A1:B1" si="0">1+1</f><v>2</v></c>', '<c r="B1"><f t="shared" si="0"/><v>3</v></c>',
            '<c r="C1" t="str"><f>A1&amp;"米"</f><v>2米</v></c>',
        ),
        {"A1": "2", "B1": "3", "C1": "2米"},
    ),
    "days since 1904": (
        lambda: _replaced("workbook.xml", "<workbookPr/>", '<workbookPr date1904="1" />', _book(A1=datetime.date(2022, 12, 30))),
        {"A1": "2026-12-31"},
    ),
    "a day with its time": (lambda: _book(A1=datetime.datetime.fromisoformat("2026-01-02 03:04")), {"A1": "2026-01-02 03:04"}),
    "a day as a strict file writes it": (lambda: _line('<c r="A1" t="d"><v>2026-12-31</v></c>'), {"A1": "2026-12-31"}),
    "numbers in full": (
        lambda: _book(A1=1234.5678, B1=1234567.5, C1=0.1 + 0.2, D1=7.0, E1=True),
        {"A1": "1234.5678", "B1": "1234567.5", "C1": "0.3", "D1": "7", "E1": "是"},
    ),
    "cells that do not say where they stand": (
        lambda: _rows('<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>'), {"A1": "1", "B1": "2", "A2": "3"},
    ),
    "names of parts with the other slash": (
        lambda: _with(lambda name, text: (name.replace("/", "\\") if name.startswith("xl") else name, text)), {"A1": "第一"},
    ),
    "words under another capital": (
        lambda: _with(lambda name, text: (name.replace("sharedStrings", "SharedStrings"), text)), {"A1": "第一"},
    ),
    "a hidden sheet": (lambda: _replaced("workbook.xml", 'state="visible"', 'state="veryHidden"'), {"A1": "第一"}),
    "thousands of rows without a word": (
        lambda: _rows('<row r="1"><c r="A1"><v>1</v></c></row>' + "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(2, 30_000))),
        {"A1": "1"},
    ),
    "a cell merged downwards": (
        lambda: _rows('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>5</v></c></row><row r="2"><c r="B2"><v>6</v></c></row>',
                      '<mergeCells><mergeCell ref="A1:A3"/></mergeCells>'),
        {"A1": "1", "B1": "5", "A2": "1", "B2": "6"},
    ),
}  # fmt: skip


def _cells(sheet: workbook.Sheet) -> dict[str, str]:
    return {
        sheet.at(row, column).partition("!")[2]: text
        for row, line in sheet.rows.items()
        for column, text in line.items()
    }


@pytest.mark.parametrize("what", READ)
def test_a_workbook_is_read_as_it_shows(what: str) -> None:
    make, cells = READ[what]
    (sheet,) = workbook.read(make()).values()
    assert (_cells(sheet), sheet.problems) == (cells, ())


def test_a_formula_is_told_beside_its_value() -> None:
    (sheet,) = workbook.read(READ["formulas with what they show"][0]()).values()
    assert [note.where for note in sheet.notes] == ["表!A1", "表!B1", "表!C1"]


def test_remarks_beside_the_cells_are_not_read_and_that_is_told() -> None:
    book, out = Workbook(), io.BytesIO()
    page = book.active
    assert page is not None
    page["A1"] = "第一"
    page["A1"].comment = Comment("这里再想想", "甲")
    book.save(out)
    (sheet,) = workbook.read(out.getvalue()).values()
    assert [note.text for note in sheet.notes] == ["这一页的批注没有读，要紧的请写在格里"]


# a cell that shows nothing that could be read → where, and why
NAMED = {
    "an error": (lambda: _line('<c r="B1" t="e"><v>#N/A</v></c>'), "表!B1", "错误值 #N/A"),
    "an error in a formula": (lambda: _line('<c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'), "表!B1", "#DIV/0!"),
    "a formula nobody worked out": (lambda: _book(C2="=1+1"), "表!C2", "没有算好的值"),
    "a cell at the end of the world": (lambda: _book(A1="x", XFD1048576="x"), "表!XFD1048576", "太远"),
    "merged across": (
        lambda: _rows('<row r="1"><c r="A1"><v>1</v></c></row>', '<mergeCells><mergeCell ref="A1:C1"/></mergeCells>'),
        "表!A1:C1", "取消合并",
    ),
    "a length of time longer than any": (lambda: _shown_as("[h]:mm", B3=1e12), "表!B3", "太大或太小"),
    "a time before all time": (lambda: _shown_as("h:mm", B3=-1e300), "表!B3", "太大或太小"),
    "one of two numbers that is no time": (
        lambda: _shown_as("[h]:mm", _book(A3=13912345678), B3=1e12), "表!3:3", "太大或太小",
    ),
}  # fmt: skip


def _shown_as(shown: str, data: bytes | None = None, **cells: float) -> bytes:
    """A workbook with numbers that are shown as a time."""
    book, out = load_workbook(io.BytesIO(data or _book(A1="第一"))), io.BytesIO()
    for at, value in cells.items():
        book["表"][at] = value
        book["表"][at].number_format = shown
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("what", NAMED)
def test_what_cannot_be_read_is_named_by_its_cell(what: str) -> None:
    make, where, words = NAMED[what]
    (sheet,) = workbook.read(make()).values()
    assert [(problem.where, words in problem.text) for problem in sheet.problems] == [(where, True)]


def test_signs_that_mean_something_in_a_sheet_stay_the_words_they_were() -> None:
    (sheet,) = workbook.read(workbook.write({"表": [["用 _x000D_ 表示换行", "=1+1"]]}, {}, ())).values()
    assert _cells(sheet) == {"A1": "用 _x000D_ 表示换行", "B1": "=1+1"}


def _zip(*names: str, **contents: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in names:
            packed.writestr(name, b"x")
        for name, data in contents.items():
            packed.writestr(name, data)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
CSV = "编号,部分,检查内容\nF-EXIT-01,出口,没有锁\n"
STRANGERS = {
    "an old workbook": (OLE + "Workbook".encode("utf-16-le"), "旧的 .xls"),
    "a workbook behind a password": (OLE + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
    "a Word file of old": (OLE + "WordDocument".encode("utf-16-le"), "Word"),
    "a Word file": (_zip("[Content_Types].xml", "word/document.xml"), "Word"),
    "slides": (_zip("ppt/presentation.xml"), "演示文稿"),
    "LibreOffice's own": (_zip("content.xml", mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), ".ods"),
    "a binary workbook": (_zip("xl/workbook.bin"), ".xlsb"),
    "Apple's own": (_zip("Index/Document.iwa"), "Numbers"),
    "CSV in GB18030": (CSV.encode("gb18030"), "CSV"),
    "CSV in UTF-8": (CSV.encode(), "CSV"),
    "CSV in UTF-8 with a mark": (CSV.encode("utf-8-sig"), "CSV"),
    "CSV in UTF-16": (CSV.replace(",", "\t").encode("utf-16"), "CSV"),
    "a web page called .xls": ("<html><table><tr><td>编号</td></tr></table></html>".encode("gb18030"), "网页"),
    "an XML table of 2003": (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML 表格 2003"),
    "a PDF": (b"%PDF-1.7\n", "PDF"),
    "a photo": (b"\xff\xd8\xff\xe0" + b"x" * 50, "图片"),
    "a packed folder": (b"Rar!\x1a\x07", "压缩包"),
}  # fmt: skip


@pytest.mark.parametrize("what", STRANGERS)
def test_another_file_is_called_what_it_is(what: str) -> None:
    data, words = STRANGERS[what]
    assert words in file_kinds.why_not(data)


def test_the_other_cells_beside_a_time_that_is_none_are_read() -> None:
    (sheet,) = workbook.read(_shown_as("h:mm", _book(B2="第二", C4=4), D3=-1e300)).values()
    assert _cells(sheet) == {"B2": "第二", "C4": "4"}


def _packed_as(kind: int, data: bytes, *, harm: bool = False) -> bytes:
    """A zip whose member `mimetype` is packed in a way, damaged or not."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", data, compress_type=kind)
        packed.writestr("xl/workbook.xml", b"<x/>")
    whole = bytearray(out.getvalue())
    if harm:
        start = 30 + len("mimetype")
        whole[start : start + 8] = b"\xff" * 8
    return bytes(whole)


def test_a_damaged_name_of_itself_is_told_as_damage() -> None:
    damaged = _packed_as(zipfile.ZIP_DEFLATED, b"application/vnd.oasis" * 40, harm=True)
    assert file_kinds.why_not(damaged) == file_kinds.CUT_SHORT


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_that_is_large_inside_is_not_unpacked_to_see_what_it_is(kind: int) -> None:
    large = _packed_as(kind, bytes(30_000_000))
    tracemalloc.start()
    try:
        assert file_kinds.why_not(large) == ""
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_what_would_be_too_large_is_told_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_kinds, "MOST_UNPACKED", 1000)
    damaged = _packed_as(zipfile.ZIP_DEFLATED, bytes(2000), harm=True)
    assert file_kinds.why_not(damaged) == file_kinds.TOO_LARGE


def test_whatever_is_damaged_in_a_zip_there_is_a_reason_in_words() -> None:
    """Every byte of a small one turned over: why_not answers, whatever the reader of zip says to it."""
    whole = _packed_as(zipfile.ZIP_DEFLATED, b"application/vnd.oasis" * 4)
    for at in range(len(whole)):
        for value in (0x00, 0x7F, 0xFF):
            file_kinds.why_not(whole[:at] + bytes([value]) + whole[at + 1 :])


HARMFUL = {
    "entities in a sheet": (
        lambda: _with(lambda name, text: (name, b'<?xml version="1.0"?>' + b" " * 70_000 + b'<!DOCTYPE x [<!ENTITY a "b">]><x/>' if name == SHEET else text)),
        "不该有的东西",
    ),
    "a sheet cut off": (lambda: _with(lambda name, text: (name, text[: len(text) // 2] if name == SHEET else text)), "打不开"),
    "words that are not there": (lambda: _line('<c r="A1" t="s"><v>999</v></c>'), "打不开"),
    "words that the reader passes over": (
        lambda: _with(lambda name, text: (name, text.decode().replace('encoding="UTF-8"', "").encode("utf-16") if name == SHEET else text)),
        "打不开",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HARMFUL)
def test_a_harmful_or_broken_part_is_refused_and_nothing_half_read(what: str) -> None:
    make, words = HARMFUL[what]
    with pytest.raises(Refused) as refusal:
        workbook.read(make())
    assert words in refusal.value.message
