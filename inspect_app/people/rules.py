"""Who people are here: roles, sides, powers, and what each may see. Pure.

Side decides wording and steps: the congress side informs and urges, the government side orders within its powers
(代表法 2025 第三十一条第二款; 安全生产法 第六十五条).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network, ip_address
from uuid import UUID


class Role(StrEnum):
    """As what somebody acts; held through a dated term."""

    DEPUTY = "deputy"
    SUPERVISOR = "supervisor"
    HANDLER = "handler"
    LEADER = "leader"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


# Who shows a second factor where no administrator has set it otherwise; an administrator always does then.
SECOND_FACTOR_ROLES = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
DEMO_SOURCE = (
    "权责清单（演示数据）"  # where the powers of the demo's offices are from; what bears it is shown as a demo
)
DEMO_PASSWORD = "liuyin-xuncha-2026"  # stands in the README: whoever has read it knows it

ROLE_NAMES = {
    Role.DEPUTY: "代表",
    Role.SUPERVISOR: "督办员",
    Role.HANDLER: "承办人",
    Role.LEADER: "领导",
    Role.AUDITOR: "审计",
    Role.ADMINISTRATOR: "管理员",
}


class Side(StrEnum):
    """The congress side informs, passes on, urges and looks back; the government side orders, extends and re-
    inspects."""

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
        """The role in Chinese, as pages and papers say it."""
        return ROLE_NAMES[self.role]


WORKING_DAY = timedelta(hours=12)
PHONE_SESSION = timedelta(days=30)


def session_lasts(role: Role | None) -> timedelta:
    """How long a sign-in holds: 30 days on a deputy's own phone, a working day at a desk that others pass by."""
    return PHONE_SESSION if role is Role.DEPUTY else WORKING_DAY


FREE_TRIES = 5
LONGEST_LOCK = timedelta(minutes=15)


def locked_for(failures: int, last_failure: datetime | None, now: datetime, free: int = FREE_TRIES) -> timedelta:
    """How long a door stays closed after so many tries: from the last free one on twice as long each, 15 minutes at most."""
    if failures < free or last_failure is None:
        return timedelta(0)
    # The exponent is capped: a night of guessing must not overflow.
    wait = min(timedelta(seconds=30 * (1 << min(failures - free, 10))), LONGEST_LOCK)
    return max(min(last_failure, now) + wait - now, timedelta(0))


def network_of(address: str) -> str:
    """What counts as one place to guess from: an IPv4 address, or the /64 that one subscriber of IPv6 is given.

    >>> network_of("2001:db8:1:2:3::4"), network_of("::ffff:192.0.2.1")
    ('2001:db8:1:2::/64', '192.0.2.1')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(IPv6Network((found, 64), strict=False))
    return str(found)


def mask_phone(phone: str) -> str:
    """A telephone number with its middle hidden: 138****2207."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else phone
