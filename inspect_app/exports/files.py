"""The files of an export, written from front to back: a zip of text that is sent while it grows, so that nothing of it is kept.

An .xlsx is such a zip. Its sheets hold text cells only, written by hand: what a library would keep of a hundred thousand rows
until it saves is the memory that nobody has.
"""

import csv
import io
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any, cast
from xml.sax.saxutils import quoteattr

from .cells import begins_formula, csv_cell, sheet_cell
from .rules import ExportForm

_LEVEL = 3  # of packing: 6 makes files a tenth smaller and takes twice as long
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Whatever ends in .xml is a sheet, so that this stands first although nobody knows yet how the file goes on.
_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_SPREADSHEET}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SPREADSHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SPREADSHEET}.styles+xml"/></Types>'
)
_ROOT = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
# Formats of cells: 1 text (49 is @), 2 text that would begin a formula if somebody typed it, 3 a heading.
_TEXT, _GUARDED, _HEADING = 1, 2, 3
_XF = '<xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" applyNumberFormat="1"{more}/>'
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE9EDF1"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    + _XF.format(font=0, fill=0, more="")
    + _XF.format(font=0, fill=0, more=' quotePrefix="1"')
    + _XF.format(font=1, fill=2, more="")
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Sink:
    """What was written and not yet taken. It cannot be sought in, which zipfile minds: sizes then follow their member."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing lies in between."""

    def take(self) -> bytes:
        """All of it, once."""
        taken, self._parts = b"".join(self._parts), []
        return taken


class TableFile(ABC):
    """A file that grows: its heading at once, rows as they come, at the end what is said about them. `take` gives the bytes that
    have come since it was last called."""

    media_type = "application/zip"

    def __init__(self, sheet: str, headings: Sequence[str], widths: Sequence[int], at: datetime) -> None:
        self._sink, self._at = _Sink(), at.timetuple()[:6]
        self._zip = zipfile.ZipFile(cast(IO[bytes], self._sink), "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._sheet, self._headings, self._widths = sheet, headings, widths
        self._member: IO[bytes] = self._begun()

    @abstractmethod
    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Rows, each as long as the heading."""

    @abstractmethod
    def end(self, about: Iterable[Sequence[str]]) -> None:
        """The last of it, with what is said about the rows and their columns."""

    def take(self) -> bytes:
        """What has come since."""
        return self._sink.take()

    @abstractmethod
    def _begun(self) -> IO[bytes]:
        """The member that the rows go into, its heading written."""

    def _open(self, name: str) -> IO[bytes]:
        member = zipfile.ZipInfo(name, cast(Any, self._at))
        member.compress_type, member._compresslevel = zipfile.ZIP_DEFLATED, _LEVEL  # type: ignore[attr-defined]
        return self._zip.open(member, "w")

    def _put(self, name: str, text: str) -> None:
        with self._open(name) as member:
            member.write(text.encode())


class CsvFile(TableFile):
    """A .csv with its definitions beside it, in a zip; UTF-8 with the mark by which Excel knows it."""

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Rows, every field quoted."""
        self._member.write(_csv(rows))

    def end(self, about: Iterable[Sequence[str]]) -> None:
        """说明.csv and the end of the zip."""
        self._member.close()
        with self._open("说明.csv") as member:
            member.write("\ufeff".encode() + _csv(about))
        self._zip.close()

    def _begun(self) -> IO[bytes]:
        member = self._open(f"{self._sheet}.csv")
        member.write("\ufeff".encode() + _csv([self._headings]))
        return member


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([csv_cell(text) for text in row] for row in rows)
    return out.getvalue().encode()


class XlsxFile(TableFile):
    """A workbook of text cells: the rows on the first sheet, what is said about them on the second."""

    media_type = f"{_SPREADSHEET}.sheet"

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Rows of text cells."""
        lines = []
        for row in rows:
            self._row += 1
            lines.append(_line(self._row, self._letters, row))
        self._member.write("".join(lines).encode())

    def end(self, about: Iterable[Sequence[str]]) -> None:
        """The second sheet, and the book that names both."""
        self._member.write(b"</sheetData></worksheet>")
        self._member.close()
        rows = list(about)
        letters = _letters(max(len(row) for row in rows))
        lines = "".join(_line(number, letters, row) for number, row in enumerate(rows, 1))
        self._put("xl/worksheets/sheet2.xml", f"{_head((20, 90), frozen=False)}{lines}</sheetData></worksheet>")
        sheets = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
            for number, name in enumerate((self._sheet, "说明"), 1)
        )
        self._put(
            "xl/workbook.xml",
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>',
        )
        targets = (
            ("worksheet", "worksheets/sheet1.xml"),
            ("worksheet", "worksheets/sheet2.xml"),
            ("styles", "styles.xml"),
        )
        relations = "".join(
            f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, 1)
        )
        self._put(
            "xl/_rels/workbook.xml.rels",
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
        )
        self._zip.close()

    def _begun(self) -> IO[bytes]:
        for name, text in (("[Content_Types].xml", _TYPES), ("_rels/.rels", _ROOT), ("xl/styles.xml", _STYLES)):
            self._put(name, text)
        self._letters, self._row = _letters(len(self._headings)), 1
        member = self._open("xl/worksheets/sheet1.xml")
        member.write((_head(self._widths, frozen=True) + _line(1, self._letters, self._headings, _HEADING)).encode())
        return member


def _head(widths: Sequence[int], *, frozen: bool) -> str:
    view = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" style="{_TEXT}" customWidth="1"/>'
        for number, width in enumerate(widths, 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{view}</sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    )


def _line(number: int, letters: Sequence[str], row: Sequence[str], style: int = 0) -> str:
    cells = "".join(
        f'<c r="{letter}{number}" s="{style or (_GUARDED if begins_formula(text) else _TEXT)}" t="inlineStr"><is>'
        f'<t xml:space="preserve">{sheet_cell(text)}</t></is></c>'
        for letter, text in zip(letters, row, strict=False)
        if text
    )
    return f'<row r="{number}">{cells}</row>'


def _letters(columns: int) -> list[str]:
    """The names of so many columns: A … Z, AA …"""
    return [chr(64 + n // 26) * (n >= 26) + chr(65 + n % 26) for n in range(columns)]


FILES: dict[ExportForm, type[TableFile]] = {ExportForm.XLSX: XlsxFile, ExportForm.CSV: CsvFile}
ENDINGS = {ExportForm.XLSX: "xlsx", ExportForm.CSV: "zip"}
