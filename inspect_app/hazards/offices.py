"""The offices there are today and who works in them, read for the rules that ask who answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from inspect_app.kernel import clock
from inspect_app.kernel.columns import holds_on
from inspect_app.kernel.database import db, run
from inspect_app.people.models import Area, Organisation, RoleTerm
from inspect_app.people.rules import Role

from .answering import ACTING, Offices

_DESKS = (
    select(Area.id, Area.parent_id, Organisation.id.label("desk"))
    .outerjoin(Organisation, and_(Organisation.area_id == Area.id, Organisation.is_desk))
    .order_by(Organisation.name)
)


@dataclass(frozen=True)
class OfficeRegister:
    """The areas and the offices as rows, and what the rules ask of them."""

    areas: Mapping[UUID, Area]
    organisations: Mapping[UUID, Organisation]  # in the order of their names
    known: Offices

    def short_name(self, organisation_id: UUID | None) -> str:
        """What an office is called in a line; empty without one."""
        found = self.organisations.get(organisation_id) if organisation_id else None
        return found.short_name if found else ""


def register() -> OfficeRegister:
    """All areas, their offices and the people of today in them: one statement, over tables of tens of rows."""
    day = clock.today()
    live = and_(
        RoleTerm.organisation_id == Organisation.id,
        RoleTerm.role.in_(ACTING),
        holds_on(RoleTerm, day),
    )
    areas: dict[UUID, Area] = {}
    organisations: dict[UUID, Organisation] = {}
    people: dict[tuple[UUID, Role], set[UUID]] = {}
    for area, office, role, person_id in db.session.execute(
        select(Area, Organisation, RoleTerm.role, RoleTerm.person_id)
        .outerjoin(Organisation, Organisation.area_id == Area.id)
        .outerjoin(RoleTerm, live)
        .order_by(Organisation.name)
    ):
        areas[area.id] = area
        if office is not None:
            organisations[office.id] = office
        if role is not None:
            people.setdefault((office.id, Role(role)), set()).add(person_id)
    return OfficeRegister(areas, organisations, _offices(areas, organisations, people))


def today() -> Offices:
    """All offices with their people of today."""
    return register().known


def desk_of(area_id: UUID) -> UUID | None:
    """The district desk of an area, as `Offices.desk_of`: asked for each hazard that is found, so neither people nor rows
    are read for it."""
    areas: dict[UUID, UUID | None] = {}
    desks: dict[UUID, UUID] = {}
    for row in run(_DESKS):
        areas[row.id] = row.parent_id
        if row.desk is not None:
            desks.setdefault(row.id, row.desk)
    return Offices({}, desks, areas, {}).desk_of(area_id)


def _offices(
    areas: Mapping[UUID, Area],
    organisations: Mapping[UUID, Organisation],
    people: Mapping[tuple[UUID, Role], set[UUID]],
) -> Offices:
    desks: dict[UUID, UUID] = {}
    for office in organisations.values():
        if office.is_desk:
            desks.setdefault(office.area_id, office.id)
    return Offices(
        {office.id: office.parent_id for office in organisations.values()},
        desks,
        {area.id: area.parent_id for area in areas.values()},
        {key: frozenset(persons) for key, persons in people.items()},
    )
