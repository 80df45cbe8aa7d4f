"""The only writers of people, accounts, terms, organisations and duty lists."""

import secrets
from datetime import date
from uuid import UUID

from flask_security.utils import hash_password, verify_password
from sqlalchemy import or_, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.ids import new_code

from .models import Account, Area, Duty, Organisation, OrganisationPower, Person, SignIn, Term
from .rules import Power, Role, Side, check_mobile, check_new_password


def create_account(
    *, name: str, login: str, role: Role, organisation_id: UUID, area_id: UUID, since: date,
    mobile: str = "", until: date | None = None, level: str = "", password: str | None = None, demo: bool = False,
) -> tuple[Account, str]:  # fmt: skip
    """A person with an account and a first term; returns the account and its first password, to be changed at once."""
    name, login = name.strip(), login.strip()
    if not name:
        raise Refused("请写姓名。", field="name")
    if not (3 <= len(login) <= 40) or not login.replace("_", "").replace("-", "").isalnum():
        raise Refused("账号用 3 到 40 个字母或数字。", field="login")
    number = check_mobile(mobile) if mobile.strip() else None
    taken = select(Account.id).where(or_(Account.login == login, Account.mobile == (number or "-")))
    if db.session.scalar(taken) is not None:
        raise Refused("这个账号或手机号已经有人用了。", field="login")
    person = Person(name=name, phone=number or "")
    db.session.add(person)
    db.session.flush()
    first = password or f"{new_code(4)}-{new_code(4)}-{new_code(4)}"
    account = Account(
        person_id=person.id,
        login=login,
        mobile=number,
        password=hash_password(first),
        fs_uniquifier=secrets.token_hex(32),
        must_change_password=not demo,
        is_demo=demo,
        made_at=clock.now(),
    )
    db.session.add(account)
    appoint(person.id, role, organisation_id=organisation_id, area_id=area_id, since=since, until=until, level=level)
    return account, first


def appoint(
    person_id: UUID, role: Role, *, organisation_id: UUID, area_id: UUID, since: date, until: date | None = None,
    level: str = "",
) -> Term:  # fmt: skip
    """A new term; one side of the house cannot hold a role of the other."""
    organisation = db.session.get_one(Organisation, organisation_id)
    if role is Role.HANDLER and organisation.side != Side.GOVERNMENT:
        raise Refused("承办人要在政府侧的单位。", field="organisation_id")
    if role is Role.DEPUTY and organisation.side != Side.CONGRESS:
        raise Refused("代表要挂在人大侧的单位。", field="organisation_id")
    if until is not None and until < since:
        raise Refused("结束日期不能早于开始日期。", field="until")
    term = Term(
        person_id=person_id, role=role, organisation_id=organisation_id, area_id=area_id, since=since, until=until, level=level
    )  # fmt: skip
    db.session.add(term)
    db.session.flush()
    return term


def end_term(term: Term, until: date) -> None:
    """The term ends with that day."""
    if until < term.since:
        raise Refused("结束日期不能早于开始日期。", field="until")
    term.until = until
    db.session.flush()


def reset_password(account: Account) -> str:
    """A new first password; every session of the account ends."""
    first = f"{new_code(4)}-{new_code(4)}-{new_code(4)}"
    account.password, account.must_change_password = hash_password(first), True
    end_sessions(account)
    return first


def change_password(account: Account, *, old: str, new: str) -> None:
    """One's own new password; every other session of the account ends."""
    if not verify_password(old, account.password):
        raise Refused("现在的密码不对。", field="old")
    check_new_password(new, account.login)
    if verify_password(new, account.password):
        raise Refused("新密码要和现在的不一样。", field="new")
    account.password, account.must_change_password = hash_password(new), False
    end_sessions(account)


def end_sessions(account: Account) -> None:
    """All sessions of the account end with their next request."""
    account.fs_uniquifier = secrets.token_hex(32)
    db.session.flush()


def set_active(account: Account, active: bool) -> None:
    account.active = active
    end_sessions(account)


def record_sign_in(*, typed: str, account: Account | None, ok: bool, why: str, address: str, agent: str) -> None:
    """One line of the sign-in log."""
    db.session.add(
        SignIn(
            typed=typed[:80], account_id=account.id if account else None, ok=ok, why=why, at=clock.now(),
            address=address[:64], agent=agent[:300],
        )
    )  # fmt: skip
    db.session.flush()


def create_organisation(
    *, name: str, short_name: str, side: Side, area_id: UUID, letter_code: str, phone: str = "", is_desk: bool = False,
    parent_id: UUID | None = None,
) -> Organisation:  # fmt: skip
    """An office of one side of the house."""
    if not name.strip() or not letter_code.strip():
        raise Refused("请写单位名称和机关代字。", field="name")
    if db.session.scalar(select(Organisation.id).where(Organisation.name == name.strip())):
        raise Refused("已经有一个同名的单位。", field="name")
    row = Organisation(
        name=name.strip(), short_name=short_name.strip() or name.strip(), side=side, area_id=area_id,
        letter_code=letter_code.strip(), phone=phone.strip(), is_desk=is_desk, parent_id=parent_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def grant_power(organisation_id: UUID, power: Power, *, since: date, source: str, until: date | None = None) -> None:
    """A dated entry of the 权责清单, with its source. Congress offices hold none."""
    organisation = db.session.get_one(Organisation, organisation_id)
    if organisation.side != Side.GOVERNMENT:
        raise Refused("人大侧的单位没有执法职权，不能登记。", field="power")
    if not source.strip():
        raise Refused("请写职权的出处。", field="source")
    db.session.add(
        OrganisationPower(organisation_id=organisation_id, power=power, since=since, until=until, source=source.strip())
    )
    db.session.flush()


def set_duty(area_id: UUID, person_id: UUID, *, since: date, until: date) -> Duty:
    """Puts a person on the duty list of an area."""
    if until < since:
        raise Refused("结束日期不能早于开始日期。", field="until")
    row = Duty(area_id=area_id, person_id=person_id, since=since, until=until)
    db.session.add(row)
    db.session.flush()
    return row


def set_emergency_numbers(area: Area, *, duty_phone: str, gas_phone: str) -> None:
    """The numbers behind the red button."""
    area.duty_phone, area.gas_phone = duty_phone.strip(), gas_phone.strip()
    db.session.flush()
