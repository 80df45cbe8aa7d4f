"""The only writers of people, accounts, duty lists and declarations. Terms: appointing.py."""

import secrets
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from inspect_app.kernel import clock, spelling
from inspect_app.kernel.database import db
from inspect_app.kernel.deadlines import check_deadline
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.limits import shortened

from . import sessions
from .appointing import appoint, check_term
from .models import Account, Area, Duty, Person, Recusal
from .passwords import check_new_password, first_password, hashed, matches
from .rules import Role
from .signing_in import SignIn


def create_account(
    *,
    name: str,
    login: str,
    role: Role,
    organisation_id: UUID,
    area_id: UUID,
    since: date,
    mobile: str = "",
    until: date | None = None,
    level: str = "区",
    congress_term: str = "",
    station_id: UUID | None = None,
    password: str | None = None,
    demo: bool = False,
    so_far: Faults | None = None,
) -> tuple[Account, str]:
    """A person with an account and a first term; returns the account and its first password, to be changed at once.

    Raises Refused with everything that is wrong; `so_far` is what was wrong before anything could be looked at.
    """
    faults = so_far or Faults()
    name, login, number = _checked_names(faults, name, login, mobile)
    check_term(faults, role, organisation_id, area_id, since, until, level, station_id)
    faults.refuse()
    person = _add_person(name, number)
    first = password or first_password()
    account = _add_account(person, login, number, first, demo=demo)
    appoint(
        person.id,
        role,
        organisation_id=organisation_id,
        area_id=area_id,
        since=since,
        until=until,
        level=level,
        congress_term=congress_term,
        station_id=station_id,
    )
    return account, first


def _add_person(name: str, number: str | None) -> Person:
    person = Person(name=name, phone=number or "")
    db.session.add(person)
    db.session.flush()
    return person


def _add_account(person: Person, login: str, number: str | None, password: str, *, demo: bool) -> Account:
    account = Account(
        person_id=person.id,
        login=login,
        mobile=number,
        password=hashed(password),
        fs_uniquifier=secrets.token_hex(32),
        must_change_password=not demo,
        is_demo=demo,
        made_at=clock.now(),
    )
    db.session.add(account)
    return account


def _checked_names(
    faults: Faults, name: str, login: str, mobile: str, own: Account | None = None
) -> tuple[str, str, str | None]:
    """Name, login and mobile number in their one form; faults for what is none or is somebody else's already.

    A login that is left as it stands is not judged: those of before are theirs until they are corrected.
    """
    clean = faults.of(spelling.name, name, lack="请写姓名。", limit="person")
    kept = own.login if own is not None and login.strip() == own.login else faults.of(spelling.login, login)
    number = faults.of(spelling.mobile, mobile) if spelling.plain(mobile) else None
    others = select(Account.id).where(Account.id != own.id) if own is not None else select(Account.id)
    if kept and (own is None or kept != own.login):
        taken = or_(Account.login == kept, Account.login_key == spelling.login_key(kept))
        faults.need(db.session.scalar(others.where(taken)) is None, "这个账号已经有人用了，换一个。", "login")
    if number:
        taken = or_(Account.mobile == number, Account.login_key == number)
        faults.need(db.session.scalar(others.where(taken)) is None, "这个手机号已经有人用了。", "mobile")
    return clean or "", kept or "", number


def correct_account(account: Account, *, name: str, login: str, mobile: str) -> None:
    """Set right what somebody is called and signs in with. Sessions, password and everything done so far stay."""
    faults = Faults()
    name, login, number = _checked_names(faults, name, login, mobile, own=account)
    faults.refuse()
    person = db.session.get_one(Person, account.person_id)
    if person.phone in ("", account.mobile):
        person.phone = number or ""
    person.name, account.login, account.mobile = name, login, number
    db.session.flush()


def reset_password(account: Account) -> str:
    """A new first password; every session of the account ends."""
    first = first_password()
    account.password, account.must_change_password = hashed(first), True
    end_sessions(account)
    return first


