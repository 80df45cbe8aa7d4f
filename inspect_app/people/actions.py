"""The only writers of people, accounts, terms, organisations and duty lists."""

import secrets
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.deadlines import check_deadline
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.limits import shortened, whole

from . import sessions
from .directory import parents_for
from .models import Account, Area, Duty, Organisation, Person, Recusal, SignIn, Station, Term
from .passwords import check_new_password, first_password, hashed, matches
from .rules import (
    AREA_ABOVE,
    AREA_DIGITS,
    DEPUTY_LEVELS,
    STATION_KINDS,
    Role,
    Side,
    check_mobile,
)


def create_account(
    *, name: str, login: str, role: Role, organisation_id: UUID, area_id: UUID, since: date,
    mobile: str = "", until: date | None = None, level: str = "区", congress_term: str = "", station_id: UUID | None = None,
    password: str | None = None, demo: bool = False,
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
    first = password or first_password()
    account = Account(
        person_id=person.id,
        login=login,
        mobile=number,
        password=hashed(first),
        fs_uniquifier=secrets.token_hex(32),
        must_change_password=not demo,
        is_demo=demo,
        made_at=clock.now(),
    )
    db.session.add(account)
    appoint(
        person.id, role, organisation_id=organisation_id, area_id=area_id, since=since, until=until, level=level,
        congress_term=congress_term, station_id=station_id,
    )  # fmt: skip
    return account, first


def appoint(
    person_id: UUID, role: Role, *, organisation_id: UUID, area_id: UUID, since: date, until: date | None = None,
    level: str = "区", congress_term: str = "", station_id: UUID | None = None,
) -> Term:  # fmt: skip
    """A new term; one side of the house cannot hold a role of the other. Level, 届 and station belong to deputies."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise Refused("请选单位。", field="organisation_id")
    if db.session.get(Area, area_id) is None:
        raise Refused("请选片区。", field="area_id")
    if role is Role.HANDLER and organisation.side != Side.GOVERNMENT:
        raise Refused("承办人要在政府侧的单位。", field="organisation_id")
    if role is Role.DEPUTY and organisation.side != Side.CONGRESS:
        raise Refused("代表要挂在人大侧的单位。", field="organisation_id")
    if role is Role.DEPUTY and level not in DEPUTY_LEVELS:
        raise Refused("请选是市代表还是区代表。", field="level")
    if until is not None and until < since:
        raise Refused("结束日期不能早于开始日期。", field="until")
    is_deputy = role is Role.DEPUTY
    term = Term(
        person_id=person_id, role=role, organisation_id=organisation_id, area_id=area_id, since=since, until=until,
        level=level if is_deputy else "", congress_term=whole(congress_term, "congress_term", "congress_term") if is_deputy else "",
        station_id=station_id if is_deputy else None,
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
    """One's own new password; every other session of the account ends."""
    account.password, account.must_change_password = new_hash, False
    end_sessions(account)


def end_sessions(account: Account, *, forget_browsers: bool = False) -> None:
    """All sessions of the account end with their next request."""
    account.fs_uniquifier = secrets.token_hex(32)
    sessions.end_all(account.id, forget_browsers=forget_browsers)
    db.session.flush()


def set_active(account: Account, active: bool) -> None:
    account.active = active
    end_sessions(account)


def record_sign_in(*, typed: str, account: Account | None, ok: bool, why: str, address: str, agent: str) -> None:
    """One line of the sign-in log."""
    db.session.add(
        SignIn(
            typed=shortened(typed, "account"), account_id=account.id if account else None, ok=ok, why=why, at=clock.now(),
            address=address, agent=shortened(agent, "agent"),
        )
    )  # fmt: skip
    db.session.flush()


def create_organisation(
    *, name: str, short_name: str, side: Side, area_id: UUID, letter_code: str, phone: str = "", is_desk: bool = False,
    parent_id: UUID | None = None,
) -> Organisation:  # fmt: skip
    """An office of one side of the house."""
    if not name.strip():
        raise Refused("请写单位的全称。", field="name")
    if not letter_code.strip():
        raise Refused("请写机关代字，文号里要用。", field="letter_code")
    if db.session.scalar(select(Organisation.id).where(Organisation.name == name.strip())):
        raise Refused("已经有一个同名的单位。", field="name")
    row = Organisation(
        name=name.strip(), short_name=short_name.strip() or name.strip(), side=side, area_id=area_id,
        letter_code=letter_code.strip(), phone=phone.strip(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    place_organisation(row, is_desk=is_desk, parent_id=parent_id)
    return row


def place_organisation(row: Organisation, *, is_desk: bool, parent_id: UUID | None) -> None:
    """Where an office stands: under which one, and whether it is the district desk (区级督办), which is the congress side's."""
    if parent_id is not None and parent_id not in {one.id for one in parents_for(row)}:
        raise Refused("上级单位要是同一侧的，也不能是它自己下面的单位。", field="parent_id")
    if is_desk and row.side != Side.CONGRESS:
        raise Refused("区级督办由人大侧的单位来当。", field="is_desk")
    row.parent_id, row.is_desk = parent_id, is_desk
    db.session.flush()


def change_organisation(
    row: Organisation, *, short_name: str, phone: str, is_desk: bool, parent_id: UUID | None
) -> None:
    """What may change of an office. Name, side and 机关代字 stand on papers and stay."""
    place_organisation(row, is_desk=is_desk, parent_id=parent_id)
    row.short_name = whole(short_name, "organisation_short", "short_name") or row.name
    row.phone = whole(phone, "phone", "phone")
    db.session.flush()


def let_close_unopposed(row: Organisation, days: int | None) -> None:
    """到期自动销号 of what this office handed over and a look confirmed, after so many working days; None: off."""
    if days is not None and not 1 <= days <= 60:
        raise Refused("工作日要写 1 到 60 的数字。", field="close_unopposed_days")
    row.close_unopposed_days = days
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
    """Off the duty list from today; a line that had not begun goes altogether."""
    if row.since >= today:
        db.session.delete(row)
    else:
        row.until = min(row.until, today - timedelta(days=1))
    db.session.flush()


def declare_recusal(person_id: UUID, *, premises_id: UUID | None, party_id: UUID | None, reason: str) -> Recusal:
    """回避: from now on the person is given neither visit nor verification there."""
    if db.session.get(Person, person_id) is None:
        raise Refused("请选是谁要回避。", field="person_id")
    if premises_id is None and party_id is None:
        raise Refused("请选要回避的场所。", field="premises_id")
    if not reason.strip():
        raise Refused("请写一句为什么回避。", field="reason")
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
    """The tie is gone. What was decided under it stays in the chain."""
    db.session.delete(row)
    db.session.flush()


def create_area(*, name: str, code: str, code_year: int, kind: str, parent_id: UUID | None, valid_from: date) -> Area:
    """A street or community under its parent (GB/T 2260: 6, 9 or 12 digits, with the year of the table)."""
    name, code = name.strip(), code.strip()
    if not name:
        raise Refused("请写名称。", field="name")
    if kind not in AREA_DIGITS:
        raise Refused("请选是街道还是社区。", field="kind")
    if not code.isascii() or not code.isdigit() or len(code) != AREA_DIGITS[kind]:
        raise Refused(f"代码应是 {AREA_DIGITS[kind]} 位数字。", field="code")
    parent = db.session.get(Area, parent_id) if parent_id else None
    if parent is None or AREA_ABOVE[kind] != parent.kind:
        raise Refused("请选它上面的那一级。", field="parent_id")
    if not code.startswith(parent.code):
        raise Refused(f"代码要以上一级的 {parent.code} 开头。", field="code")
    if db.session.scalar(select(Area.id).where(Area.code == code, Area.code_year == code_year)) is not None:
        raise Refused("这个代码已经有了。", field="code")
    row = Area(code=code, code_year=code_year, name=name, kind=kind, parent_id=parent.id, valid_from=valid_from)
    db.session.add(row)
    db.session.flush()
    return row


def merge_area(row: Area, *, successor_id: UUID, on: date) -> None:
    """An area ends and another takes its place: its people, places and papers stay where they are and are seen from there."""
    successor = db.session.get(Area, successor_id)
    if successor is None or successor.kind != row.kind or successor.id == row.id:
        raise Refused("请选接替它的那一个，要是同一级的。", field="successor_id")
    if successor.valid_to is not None or successor.successor_id is not None:
        raise Refused("接替它的那一个自己也已经并走了。", field="successor_id")
    if on < row.valid_from:
        raise Refused("结束日期不能早于开始日期。", field="on")
    row.valid_to, row.successor_id = on, successor.id
    db.session.flush()


def create_station(*, name: str, kind: str, area_id: UUID) -> Station:
    """家站点 and the like: where deputies meet citizens."""
    if not name.strip():
        raise Refused("请写名称。", field="name")
    if kind not in STATION_KINDS:
        raise Refused("请选是哪一种。", field="kind")
    if db.session.get(Area, area_id) is None:
        raise Refused("请选片区。", field="area_id")
    row = Station(name=whole(name, "station", "name"), kind=kind, area_id=area_id)
    db.session.add(row)
    db.session.flush()
    return row


def set_emergency_numbers(area: Area, *, duty_phone: str, gas_phone: str) -> None:
    """The numbers behind the red button."""
    area.duty_phone, area.gas_phone = duty_phone.strip(), gas_phone.strip()
    db.session.flush()
