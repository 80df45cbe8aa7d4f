"""Tables of photos in a hazard: what each stands for there, and what somebody at the desk should look at about it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, or_, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.evidence.models import Photo
from inspect_app.evidence.senders import counts
from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id

from .honesty import Flag


class HazardPhoto(Model):
    """A photo that stands for something in a hazard, announced before it arrives; the photo's row is the evidence.

    The links of a round are what a submission announced: nothing closes before each has arrived or was `dropped`,
    because it will never come or because it was the wrong one.
    """

    __tablename__ = "hazard_photo"
    __table_args__ = (
        UniqueConstraint("hazard_id", "photo_id"),
        CheckConstraint("place IN ('before', 'after', 'look', 'document')", "place_known"),
        CheckConstraint("dropped IS NULL OR dropped IN ('never_came', 'wrong')", "dropped_known"),
        CheckConstraint(
            "dropped IS NULL OR (dropped_at IS NOT NULL AND dropped_reason <> '')", "dropped_with_a_reason"
        ),
        Index(
            "ix_hazard_photo_unjudged",
            "added_at",
            sqlite_where=text("judged_at IS NULL"),
            postgresql_where=text("judged_at IS NULL"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazard.id"), index=True)
    photo_id: Mapped[UUID] = mapped_column(index=True)  # may be announced before it arrives
    round_number: Mapped[int]
    slot: Mapped[str] = mapped_column("place")  # what it stands for: before, after, look, document
    senders: Mapped[str | None]  # the accounts it may come from (evidence.senders); None: linked before that was asked
    caption: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]
    dropped: Mapped[str | None]
    dropped_at: Mapped[datetime | None]
    dropped_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    dropped_reason: Mapped[str] = mapped_column(default="")
    judged_at: Mapped[datetime | None]  # the worker has held the photo against all others, and its time and position

    def is_of_round(self, first: int) -> bool:
        """Whether the present round, whose evidence begins with that of round `first`, stands on it: its own photos, those
        carried over with the submission, and the finding's; not those dropped with a reason."""
        return self.dropped is None and (self.round_number >= first or self.slot == "before")


def of_round(first: int | ColumnElement[int]) -> ColumnElement[bool]:
    """`HazardPhoto.is_of_round`, asked of the database."""
    return HazardPhoto.dropped.is_(None) & or_(HazardPhoto.round_number >= first, HazardPhoto.slot == "before")


def still_counts() -> ColumnElement[bool]:
    """Whether an announced photo was not dropped, and came, where it has come, from whoever was to send it. `Photo` is
    joined beside it, outer."""
    return HazardPhoto.dropped.is_(None) & or_(Photo.id.is_(None), counts(HazardPhoto.senders))


class PhotoFlag(Model):
    """Something about a photo of a hazard that a person at the desk should look at; `details` hold its numbers."""

    __tablename__ = "photo_flag"
    __table_args__ = (
        UniqueConstraint("hazard_id", "photo_id", "kind"),
        CheckConstraint(one_of("kind", Flag), "kind_known"),
        CheckConstraint("(other_photo_id IS NULL) = (kind NOT IN ('same_picture', 'alike'))", "likeness_names_other"),
        CheckConstraint("(looked_at IS NULL) = (looked_by_person_id IS NULL)", "looked_at_by_a_person"),
        CheckConstraint("looked_at IS NULL OR looked_words <> ''", "looked_at_with_words"),
        Index(
            "ix_photo_flag_unlooked",
            "hazard_id",
            sqlite_where=text("looked_at IS NULL"),
            postgresql_where=text("looked_at IS NULL"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazard.id"))
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photo.id"))
    kind: Mapped[str]
    other_photo_id: Mapped[UUID | None] = mapped_column(ForeignKey("photo.id"))
    other_hazard_id: Mapped[UUID | None] = mapped_column(ForeignKey("hazard.id"))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    looked_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    looked_words: Mapped[str] = mapped_column(default="")
