"""Reads of places, scoped by area."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, true

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.people.models import Recusal
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


def party_on(premises_id: UUID, day: date) -> UUID | None:
    """Who answered for a place on a day: the 经营者 first; None is 待查."""
    return db.session.scalar(
        select(PremisesParty.party_id)
        .where(
            PremisesParty.premises_id == premises_id,
            PremisesParty.since <= day,
            or_(PremisesParty.until.is_(None), PremisesParty.until >= day),
        )
        .order_by(PremisesParty.role != "operator", PremisesParty.since.desc())
        .limit(1)
    )


def recused(premises_id: UUID, party_id: UUID | None = None) -> frozenset[UUID]:
    """回避: persons linked to a place or to a party that answers for it; they get neither visit nor verification there.

    `party_id` is a party to count besides those of today: the one a hazard was found under.
    """
    today = clock.today()
    parties = select(PremisesParty.party_id).where(
        PremisesParty.premises_id == premises_id, or_(PremisesParty.until.is_(None), PremisesParty.until >= today)
    )
    linked = or_(Recusal.premises_id == premises_id, Recusal.party_id.in_(parties))
    if party_id is not None:
        linked = or_(linked, Recusal.party_id == party_id)
    return frozenset(db.session.scalars(select(Recusal.person_id).where(linked)))


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
