"""The table of sightings: the same item seen again, or a look-back that came too late to be a step."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id


class Sighting(Model):
    """The same item seen again at the same place, or a look-back that came too late to be a step.

    One that `waits` is looked at by the desk: `seen_version` and `now_version` are the two versions it stands between.
    """

    __tablename__ = "hazard_sighting"
    __table_args__ = (
        CheckConstraint("(looked_at IS NULL) = (looked_by_person_id IS NULL)", "looked_at_by_a_person"),
        Index(
            "ix_hazard_sighting_visit",
            "visit_id",
            sqlite_where=text("visit_id IS NOT NULL"),
            postgresql_where=text("visit_id IS NOT NULL"),
        ),
        Index(
            "ix_hazard_sighting_waiting",
            "hazard_id",
            sqlite_where=text("waits AND looked_at IS NULL"),
            postgresql_where=text("waits AND looked_at IS NULL"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazard.id"), index=True)
    visit_id: Mapped[UUID | None]
    seen_at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    mended: Mapped[bool | None]  # None: seen again while filling a checklist
    words: Mapped[str] = mapped_column(default="")
    seen_version: Mapped[int | None]
    now_version: Mapped[int | None]
    waits: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(default="")  # why it was no step, as the desk reads it
    looked_at: Mapped[datetime | None]
    looked_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
