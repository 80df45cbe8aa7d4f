"""样张: a paper drawn before it has a number, so that whoever issues it sees its pages, what it lacks and what cannot be printed.

Nothing of a proof is evidence: a day after it was asked for, its row and its file are thrown away.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, delete, select, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel import clock
from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model, db, writing
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.ids import new_id
from inspect_app.people.rules import Scope

log = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=1)
MOST_ATTEMPTS = 3


class ProofState(StrEnum):
    WAITING = "waiting"
    DRAWN = "drawn"
    FAILED = "failed"


class PaperProof(Model):
    """A paper as somebody would issue it: what was typed, the content that it makes, and what drawing it has shown."""

    __tablename__ = "paper_proof"
    __table_args__ = (
        CheckConstraint(one_of("state", ProofState), "state_known"),
        CheckConstraint("state <> 'drawn' OR (file_sha256 IS NOT NULL AND pages IS NOT NULL)", "drawn_has_file"),
        Index(
            "ix_paper_proof_waiting",
            "made_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    premises_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"))
    hazards: Mapped[list[str]]  # ids, in the order of the paper
    typed: Mapped[dict[str, Any]]
    content: Mapped[dict[str, Any]]
    lacking: Mapped[list[str]]  # obligatory fields that are empty, by name
    made_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default=ProofState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int | None]
    undrawable: Mapped[str] = mapped_column(default="")  # characters that no face has; each is printed as 〓
    file_sha256: Mapped[str | None]  # among the results, not in evidence

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has not drawn it yet."""
        return self.state == ProofState.WAITING


@dataclass(frozen=True)
class DrawnProof:
    """A proof that was drawn: its file, how many pages it has, and the characters in it that no face has."""

    pdf: bytes
    pages: int
    undrawable: str


def load(scope: Scope, proof_id: UUID) -> PaperProof:
    """A proof of whoever is signed in, under the office they act for. Raises NotThere for another's."""
    proof = db.session.get(PaperProof, proof_id)
    if proof is None or (proof.account_id, proof.organisation_id) != (scope.account_id, scope.organisation_id):
        raise NotThere
    return proof


def any_waiting() -> bool:
    """Whether a proof waits to be drawn."""
    return db.session.scalar(select(PaperProof.id).where(PaperProof.state == ProofState.WAITING).limit(1)) is not None


def draw_waiting(
    render: Callable[[str, Mapping[str, Any], datetime], DrawnProof], store: Callable[[bytes], str]
) -> int:
    """Draw the proofs that wait; returns how many were drawn. Safe to run twice and after a crash.

    `render` draws (kind, content, asked at).
    """
    columns = (PaperProof.id, PaperProof.kind, PaperProof.content, PaperProof.made_at)
    waiting = db.session.execute(
        select(*columns).where(PaperProof.state == ProofState.WAITING).order_by(PaperProof.made_at)
    ).all()
    db.session.rollback()
    return sum(_draw(row.id, partial(render, row.kind, row.content, row.made_at), store) for row in waiting)


def _draw(proof_id: UUID, render: Callable[[], DrawnProof], store: Callable[[bytes], str]) -> bool:
    try:
        drawn = render()
    except Exception:
        log.exception("proof %s could not be drawn", proof_id)
        with writing():
            proof = db.session.get_one(PaperProof, proof_id)
            proof.attempts += 1
            proof.state = ProofState.FAILED if proof.attempts >= MOST_ATTEMPTS else ProofState.WAITING
        return False
    sha256 = store(drawn.pdf)
    with writing():
        proof = db.session.get_one(PaperProof, proof_id)
        proof.pages, proof.undrawable = drawn.pages, drawn.undrawable
        proof.file_sha256, proof.state = sha256, ProofState.DRAWN
    return True


def drop_old() -> int:
    """Throw away the rows of old proofs; returns how many. Their files go with the other results."""
    dropped = db.session.execute(delete(PaperProof).where(PaperProof.made_at < clock.now() - KEPT_FOR))
    return int(getattr(dropped, "rowcount", 0))


class _Typed(Protocol):
    """What was typed at the form of a paper of hazards."""

    hazards: Any
    typed: Any


def as_typed(row: _Typed) -> tuple[Sequence[UUID], Mapping[str, str]]:
    """The hazards of a proof or a draft and what was typed for it, to be shown in its form again or issued."""
    return [UUID(one) for one in row.hazards], {name: str(value) for name, value in row.typed.items()}
