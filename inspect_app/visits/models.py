"""Tables of visits. What a phone sent is only ever added to."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.checklists.walk import Depth
from inspect_app.evidence.shapes import Photos
from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model, Shaped
from inspect_app.kernel.ids import new_id
from inspect_app.premises.shapes import Facts

from .honesty import Asked
from .rules import HowStarted, VisitOutcome
from .shapes import Mate


class Assignment(Model):
    """Premises to be visited by a deputy on a day."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("premises_id", "person_id", "on_day"),
        Index("ix_assignment_day", "person_id", "on_day"),
        CheckConstraint(one_of("depth", ("", Depth.FULL)), "depth_known"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    premises_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    on_day: Mapped[date]
    checklist_codes: Mapped[list[str]]
    depth: Mapped[str] = mapped_column(default="")  # full: every item is demanded; empty: whoever walks chooses
    zone_photos: Mapped[bool] = mapped_column(default=False)  # a wide photo of each zone is demanded
    made_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    visit_id: Mapped[UUID | None]
    cancelled_at: Mapped[datetime | None]


class Visit(Model):
    """One walk to premises by a deputy and who went along."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint(one_of("how_started", HowStarted), "how_known"),
        CheckConstraint("outcome IS NULL OR " + one_of("outcome", VisitOutcome), "outcome_known"),
        CheckConstraint("submitted_at IS NULL OR outcome IS NOT NULL", "submitted_has_outcome"),
        CheckConstraint(one_of("depth", Depth), "depth_known"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)  # made on the phone
    premises_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    term_id: Mapped[UUID | None] = mapped_column(ForeignKey("term.id"))
    how_started: Mapped[str]
    arranged_by: Mapped[str] = mapped_column(default="")
    companions: Mapped[list[Any]] = mapped_column(Shaped(tuple[Mate, ...]))
    recused: Mapped[bool] = mapped_column(default=False)  # 回避: somebody of the team is linked to the premises
    started_at: Mapped[datetime] = mapped_column(index=True)
    depth: Mapped[str] = mapped_column(default=Depth.FULL)  # 短查 or 全查; before there were two, every visit was whole
    deep: Mapped[list[str]] = mapped_column(default=list)  # codes of the items that were drawn for a deep check
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of what could be drawn: days since it was checked
    times: Mapped[dict[str, Any]]  # the phone's clocks with their uncertainty; `facts`: who said which when, see rules
    outcome: Mapped[str | None]
    outcome_note: Mapped[str] = mapped_column(default="")
    outcome_photos: Mapped[list[Any]] = mapped_column(Shaped(Photos), default=list)
    next_try_on: Mapped[date | None]
    facts: Mapped[dict[str, Any]] = mapped_column(Shaped(Facts), default=dict)
    submitted_at: Mapped[datetime | None] = mapped_column(index=True)
    submitted_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    text_sha256: Mapped[str | None]  # of the summary that was shown for signing


class VisitChecklist(Model):
    """The exact version of a list that was filled, with the local rules of the day by which its items were chosen: what
    was asked is never chosen anew."""

    __tablename__ = "visit_checklist"
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("checklist_version.id"), primary_key=True)
    asked_on: Mapped[date]


class VisitAnswers(Model):
    """The taps of one visit that came from one phone in one request. Rows are added, never changed;
    rules.merge() makes one answer per item of them all."""

    __tablename__ = "visit_answers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    device_id: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    late: Mapped[bool] = mapped_column(default=False)  # came after the signature: 签后补充
    # Answers [{operation, item, captured_at, seq, chosen, body}], those of another list's items with {elsewhere: [version, day]},
    # and zones that were closed [{operation, zone, looked, items, not_looked, reason, seconds, photos, captured_at, seq}];
    # captured_at by the server's clock.
    taps: Mapped[list[Any]]


class ItemChecked(Model):
    """When an item was last really checked at premises (合格, 不合格 or 不适用), and when before that: written as a visit is
    handed in, so that nobody reads a million answers to know it. Codes stand as they were asked, see checklists/aliases.py."""

    __tablename__ = "item_checked"

    premises_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"), primary_key=True)
    item_code: Mapped[str] = mapped_column(primary_key=True)
    on_day: Mapped[date]
    earlier_on: Mapped[date | None]  # the newest day before that one: what is asked of a day must not change during it
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"))


class QuestionLooked(Model):
    """看过了: somebody at the desk asked what was to be asked about a visit, and says what came of it. Rows are added, never
    changed; where more has been found since, it is asked again."""

    __tablename__ = "visit_question_looked"
    __table_args__ = (
        CheckConstraint(one_of("asked", Asked), "asked_known"),
        CheckConstraint("words <> ''", "has_words"),
        UniqueConstraint("visit_id", "asked", "resting_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"))
    asked: Mapped[str]
    resting_on: Mapped[int]  # how many findings of others the question rested on; none of the other questions does
    words: Mapped[str]
    looked_at: Mapped[datetime]
    looked_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class VisitSignature(Model):
    """A signature on the summary, or the reason there is none."""

    __tablename__ = "visit_signature"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    signature_id: Mapped[UUID] = mapped_column(ForeignKey("signature.id"))
    part: Mapped[str]  # deputy, companion, premises
