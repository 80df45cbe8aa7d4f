"""Reads of people: who somebody is today, who is on duty, who may be asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, or_, select

from inspect_app.kernel import clock
from inspect_app.kernel.columns import holds_on
from inspect_app.kernel.database import db, run
from inspect_app.kernel.spelling import as_mobile, login_key, plain

from .areas import areas_above, areas_below
from .models import Account, Area, Duty, Organisation, OrganisationPower, Person, RoleTerm
from .powers import powers_of
from .rules import DEMO_SOURCE, Role, Scope, Side

_WHO = (
    select(
        Person.id,
        Person.name,
        RoleTerm.role,
        RoleTerm.id.label("term_id"),
        Organisation.id.label("organisation_id"),
        Organisation.name.label("organisation_name"),
        Organisation.side,
        Area.id.label("area_id"),
        Area.kind,
        Organisation.phone,
        RoleTerm.until,
    )
    .select_from(Account)
    .join(Person, Person.id == Account.person_id)
    .join(RoleTerm, RoleTerm.person_id == Person.id)
    .join(Organisation, Organisation.id == RoleTerm.organisation_id)
    .join(Area, Area.id == RoleTerm.area_id)
    .where(Account.id == bindparam("account"))
)
_NEWEST_TERM = (
    _WHO.where(Account.active, holds_on(RoleTerm, bindparam("day")))
    .order_by(RoleTerm.since.desc(), RoleTerm.id.desc())
    .limit(1)
)
_ENDED_TERM = (
    _WHO.where(Account.active, RoleTerm.until < bindparam("day"))
    .order_by(RoleTerm.until.desc(), RoleTerm.id.desc())
    .limit(1)
)
_THIS_TERM = _WHO.where(RoleTerm.id == bindparam("term"))
_DEPUTY_ON = (
    select(RoleTerm.id)
    .join(Account, Account.person_id == RoleTerm.person_id)
    .where(Account.id == bindparam("account"), RoleTerm.role == Role.DEPUTY, holds_on(RoleTerm, bindparam("day")))
    .order_by(RoleTerm.since.desc(), RoleTerm.id.desc())
    .limit(1)
)
_HOLD = select(Account.id).where(Account.id == bindparam("account")).with_for_update(key_share=True)


def scope_for(account_id: UUID, on: date) -> Scope | None:
    """Who an account is on a day: its person's newest live term. None without one: no term, no access."""
    return _scope(account_id, run(_NEWEST_TERM, {"account": account_id, "day": on}).first(), on)


def scope_after(account_id: UUID, on: date) -> Scope | None:
    """Who an account was under the term of its person that ended last: for what was written down before it ended."""
    return _scope(account_id, run(_ENDED_TERM, {"account": account_id, "day": on}).first(), on)


@dataclass(frozen=True)
class Ended:
    """A term that has ended, for whoever holds none any more: as what, where, until when."""

    role: Role
    until: date
    organisation: str
    phone: str


def term_ended(account_id: UUID, on: date) -> Ended | None:
    """The term of an account's person that ended last."""
    row = run(_ENDED_TERM, {"account": account_id, "day": on}).first()
    return Ended(Role(row.role), row.until, row.organisation_name, row.phone) if row else None


def scope_under(account_id: UUID, term_id: UUID, on: date) -> Scope | None:
    """Who an account was under a certain term, with the powers of a day; also if the account is closed by now."""
    return _scope(account_id, run(_THIS_TERM, {"account": account_id, "term": term_id}).first(), on)


def deputy_on(account_id: UUID, day: date) -> UUID | None:
    """The term under which somebody was a deputy on a day; None if they were none."""
    found: UUID | None = run(_DEPUTY_ON, {"account": account_id, "day": day}).scalar()
    return found


def _scope(account_id: UUID, row: Row[Any] | None, on: date) -> Scope | None:
    if row is None:
        return None
    side = Side(row.side)
    return Scope(
        account_id=account_id,
        person_id=row.id,
        person_name=row.name,
        role=Role(row.role),
        term_id=row.term_id,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation_name,
        side=side,
        area_id=row.area_id,
        area_ids=areas_below(row.area_id),
        whole_district=row.kind == "district",
        # Congress offices hold none (grant_power refuses), and most requests are theirs.
        powers=powers_of(row.organisation_id, on) if side is Side.GOVERNMENT else frozenset(),
    )


def hold_account(account_id: UUID) -> None:
    """Lock an account until the transaction ends: what its phones send is taken in one request after another."""
    run(_HOLD, {"account": account_id})


