"""Reads for whoever looks after accounts, organisations, areas, duty lists and declarations. Long lists come in pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, tuple_

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.paging import Page
from inspect_app.kernel.spelling import as_mobile, folded, login_key, plain

from .models import (
    Account,
    AdministratorAct,
    Area,
    Duty,
    Organisation,
    OrganisationOfficer,
    OrganisationPower,
    Person,
    Recusal,
    SignIn,
    Station,
    Term,
)
from .rules import Role, Side


@dataclass(frozen=True)
class Entry:
    """An account as the list shows it, with the term that counts: the live one, else the next, else the last."""

    account: Account
    person: Person
    term: Term | None
    organisation: Organisation | None


@dataclass(frozen=True)
class Held:
    """A term with the names of where it is held."""

    term: Term
    organisation: Organisation
    area: Area
    station: Station | None

    def is_over(self, today: date) -> bool:
        return self.term.until is not None and self.term.until < today


def _named(words: str) -> ColumnElement[bool]:
    return or_(
        Person.holds(words),
        Account.login_key.contains(login_key(words), autoescape=True),
        Account.mobile.contains(as_mobile(words) or folded(words), autoescape=True),
    )


def accounts(words: str = "", role: str = "", after: str | None = None, size: int = 25) -> Page[Entry]:
    """Accounts by name, login or mobile number, in the order of their logins."""
    statement = select(Account, Person).join(Person, Person.id == Account.person_id)
    if folded(words):
        statement = statement.where(_named(words))
    if role in set(Role):
        today = clock.today()
        live = select(Term.person_id).where(Term.role == role, or_(Term.until.is_(None), Term.until >= today))
        statement = statement.where(Account.person_id.in_(live))
    if after:
        statement = statement.where(Account.login > after)
    found = db.session.execute(statement.order_by(Account.login).limit(size + 1)).all()
    terms = _newest_terms([person.id for _, person in found[:size]])
    rows = [Entry(account, person, *terms.get(person.id, (None, None))) for account, person in found[:size]]
    return Page(rows, rows[-1].account.login if len(found) > size else None)


def _newest_terms(person_ids: Sequence[UUID]) -> dict[UUID, tuple[Term, Organisation]]:
    today = clock.today()
    rows = db.session.execute(
        select(Term, Organisation)
        .join(Organisation, Organisation.id == Term.organisation_id)
        .where(Term.person_id.in_(person_ids))
        .order_by(Term.since, Term.id)
    )
    best: dict[UUID, tuple[Term, Organisation]] = {}
    for term, organisation in rows:
        live = term.since <= today and (term.until is None or term.until >= today)
        if live or term.person_id not in best or best[term.person_id][0].until is not None:
            best[term.person_id] = (term, organisation)
    return best


def account(account_id: UUID) -> Account:
    """One account; raises NotThere."""
    row = db.session.get(Account, account_id)
    if row is None:
        raise NotThere
    return row


def person(person_id: UUID) -> Person:
    """One person; raises NotThere."""
    row = db.session.get(Person, person_id)
    if row is None:
        raise NotThere
    return row


def terms_of(person_id: UUID) -> list[Held]:
    """Every term of a person, the newest first."""
    rows = db.session.execute(
        select(Term, Organisation, Area, Station)
        .join(Organisation, Organisation.id == Term.organisation_id)
        .join(Area, Area.id == Term.area_id)
        .outerjoin(Station, Station.id == Term.station_id)
        .where(Term.person_id == person_id)
        .order_by(Term.since.desc(), Term.id.desc())
    )
    return [Held(*row) for row in rows]


def term(term_id: UUID) -> Term:
    """One term; raises NotThere."""
    row = db.session.get(Term, term_id)
    if row is None:
        raise NotThere
    return row


def people_named(words: str, limit: int = 20) -> Sequence[tuple[Person, str]]:
    """People by part of a name or login, with their logins, to choose one of."""
    if not folded(words):
        return []
    rows = db.session.execute(
        select(Person, Account.login)
        .join(Account, Account.person_id == Person.id)
        .where(_named(words))
        .order_by(Person.name, Account.login)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def organisations() -> Sequence[Organisation]:
    """Every organisation, the congress side first."""
    return db.session.scalars(select(Organisation).order_by(Organisation.side, Organisation.name)).all()


def organisation(organisation_id: UUID) -> Organisation:
    """One organisation; raises NotThere."""
    row = db.session.get(Organisation, organisation_id)
    if row is None:
        raise NotThere
    return row


def powers(organisation_id: UUID | None = None) -> Sequence[OrganisationPower]:
    """The 权责清单 of one organisation or of all, with what has ended."""
    statement = select(OrganisationPower).order_by(OrganisationPower.since, OrganisationPower.power)
    if organisation_id is not None:
        statement = statement.where(OrganisationPower.organisation_id == organisation_id)
    return db.session.scalars(statement).all()


def names_of(person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names for showing who did what, in one query."""
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(set(person_ids))))
    return {row.id: row.name for row in rows}


def officers(organisation_id: UUID) -> Sequence[OrganisationOfficer]:
    """The officers of an organisation with their certificates, with those who are no more."""
    return db.session.scalars(
        select(OrganisationOfficer)
        .where(OrganisationOfficer.organisation_id == organisation_id)
        .order_by(OrganisationOfficer.until.is_not(None), OrganisationOfficer.name)
    ).all()


def officer(officer_id: UUID) -> OrganisationOfficer:
    """One officer of a list; raises NotThere."""
    row = db.session.get(OrganisationOfficer, officer_id)
    if row is None:
        raise NotThere
    return row


