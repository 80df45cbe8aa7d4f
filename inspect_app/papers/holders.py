"""Tables of what whoever holds a paper does with it: answers without an account, and codes that the office issued anew."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id

ANSWERS = ("mended", "later", "wrong", "gone")


class PaperAnswer(Model):
    """One answer of a holder with its receipt. What was said stands in the chain of the hazard under the same receipt.

    `hazard_id` is the line that was answered; None where the answer is about the whole paper (`gone`).
    """

    __tablename__ = "paper_answer"
    __table_args__ = (
        CheckConstraint(one_of("what", ANSWERS), "what_known"),
        CheckConstraint("(hazard_id IS NULL) = (what = 'gone')", "of_a_line"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"), index=True)
    hazard_id: Mapped[UUID | None] = mapped_column(ForeignKey("hazard.id"))
    what: Mapped[str]
    receipt: Mapped[str] = mapped_column(unique=True)
    answered_at: Mapped[datetime]
    round_number: Mapped[int | None]  # the round of mending that it belongs to
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("hazard_request.id"))  # what it asks, to be decided
    until: Mapped[date | None]  # the day that was asked for


class PaperCode(Model):
    """A code that the issuing office gave in place of the one before: the newest counts, the printed one no more."""

    __tablename__ = "paper_code"
    __table_args__ = (CheckConstraint("reason <> ''", "has_reason"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"), index=True)
    code: Mapped[str]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
