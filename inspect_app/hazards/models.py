"""Tables of a hazard, its rounds, requests and sightings, with checks that let no row be in a state the rules forbid."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model, Shaped
from inspect_app.kernel.folding import Folded
from inspect_app.kernel.ids import new_id

from .rules import OPEN, Grade, Source, State, Step
from .shapes import FrozenFinding

_OPEN = one_of("state", sorted(OPEN))


class Hazard(Folded, Model):
    """One hazard as it stands now; how it came to stand so is told by its chain."""

    FOLDS = ("title",)
    __tablename__ = "hazard"
    __table_args__ = (
        CheckConstraint(one_of("state", State), "state_known"),
        CheckConstraint(one_of("grade", Grade), "grade_known"),
        # settled_on is the one flag of being open: partial indexes are written over it as literal SQL.
        CheckConstraint(f"(settled_on IS NULL) = ({_OPEN})", "settled_means_not_open"),
        CheckConstraint("state <> 'rectifying' OR handler_id IS NOT NULL", "rectifying_has_handler"),
        CheckConstraint("state <> 'merged' OR merged_into_id IS NOT NULL", "merged_names_target"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", "not_merged_into_itself"),
        CheckConstraint("round_number >= 1 AND version >= 1", "counts_positive"),
        Index(
            "ix_hazard_open_due",
            "due_on",
            "id",
            sqlite_where=text("settled_on IS NULL"),
            postgresql_where=text("settled_on IS NULL"),
        ),
        Index(
            "ix_hazard_open_item",
            "premises_id",
            "item_code",
            sqlite_where=text("settled_on IS NULL"),
            postgresql_where=text("settled_on IS NULL"),
        ),
        CheckConstraint(one_of("source", Source), "source_known"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))  # an index of it misleads SQLite (migration 0046)
    premises_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"), index=True)
    premises_kind: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # as it was found in; the database fills it
    source: Mapped[str] = mapped_column(default=Source.VISIT, server_default="visit")
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)  # None: 待查
    item_code: Mapped[str | None]
    checklist_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("checklist_version.id"))
    field: Mapped[str]
    title: Mapped[str]
    # What the finding was made under, frozen: wordings, advice, bases with their marks, answers, reasons.
    finding: Mapped[dict[str, Any]] = mapped_column(Shaped(FrozenFinding))
    spot: Mapped[str] = mapped_column("place_within", default="")  # where in the premises
    grade: Mapped[str] = mapped_column(default=Grade.GENERAL)
    state: Mapped[str] = mapped_column(default=State.FOUND)
    state_before: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    round_number: Mapped[int] = mapped_column(default=1)
    found_at: Mapped[datetime]
    found_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    visit_id: Mapped[UUID | None] = mapped_column(index=True)
    unconfirmed: Mapped[bool] = mapped_column(
        default=False
    )  # 待确认: found by somebody who is to keep away from the place
    # 待商定: two phones of the visit differ on it, and nobody has chosen. The stricter answer stands meanwhile.
    contested: Mapped[bool] = mapped_column(default=False, server_default=false())
    handler_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    first_receiver_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    # Who closes it: the office that handed it over; before that the desk of its area.
    closing_office_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    order_number: Mapped[str | None]  # of the one order that is live
    reinspected_on: Mapped[date | None]
    opinion_number: Mapped[str | None]
    listed_at: Mapped[datetime | None]  # 挂牌督办, by an authority
    watched_at: Mapped[datetime | None]  # 重点督办, of the congress side's own
    referred_at: Mapped[datetime | None]
    determined_at: Mapped[datetime | None]
    # Organisations whose acts these were; None where one was recorded by its name alone.
    determined_by_id: Mapped[UUID | None]
    listed_by_id: Mapped[UUID | None]
    transferred_at: Mapped[datetime | None]
    transfer_result_at: Mapped[datetime | None]
    served_at: Mapped[datetime | None]
    awaiting_closure_since: Mapped[datetime | None]
    appointed_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reply_on: Mapped[date | None]
    mending_on: Mapped[date | None]
    # The nearest date that somebody must act by; what lists sort by.
    due_on: Mapped[date | None]
    last_step: Mapped[str] = mapped_column(default=Step.REPORT)
    last_event_at: Mapped[datetime]
    last_actor_name: Mapped[str] = mapped_column(default="")
    # A merged hazard keeps its state; what becomes of it is what becomes of the one named here.
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("hazard.id"), index=True)
    settled_on: Mapped[date | None]
    recurs_hazard_id: Mapped[UUID | None] = mapped_column(ForeignKey("hazard.id"))
    reopened_count: Mapped[int] = mapped_column(default=0)

    rounds: Mapped[list["MendingRound"]] = relationship(order_by="MendingRound.number", back_populates="hazard")


class MendingRound(Model):
    """One round: who mended and submitted, who verified. Held here too: nobody verifies their own mending."""

    __tablename__ = "hazard_round"
    __table_args__ = (
        UniqueConstraint("hazard_id", "number"),
        CheckConstraint("(outcome IS NULL) = (verified_by_person_id IS NULL)", "verified_by_a_person"),
        CheckConstraint("outcome IS NULL OR outcome IN ('pass', 'fail')", "outcome_known"),
        CheckConstraint("verified_by_person_id IS NULL OR submitted_at IS NOT NULL", "verified_was_submitted"),
        CheckConstraint("NOT witnessed OR witness_person_id IS NOT NULL", "witnessed_by_a_person"),
        CheckConstraint("evidence_from >= 1 AND evidence_from <= number", "evidence_from_known"),
        # NULL compares to NULL in CHECK, so each rule spells the NULL case out.
        CheckConstraint(
            "verified_by_person_id IS NULL OR submitted_by_person_id IS NULL"
            " OR verified_by_person_id <> submitted_by_person_id",
            "verifier_is_not_submitter",
        ),
        CheckConstraint(
            "verified_by_person_id IS NULL OR witness_person_id IS NULL OR verified_by_person_id <> witness_person_id",
            "verifier_is_not_witness",
        ),
        CheckConstraint(
            "verified_by_organisation_id IS NULL OR submitted_by_organisation_id IS NULL"
            " OR verified_by_organisation_id <> submitted_by_organisation_id",
            "verifier_not_of_submitting_organisation",
        ),
        CheckConstraint(
            "verified_by_organisation_id IS NULL OR mended_by_organisation_id IS NULL"
            " OR verified_by_organisation_id <> mended_by_organisation_id",
            "verifier_not_of_mending_organisation",
        ),
        CheckConstraint(
            "closed_by_person_id IS NULL OR verified_by_person_id IS NULL"
            " OR closed_by_person_id <> verified_by_person_id OR closed_with_pass",
            "closer_is_not_verifier",
        ),
        CheckConstraint("NOT confirmed OR NOT closed_with_pass", "confirming_closes_nothing"),
        CheckConstraint("closes_after_days IS NULL OR confirmed", "closes_by_itself_if_confirmed"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazard.id"), index=True)
    number: Mapped[int]
    by_party: Mapped[bool] = mapped_column(default=False)  # the party mended
    witnessed: Mapped[bool] = mapped_column(default=False)  # seen mended by the witness; nobody submitted
    evidence_from: Mapped[int] = mapped_column(default=1)  # the first round whose photos this submission stands on
    mended_by_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    submitted_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    submitted_by_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    submitted_at: Mapped[datetime | None]
    # Who saw it mended, or entered it for the party (代录): neither verifies.
    witness_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(default="")
    verified_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    verified_by_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    verified_at: Mapped[datetime | None]
    way: Mapped[str | None]  # look_back, reinspection, photos
    outcome: Mapped[str | None]
    opinion: Mapped[str] = mapped_column(default="")
    closed_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    closed_with_pass: Mapped[bool] = mapped_column(default=False)  # a general hazard closes with its pass
    confirmed: Mapped[bool] = mapped_column(default=False)  # 回访核实: a look that closes nothing
    closes_after_days: Mapped[int | None]  # 到期自动销号: the office's rule as it stood when it was confirmed

    hazard: Mapped[Hazard] = relationship(back_populates="rounds")


class HazardRequest(Model):
    """Something asked that a second person decides: extension, dispute, end, void, merge, close without opinion.

    Also a later date put forward by a verifier (`fail`) or by a late service (`serve`), for who set the clock.
    """

    __tablename__ = "hazard_request"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (outcome IS NULL)", "decided_has_outcome"),
        CheckConstraint("outcome IS NULL OR outcome IN ('granted', 'refused', 'lapsed', 'withdrawn')", "outcome_known"),
        CheckConstraint(
            "outcome IS NULL OR outcome <> 'granted' OR (decided_by_person_id IS NOT NULL"
            " AND (asked_by_person_id IS NULL OR decided_by_person_id <> asked_by_person_id))",
            "second_person_decides",
        ),
        Index(
            "ix_hazard_request_open",
            "asked_of_id",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazard.id"), index=True)
    step: Mapped[str]
    reason: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    asked_by_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    # The office that answers: who set the date, who issued. None: any second person.
    asked_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    asked_at: Mapped[datetime]
    lapses_on: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    decided_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str | None]
    answer: Mapped[str] = mapped_column(default="")
