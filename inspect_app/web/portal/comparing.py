"""Holding a file against what is archived of a paper: the same bytes or not. Nothing of the file is kept."""

import hashlib
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import FileStorage

from inspect_app.papers.archived import ArchivedAs, archived_as
from inspect_app.papers.models import Paper
from inspect_app.papers.standing import NAMES, PaperStanding

MOST_BYTES = 20 * 1024 * 1024  # no archived file is as large
_READ = "请逐条对照下面的文字。"
_SAME = {
    ArchivedAs.ORIGINAL: "与存档文件完全一致：这就是发出时的原件。",
    ArchivedAs.STAMPED: "与存档文件完全一致：这是单子不再有效以后，盖了字样的副本。",
    ArchivedAs.FILED: "与存档文件完全一致：这是盖章或签字以后扫回来存档的那一份。",
    ArchivedAs.SCAN: "与存档文件完全一致：这是送达时存档的扫描件。",
}
_DIFFERENT = f"不一致（重新保存、扫描也会这样），{_READ}"
_NO_SHEET = f"这个文件不是 PDF，也不是照片，与存档文件不一致。请换一个文件，或者{_READ}"
# What a file begins with that can be a sheet: its name says nothing.
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"II*\x00", b"MM\x00*", b"BM", b"GIF8")
_BOXED = (b"ftyp", b"WEBP")  # HEIC and AVIF at byte 4, WebP at byte 8


@dataclass(frozen=True)
class Comparison:
    """How a paper stands now, in words, and what came of holding a file against it; `verdict` is empty before that.

    `code` opens the page again with the file where no browser remembers who is in: it was typed by whoever reads this, and
    stands in no address.
    """

    standing: str
    is_drawn: bool
    code: str
    verdict: str = ""
    tint: str = "info"


def compare(paper: Paper, how: PaperStanding) -> Comparison:
    """The part of a paper's page about its file, with the verdict where this request brought one."""
    verdict, tint = _judged(paper, request.files["file"]) if "file" in request.files else ("", "info")
    return Comparison(NAMES[how], paper.file_sha256 is not None, request.form.get("code", ""), verdict, tint)


def _judged(paper: Paper, file: FileStorage) -> tuple[str, str]:
    if not file.filename:
        return "还没有选文件。请先选一个，再按“比一比”。", "warn"
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    if size == 0:
        return "这个文件是空的。请换一个。", "warn"
    if size > MOST_BYTES:
        return f"这个文件超过 {MOST_BYTES >> 20} MB，存档的文件没有这么大。请换一个文件，或者{_READ}", "warn"
    found = archived_as(paper, hashlib.file_digest(file.stream, "sha256").hexdigest())  # type: ignore[arg-type]
    if found is not None:
        return _SAME[found], "ok"
    file.stream.seek(0)
    return (_DIFFERENT if _can_be_a_sheet(file.stream.read(1024)) else _NO_SHEET), "warn"


def _can_be_a_sheet(beginning: bytes) -> bool:
    return (
        b"%PDF-" in beginning
        or beginning.startswith(_PICTURES)
        or beginning[4:8] in _BOXED
        or beginning[8:12] in _BOXED
    )
