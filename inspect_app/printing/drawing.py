"""Sheets without a number, drawn; long ones some rows at a time, as a page of a table takes 4 MB while it is laid out. Only the
worker imports this."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pypdf import PdfReader, PdfWriter

from inspect_app.papers import page

from .entry import SheetToDraw
from .joining import JoinedPdf

PIECE = 240  # rows that are laid out at once


def draw(sheet: SheetToDraw, font_dir: Path | None = None) -> bytes:
    """The PDF of a sheet; every page says of how many it is."""
    if not sheet.rows:
        return bytes(page.lay_out(sheet.template, sheet.values, sheet.geometry, font_dir, sheet.codes).write_pdf())
    pieces, pages, begun = [], 0, 0
    while begun < len(sheet.rows):
        rows = sheet.rows[begun : begun + PIECE]
        values = {**sheet.values, "rows": rows, "begun": begun}
        codes = sheet.codes[begun : begun + PIECE]
        laid = page.lay_out(sheet.template, values, sheet.geometry, font_dir, codes)
        kept, done = _whole_pages(laid.pages, len(rows), last=begun + len(rows) == len(sheet.rows))
        pieces.append(bytes(laid.copy(laid.pages[:kept]).write_pdf()))
        pages, begun = pages + kept, begun + done
    feet = page.lay_out("_feet", {"pages": pages}, sheet.geometry, font_dir).write_pdf()
    return _numbered(pieces, PdfReader(io.BytesIO(feet)))


def _whole_pages(pages: Sequence[Any], rows: int, *, last: bool) -> tuple[int, int]:
    """(pages, rows on them) that stand: the last page is laid out again with the rows that follow. Each row has an id."""
    if last or len(pages) == 1:
        return len(pages), rows
    return len(pages) - 1, rows - sum(name.startswith("row-") for name in pages[-1].anchors)


def _numbered(pieces: Sequence[bytes], feet: PdfReader) -> bytes:
    """The pieces behind one another, a foot under each page."""
    out, at = io.BytesIO(), 0
    joined = JoinedPdf(out.write)
    for piece in pieces:
        writer = PdfWriter(clone_from=io.BytesIO(piece))
        for sheet in writer.pages:
            sheet.merge_page(feet.pages[at])
            at += 1
        whole = io.BytesIO()
        writer.write(whole)
        joined.add(whole.getvalue(), on_odd=False)
    joined.end()
    return out.getvalue()
