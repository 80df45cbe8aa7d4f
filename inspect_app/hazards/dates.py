"""Tables of dates: every setting of every clock of a hazard, and how long the desks of this district may take."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.workdays import Unit

from .clocks import ClockKind, ClockStatus, DateOrigin, how_set


class Clock(Model):
    """One setting of one clock; a newer row of the same kind replaces it and the chain of them is the history."""

    __tablename__ = "hazard_clock"
    __table_args__ = (
        CheckConstraint(one_of("kind", ClockKind), "kind_known"),
        CheckConstraint(one_of("status", ClockStatus), "status_known"),
        CheckConstraint(f"origin IS NULL OR {one_of('origin', DateOrigin)}", "origin_known"),
        CheckConstraint("origin IS NULL OR printed = (origin = 'order')", "printed_by_an_order"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazard.id"), index=True)
    kind: Mapped[str]
    status: Mapped[str]
    amount: Mapped[int | None]
    unit: Mapped[str]
    roll_over: Mapped[str]
    starts_on: Mapped[date]
    due_on: Mapped[date]
    provisional: Mapped[bool]  # a year of it has no published holidays yet
    awaits_service: Mapped[bool] = mapped_column(default=False)  # stated in days, to run from service
    printed: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[str | None]  # what set it; empty in rows older than the question
    document: Mapped[str] = mapped_column(default="")  # number of the order that prints it
    explanation: Mapped[str]
    set_by_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    set_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")

    @property
    def origin_words(self) -> str:
        """How this date came about, in words, from this row alone."""
        if self.origin is None and self.status == ClockStatus.ORDERED and self.reason.startswith("以"):
            # An order of before the question wrote its number there; dates moved since did not.
            return how_set(DateOrigin.ORDER, ClockStatus.ORDERED, self.reason.removeprefix("以").removesuffix("为准"))
        return how_set(DateOrigin(self.origin) if self.origin else None, ClockStatus(self.status), self.document)


class DeskTerm(Model):
    """A desk date of this district where it differs from the default: how long triage, verification, closing may take."""

    __tablename__ = "desk_term"
    __table_args__ = (
        CheckConstraint(one_of("kind", ClockKind), "kind_known"),
        CheckConstraint("amount >= 1 AND amount <= 365", "amount_sane"),
        CheckConstraint(one_of("unit", Unit), "unit_known"),
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]
    unit: Mapped[str]
