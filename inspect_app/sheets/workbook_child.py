"""Reads one workbook in a process of its own, with limits; knows nothing of the application. Bytes in, one JSON out.

python-calamine gives the values as Excel shows them (shared and rich text, dates of 1900 and 1904, strict files). It leaves
out what it has no value for: cells in error and formulas that nothing was worked out for. Those are found in the XML.
"""

import io
import json
import posixpath
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from xml.parsers import expat

MEMORY, SECONDS = 1_000 * 1024 * 1024, 20
MOST_ROWS, MOST_COLUMNS = 2_000, 200  # of rows as many as whoever asks names, else so many
_UNSEEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 65279, 8203))
_LINES = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\x0b": "\n"})
UNREADABLE = "这份表格打不开，可能存的时候坏了。请用 Excel 或 WPS 另存一次再上传。"
# How the readers of zip and XML say that a file is damaged, encrypted, or packed in a way they do not know.
_DAMAGED = (
    expat.ExpatError, zipfile.BadZipFile, zlib.error, struct.error, ArithmeticError, LookupError, OSError, EOFError,
    RuntimeError, ValueError,
)  # fmt: skip
ENTITIES = "这份表格里有不该有的东西，没有打开它。请用 Excel 或 WPS 新建一份再上传。"


def main() -> int:
    """0 with an answer; anything else is no verdict on the file. The one argument is how many rows of a sheet are read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from python_calamine import CalamineError

    unreadable = (CalamineError, ParseError)
    try:
        answer: dict[str, Any] = {"fault": "", "sheets": _sheets(data, int(sys.argv[1]) if sys.argv[1:] else MOST_ROWS)}
    except DefusedXmlException:
        answer = {"fault": ENTITIES}
    # A verdict on the file: it is told to whoever sent it, and why to the log.
    except (*unreadable, *_DAMAGED) as fault:
        answer = {"fault": UNREADABLE, "why": repr(fault)}
    except BaseException as fault:
        if not _gave_up(fault):
            raise
        answer = {"fault": UNREADABLE, "why": repr(fault)}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))
    return 0


def _sheets(data: bytes, most_rows: int) -> list[dict[str, Any]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        _no_entities(packed)
        looks = {name: _Look(packed, part, most_rows) for name, part in _parts(packed)}
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found = []
    for about in book.sheets_metadata:
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        look = looks[about.name]
        answer: dict[str, Any] = {
            "name": about.name,
            "beyond": look.beyond,
            "errors": look.errors,
            "bare": look.bare,
            "worked_out": look.worked_out,
            "remarks": look.remarks,
            "rows": [],
            "merged": [],
            "no_time": [],
        }
        if not look.beyond:
            sheet = book.get_sheet_by_name(about.name)
            answer["rows"], unread = _filled(sheet)
            answer["no_time"] = [look.far_in(row) for row in unread]
            answer["merged"] = [
                [low + 1, left + 1, high + 1, right + 1]
                for (low, left), (high, right) in sheet.merged_cell_ranges or ()
            ]
            if look.filled and sheet.start is None:
                raise ValueError("values in the XML and none read")
        found.append(answer)
    return found


def _filled(sheet: Any) -> tuple[list[list[Any]], list[int]]:
    """The filled cells as [row, column, text], and the rows with a number shown as a time that no clock and no calendar has."""
    filled: list[list[Any]] = []
    no_time: list[int] = []
    if sheet.start is None:
        return filled, no_time
    left, lines = sheet.start[1], sheet.iter_rows()
    for number in range(1, sheet.end[0] + 2):
        try:
            line = next(lines)
        except BaseException as fault:
            if not (isinstance(fault, ArithmeticError) or _gave_up(fault)):
                raise
            no_time.append(number)
            continue
        for column, value in enumerate(line, left + 1):
            if (text := said(value)) != "":
                filled.append([number, column, text])
    return filled, no_time


def _gave_up(fault: BaseException) -> bool:
    """Whether the reader came upon what its makers did not think of; it says so with an exception that nobody can import."""
    return type(fault).__name__ == "PanicException"


def said(value: Any) -> str:
    """A value as the sheet shows it: a number in full, a day as 2026-12-31, no sign that nobody sees."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        # Fifteen digits are what a spreadsheet keeps; never 1e+06, and nothing rounded to six.
        return f"{Decimal(f'{value:.15g}'):f}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return str(value)
    return str(value).replace("\r\n", "\n").replace("\r", "\n").translate(_LINES).translate(_UNSEEN).strip()


def _no_entities(packed: zipfile.ZipFile) -> None:
    from defusedxml import DTDForbidden

    for name in packed.namelist():
        if name.lower().endswith((".xml", ".rels")):
            with packed.open(name) as part:
                start = part.read(65_536)
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise DTDForbidden(name, None, None)