def checked_password(account: Account, *, new: str) -> str:
    """The hash of one's own new password. Reads only: hashing is slow by design and must not hold a write lock.

    Raises Refused where it is too easy to guess.
    """
    check_new_password(new, account.login, account.mobile or "", account.person.name)
    if matches(new, account.password):
        raise Refused("新密码要和现在的不一样。", field="new")
    return hashed(new)


def set_password(account: Account, new_hash: str) -> None:
    """Set one's own new password; every other session of the account ends."""
    account.password, account.must_change_password = new_hash, False
    end_sessions(account)


def end_sessions(account: Account, *, forget_browsers: bool = False) -> None:
    """End all sessions of the account, with their next request."""
    account.fs_uniquifier = secrets.token_hex(32)
    sessions.end_all(account.id, forget_browsers=forget_browsers)
    db.session.flush()


def set_active(account: Account, active: bool) -> None:
    """Let an account in or keep it out; either way its open sessions end."""
    account.active = active
    end_sessions(account)


def record_sign_in(*, typed: str, account: Account | None, ok: bool, why: str, address: str, agent: str) -> None:
    """Write a line of the sign-in log."""
    db.session.add(
        SignIn(
            typed=shortened(typed, "account"),
            account_id=account.id if account else None,
            ok=ok,
            why=why,
            at=clock.now(),
            address=address,
            agent=shortened(agent, "agent"),
        )
    )
    db.session.flush()


def _hold(model: type[Area | Person], identity: UUID) -> None:
    """Lock a row: of two who enter the same under it at once the second finds what the first has entered."""
    db.session.execute(select(model.id).where(model.id == identity).with_for_update(key_share=True))


def set_duty(area_id: UUID, person_id: UUID, *, since: date, until: date) -> Duty:
    """Puts a person on the duty list of an area."""
    if until < since:
        raise Refused("结束日期不能早于开始日期。", field="until")
    check_deadline(until, "值班的结束日期", "until", today=clock.today())
    _hold(Area, area_id)
    twice = select(Duty.id).where(
        Duty.area_id == area_id, Duty.person_id == person_id, Duty.since <= until, Duty.until >= since
    )
    if db.session.scalar(twice) is not None:
        raise Refused("这个人这几天已经排在这个片区了。", field="person_id")
    row = Duty(area_id=area_id, person_id=person_id, since=since, until=until)
    db.session.add(row)
    db.session.flush()
    return row


def end_duty(row: Duty, today: date) -> None:
    """Take a line off the duty list from today on; one that had not begun goes altogether."""
    if row.since >= today:
        db.session.delete(row)
    else:
        row.until = min(row.until, today - timedelta(days=1))
    db.session.flush()


def declare_recusal(person_id: UUID, *, premises_id: UUID | None, party_id: UUID | None, reason: str) -> Recusal:
    """回避: from now on the person is given neither visit nor verification there."""
    faults = Faults()
    faults.need(db.session.get(Person, person_id), "请选是谁要回避。", "person_id")
    faults.need(premises_id or party_id, "请选要回避的场所。", "premises_id")
    faults.need(reason.strip(), "请写一句为什么回避。", "reason")
    faults.refuse()
    _hold(Person, person_id)
    same = select(Recusal.id).where(
        Recusal.person_id == person_id, Recusal.premises_id == premises_id, Recusal.party_id == party_id
    )
    if db.session.scalar(same) is not None:
        raise Refused("这一条已经登记过。", field="premises_id")
    row = Recusal(
        person_id=person_id, premises_id=premises_id, party_id=party_id, declared_at=clock.now(), reason=reason.strip()
    )
    db.session.add(row)
    db.session.flush()
    return row


def withdraw_recusal(row: Recusal) -> None:
    """Withdraw a declaration: the tie is gone. What was decided under it stays in the chain."""
    db.session.delete(row)
    db.session.flush()
