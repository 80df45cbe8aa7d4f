"""Places that were registered twice: which row stands for which, and how what was found at any of them is read through it.

`Premises.merged_into_id` always names the row that stands now, never one that was merged itself, so every read is one step.
Who merged what into what, and why, are rows of their own (PremisesMerge). Docs: docs/decisions/0048-merged-places.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from inspect_app.kernel.database import db
from inspect_app.people.models import Person

from .models import Premises, PremisesMerge

# The row under which something was found; `Premises` beside it is the one that stands for it.
FOUND_AT = aliased(Premises, name="found_at")
_STANDS = func.coalesce(FOUND_AT.merged_into_id, FOUND_AT.id)


def stands(premises_id: Any) -> ScalarSelect[UUID]:
    """The id of the row that stands for a place: its own, or that of the one it was merged into."""
    own = aliased(Premises)
    return select(func.coalesce(own.merged_into_id, own.id)).where(own.id == premises_id).scalar_subquery()


def one_place(premises_id: Any) -> Select[UUID]:
    """The ids of all rows that are one place with this one, itself among them."""
    rows, root = aliased(Premises), stands(premises_id)
    return select(rows.id).where(or_(rows.id == root, rows.merged_into_id == root))


ONE_PLACE = one_place(bindparam("premises"))


def at_place(column: Any, premises_id: UUID) -> ColumnElement[bool]:
    """Whether a row lies at a place or at one that was merged into it."""
    found: ColumnElement[bool] = column.in_(one_place(premises_id))
    return found


Chosen = TypeVar("Chosen", bound="Select[*tuple[Any, ...]]")


def with_place(statement: Chosen, column: Any) -> Chosen:
    """A statement joined with the row under which something was found (FOUND_AT) and with the `Premises` that stands for it."""
    return statement.join(FOUND_AT, FOUND_AT.id == column).join(Premises, Premises.id == _STANDS)


def by_place(statement: Chosen, column: Any) -> Chosen:
    """The same for a statement that walks the places in their order: each reaches its rows by an index."""
    own = or_(FOUND_AT.id == Premises.id, FOUND_AT.merged_into_id == Premises.id)
    return statement.join(FOUND_AT, FOUND_AT.id == column).join(Premises, own & Premises.merged_into_id.is_(None))


def standing_ids(premises_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Each row of the places → the row that stands for it; merged ones are found by theirs. One statement."""
    ids = set(premises_ids)
    rows = select(Premises.id, Premises.merged_into_id).where(
        or_(Premises.id.in_(ids), Premises.merged_into_id.in_(ids))
    )
    return {row.id: row.merged_into_id or row.id for row in db.session.execute(rows)}


def merged_into(premises_id: UUID) -> Sequence[Premises]:
    """The rows that this one stands for, besides itself."""
    rows = select(Premises).where(Premises.merged_into_id == premises_id).order_by(Premises.made_at, Premises.id)
    return db.session.scalars(rows).all()


@dataclass(frozen=True)
class MergeRow:
    """One merging as the history of a place tells it."""

    merge: PremisesMerge
    name: str
    code: str
    into_name: str
    into_code: str
    by: str
    undone_by: str | None

    @property
    def stands(self) -> bool:
        """Whether it holds; else it was undone."""
        return self.merge.undone_at is None

    @property
    def last_at(self) -> datetime:
        """When something happened to it last."""
        return self.merge.undone_at or self.merge.made_at


def merges_of(premises_id: UUID, most: int = 50) -> list[MergeRow]:
    """Every merging of a place or into it, undone ones too, the newest first."""
    losing, into, by, undoing = aliased(Premises), aliased(Premises), aliased(Person), aliased(Person)
    ids = one_place(premises_id)
    rows = db.session.execute(
        select(PremisesMerge, losing.name, losing.code, into.name, into.code, by.name, undoing.name)
        .join(losing, losing.id == PremisesMerge.premises_id)
        .join(into, into.id == PremisesMerge.into_id)
        .join(by, by.id == PremisesMerge.person_id)
        .outerjoin(undoing, undoing.id == PremisesMerge.undone_by_person_id)
        .where(or_(PremisesMerge.premises_id.in_(ids), PremisesMerge.into_id.in_(ids)))
        .order_by(PremisesMerge.made_at.desc(), PremisesMerge.id.desc())
        .limit(most)
    )
    return [MergeRow(*row) for row in rows]