def by_login(typed: str) -> Account | None:
    """The account of a name or mobile number however it was typed.

    Its exact form first: logins of before that differ in case or width alone are told apart by nothing else.
    """
    exact, mobile = plain(typed), as_mobile(typed)
    found = db.session.scalar(select(Account).where(Account.login == exact))
    if found is None and mobile:
        found = db.session.scalar(select(Account).where(Account.mobile == mobile))
    if found is None:
        alike = db.session.scalars(select(Account).where(Account.login_key == login_key(typed)).limit(2)).all()
        found = alike[0] if len(alike) == 1 else None
    return found


def people_with(role: Role, area_ids: frozenset[UUID] | None = None) -> Sequence[tuple[Person, RoleTerm, Organisation]]:
    """Everybody who holds a role today, in some areas or anywhere."""
    return people_with_any((role,), area_ids)


def people_with_any(
    roles: Iterable[Role], area_ids: frozenset[UUID] | None = None
) -> Sequence[tuple[Person, RoleTerm, Organisation]]:
    """Everybody who holds one of some roles today, by their names."""
    statement = (
        select(Person, RoleTerm, Organisation)
        .join(RoleTerm, RoleTerm.person_id == Person.id)
        .join(Organisation, Organisation.id == RoleTerm.organisation_id)
        .where(RoleTerm.role.in_(tuple(roles)), holds_on(RoleTerm, clock.today()))
        .order_by(Person.name)
    )
    if area_ids is not None:
        statement = statement.where(RoleTerm.area_id.in_(area_ids))
    return [(row[0], row[1], row[2]) for row in db.session.execute(statement)]


def accounts_of(person_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """The accounts of people, closed ones too: what was sent from one stays theirs."""
    found: dict[UUID, set[UUID]] = {person: set() for person in person_ids}
    for row in db.session.execute(select(Account.id, Account.person_id).where(Account.person_id.in_(set(found)))):
        found[row.person_id].add(row.id)
    return found


def mates_of(scope: Scope, day: date) -> dict[UUID, str]:
    """Whom a deputy may go with on a day, with their names: deputies of the same committee or station, not the whole
    district."""
    mine = select(RoleTerm.station_id).where(RoleTerm.id == scope.term_id).scalar_subquery()
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(RoleTerm, RoleTerm.person_id == Person.id)
        .where(
            RoleTerm.role == Role.DEPUTY,
            holds_on(RoleTerm, day),
            Person.id != scope.person_id,
            or_(RoleTerm.organisation_id == scope.organisation_id, RoleTerm.station_id == mine),
        )
        .order_by(Person.name)
    )
    return {row.id: row.name for row in rows}


def on_duty(area_id: UUID, day: date) -> list[UUID]:
    """Person ids on the duty list of an area that day, each once; all supervisors in charge of it when the list is empty."""
    listed = db.session.scalars(
        select(Duty.person_id).where(Duty.area_id == area_id, Duty.since <= day, Duty.until >= day).distinct()
    ).all()
    return list(listed) or supervisors_of(area_id)


def supervisors_of(area_id: UUID) -> list[UUID]:
    """Person ids of every supervisor who sees an area today, each once, by their names."""
    return list(dict.fromkeys(person.id for person, *_ in people_with(Role.SUPERVISOR, areas_above(area_id))))


def handlers() -> Sequence[Organisation]:
    """Organisations of the government side that something can be handed to."""
    return db.session.scalars(
        select(Organisation).where(Organisation.side == Side.GOVERNMENT).order_by(Organisation.name)
    ).all()


def holds_demo() -> bool:
    """Whether the database holds the demo district: the powers of its offices say so."""
    of_demo = select(OrganisationPower.id).where(OrganisationPower.source.like(f"%{DEMO_SOURCE}")).limit(1)
    return db.session.scalar(of_demo) is not None


def emergency_numbers(area_id: UUID) -> list[tuple[str, str]]:
    """(name, number) behind the red button: 119, the gas company and the duty number of the nearest area that has one."""
    area = db.session.get(Area, area_id)
    gas = duty = ""
    while area is not None:
        gas, duty = gas or area.gas_phone, duty or area.duty_phone
        area = db.session.get(Area, area.parent_id) if area.parent_id else None
    return _numbers(gas, duty)


def district_numbers() -> list[tuple[str, str]]:
    """The same for somebody of whom nothing is known: the district's own numbers, or the only one there is in it. Which of
    several streets is near nobody can say here."""
    areas = db.session.scalars(select(Area)).all()

    def only(name: str) -> str:
        own = {getattr(area, name) for area in areas if area.parent_id is None} - {""}
        found = own or {getattr(area, name) for area in areas} - {""}
        return found.pop() if len(found) == 1 else ""

    return _numbers(only("gas_phone"), only("duty_phone"))


def _numbers(gas: str, duty: str) -> list[tuple[str, str]]:
    named = (("火警、救人", "119"), ("燃气公司", gas), ("街道值班", duty))
    return [(name, number) for name, number in named if number]
