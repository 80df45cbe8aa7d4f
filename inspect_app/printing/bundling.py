"""The files of a job out of its parts: one PDF for the printer, and a zip with a list of everything."""

import zipfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date
from types import TracebackType
from typing import IO, cast

from inspect_app.kernel.hashing import sha256_hex
from inspect_app.sheets import workbook

from .joining import JoinedPdf
from .models import PrintPart
from .results import GrowingFile
from .rules import file_name

INDEX = "目录.xlsx"
_HEAD = ("序号", "文号", "名称", "场所", "日期", "文件名", "SHA-256", "没有放进来的原因")
_WIDTHS = (6, 28, 22, 28, 12, 48, 68, 40)


class PrinterFile:
    """One PDF of all parts; `one_sided` where each page is a sheet of its own."""

    def __init__(self, file: GrowingFile, *, one_sided: bool = False) -> None:
        self._joined = JoinedPdf(file.write, one_sided=one_sided)

    def add(self, part: PrintPart, data: bytes) -> None:
        """Put a part behind the others."""
        self._joined.add(data, " ".join(word for word in (part.number, part.title, part.place) if word))

    def end(self, left_out: Sequence[PrintPart]) -> None:
        """Finish it."""
        self._joined.end()


class ZipWithIndex(AbstractContextManager["ZipWithIndex", None]):
    """Each part as a file of its own, as it was stored, and a table that names all with their fingerprints."""

    def __init__(self, file: GrowingFile) -> None:
        self._zip = zipfile.ZipFile(cast(IO[bytes], file), "w", zipfile.ZIP_STORED)
        self._rows: list[tuple[int, list[str]]] = []

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    def add(self, part: PrintPart, data: bytes) -> None:
        """Put a part beside the others."""
        name = file_name(f"{part.position:03d} {part.number or part.title} {part.place}", "pdf")
        self._put(name, data, part.day)
        self._rows.append((part.position, [*_said(part), name, sha256_hex(data), ""]))

    def end(self, left_out: Sequence[PrintPart]) -> None:
        """Write the table, what was left out among the rest."""
        missing = [(part.position, [*_said(part), "", "", part.why]) for part in left_out]
        rows = [[str(position), *row] for position, row in sorted([*self._rows, *missing])]
        book = workbook.write({"目录": [_HEAD, *rows]}, {"目录": _WIDTHS}, ("目录",))
        self._put(INDEX, book, None)

    def _put(self, name: str, data: bytes, day: date | None) -> None:
        # The earliest day a zip knows; a time of today would make another file of the same parts.
        written = day or date(1980, 1, 1)
        self._zip.writestr(zipfile.ZipInfo(name, (written.year, written.month, written.day, 0, 0, 0)), data)


def _said(part: PrintPart) -> list[str]:
    return [part.number, part.title, part.place, part.day.isoformat() if part.day else ""]
