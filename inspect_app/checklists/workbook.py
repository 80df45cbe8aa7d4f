"""Spreadsheets in and out. What comes in is looked at as bytes first, so that a hostile file is never opened. Pure.

An .xlsx is a zip of XML: small on the way, it may be gigabytes inside, carry programs, or name files of others.
"""

import io
import logging
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from inspect_app.kernel.errors import Refused

log = logging.getLogger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 24 * 1024 * 1024
MOST_MEMBERS = 200
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 2_000, 60, 40_000
# What a workbook may carry besides text: each is refused by name, because Excel would act on it.
_CARRIES = {
    "vbaproject": "这份表格带着宏。请另存为不带宏的 .xlsx 再上传。",
    "macrosheet": "这份表格带着宏。请另存为不带宏的 .xlsx 再上传。",
    "externallink": "这份表格连着别的文件。请断开外部链接，存好再上传。",
    "connections.xml": "这份表格连着外面的数据。请去掉数据连接，存好再上传。",
    "activex": "这份表格带着控件。请去掉控件，存好再上传。",
    "embeddings": "这份表格里嵌着别的文件。请去掉，存好再上传。",
}
_ROW, _CELL = re.compile(rb"<(?:\w+:)?row[\s>/]"), re.compile(rb"<(?:\w+:)?c[\s>/]")


@dataclass(frozen=True)
class Problem:
    """What is wrong or worth knowing, and the cell it stands in (检查项!C14)."""

    where: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """The text of one sheet: row → column → text, both from 1; empty cells are left out."""

    name: str
    rows: Mapping[int, Mapping[int, str]]

    def at(self, row: int, column: int) -> str:
        return f"{self.name}!{get_column_letter(column)}{row}"


def read(data: bytes) -> tuple[dict[str, Sheet], list[Problem]]:
    """Every sheet as text, and the cells that hold something other than text or numbers.

    Raises Refused, naming what to do, for a file that is no plain workbook or larger than a checklist can be.
    """
    _look_at(data)
    try:
        book = load_workbook(io.BytesIO(data), keep_links=False)
    except Exception as fault:  # openpyxl has no error of its own: a broken part raises whatever it tripped over
        log.info("workbook not read: %r", fault)
        raise Refused("这份表格打不开，可能存的时候坏了。请用 Excel 另存一次再上传。", field="file") from None
    sheets, problems = {}, []
    for page in book.worksheets:
        if page.max_row > MOST_ROWS or page.max_column > MOST_COLUMNS:
            raise Refused(
                f"“{page.title}”太大了，一张检查表不超过 {MOST_ROWS} 行、{MOST_COLUMNS} 列。请删掉多余的行列再上传。",
                field="file",
            )
        problems += [
            Problem(f"{page.title}!{span.coord}", "合并的单元格读不准，请取消合并") for span in page.merged_cells.ranges
        ]
        rows, wrong = _texts(page)
        sheets[page.title] = Sheet(page.title, rows)
        problems += wrong
    return sheets, problems


def _look_at(data: bytes) -> None:
    if not data:
        raise Refused("请选一份表格。", field="file")
    if len(data) > MOST_BYTES:
        raise Refused("这份表格超过 5 MB。一张检查表用不了这么大，请去掉图片再上传。", field="file")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("这是旧的 .xls，或者加了密码。请去掉密码，另存为 .xlsx 再上传。", field="file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _look_inside(packed)
    # RuntimeError is how zipfile says that a member is encrypted or packed in a way it does not know.
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError) as fault:
        log.info("no workbook: %r", fault)
        raise Refused("这不是 Excel 表格（.xlsx）。请用 Excel 另存为 .xlsx 再上传。", field="file") from None
    except zipfile.zlib.error as fault:  # type: ignore[attr-defined]
        log.info("broken zip: %r", fault)
        raise Refused("这份表格打不开，可能没有传完整。请再传一次。", field="file") from None


def _look_inside(packed: zipfile.ZipFile) -> None:
    members = packed.infolist()
    # A member never unpacks to more than it declares, so the declared sizes can be trusted as an upper bound.
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise Refused("这份表格解开后太大，不像一张检查表，没有打开它。", field="file")
    names = [member.filename.lower() for member in members]
    if "xl/workbook.xml" not in names:
        raise Refused("这不是 Excel 表格（.xlsx）。请用 Excel 另存为 .xlsx 再上传。", field="file")
    for mark, words in _CARRIES.items():
        if any(mark in name for name in names):
            raise Refused(words, field="file")
    rows = cells = 0
    for member in members:
        if not member.filename.lower().endswith((".xml", ".rels")):
            continue
        text = packed.read(member)
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise Refused("这份表格里有不该有的东西，没有打开它。请用 Excel 新建一份再上传。", field="file")
        if "worksheets/" in member.filename.lower():
            rows, cells = rows + len(_ROW.findall(text)), cells + len(_CELL.findall(text))
    if rows > MOST_ROWS * 2 or cells > MOST_CELLS:
        raise Refused(
            f"这份表格有 {max(rows, cells)} 行或格，太大了。一张检查表用不了这么多，请删掉多余的再上传。", field="file"
        )


def _texts(page: Any) -> tuple[dict[int, dict[int, str]], list[Problem]]:
    rows: dict[int, dict[int, str]] = {}
    problems = []
    for line in page.iter_rows():
        for cell in line:
            if cell.data_type == "f":
                problems.append(Problem(f"{page.title}!{cell.coordinate}", "这一格是公式，请改成文字或数字"))
            elif cell.data_type == "e":
                problems.append(Problem(f"{page.title}!{cell.coordinate}", f"这一格是错误值 {cell.value}，请改正"))
            elif (text := _text(cell.value)) != "":
                rows.setdefault(cell.row, {})[cell.column] = text
    return rows, problems


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value).replace("\r\n", "\n").strip()


def write(
    sheets: Mapping[str, Sequence[Sequence[str]]], widths: Mapping[str, Sequence[int]], bold: Iterable[str]
) -> bytes:
    """A workbook of text cells only; `bold` names the sheets whose first row is a heading that stays in view."""
    book = Workbook()
    book.remove(book.active)
    headed = set(bold)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                _put(page.cell(number, column), text, heading=number == 1 and name in headed)
        for column, width in enumerate(widths.get(name, ()), 1):
            page.column_dimensions[get_column_letter(column)].width = width
        if name in headed:
            page.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(cell: Any, text: str, *, heading: bool) -> None:
    if text == "":
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    # Text whatever it begins with: = + - @ would make a formula of it, here or when somebody edits the cell.
    cell.data_type, cell.number_format, cell.quotePrefix = "s", "@", text[0] in "=+-@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if heading:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E9EDF1")
