"""Published versions, which never change, and drafts on their way to one."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id


class UploadOrigin(StrEnum):
    """The kind of file a draft was uploaded as."""

    EXCEL = "excel"
    XLSFORM = "xlsform"


class ChecklistVersion(Model):
    """A list as it was published under a number: its content never changes, withdrawing it only takes it off the
    offer."""

    __tablename__ = "checklist_version"
    __table_args__ = (
        UniqueConstraint("code", "number"),
        UniqueConstraint("code", "content_hash"),
        CheckConstraint("withdrawn_by_person_id IS NULL OR withdrawn_at IS NOT NULL", "withdrawn_at_a_time"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    title: Mapped[str]
    field: Mapped[str]
    number: Mapped[int]
    content_hash: Mapped[str]
    # Tens of kilobytes that nearly nobody reads from here: `queries.version` keeps them parsed.
    content: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_reason: Mapped[str] = mapped_column(default="")


class ChecklistDraft(Model):
    """An uploaded list: the bytes as they came, what was read in them, and how it ended. One person uploads, another
    publishes; held here too."""

    __tablename__ = "checklist_draft"
    __table_args__ = (
        CheckConstraint("origin IN ('excel', 'xlsform')", "origin_known"),
        CheckConstraint("(published_at IS NULL) = (published_by_person_id IS NULL)", "published_by_a_person"),
        CheckConstraint("(published_at IS NULL) = (version_id IS NULL)", "published_made_a_version"),
        CheckConstraint(
            "published_by_person_id IS NULL OR published_by_person_id <> uploaded_by_person_id", "publisher_is_second"
        ),
        CheckConstraint("(dropped_at IS NULL) = (dropped_by_person_id IS NULL)", "dropped_by_a_person"),
        CheckConstraint("dropped_at IS NULL OR dropped_reason <> ''", "dropped_has_reason"),
        CheckConstraint("dropped_at IS NULL OR published_at IS NULL", "ended_once"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(index=True)  # empty where the file could not be read so far
    title: Mapped[str]
    origin: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    based_on_id: Mapped[UUID | None] = mapped_column(ForeignKey("checklist_version.id"))
    content: Mapped[dict[str, Any] | None]  # None: nothing is half read
    problems: Mapped[list[Any]]  # [{where, text}]
    notes: Mapped[list[Any]]
    cells: Mapped[dict[str, Any]]  # item code → cell
    uploaded_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    tried_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    tried_at: Mapped[datetime | None]
    published_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None]
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("checklist_version.id"))
    dropped_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    dropped_at: Mapped[datetime | None]
    dropped_reason: Mapped[str] = mapped_column(default="")

    @property
    def is_open(self) -> bool:
        """Whether it can still be published: it neither was nor has been dropped."""
        return self.published_at is None and self.dropped_at is None


class SharedChange(Model):
    """A version that a draft of another list made, because an item of both was changed in both."""

    __tablename__ = "checklist_shared_change"
    version_id: Mapped[UUID] = mapped_column(ForeignKey("checklist_version.id"), primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("checklist_draft.id"))


_WAITING = text("confirmed_at IS NULL AND dropped_at IS NULL")


class BasisEnd(Model):
    """The day on which a legal basis ends, or (None) that it goes on after all: asked by one person, confirmed by another.
    Nothing is overwritten; of those confirmed the last holds."""

    __tablename__ = "basis_end"
    __table_args__ = (
        CheckConstraint("reason <> ''", "has_reason"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_person_id IS NULL)", "confirmed_by_a_person"),
        CheckConstraint("(dropped_at IS NULL) = (dropped_by_person_id IS NULL)", "dropped_by_a_person"),
        CheckConstraint("confirmed_at IS NULL OR dropped_at IS NULL", "settled_once"),
        CheckConstraint(
            "confirmed_by_person_id IS NULL OR confirmed_by_person_id <> asked_by_person_id", "confirmer_is_second"
        ),
        Index("uq_basis_end_waiting", "basis_id", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    basis_id: Mapped[str]  # of library/basis.yaml
    until: Mapped[date | None]
    reason: Mapped[str]
    asked_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    confirmed_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    dropped_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    dropped_at: Mapped[datetime | None]
