"""The table of urgent calls."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.evidence.shapes import Photos
from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model, Shaped

from .rules import Danger


class UrgentCall(Model):
    """紧急上报: a danger reported now. Open until somebody turns it into a hazard or ends it with a reason."""

    __tablename__ = "urgent_call"
    __table_args__ = (
        CheckConstraint(one_of("danger", Danger), "danger_known"),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)", "acknowledged_by_a_person"),
        CheckConstraint("ended_at IS NULL OR hazard_id IS NOT NULL OR end_reason <> ''", "ended_has_reason"),
        Index("ix_urgent_call_person", "person_id", "received_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)  # made on the phone
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    premises_id: Mapped[UUID | None] = mapped_column(ForeignKey("premises.id"))
    danger: Mapped[str]
    where_words: Mapped[str] = mapped_column(default="")
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    photos: Mapped[list[Any]] = mapped_column(Shaped(Photos), default=list)
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]
    last_urged_at: Mapped[datetime | None]
    urged_count: Mapped[int] = mapped_column(default=0)
    # Many of one person in a few minutes ring as one: the call that this one is told together with, which may be itself.
    bundle_id: Mapped[UUID | None] = mapped_column(ForeignKey("urgent_call.id"))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    hazard_id: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")
