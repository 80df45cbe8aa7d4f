"""Whether two places may be one: names, addresses, numbers and positions held against each other. Pure.

Nobody is told that they are: a person looks at both and says so.
"""

import re
import unicodedata
from dataclasses import dataclass

from rapidfuzz import fuzz

from inspect_app.kernel.positions import Position, ReferenceSystem
from inspect_app.kernel.spelling import folded

# What so many shops are called that it tells none from another.
_COMMON = re.compile(
    "有限责任公司|有限公司|分公司|个体工商户|经营部|服务部|专卖店|便利店|美容院|理发店|生活馆|总店|分店|门市部|餐饮店|小吃店|火锅店|"
    "拉面馆|早餐店|面馆|饭店|餐馆|餐厅|酒店|宾馆|旅馆|超市|商店|商行|药店|诊所|小吃|酒楼|网吧|厂|店|馆|铺|部|行"
)
_NUMBERS = re.compile(r"\d+")
NEAR_M = 40
WITHIN = 90  # how much of the shorter text must stand in the longer one
NAMES_ALIKE, NAMES_CLOSE, ADDRESSES_ALIKE = 80, 60, 70  # of a hundred: tried on the pairs of tests/unit/test_alike.py

# Whose code and telephone number say which place it is: an owner or a manager has many places.
NUMBERS_TELL = ("operator", "user")
MOST_SHARED = 2  # a number that more places have is that of a chain or of somebody who holds many, and tells none apart


@dataclass(frozen=True)
class Likeness:
    """A place as it is held against others; make it once, it is asked often."""

    called: str  # the whole name, folded
    name: str  # without what many are called
    address: str
    numbers: frozenset[str]
    phones: frozenset[str]
    credit_codes: frozenset[str]
    point: Position | None  # in WGS-84

    @property
    def house(self) -> str:
        """The first number of the address, by which neighbours are told apart; empty where it has none."""
        found = _NUMBERS.search(self.address)
        return found.group() if found else ""


def likeness_of(name: str, address: str, phone: str, credit_codes: frozenset[str], point: Position | None) -> Likeness:
    """A place as it is compared, with its position where one is known."""
    known = "".join(mark for mark in folded(name) if mark.isalnum())
    where = unicodedata.normalize("NFKC", folded(address))
    return Likeness(
        known,
        _COMMON.sub("", known) or known,
        where,
        frozenset(_NUMBERS.findall(where)),
        frozenset(part for part in phone.split("、") if part),
        credit_codes,
        point.to(ReferenceSystem.WGS84) if point else None,
    )


def signs(one: Likeness, other: Likeness) -> list[str]:
    """What speaks for two places being one, in words for whoever decides; nothing where too little does."""
    names = _alike(one.name, other.name)
    addresses = _alike(one.address, other.address) if _same_numbers(one, other) else 0.0
    metres = one.point.metres_to(other.point) if one.point and other.point else None
    near = metres is not None and metres <= NEAR_M
    code, phone = bool(one.credit_codes & other.credit_codes), bool(one.phones & other.phones)
    together, identical = near or addresses >= ADDRESSES_ALIKE, near or one.address == other.address
    if code or phone:
        likely = together or names >= NAMES_CLOSE
    else:
        likely = (together and names >= NAMES_ALIKE) or (identical and names >= NAMES_CLOSE)
    if not likely:
        return []
    said = ["信用代码一样"] if code else []
    said += ["电话一样"] if phone else []
    said += ["名称一样" if one.called == other.called else "名称像"] if names >= NAMES_CLOSE else []
    said += ["地址一样" if one.address == other.address else "地址像"] if addresses >= ADDRESSES_ALIKE else []
    return said + ([f"相距 {metres} 米"] if near else [])


def _alike(one: str, other: str) -> float:
    """How alike two texts are, of a hundred; one that holds the other nearly as much as if they were the same."""
    if not one or not other:
        return 0.0
    whole = fuzz.ratio(one, other)
    within = fuzz.partial_ratio(one, other) if min(len(one), len(other)) > 1 else 0.0
    return max(whole, 0.95 * within) if within >= WITHIN else whole


def _same_numbers(one: Likeness, other: Likeness) -> bool:
    """Numbers decide: 1号 and 11号 are two houses however alike the rest is. Who leaves some out may mean the same."""
    return one.numbers <= other.numbers or other.numbers <= one.numbers
