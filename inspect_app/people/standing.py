"""Accounts as they stand, all at once: plain values with every term. Reads."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select, true

from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import sha256_hex

from .models import Account, Person, RoleTerm


@dataclass(frozen=True)
class TermSaid:
    """A term as it is to stand, already checked."""

    role: str
    organisation_id: UUID
    area_id: UUID
    level: str
    congress_term: str
    station_id: UUID | None
    since: date
    until: date | None


@dataclass(frozen=True)
class StandingTerm:
    """A term that is there."""

    id: UUID
    said: TermSaid


@dataclass(frozen=True)
class StandingAccount:
    """An account with its person and all of the person's terms, in the order of their days."""

    id: UUID
    person_id: UUID
    name: str
    login: str
    mobile: str | None
    terms: tuple[StandingTerm, ...]

    def seal(self) -> str:
        """A hash of all of it: the same as long as nobody has changed anything."""
        return sha256_hex(repr(asdict(self)).encode())


def standing_accounts() -> list[StandingAccount]:
    """Every account there is."""
    return _read(true())


def standing_accounts_of(account_ids: Sequence[UUID]) -> dict[UUID, StandingAccount]:
    """Certain accounts by their ids."""
    return {one.id: one for one in _read(Account.id.in_(list(account_ids)))}


def _read(which: ColumnElement[bool]) -> list[StandingAccount]:
    accounts = select(Account.id, Person.id, Person.name, Account.login, Account.mobile).join(
        Person, Person.id == Account.person_id
    )
    found = db.session.execute(accounts.where(which)).all()
    terms: dict[UUID, list[StandingTerm]] = {}
    held = select(RoleTerm).join(Account, Account.person_id == RoleTerm.person_id).where(which)
    for term in db.session.scalars(
        held.order_by(RoleTerm.since, RoleTerm.id).execution_options(populate_existing=True)
    ):
        said = TermSaid(
            term.role, term.organisation_id, term.area_id, term.level, term.congress_term, term.station_id, term.since, term.until
        )  # fmt: skip
        terms.setdefault(term.person_id, []).append(StandingTerm(term.id, said))
    return [StandingAccount(*row, tuple(terms.get(row[1], ()))) for row in found]
