"""Reads of places, scoped by area."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, true

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.people.rules import Role, Scope

from .models import Party, Premises, PremisesParty


def visible(scope: Scope) -> ColumnElement[bool]:
    """Which places a person sees: those of the own area; a handler none but through its hazards."""
    if scope.role is Role.HANDLER:
        return false()
    return true() if scope.whole_district else Premises.area_id.in_(scope.area_ids)


def load(scope: Scope, premises_id: UUID) -> Premises:
    """A place within scope, or the one it was merged into. Raises NotThere."""
    row = db.session.scalar(select(Premises).where(Premises.id == premises_id, visible(scope)))
    if row is None:
        raise NotThere
    return row


def by_door_code(scope: Scope, code: str) -> Premises | None:
    """The place behind a door QR, if it lies within scope."""
    return db.session.scalar(select(Premises).where(Premises.door_code == code.strip().upper(), visible(scope)))


def search(scope: Scope, words: str = "", limit: int = 50) -> Sequence[Premises]:
    """Places by part of a name or address."""
    statement = select(Premises).where(visible(scope), Premises.merged_into_id.is_(None))
    if words.strip():
        like = "%" + words.strip().replace("/", "//").replace("%", "/%").replace("_", "/_") + "%"
        statement = statement.where(or_(Premises.name.like(like, escape="/"), Premises.address.like(like, escape="/")))
    return db.session.scalars(statement.order_by(Premises.name, Premises.id).limit(limit)).all()


def parties_of(premises_id: UUID) -> Sequence[tuple[PremisesParty, Party]]:
    """Who answers for a place today; nobody is 待查."""
    today = clock.today()
    rows = db.session.execute(
        select(PremisesParty, Party)
        .join(Party, Party.id == PremisesParty.party_id)
        .where(
            PremisesParty.premises_id == premises_id,
            PremisesParty.since <= today,
            or_(PremisesParty.until.is_(None), PremisesParty.until >= today),
        )
        .order_by(PremisesParty.role != "operator", PremisesParty.since)
    )
    return [(row[0], row[1]) for row in rows]