def _parts(packed: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name of a sheet → its part, as the workbook and its relations say, whatever namespaces and slashes they use."""
    names = {name.replace("\\", "/").lower(): name for name in packed.namelist()}
    home = _book(packed, names)
    folder, file = posixpath.split(home)
    rels = dict(_relations(packed, names[f"{folder}/_rels/{file}.rels".lower().lstrip("/")]))
    for node in _nodes(packed, names[home.lower()], "sheet"):
        target = next((value for key, value in node.items() if key.endswith("}id")), "")
        part = posixpath.normpath(posixpath.join(folder, rels.get(target, ""))).lstrip("/").lower()
        if part in names:
            yield node.get("name", ""), names[part]


def _book(packed: zipfile.ZipFile, names: dict[str, str]) -> str:
    if "_rels/.rels" in names:
        for _, target in _relations(packed, names["_rels/.rels"]):
            if target.lower().endswith(".xml") and "workbook" in target.lower():
                return target.lstrip("/")
    return "xl/workbook.xml"


def _relations(packed: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    for node in _nodes(packed, part, "Relationship"):
        yield node.get("Id", ""), node.get("Target", "").replace("\\", "/")


def _nodes(packed: zipfile.ZipFile, part: str, tag: str) -> Iterator[Any]:
    from defusedxml.ElementTree import iterparse

    with packed.open(part) as raw:
        for _, node in iterparse(raw, forbid_dtd=True):
            if node.tag.rpartition("}")[2] == tag:
                yield node


class _Look:
    """What the XML of one sheet says of its cells, without their values. Read as a stream: a million empty rows take seconds
    and no memory."""

    def __init__(self, packed: zipfile.ZipFile, part: str, most_rows: int) -> None:
        self.errors: list[list[str]] = []
        self.bare: list[str] = []  # formulas without a value
        self.worked_out: list[str] = []  # formulas with one
        self.beyond = ""  # the first filled cell outside of what is read
        self.filled = 0
        self._far: dict[int, list[str]] = {}  # row → its cells with a number that is no day and no length of time
        self._row, self._column, self._most_rows = 0, 0, most_rows
        self._kind, self._text, self._worked, self._in_value = "", "", False, False
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._starts, self._ends
        parser.StartDoctypeDeclHandler = _forbidden
        parser.CharacterDataHandler = self._says
        with packed.open(part) as raw:
            parser.ParseFile(raw)
        beside = f"{posixpath.dirname(part)}/_rels/{posixpath.basename(part)}.rels"
        targets = (target for _, target in _relations(packed, beside)) if beside in packed.namelist() else ()
        self.remarks = any("comment" in target.lower() for target in targets)

    def far_in(self, row: int) -> str:
        """The cell of a row whose number no time is made of, as far as the number alone tells; else the row."""
        among = self._far.get(row, [])
        return among[0] if len(among) == 1 else f"{row}:{row}"

    def _starts(self, name: str, values: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._column = _column(values.get("r"), self._column + 1)
            self._kind, self._text, self._worked = values.get("t", ""), "", False
        elif tag == "row":
            self._row, self._column = _number(values.get("r"), self._row + 1), 0
        elif tag == "f":
            self._worked = True
        self._in_value = tag in ("v", "t")

    def _says(self, text: str) -> None:
        if self._in_value:
            self._text += text

    def _ends(self, name: str) -> None:
        self._in_value = False
        if name == "c" or name.endswith(":c"):
            self._cell(f"{_letters(self._column)}{self._row}")
            self._text, self._worked, self._kind = "", False, ""

    def _cell(self, at: str) -> None:
        if self._kind == "e":
            self.errors.append([at, self._text])
        elif self._worked and (self._text or self._kind == "str"):
            self.worked_out.append(at)
        elif self._worked:
            self.bare.append(at)
        if not self._text:
            return
        self.filled += 1
        if self._kind in ("", "n") and _is_far(self._text):
            self._far.setdefault(self._row, []).append(at)
        if not self.beyond and (self._row > self._most_rows or self._column > MOST_COLUMNS):
            self.beyond = at


def _forbidden(*said: Any) -> None:
    from defusedxml import DTDForbidden

    raise DTDForbidden(str(said[0]), None, None)


def _is_far(text: str) -> bool:
    try:
        return abs(float(text)) >= 999_999_999
    except ValueError:
        return False


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def _column(reference: str | None, otherwise: int) -> int:
    letters = (reference or "").rstrip("0123456789")
    if not (letters.isascii() and letters.isalpha() and len(letters) < 5):
        return otherwise
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


if __name__ == "__main__":
    sys.exit(main())
