"""Many accounts at once: made ready first, slow hashes with them, then all of them or none in one short transaction.

What an administrator makes so stands in the log like what is made in a form (acts.py).
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, put_ready, slices
from inspect_app.kernel.folding import fold_words
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.spelling import login_key

from . import actions, appointing
from .acts import AdministratorAct, made, stop_watching, watch
from .models import Account, Person, RoleTerm
from .standing import TermSaid


class PeopleMoved(Exception):  # noqa: N818  # no fault: whoever brought the accounts looks again
    """Somebody has changed the accounts since they were compared; nothing was written."""


@dataclass(frozen=True)
class AccountSaid:
    """An account that is to be made, with its first term and the hash of its first password."""

    name: str
    login: str
    mobile: str | None
    password_hash: str
    term: TermSaid


@dataclass(frozen=True)
class AccountChange:
    """What is to change of an account: its mobile number, a further term, a term that stands otherwise (its id). `seal` is the one
    under which it was compared."""

    account_id: UUID
    seal: str
    mobile: str | None
    new_term: TermSaid | None
    term_id: UUID | None
    term: TermSaid | None


class ManyAccounts:
    """New accounts and changes of accounts, ready to be written together; `by` is the administrator's own person."""

    def __init__(self, by: UUID, new: Sequence[AccountSaid], changes: Sequence[AccountChange]) -> None:
        self._by, self._changes = by, changes
        people, accounts, terms, acts = [], [], [], []
        for one in new:
            person_id = new_id()
            people.append({
                "id": person_id, "name": one.name, "phone": one.mobile or "", "folded": fold_words(one.name),
            })  # fmt: skip
            accounts.append(_account(person_id, one))
            terms.append(_term(person_id, one.term))
            made_rows = (("person", people, one.name), ("account", accounts, one.login), ("term", terms, one.name))
            acts += [made(by, kind, rows[-1], name) for kind, rows, name in made_rows]
        persons = _persons_of([one.account_id for one in changes])
        for change in changes:
            if change.new_term is not None:
                person_id, name = persons[change.account_id]
                terms.append(_term(person_id, change.new_term))
                acts.append(made(by, "term", terms[-1], name))
        self._logins = [row["login_key"] for row in accounts]
        self._mobiles = [one.mobile for one in new if one.mobile]
        self._puts: list[Callable[[], None]] = [
            put_ready(Person, people), put_ready(Account, accounts), put_ready(RoleTerm, terms),
            put_ready(AdministratorAct, acts),
        ]  # fmt: skip

    def write(self, seals: Callable[[Sequence[UUID]], Mapping[UUID, str]]) -> None:
        """Write all; `seals` says how accounts stand now. Raises PeopleMoved where a login or a number is somebody's by now, or one
        of those that are to be changed has been changed."""
        ids = [one.account_id for one in self._changes]
        for some in slices(sorted(ids)):
            held = select(Account.id).where(Account.id.in_(some)).order_by(Account.id).with_for_update(key_share=True)
            db.session.execute(held).all()
        now = seals(ids)
        if any(now.get(one.account_id) != one.seal for one in self._changes):
            raise PeopleMoved
        taken = or_(Account.login_key.in_([*self._logins, *self._mobiles]), Account.mobile.in_(self._mobiles))
        if db.session.scalar(select(Account.id).where(taken).limit(1)) is not None:
            raise PeopleMoved
        for put in self._puts:
            put()
        watch(self._by)
        try:
            for one in self._changes:
                self._change(one)
        finally:
            stop_watching()

    def _change(self, one: AccountChange) -> None:
        if one.mobile is not None:
            account = db.session.get_one(Account, one.account_id)
            actions.correct_account(account, name=account.person.name, login=account.login, mobile=one.mobile)
        if one.term_id is not None and one.term is not None:
            term, said = db.session.get_one(RoleTerm, one.term_id), one.term
            appointing.correct_term(
                term, area_id=said.area_id, level=said.level, congress_term=said.congress_term, station_id=said.station_id, by=self._by
            )  # fmt: skip
            if said.until is not None and said.until != term.until:
                appointing.end_term(term, said.until, by=self._by)


def _persons_of(account_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Account → its person's id and name."""
    found = select(Account.id, Person.id, Person.name).join(Person, Person.id == Account.person_id)
    rows = db.session.execute(found.where(Account.id.in_(account_ids)))
    return {row[0]: (row[1], row[2]) for row in rows}


def _account(person_id: UUID, one: AccountSaid) -> dict[str, Any]:
    return {
        "id": new_id(), "person_id": person_id, "login": one.login, "login_key": login_key(one.login), "mobile": one.mobile,
        "password": one.password_hash, "active": True, "fs_uniquifier": secrets.token_hex(32), "must_change_password": True,
        "tf_totp_secret": None, "tf_new_secret": None, "tf_last_counter": None, "is_demo": False, "made_at": clock.now(),
    }  # fmt: skip


def _term(person_id: UUID, one: TermSaid) -> dict[str, Any]:
    return {
        "id": new_id(), "person_id": person_id, "role": one.role, "organisation_id": one.organisation_id, "area_id": one.area_id,
        "level": one.level, "congress_term": one.congress_term, "station_id": one.station_id, "since": one.since,
        "until": one.until,
    }  # fmt: skip
