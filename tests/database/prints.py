"""Print jobs as tests make them: papers with small real PDFs, a worker's slice, what its files hold."""

import io
import zipfile
from collections.abc import Callable, Sequence

import pypdfium2
from flask import Flask
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject
from sqlalchemy import select

from inspect_app.evidence import actions as evidence
from inspect_app.kernel.database import db
from inspect_app.papers import actions as papers
from inspect_app.papers import listing
from inspect_app.papers.listing import PaperFilters
from inspect_app.papers.models import Paper
from inspect_app.people.rules import Scope
from inspect_app.printing import actions
from inspect_app.printing.drawing import draw
from inspect_app.printing.finishing import PrintTools
from inspect_app.printing.kinds import paper as paper_kind
from inspect_app.printing.making import go_on
from inspect_app.printing.models import PrintFile, PrintJob
from inspect_app.printing.queries import JobView, views
from inspect_app.sheets import workbook
from tests.database.paperwork import ordered
from tests.support import District


def pdf_of(words: str, pages: int) -> bytes:
    """A PDF of so many A4 pages, each drawing its words as a comment nobody sees, so that no two are alike."""
    writer = PdfWriter()
    for number in range(1, pages + 1):
        page = writer.add_blank_page(595, 842)
        drawn = DecodedStreamObject()
        drawn.set_data(f"% {words} {number}\n0 0 m 10 10 l S".encode())
        page[NameObject("/Contents")] = writer._add_object(drawn)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def issued(app: Flask, district: District, pages: Sequence[int]) -> list[Paper]:
    """Orders with a file of so many pages each."""
    made = []
    for count in pages:
        _, paper = ordered(district)
        data = pdf_of(paper.number, count)
        sha256 = evidence.keep(app.extensions["storage"], data, "application/pdf")
        papers.attach(paper.id, file_sha256=sha256, key_id="k", signature="s")
        made.append(paper)
    db.session.commit()
    return made


def asked(scope: Scope, filters: PaperFilters | None = None) -> PrintJob:
    """A job of all papers that somebody sees."""
    rows = listing.all_of(scope, filters or PaperFilters(), 1000)
    job = actions.ask(scope, "paper", f"文书 {len(rows)} 份", paper_kind.parts(rows))
    db.session.commit()
    return job


def work(app: Flask, stored: Callable[[str], bytes | None] | None = None, seconds: float = 60) -> bool:
    """A slice of the worker's; `stored` in the place of the store."""
    tools = PrintTools(stored or app.extensions["storage"].whole, app.extensions["prints"], draw)
    return go_on(tools, seconds=seconds)


def view_of(job: PrintJob) -> JobView:
    """The job as it stands in the database."""
    db.session.expire_all()
    return views([db.session.get_one(PrintJob, job.id)])[0]


def bytes_of(app: Flask, job: PrintJob, form: str) -> bytes:
    """A finished file."""
    sha256 = db.session.scalars(
        select(PrintFile.sha256).where(PrintFile.job_id == job.id, PrintFile.form == form)
    ).one()
    data: bytes | None = app.extensions["prints"].whole(sha256)
    assert data is not None
    return data


def bookmarks(pdf: bytes) -> list[tuple[str, int]]:
    """(what begins, on which page counted from 1) of a joined PDF, read by somebody else's program."""
    document = pypdfium2.PdfDocument(pdf)
    found = [(entry.get_title(), entry.get_dest().get_index() + 1) for entry in document.get_toc()]
    document.close()
    return found


def pages_in(pdf: bytes) -> int:
    """How many pages a PDF has, counted by somebody else's program."""
    document = pypdfium2.PdfDocument(pdf)
    count = len(document)
    document.close()
    return count


def unpacked(data: bytes) -> tuple[dict[str, bytes], list[list[str]]]:
    """(the files of a zip, the rows of its list without the head)."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        files = {name: packed.read(name) for name in packed.namelist()}
    rows = workbook.read(files.pop("目录.xlsx"))["目录"].rows
    return files, [[rows[at].get(column, "") for column in range(1, 9)] for at in sorted(rows) if at > 1]
