"""Reads of people, their accounts and their terms, for whoever looks after them; the long list comes in pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from inspect_app.kernel import clock
from inspect_app.kernel.columns import not_ended
from inspect_app.kernel.database import db, there
from inspect_app.kernel.paging import Page
from inspect_app.kernel.spelling import as_mobile, folded, login_key

from .models import Account, Area, Organisation, Person, RoleTerm, Station
from .rules import Role


@dataclass(frozen=True)
class AccountEntry:
    """An account as the list shows it, with the term that counts: the live one, else the next, else the last."""

    account: Account
    person: Person
    term: RoleTerm | None
    organisation: Organisation | None


@dataclass(frozen=True)
class HeldTerm:
    """A term with the names of where it is held."""

    term: RoleTerm
    organisation: Organisation
    area: Area
    station: Station | None

    def is_over(self, today: date) -> bool:
        """Whether the term ended before that day; its last day still counts."""
        return self.term.until is not None and self.term.until < today


def _named(words: str) -> ColumnElement[bool]:
    return or_(
        Person.holds(words),
        Account.login_key.contains(login_key(words), autoescape=True),
        Account.mobile.contains(as_mobile(words) or folded(words), autoescape=True),
    )


def accounts(words: str = "", role: str = "", after: str | None = None, size: int = 25) -> Page[AccountEntry]:
    """Accounts by name, login or mobile number, in the order of their logins."""
    statement = select(Account, Person).join(Person, Person.id == Account.person_id)
    if folded(words):
        statement = statement.where(_named(words))
    if role in set(Role):
        live = select(RoleTerm.person_id).where(RoleTerm.role == role, not_ended(RoleTerm, clock.today()))
        statement = statement.where(Account.person_id.in_(live))
    if after:
        statement = statement.where(Account.login > after)
    found = db.session.execute(statement.order_by(Account.login).limit(size + 1)).all()
    terms = _newest_terms([person.id for _, person in found[:size]])
    rows = [AccountEntry(account, person, *terms.get(person.id, (None, None))) for account, person in found[:size]]
    return Page(rows, rows[-1].account.login if len(found) > size else None)


def _newest_terms(person_ids: Sequence[UUID]) -> dict[UUID, tuple[RoleTerm, Organisation]]:
    today = clock.today()
    rows = db.session.execute(
        select(RoleTerm, Organisation)
        .join(Organisation, Organisation.id == RoleTerm.organisation_id)
        .where(RoleTerm.person_id.in_(person_ids))
        .order_by(RoleTerm.since, RoleTerm.id)
    )
    best: dict[UUID, tuple[RoleTerm, Organisation]] = {}
    for term, organisation in rows:
        live = term.since <= today and (term.until is None or term.until >= today)
        if live or term.person_id not in best or best[term.person_id][0].until is not None:
            best[term.person_id] = (term, organisation)
    return best


def account(account_id: UUID) -> Account:
    """One account; raises NotThere."""
    return there(Account, account_id)


def person(person_id: UUID) -> Person:
    """One person; raises NotThere."""
    return there(Person, person_id)


def terms_of(person_id: UUID) -> list[HeldTerm]:
    """Every term of a person, the newest first."""
    rows = db.session.execute(
        select(RoleTerm, Organisation, Area, Station)
        .join(Organisation, Organisation.id == RoleTerm.organisation_id)
        .join(Area, Area.id == RoleTerm.area_id)
        .outerjoin(Station, Station.id == RoleTerm.station_id)
        .where(RoleTerm.person_id == person_id)
        .order_by(RoleTerm.since.desc(), RoleTerm.id.desc())
    )
    return [HeldTerm(*row) for row in rows]


def term(term_id: UUID) -> RoleTerm:
    """One term; raises NotThere."""
    return there(RoleTerm, term_id)


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


def names_of(person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names for showing who did what, in one query."""
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(set(person_ids))))
    return {row.id: row.name for row in rows}


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


def account_of(person_id: UUID) -> UUID | None:
    """The account a person signs in with."""
    return db.session.scalar(
        select(Account.id).where(Account.person_id == person_id).order_by(Account.made_at).limit(1)
    )