def power(power_id: UUID) -> OrganisationPower:
    """One entry of a 权责清单; raises NotThere."""
    row = db.session.get(OrganisationPower, power_id)
    if row is None:
        raise NotThere
    return row


def areas() -> Sequence[Area]:
    """Every area in the order of its code, so that each stands under the one it belongs to."""
    return db.session.scalars(select(Area).order_by(Area.code, Area.code_year)).all()


def live_areas() -> Sequence[Area]:
    """The areas that somebody or something can be put into today."""
    today = clock.today()
    return [row for row in areas() if row.valid_to is None or row.valid_to >= today]


def area(area_id: UUID) -> Area:
    """One area; raises NotThere."""
    row = db.session.get(Area, area_id)
    if row is None:
        raise NotThere
    return row


def stations() -> Sequence[tuple[Station, Area]]:
    """Every station with its area."""
    rows = db.session.execute(
        select(Station, Area).join(Area, Area.id == Station.area_id).order_by(Area.code, Station.name)
    )
    return [(row[0], row[1]) for row in rows]


def duties(since: date) -> Sequence[tuple[Duty, str, str]]:
    """The duty list from a day on: the line, the person's name, the area's."""
    rows = db.session.execute(
        select(Duty, Person.name, Area.name)
        .join(Person, Person.id == Duty.person_id)
        .join(Area, Area.id == Duty.area_id)
        .where(Duty.until >= since)
        .order_by(Duty.since, Area.code, Person.name)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def duty(duty_id: UUID) -> Duty:
    """One line of the duty list; raises NotThere."""
    row = db.session.get(Duty, duty_id)
    if row is None:
        raise NotThere
    return row


def recusals(limit: int = 200) -> Sequence[tuple[Recusal, str]]:
    """What was declared, newest first, with the person's name."""
    rows = db.session.execute(
        select(Recusal, Person.name)
        .join(Person, Person.id == Recusal.person_id)
        .order_by(Recusal.declared_at.desc(), Recusal.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def recusal(recusal_id: UUID) -> Recusal:
    """One declaration; raises NotThere."""
    row = db.session.get(Recusal, recusal_id)
    if row is None:
        raise NotThere
    return row


def sign_ins(words: str = "", result: str = "", after: str | None = None, size: int = 50) -> Page[SignIn]:
    """The sign-in log, newest first, by account or address, all or only what failed or worked."""
    statement = select(SignIn)
    if part := plain(words):
        statement = statement.where(
            or_(SignIn.typed.icontains(part, autoescape=True), SignIn.address.contains(part, autoescape=True))
        )
    if result in ("ok", "failed"):
        statement = statement.where(SignIn.ok.is_(result == "ok"))
    if after:
        statement = statement.where(tuple_(SignIn.at, SignIn.id) < tuple_(*_cursor(after)))
    found = db.session.scalars(statement.order_by(SignIn.at.desc(), SignIn.id.desc()).limit(size + 1)).all()
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], f"{last.at.isoformat()}_{last.id}" if last else None)


@dataclass(frozen=True)
class Act:
    """One act of an administrator as the log shows it."""

    row: AdministratorAct
    by: str


def acts(words: str = "", after: str | None = None, size: int = 50, about: Iterable[UUID] | None = None) -> Page[Act]:
    """What administrators changed, newest first, by who or what; or `about` certain rows alone."""
    statement = select(AdministratorAct, Person.name).join(Person, Person.id == AdministratorAct.person_id)
    if folded(words):
        named = AdministratorAct.subject_name.icontains(plain(words), autoescape=True)
        statement = statement.where(or_(Person.holds(words), named))
    if about is not None:
        statement = statement.where(AdministratorAct.subject_id.in_([str(row) for row in about]))
    if after:
        statement = statement.where(tuple_(AdministratorAct.at, AdministratorAct.id) < tuple_(*_cursor(after)))
    found = db.session.execute(
        statement.order_by(AdministratorAct.at.desc(), AdministratorAct.id.desc()).limit(size + 1)
    ).all()
    rows = [Act(row, name) for row, name in found[:size]]
    last = rows[-1].row if len(found) > size else None
    return Page(rows, f"{last.at.isoformat()}_{last.id}" if last else None)


def _cursor(after: str) -> tuple[datetime, UUID]:
    at, _, row_id = after.partition("_")
    try:
        return datetime.fromisoformat(at), UUID(row_id)
    except ValueError:
        raise NotThere from None


def colliding() -> list[list[tuple[Account, str]]]:
    """Accounts that nobody could tell apart by what is typed: logins of one key, and a login that is another's mobile
    number. They were made before there was one form; each signs in by its exact form until somebody corrects it."""
    by_key: dict[str, dict[UUID, tuple[Account, str]]] = {}
    rows = db.session.execute(select(Account, Person.name).join(Person, Person.id == Account.person_id))
    for account, name in rows:
        for typed in {account.login, account.mobile or account.login}:
            key = as_mobile(typed) or login_key(typed)
            by_key.setdefault(key, {})[account.id] = (account, name)
    return [list(found.values()) for _, found in sorted(by_key.items()) if len(found) > 1]


def station(station_id: UUID) -> Station:
    """One station; raises NotThere."""
    row = db.session.get(Station, station_id)
    if row is None:
        raise NotThere
    return row


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


def account_of(person_id: UUID) -> UUID | None:
    """The account a person signs in with."""
    return db.session.scalar(
        select(Account.id).where(Account.person_id == person_id).order_by(Account.made_at).limit(1)
    )
