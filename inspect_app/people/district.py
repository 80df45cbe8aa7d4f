"""Reads of what the district is made of: organisations with their powers and officers, areas, stations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, there

from .models import Area, Organisation, OrganisationOfficer, OrganisationPower, Station
from .rules import Side


def organisations() -> Sequence[Organisation]:
    """Every organisation, the congress side first."""
    return db.session.scalars(select(Organisation).order_by(Organisation.side, Organisation.name)).all()


def organisation(organisation_id: UUID) -> Organisation:
    """One organisation; raises NotThere."""
    return there(Organisation, organisation_id)


def powers(organisation_id: UUID) -> Sequence[OrganisationPower]:
    """The 权责清单 of one organisation, with what has ended."""
    return db.session.scalars(
        select(OrganisationPower)
        .where(OrganisationPower.organisation_id == organisation_id)
        .order_by(OrganisationPower.since, OrganisationPower.power)
    ).all()


def officers(organisation_id: UUID) -> Sequence[OrganisationOfficer]:
    """The officers of an organisation with their certificates, with those who are no more."""
    return db.session.scalars(
        select(OrganisationOfficer)
        .where(OrganisationOfficer.organisation_id == organisation_id)
        .order_by(OrganisationOfficer.until.is_not(None), OrganisationOfficer.name)
    ).all()


def officer(officer_id: UUID) -> OrganisationOfficer:
    """One officer of a list; raises NotThere."""
    return there(OrganisationOfficer, officer_id)


def power(power_id: UUID) -> OrganisationPower:
    """One entry of a 权责清单; raises NotThere."""
    return there(OrganisationPower, power_id)


def areas() -> Sequence[Area]:
    """Every area in the order of its code, so that each stands under the one it belongs to."""
    return db.session.scalars(select(Area).order_by(Area.code, Area.code_year)).all()


def live_areas() -> Sequence[Area]:
    """The areas that somebody or something can be put into today."""
    today = clock.today()
    return [row for row in areas() if row.valid_to is None or row.valid_to >= today]


def area(area_id: UUID) -> Area:
    """One area; raises NotThere."""
    return there(Area, area_id)


def stations() -> Sequence[tuple[Station, Area]]:
    """Every station with its area."""
    rows = db.session.execute(
        select(Station, Area).join(Area, Area.id == Station.area_id).order_by(Area.code, Station.name)
    )
    return [(row[0], row[1]) for row in rows]


def station(station_id: UUID) -> Station:
    """One station; raises NotThere."""
    return there(Station, station_id)


def parents_for(row: Organisation | None) -> list[Organisation]:
    """Organisations that one may stand under: of its own side, and not below itself."""
    known = {one.id: one for one in organisations()}
    if row is None:
        return list(known.values())

    def is_above(one: Organisation) -> bool:
        seen: set[UUID] = set()
        up: Organisation | None = one
        while up is not None and up.id not in seen:
            if up.id == row.id:
                return False
            seen.add(up.id)
            up = known.get(up.parent_id) if up.parent_id else None
        return True

    return [one for one in known.values() if Side(one.side) is Side(row.side) and is_above(one)]
