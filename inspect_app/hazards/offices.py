"""The offices there are today and who works in them, read for the rules that ask who answers."""

from uuid import UUID

from sqlalchemy import or_, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people.models import Area, Organisation, Term
from inspect_app.people.rules import Role

from .answering import Offices


def today() -> Offices:
    """All offices with their people of today: three statements, over tables of tens of rows."""
    return _offices(_people())


def desk_of(area_id: UUID) -> UUID | None:
    """The district desk of an area, as `Offices.desk_of`; who works where is not read."""
    return _offices({}).desk_of(area_id)


def _offices(people: dict[tuple[UUID, Role], frozenset[UUID]]) -> Offices:
    organisations = db.session.execute(
        select(Organisation.id, Organisation.parent_id, Organisation.is_desk, Organisation.area_id).order_by(
            Organisation.name
        )
    ).all()
    areas = db.session.execute(select(Area.id, Area.parent_id)).all()
    desks: dict[UUID, UUID] = {}
    for row in organisations:
        if row.is_desk:
            desks.setdefault(row.area_id, row.id)
    return Offices(
        {row.id: row.parent_id for row in organisations}, desks, {row.id: row.parent_id for row in areas}, people
    )


def _people() -> dict[tuple[UUID, Role], frozenset[UUID]]:
    day = clock.today()
    rows = db.session.execute(
        select(Term.organisation_id, Term.role, Term.person_id).where(
            Term.role.in_((Role.SUPERVISOR, Role.HANDLER, Role.LEADER)),
            Term.since <= day,
            or_(Term.until.is_(None), Term.until >= day),
        )
    )
    found: dict[tuple[UUID, Role], set[UUID]] = {}
    for row in rows:
        found.setdefault((row.organisation_id, Role(row.role)), set()).add(row.person_id)
    return {key: frozenset(persons) for key, persons in found.items()}
