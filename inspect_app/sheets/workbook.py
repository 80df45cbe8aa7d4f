"""Spreadsheets in and out. What comes in is read in a process of its own, so that no file can harm the server.

An .xlsx is a zip of XML: small on the way, it may be gigabytes inside, carry programs, or name files of others.
"""

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_app.kernel.errors import Refused

from .file_kinds import TOO_LARGE, why_not
from .workbook_child import MOST_COLUMNS, MOST_ROWS

log = logging.getLogger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
STANDSTILL = 60  # by the wall, for a child that does not get on at all; its own clock stops it earlier


@dataclass(frozen=True)
class Problem:
    """What is wrong or worth knowing, and the cell it stands in (检查项!C14)."""

    where: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """The text of one sheet: row → column → text, both from 1; empty cells are left out.

    `problems` are its cells that cannot be read, `notes` those that were read as they show (formulas).
    """

    name: str
    rows: Mapping[int, Mapping[int, str]]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    def at(self, row: int, column: int) -> str:
        """The address of a cell as a user finds it: sheet!B7. Row and column count from 1."""
        return f"{self.name}!{_letters(column)}{row}"


def _letters(column: int) -> str:
    """A column as a spreadsheet names it: A for 1, AB for 28."""
    above, last = divmod(column - 1, 26)
    return (_letters(above) if above else "") + chr(ord("A") + last)


def read(data: bytes, *, most_rows: int = MOST_ROWS) -> dict[str, Sheet]:
    """Every sheet as text, in its order, with the cells that cannot be read. A sheet of more rows than `most_rows` has none,
    and names the first cell that is too far.

    Raises Refused with the true reason, and what to do, for a file that is no plain workbook.
    """
    if reason := why_not(data):
        raise Refused(reason, field="file")
    answer = _child(data, most_rows)
    if answer["fault"]:
        log.info("workbook not read: %s", answer.get("why", answer["fault"]))
        raise Refused(answer["fault"], field="file")
    return {raw["name"]: _sheet(raw, most_rows) for raw in answer["sheets"]}


def _child(data: bytes, most_rows: int) -> dict[str, Any]:
    """What the child read. A file that kills it is too large for its limits; a child that cannot begin is our fault."""
    try:
        # The file, not the module: importing the package would load the whole application into the child.
        done = subprocess.run(
            [sys.executable, "-P", "-E", "-s", str(Path(__file__).with_name("workbook_child.py")), str(most_rows)],
            input=data,
            capture_output=True,
            timeout=STANDSTILL,
            check=False,
            env={"LANG": "C.UTF-8"},
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise Refused(TOO_LARGE, field="file") from None
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    log.warning(
        "the reader of workbooks ended with %s: %s", done.returncode, done.stderr[-500:].decode(errors="replace")
    )
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        raise Refused(TOO_LARGE, field="file")
    raise RuntimeError("the reader of workbooks failed")


def _sheet(raw: Mapping[str, Any], most_rows: int) -> Sheet:
    name = raw["name"]
    rows: dict[int, dict[int, str]] = {}
    for row, column, text in raw["rows"]:
        rows.setdefault(row, {})[column] = text
    problems = [Problem(f"{name}!{at}", f"这一格是错误值 {value}，请改正") for at, value in raw["errors"]]
    problems += [Problem(f"{name}!{at}", "这一格是公式，里面没有算好的值，请改成文字或数字") for at in raw["bare"]]
    told = "这里按日期或时间显示的数字太大或太小，读不出来，请改正，或把单元格格式改成“常规”"
    problems += [Problem(f"{name}!{at}", told) for at in raw["no_time"]]
    if raw["beyond"]:
        told = f"这一格太远：一页只读 {most_rows:,} 行、{MOST_COLUMNS} 列。请删掉多余的行列"
        problems.append(Problem(f"{name}!{raw['beyond']}", told))
    problems += _merged(name, rows, raw["merged"])
    notes = [Problem(f"{name}!{at}", "这一格是公式，读的是它现在显示的值") for at in raw["worked_out"]]
    if raw["remarks"]:
        notes.append(Problem(name, "这一页的批注没有读，要紧的请写在格里"))
    return Sheet(name, rows, tuple(problems), tuple(notes))


def _merged(name: str, rows: dict[int, dict[int, str]], spans: Iterable[Sequence[int]]) -> list[Problem]:
    """A cell merged downwards says the same for each of its rows; one merged across columns cannot be read."""
    problems = []
    for low, left, high, right in spans:
        text = rows.get(low, {}).get(left, "")
        if left != right and text:
            span = f"{_letters(left)}{low}:{_letters(right)}{high}"
            problems.append(Problem(f"{name}!{span}", "横着合并的单元格读不准，请取消合并"))
        elif text:
            for row in range(low + 1, high + 1):
                if row in rows:
                    rows[row][left] = text
    return problems


def write(
    sheets: Mapping[str, Sequence[Sequence[str]]], widths: Mapping[str, Sequence[int]], bold: Iterable[str]
) -> bytes:
    """A workbook of text cells only; `bold` names the sheets whose first row is a heading that stays in view."""
    from openpyxl import Workbook  # 5 MB that every process would hold, for what an administrator does now and then

    book = Workbook()
    book.remove(book.active)
    headed = set(bold)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                _put(page.cell(number, column), text, heading=number == 1 and name in headed)
        for column, width in enumerate(widths.get(name, ()), 1):
            page.column_dimensions[_letters(column)].width = width
        if name in headed:
            page.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(cell: Any, text: str, *, heading: bool) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font, PatternFill

    if text == "":
        return
    # _x000D_ is how a sheet writes a sign of its own; as words it is written so that it stays words.
    cell.value = _ESCAPED.sub("_x005F_", ILLEGAL_CHARACTERS_RE.sub("", text))
    # Text whatever it begins with: = + - @ would make a formula of it, here or when somebody edits the cell.
    cell.data_type, cell.number_format, cell.quotePrefix = "s", "@", text[0] in "=+-@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if heading:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E9EDF1")
