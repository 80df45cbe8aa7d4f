"""Which of the archived files of a paper a file is, told by its SHA-256 alone. Reads only."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from inspect_app.evidence.models import Photo
from inspect_app.kernel.database import db

from . import queries
from .filed import is_filed
from .models import Paper, PaperStamp


class ArchivedAs(StrEnum):
    """What a file that is kept of a paper is."""

    ORIGINAL = "original"  # as it was issued
    STAMPED = "stamped"  # the copy with words across every page, of one that no longer stands
    SCAN = "scan"  # filed when it was served
    FILED = "filed"  # the sealed or signed sheet, scanned and filed


def archived_as(paper: Paper, sha256: str) -> ArchivedAs | None:
    """What the file with this hash is of the paper; None where no archived file of it is the same, byte by byte."""
    if paper.file_sha256 == sha256:
        return ArchivedAs.ORIGINAL
    stamped = select(PaperStamp.words).where(PaperStamp.paper_id == paper.id, PaperStamp.file_sha256 == sha256)
    if db.session.scalar(stamped.limit(1)) is not None:
        return ArchivedAs.STAMPED
    if is_filed(paper.id, sha256):
        return ArchivedAs.FILED
    scans = [UUID(scan) for row in queries.services(paper.id) if row.counts for scan in row.scans]
    same = select(Photo.id).where(Photo.id.in_(scans), Photo.sha256 == sha256)
    return ArchivedAs.SCAN if scans and db.session.scalar(same.limit(1)) is not None else None
