"""The table of an export: whatever somebody typed is text in it, every column says what it means, persons stay out by default."""

import csv
import io
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.exports.cells import CUT, MOST_IN_A_CELL, begins_formula, cell
from inspect_app.exports.columns import HAZARDS, PAPERS, PLACES
from inspect_app.exports.files import CsvFile, TableFile, XlsxFile
from inspect_app.exports.rules import ExportKind, check_reason
from inspect_app.kernel.errors import Refused
from inspect_app.people.rules import Role
from inspect_app.sheets import workbook

AT = datetime(2026, 11, 30, 10, 52, tzinfo=UTC)
HOSTILE = (
    "=1+1", "+86 139", "-2", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1", "＝1+1", '=HYPERLINK("http://x","看")', "a\x00b\x1bc\ufffe", "<b>&amp;]]>",
    "_x000D_", "第一行\n第二行", '引"号,逗号', "𠮷😀", "‮abc", "0012345678901234567890",
)  # fmt: skip


def _made(kind: type[TableFile], rows: Sequence[Sequence[str]], columns: int = 1) -> bytes:
    file = kind("隐患", [f"列{n}" for n in range(columns)], [20] * columns, AT)
    parts = [file.take()]
    for row in rows:
        file.add([row])
        parts.append(file.take())
    file.end([["清单", "=1+1"], ["行数", str(len(rows))]])
    return b"".join([*parts, file.take()])


def _csv_rows(data: bytes, name: str = "隐患.csv") -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        text = packed.read(name)
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def test_every_hostile_cell_of_a_workbook_is_text() -> None:
    data = _made(XlsxFile, [[text] for text in HOSTILE])
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["隐患", "说明"]
    for sheet in book:
        for line in sheet.iter_rows():
            for one in line:
                assert one.value is None or (one.data_type, one.number_format) == ("s", "@")
    read = workbook.read(data)  # as what reads uploads sees it: calamine, and every formula named
    assert not any(sheet.notes or sheet.problems for sheet in read.values())
    assert read["隐患"].rows[2][1] == "=1+1"
    assert read["说明"].rows[2][2] == str(len(HOSTILE))
    assert [line[0].value for line in book["隐患"].iter_rows(min_row=2)][9] == "a�b�c�"


def test_a_csv_has_no_cell_that_begins_a_formula_and_loses_no_row() -> None:
    rows = _csv_rows(_made(CsvFile, [[text] for text in HOSTILE]))
    assert len(rows) == len(HOSTILE) + 1
    assert not [text for row in rows for text in row if begins_formula(text)]
    assert rows[1] == ["'=1+1"]
    assert rows[HOSTILE.index('引"号,逗号') + 1] == ['引"号,逗号']
    assert _csv_rows(_made(CsvFile, []), "说明.csv")[0] == ["清单", "'=1+1"]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_whatever_is_typed_comes_back_from_a_csv_as_it_is_shown(texts: list[str]) -> None:
    row = _csv_rows(_made(CsvFile, [texts], len(texts)))[1]
    assert [text.removeprefix("'") if begins_formula(text[1:]) else text for text in row] == [
        cell(text) for text in texts
    ]


@pytest.mark.parametrize("sign", ["字", "😀"])
def test_a_cell_that_is_too_long_says_that_it_was_cut(sign: str) -> None:
    shown = cell(sign * (MOST_IN_A_CELL + 1))
    assert shown.endswith(CUT)
    assert len(shown.encode("utf-16-le")) // 2 <= MOST_IN_A_CELL
    assert cell(shown) == shown


@pytest.mark.parametrize("kind", [HAZARDS, PLACES, PAPERS])
def test_every_column_has_one_heading_and_says_what_it_means(kind: ExportKind) -> None:
    assert (
        len({column.key for column in kind.columns})
        == len({column.label for column in kind.columns})
        == len(kind.columns)
    )
    assert all(column.says.endswith("。") for column in kind.columns)


@pytest.mark.parametrize("kind", [HAZARDS, PLACES, PAPERS])
def test_nothing_of_persons_goes_out_unasked_nor_to_who_does_not_see_it(kind: ExportKind) -> None:
    for role in Role:
        assert not [column for column in kind.going_out(role, persons=False) if column.persons]
        assert all(role in column.persons for column in kind.going_out(role, persons=True) if column.persons)
    for role in (Role.LEADER, Role.AUDITOR, Role.DEPUTY):
        assert not kind.of_persons(role)
    assert "phone" not in {column.key for column in HAZARDS.going_out(Role.HANDLER, persons=True)}


def test_a_column_that_hides_a_part_gives_way_to_the_whole() -> None:
    def keys(*, persons: bool) -> set[str]:
        return {"masked", "phone"} & {column.key for column in PLACES.going_out(Role.ADMINISTRATOR, persons=persons)}

    assert (keys(persons=False), keys(persons=True)) == ({"masked"}, {"phone"})


def test_a_reason_says_something() -> None:
    for text in ("", "   \n  ", "工作需要"):
        with pytest.raises(Refused) as refused:
            check_reason(text)
        assert refused.value.field == "reason"
    assert check_reason("  街道逐户打电话核对 ") == "街道逐户打电话核对"


def _opened(folder: Path, name: str, data: bytes, ending: str) -> bytes:
    """What LibreOffice makes of a file when it opens it and saves it as something else."""
    soffice = shutil.which("soffice")
    assert soffice, "apt-get install libreoffice-calc-nogui"
    (folder / name).write_bytes(data)
    command = [soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", ending]
    subprocess.run([*command, "--outdir", str(folder / "out"), str(folder / name)], check=True, capture_output=True)
    return (folder / "out" / f"{Path(name).stem}.{ending.partition(':')[0]}").read_bytes()


@pytest.mark.long
def test_libreoffice_works_nothing_out_of_it(tmp_path: Path) -> None:
    """A formula would show what it comes to: `=1+1` is 2, and a link its words."""
    rows = [[text] for text in HOSTILE]
    shown = _opened(
        tmp_path, "隐患.xlsx", _made(XlsxFile, rows), "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"
    )
    texts = [row[0] for row in csv.reader(io.StringIO(shown.decode(), newline=""))][1:]
    assert texts == [cell(text) for text in HOSTILE]
    with zipfile.ZipFile(io.BytesIO(_made(CsvFile, rows))) as packed:
        plain = packed.read("隐患.csv")
    sheet = workbook.read(_opened(tmp_path, "文字.csv", plain, "xlsx"))["文字"]
    assert sheet.rows[2][1].endswith("=1+1")
    assert not sheet.notes
