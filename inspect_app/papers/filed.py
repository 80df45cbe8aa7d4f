"""Sealed or signed sheets of papers that came back as scans and were filed: what is kept of them, and what is still missing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.database import Model, db
from inspect_app.kernel.ids import new_id

from .kinds import KINDS
from .models import Paper
from .standing import PaperStanding


class FiledScan(Model):
    """One page of a sheet that came back: its file as received, the straightened copy, who took it for the paper's and when."""

    __tablename__ = "filed_scan"
    __table_args__ = (UniqueConstraint("paper_id", "received_sha256", "page"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"), index=True)
    position: Mapped[int]  # in the sheet, from 1
    received_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    page: Mapped[int]  # of that file
    copy_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    filed_at: Mapped[datetime]
    filed_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


def filed_of(paper_ids: Iterable[UUID]) -> dict[UUID, list[FiledScan]]:
    """What was filed of each of these papers, in the order of filing."""
    found: dict[UUID, list[FiledScan]] = {paper_id: [] for paper_id in paper_ids}
    if found:
        rows = select(FiledScan).where(FiledScan.paper_id.in_(found))
        for row in db.session.scalars(rows.order_by(FiledScan.filed_at, FiledScan.position)):
            found[row.paper_id].append(row)
    return found


def is_filed(paper_id: UUID, sha256: str) -> bool:
    """Whether a file with this hash is a filed scan of the paper, as it was received or straightened."""
    same = or_(FiledScan.received_sha256 == sha256, FiledScan.copy_sha256 == sha256)
    return db.session.scalar(select(FiledScan.id).where(FiledScan.paper_id == paper_id, same).limit(1)) is not None


def awaits_scan(paper: Paper, how: PaperStanding, filed: Sequence[FiledScan]) -> bool:
    """Whether a paper is to be sealed and no sealed sheet of it came back. It hinders nothing."""
    return KINDS[paper.kind].sealed and paper.is_issued and how is PaperStanding.STANDS and not filed
