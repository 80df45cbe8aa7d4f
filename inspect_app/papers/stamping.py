"""Copies of files that no longer stand, with words across every page. Only the worker imports this."""

import io
from collections.abc import Callable

from pypdf import PdfReader, PdfWriter

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing

from . import page, validity
from .models import PaperStamp


def stamp_waiting(load: Callable[[str], bytes | None], store: Callable[[bytes, str], str], *, limit: int = 20) -> int:
    """Stamp up to `limit` files whose papers no longer stand; returns how many. Safe to run twice and after a crash.

    `load` gives the bytes of a stored file or None, `store` keeps bytes of a media type. The stored file stays as it is.
    """
    waiting = validity.unstamped(limit)
    db.session.rollback()
    done = 0
    for paper_id, file_sha256, words in waiting:
        data = load(file_sha256)
        if data is None:
            continue  # `papers verify` names a file that is gone
        copy = stamped(data, words)
        with writing():
            if validity.stamp(paper_id, words) is None:
                sha256 = store(copy, "application/pdf")
                db.session.add(PaperStamp(paper_id=paper_id, words=words, file_sha256=sha256, made_at=clock.now()))
                done += 1
    return done


def stamped(pdf: bytes, words: str) -> bytes:
    """A copy of a PDF with words across every page. Its text stays readable beneath."""
    over = PdfReader(io.BytesIO(page.stamp(words))).pages[0]
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    for sheet in writer.pages:
        sheet.merge_page(over)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return len(PdfReader(io.BytesIO(pdf)).pages)
