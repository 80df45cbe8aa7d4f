"""Tables of scanned pages: they are the queue of the worker and the tray of an office. What was filed stands with its paper
(papers/filed.py)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id

from .rules import PageState, Why

# What an index holds of the pages; said word for word where it is to be walked, for SQLite concludes nothing.
UNSETTLED = "state IN ('read', 'proposed', 'stuck')"


class ScanUpload(Model):
    """Files that an office brought at once, in their order; `files` are the hashes of their bytes as received."""

    __tablename__ = "scan_upload"
    __table_args__ = (
        Index(
            "ix_scan_upload_unread",
            "received_at",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    received_at: Mapped[datetime]
    files: Mapped[list[str]]
    attempts: Mapped[int] = mapped_column(default=0)  # of the page that is read just now
    read_at: Mapped[datetime | None]


class ScannedPage(Model):
    """One page of an upload: what was found on it, which paper or blank slip it is of, what became of it and by whom.

    `position` counts through the upload, `page` within its file. `lead_id` is the page with the code to which this one belongs.
    """

    __tablename__ = "scanned_page"
    __table_args__ = (
        UniqueConstraint("upload_id", "file", "page"),
        CheckConstraint(one_of("state", PageState), "state_known"),
        CheckConstraint(f"why = '' OR {one_of('why', Why)}", "why_known"),
        CheckConstraint("state <> 'stuck' OR why <> ''", "stuck_for_a_reason"),
        CheckConstraint("state NOT IN ('proposed', 'filed') OR (paper_id IS NULL) <> (slip_id IS NULL)", "paper_known"),
        CheckConstraint("state <> 'joined' OR lead_id IS NOT NULL", "joined_to_a_page"),
        CheckConstraint("state <> 'dropped' OR drop_reason <> ''", "dropped_with_a_reason"),
        CheckConstraint(
            "(state IN ('filed', 'dropped')) = (settled_by_person_id IS NOT NULL AND settled_at IS NOT NULL)",
            "settled_by_somebody",
        ),
        Index(
            "ix_scanned_page_waiting",
            "upload_id",
            sqlite_where=text(UNSETTLED),
            postgresql_where=text(UNSETTLED),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("scan_upload.id"))
    file: Mapped[int]  # which of the upload's, from 0
    page: Mapped[int]  # of the file, from 1
    of_pages: Mapped[int]  # how many pages the file has
    state: Mapped[str] = mapped_column(default=PageState.READ)
    why: Mapped[str] = mapped_column(default="")
    codes: Mapped[list[str]] = mapped_column(default=list)  # what its QR codes say
    turn: Mapped[float] = mapped_column(default=0.0)  # degrees by which it lay askew
    copy_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))  # straightened
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("paper.id"), index=True)
    slip_id: Mapped[UUID | None] = mapped_column(ForeignKey("blank_slip.id"), index=True)  # of a slip filled in by hand
    lead_id: Mapped[UUID | None] = mapped_column(ForeignKey("scanned_page.id"), index=True)
    settled_at: Mapped[datetime | None]
    settled_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    drop_reason: Mapped[str] = mapped_column(default="")


class PaperFace(Model):
    """The pages of a paper's own file as pictures, to be held against a scan; made where one was scanned."""

    __tablename__ = "paper_face"
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    pages: Mapped[int]
    pictures: Mapped[list[Any]]  # hashes of the first ones
