"""Reads of a hazard beside others: its twins, what was merged into it, who may be asked to close it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, or_, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people.models import Organisation, Person
from inspect_app.people.models import Term as RoleTerm
from inspect_app.people.rules import Role, Scope

from .models import Event, Hazard, MendingRound
from .queries import IS_OPEN, visible
from .rules import Step


def twins(scope: Scope, hazard: Hazard) -> Sequence[Hazard]:
    """Other open hazards of the same item at the same place: the desk is asked to 并案."""
    if hazard.item_code is None or hazard.settled_on is not None:
        return []
    return db.session.scalars(
        select(Hazard)
        .where(
            Hazard.premises_id == hazard.premises_id, Hazard.item_code == hazard.item_code, IS_OPEN,
            Hazard.id != hazard.id, visible(scope),
        )
        .order_by(Hazard.found_at)
    ).all()  # fmt: skip


def merged_in(hazard: Hazard) -> Sequence[Hazard]:
    """The hazards merged into this one."""
    return db.session.scalars(select(Hazard).where(Hazard.merged_into_id == hazard.id).order_by(Hazard.id)).all()


def has_merged(hazard: Hazard) -> bool:
    """Whether others are merged into this one."""
    return bool(db.session.scalar(select(exists().where(Hazard.merged_into_id == hazard.id))))


def closers(hazard: Hazard) -> list[UUID]:
    """Who is asked to close: the other supervisors of the verifier's organisation, or, where there is none, those of
    its parent. A deputy's organisation is the office it belongs to."""
    row = db.session.scalar(
        select(MendingRound)
        .where(MendingRound.hazard_id == hazard.id, MendingRound.verified_by_person_id.is_not(None))
        .order_by(MendingRound.number.desc())
        .limit(1)
    )
    if row is None:
        return []
    office = db.session.get(Organisation, row.verified_by_organisation_id) if row.verified_by_organisation_id else None
    for organisation_id in (office.id, office.parent_id) if office else ():
        found = [person for person in _supervisors(organisation_id) if person != row.verified_by_person_id]
        if found:
            return found
    return []


def _supervisors(organisation_id: UUID | None) -> Sequence[UUID]:
    today = clock.today()
    return db.session.scalars(
        select(Person.id)
        .join(RoleTerm, RoleTerm.person_id == Person.id)
        .where(
            RoleTerm.organisation_id == organisation_id, RoleTerm.role == Role.SUPERVISOR, RoleTerm.since <= today,
            or_(RoleTerm.until.is_(None), RoleTerm.until >= today),
        )
        .order_by(Person.name)
    ).all()  # fmt: skip


def named_competent(hazard: Hazard) -> UUID | None:
    """Whom the newest 退回 named as competent, where it named an organisation of ours."""
    body = db.session.scalar(
        select(Event.body)
        .where(Event.hazard_id == hazard.id, Event.step == Step.DECLINE)
        .order_by(Event.seq.desc())
        .limit(1)
    )
    named = body["facts"].get("competent") if body else None
    return UUID(named) if named else None
