"""Who people are here: roles, sides, powers, and what each may see. Pure.

Side decides wording and steps: the congress side informs and urges, the government side orders within its powers
(代表法 2025 第三十一条第二款; 安全生产法 第六十五条).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from inspect_app.kernel.errors import Refused


class Role(StrEnum):
    DEPUTY = "deputy"
    SUPERVISOR = "supervisor"
    HANDLER = "handler"
    LEADER = "leader"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES = {
    Role.DEPUTY: "代表",
    Role.SUPERVISOR: "督办员",
    Role.HANDLER: "承办人",
    Role.LEADER: "领导",
    Role.AUDITOR: "审计",
    Role.ADMINISTRATOR: "管理员",
}


class Side(StrEnum):
    CONGRESS = "congress"
    GOVERNMENT = "government"


SIDE_NAMES = {Side.CONGRESS: "人大侧", Side.GOVERNMENT: "政府侧"}


class Power(StrEnum):
    """What an organisation may issue or decide, dated, from its 权责清单."""

    ORDER_NOTICE = "order_notice"
    REINSPECT = "reinspect"
    LIST_SUPERVISION = "list_supervision"
    DETERMINE_MAJOR = "determine_major"
    TRANSFER_ENFORCEMENT = "transfer_enforcement"


POWER_NAMES = {
    Power.ORDER_NOTICE: "签发整改通知书",
    Power.REINSPECT: "复查",
    Power.LIST_SUPERVISION: "挂牌督办",
    Power.DETERMINE_MAJOR: "认定重大隐患",
    Power.TRANSFER_ENFORCEMENT: "移送执法",
}


class LawField(StrEnum):
    """A field of law with authorities of its own: what may be ordered or determined is a matter of field and office."""

    FIRE = "fire"
    GAS = "gas"
    SITE = "site"
    EQUIPMENT = "equipment"
    MARKET = "market"
    SECURITY = "security"


LAW_FIELD_NAMES = {
    LawField.FIRE: "消防",
    LawField.GAS: "燃气",
    LawField.SITE: "建筑施工",
    LawField.EQUIPMENT: "特种设备",
    LawField.MARKET: "市场监管",
    LawField.SECURITY: "治安",
}
# A power as an office holds it, and what it is asked for: the field of law a hazard falls into.
Held = tuple[str, str]
_FIELDS_OF = {
    "fire": frozenset({LawField.FIRE}),
    "gas": frozenset({LawField.GAS}),
    "site": frozenset({LawField.SITE}),
    "other": frozenset({LawField.EQUIPMENT, LawField.MARKET, LawField.SECURITY}),
}


def fields_of(hazard_field: str) -> frozenset[LawField]:
    """The fields of law a hazard may fall into by the field of its checklist; none for one that is not known.

    >>> sorted(fields_of("gas"))
    [<LawField.GAS: 'gas'>]
    """
    return _FIELDS_OF.get(hazard_field, frozenset())


def holds(powers: frozenset[Held], power: str, hazard_field: str) -> bool:
    """Whether one of the powers is this one, in a field the hazard falls into."""
    return any((power, field) in powers for field in fields_of(hazard_field))


DEPUTY_LEVELS = ("区", "市")
STATION_KINDS = ("家站", "联络站", "观察点", "采集点")
# Digits of an area's code per GB/T 2260 and its extension, and the level above it.
AREA_NAMES = {"district": "区", "street": "街道", "community": "社区"}
AREA_DIGITS = {"district": 6, "street": 9, "community": 12}
AREA_ABOVE = {"street": "district", "community": "street"}


@dataclass(frozen=True)
class Scope:
    """Who is signed in, the term acted under, and what may be seen. Areas include all below them."""

    account_id: UUID
    person_id: UUID
    person_name: str
    role: Role
    term_id: UUID
    organisation_id: UUID
    organisation_name: str
    side: Side
    area_id: UUID
    area_ids: frozenset[UUID]
    whole_district: bool
    powers: frozenset[Held]  # confirmed ones, with their field of law

    @property
    def role_label(self) -> str:
        return ROLE_NAMES[self.role]


WORKING_DAY = timedelta(hours=12)
PHONE_SESSION = timedelta(days=30)


def session_lasts(role: Role | None) -> timedelta:
    """How long a sign-in holds: 30 days on a deputy's own phone, a working day at a desk that others pass by."""
    return PHONE_SESSION if role is Role.DEPUTY else WORKING_DAY


FREE_TRIES = 5
LONGEST_LOCK = timedelta(minutes=15)


def locked_for(failures: int, last_failure: datetime | None, now: datetime) -> timedelta:
    """How long sign-in stays closed for one account from one address: doubling after 5 failures, 15 minutes at most.

    Counted per account and address together, so that nobody can lock a colleague out from elsewhere.
    """
    if failures < FREE_TRIES or last_failure is None:
        return timedelta(0)
    # The exponent is capped: a night of guessing must not overflow.
    wait = min(timedelta(seconds=30 * (1 << min(failures - FREE_TRIES, 10))), LONGEST_LOCK)
    return max(last_failure + wait - now, timedelta(0))


_COMMON = ("password", "12345678", "qwertyui", "11111111", "abcd1234", "admin123", "66666666", "88888888")


def check_new_password(password: str, login: str) -> None:
    """Raises Refused with what to do when a password is too easy to guess."""
    if len(password) < 10:
        raise Refused("密码至少 10 位，可以用一句好记的话。", field="new")
    if len(password) > 200:
        raise Refused("密码太长了，200 位以内就好。", field="new")
    low = password.lower()
    if login.lower() in low or any(word in low for word in _COMMON) or len(set(password)) < 5:
        raise Refused("这个密码太好猜了，请换一个。", field="new")


def mask_phone(phone: str) -> str:
    """A telephone number with its middle hidden: 138****2207."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else phone
