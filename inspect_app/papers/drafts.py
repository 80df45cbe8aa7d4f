"""待签发: a paper as it would be issued, without a number, until a signatory of the office signs it off or gives it back.

A row is never removed: who drafted it, who decided, when, why and what it became stay.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, ScalarSelect, Select, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel import clock
from inspect_app.kernel.columns import holds_on, one_of
from inspect_app.kernel.database import Model, db
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.ids import new_id
from inspect_app.people import signatories
from inspect_app.people.models import OrganisationSignatory
from inspect_app.people.rules import Scope

MOST_LISTED = 50


class DraftState(StrEnum):
    """Where a draft is."""

    WAITING = "waiting"
    ISSUED = "issued"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


DRAFT_NAMES = {
    DraftState.WAITING: "待签发",
    DraftState.ISSUED: "签发了",
    DraftState.RETURNED: "退回修改",
    DraftState.WITHDRAWN: "撤回了",
}


class PaperDraft(Model):
    """What was typed, the content it makes, who drafted it under which term, and what became of it."""

    __tablename__ = "paper_draft"
    __table_args__ = (
        CheckConstraint(one_of("state", DraftState), "state_known"),
        CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_person_id IS NULL)",
            "decided_or_waiting",
        ),
        CheckConstraint("(state = 'issued') = (paper_id IS NOT NULL)", "issued_is_a_paper"),
        CheckConstraint("state <> 'returned' OR reason <> ''", "returned_for_a_reason"),
        CheckConstraint(
            "state NOT IN ('issued', 'returned') OR decided_by_person_id <> made_by_person_id", "decided_by_another"
        ),
        CheckConstraint("state <> 'withdrawn' OR decided_by_person_id = made_by_person_id", "withdrawn_by_its_maker"),
        UniqueConstraint("paper_id"),
        Index("ix_paper_draft_made_by", "made_by_person_id", "made_at"),
        Index(
            "ix_paper_draft_waiting",
            "organisation_id",
            "made_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    premises_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"))
    hazards: Mapped[list[str]]  # ids, in the order of the paper
    typed: Mapped[dict[str, Any]]
    content: Mapped[dict[str, Any]]
    content_sha256: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    term_id: Mapped[UUID] = mapped_column(ForeignKey("term.id"))
    made_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=DraftState.WAITING)
    decided_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("paper.id"))
    proof_id: Mapped[UUID | None]  # its newest 样张; that is thrown away after a day, and can be made again

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == DraftState.WAITING


def load(scope: Scope, draft_id: UUID) -> PaperDraft:
    """A draft of one's own office that one made or may sign off. Raises NotThere for everybody else."""
    draft = db.session.get(PaperDraft, draft_id)
    if draft is None or draft.organisation_id != scope.organisation_id:
        raise NotThere
    if draft.made_by_person_id != scope.person_id and not signs_off(scope):
        raise NotThere
    return draft


def signs_off(scope: Scope) -> bool:
    """Whether somebody is a signatory of the office they act for today."""
    return signatories.one(scope.organisation_id, scope.person_id, clock.today()) is not None


def waiting_for(scope: Scope) -> Sequence[PaperDraft]:
    """What somebody may sign off now, the oldest first: nothing of their own."""
    return db.session.scalars(_waiting(scope, select(PaperDraft)).order_by(PaperDraft.made_at).limit(MOST_LISTED)).all()


def number_waiting(scope: Scope) -> ScalarSelect[int]:
    """How many papers wait for somebody to sign them off, as a part of a statement."""
    return _waiting(scope, select(func.count()).select_from(PaperDraft)).scalar_subquery()


def count_waiting(scope: Scope) -> int:
    """The same, asked by itself."""
    return db.session.scalar(select(number_waiting(scope))) or 0


def mine(scope: Scope) -> Sequence[PaperDraft]:
    """One's own newest drafts, the newest first."""
    own = select(PaperDraft).where(
        PaperDraft.made_by_person_id == scope.person_id, PaperDraft.organisation_id == scope.organisation_id
    )
    return db.session.scalars(own.order_by(PaperDraft.made_at.desc(), PaperDraft.id.desc()).limit(MOST_LISTED)).all()


def _waiting(scope: Scope, query: Select[Any]) -> Select[Any]:
    appointed = select(OrganisationSignatory.id).where(
        OrganisationSignatory.organisation_id == scope.organisation_id,
        OrganisationSignatory.person_id == scope.person_id,
        holds_on(OrganisationSignatory, clock.today()),
    )
    return query.where(
        PaperDraft.organisation_id == scope.organisation_id,
        PaperDraft.state == DraftState.WAITING,
        PaperDraft.made_by_person_id != scope.person_id,
        appointed.exists(),
    )
