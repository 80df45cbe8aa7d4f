"""What an office may by law on a day, and who of it: reads of powers and officers."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from inspect_app.kernel.columns import holds_on
from inspect_app.kernel.database import db

from .models import Organisation, OrganisationOfficer, OrganisationPower
from .rules import Held, Power, Side, fields_of


def powers_of(organisation_id: UUID, on: date) -> frozenset[Held]:
    """The powers an organisation holds on a day, each with its field: only what a second administrator confirmed."""
    rows = db.session.execute(
        select(OrganisationPower.power, OrganisationPower.field).where(
            OrganisationPower.organisation_id == organisation_id, in_force(on)
        )
    )
    return frozenset((row.power, row.field) for row in rows)


def in_force(on: date) -> ColumnElement[bool]:
    """Confirmed by a second administrator, begun and not ended on a day."""
    return and_(
        OrganisationPower.confirmed_by_person_id.is_not(None),
        holds_on(OrganisationPower, on),
    )


def held_on(day: date) -> Sequence[OrganisationPower]:
    """Everything that is in force on a day, of all organisations, the oldest first."""
    order = (OrganisationPower.since, OrganisationPower.power)
    return db.session.scalars(select(OrganisationPower).where(in_force(day)).order_by(*order)).all()


def power_held(organisation_id: UUID, power: Power, hazard_field: str, on: date) -> OrganisationPower | None:
    """The entry a step of this organisation rests on: its article is printed. None where it holds no such power."""
    return db.session.scalar(
        select(OrganisationPower)
        .where(
            OrganisationPower.organisation_id == organisation_id,
            OrganisationPower.power == power,
            OrganisationPower.field.in_(fields_of(hazard_field)),
            in_force(on),
        )
        .order_by(OrganisationPower.since.desc(), OrganisationPower.id.desc())
        .limit(1)
    )


def competent_offices(power: Power, hazard_field: str, on: date) -> Sequence[Organisation]:
    """The organisations that hold a power in the field of a hazard: the only ones that may be named for its exercise."""
    held = select(OrganisationPower.organisation_id).where(
        OrganisationPower.power == power, OrganisationPower.field.in_(fields_of(hazard_field)), in_force(on)
    )
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.id.in_(held), Organisation.side == Side.GOVERNMENT)
        .order_by(Organisation.name)
    ).all()


def officers(organisation_id: UUID, on: date) -> Sequence[OrganisationOfficer]:
    """The officers an order of this organisation may name on a day."""
    return db.session.scalars(
        select(OrganisationOfficer)
        .where(OrganisationOfficer.organisation_id == organisation_id, holds_on(OrganisationOfficer, on))
        .order_by(OrganisationOfficer.name, OrganisationOfficer.card_number)
    ).all()
