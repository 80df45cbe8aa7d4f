"""Tables of evidence. Rows are added, never changed; only what a copy needs is filled in later."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.database import Model

from .rules import can_be

# From so many attempts without a verdict on, a photo is shown to the administrator. It is tried again all the same.
STUCK_AFTER = 5


class StoredFile(Model):
    """Bytes in the store, named by their hash."""

    __tablename__ = "stored_file"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str]
    stored_at: Mapped[datetime]


class Photo(Model):
    """A photo as it was received. `original_sha256` is what the phone says the untouched original had."""

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint("source IN ('camera', 'album', 'unknown')", "source_known"),
        Index(
            "ix_photo_without_copies",
            "received_at",
            sqlite_where=text("copies_at IS NULL AND refused_reason IS NULL"),
            postgresql_where=text("copies_at IS NULL AND refused_reason IS NULL"),
        ),
        Index(
            "ix_photo_refused",
            "received_at",
            sqlite_where=text("refused_reason IS NOT NULL"),
            postgresql_where=text("refused_reason IS NOT NULL"),
        ),
        Index(
            "ix_photo_without_fingerprint",
            "received_at",
            sqlite_where=text("copies_at IS NOT NULL AND fingerprint IS NULL"),
            postgresql_where=text("copies_at IS NOT NULL AND fingerprint IS NULL"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)  # made on the phone
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    paper_id: Mapped[UUID | None] = mapped_column(index=True)  # sent by whoever holds that paper and its code
    captured_at: Mapped[datetime | None]  # by the server's clock where `times` has an estimate, else a claim
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    crs: Mapped[str | None]
    accuracy_m: Mapped[float | None]
    source: Mapped[str] = mapped_column(default="unknown")
    original_sha256: Mapped[str | None] = mapped_column(index=True)
    times: Mapped[dict[str, Any] | None]  # the phone's clocks as it was taken, see intake/dating.py
    lines: Mapped[list[str]] = mapped_column(default=list)  # the watermark of copies
    received_at: Mapped[datetime]
    width: Mapped[int | None]
    height: Mapped[int | None]
    copies_at: Mapped[datetime | None]
    # A verdict of the decoder that the bytes are no picture, and when. One without a time is from before 2026-12, when a
    # decoder that was killed counted as a verdict, too.
    refused_reason: Mapped[str | None]
    refused_at: Mapped[datetime | None]
    # Without a verdict it is tried again: how often so far, not before when, and what stood in the way last time.
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")
    # What the picture is recognised by (likeness.py), and its four parts to be looked up by. Empty: nothing to recognise.
    fingerprint: Mapped[str | None]
    band_1: Mapped[int | None] = mapped_column(index=True)
    band_2: Mapped[int | None] = mapped_column(index=True)
    band_3: Mapped[int | None] = mapped_column(index=True)
    band_4: Mapped[int | None] = mapped_column(index=True)

    @property
    def sender_id(self) -> UUID | None:
        """Who sent it: the id of an account, or of the paper whose holder did."""
        return self.account_id or self.paper_id

    @property
    def is_claimed(self) -> bool:
        """Whether only the picture itself says when it was taken."""
        return self.source != "camera" and "estimate" not in (self.times or {})

    @property
    def taken_at(self) -> datetime | None:
        """When it was taken, as far as that can be so."""
        return self.captured_at if can_be(self.captured_at, self.received_at) else None

    @property
    def known_at(self) -> datetime:
        """The same, else when it came."""
        return self.taken_at or self.received_at


class PhotoMark(Model):
    """What somebody circled on a photo, all of it each time: the newest counts. It may come before the photo's bytes."""

    __tablename__ = "photo_mark"
    __table_args__ = (Index("ix_photo_mark_photo", "photo_id", "made_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)  # the operation's
    photo_id: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    marks: Mapped[list[Any]]  # see evidence.marks
    here: Mapped[
        bool | None
    ]  # what its taker answered, asked whether it was taken at the place; the newest answer counts
    made_at: Mapped[datetime]


class PhotoCopy(Model):
    """A copy for showing or printing: upright, without EXIF, with a watermark."""

    __tablename__ = "photo_copy"
    __table_args__ = (CheckConstraint("kind IN ('display', 'print', 'thumb')", "kind_known"),)
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photo.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))


class Signature(Model):
    """A signature on the screen, or the reason for none; it names the hash of the text that was shown."""

    __tablename__ = "signature"
    __table_args__ = (CheckConstraint("file_sha256 IS NOT NULL OR reason <> ''", "signed_or_reason"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    part: Mapped[str]
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    reason: Mapped[str] = mapped_column(default="")
    text_sha256: Mapped[str]
    captured_at: Mapped[datetime]
    shown_on: Mapped[date | None]  # the day the phone showed; None where nobody noted it
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
