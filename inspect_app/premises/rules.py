"""What a place is, and the checks of its data. Pure.

"Small" has no legal size in the shipped district but that of restaurants, which is the country's; sizes are facts, thresholds
are configuration (domain-local.md 0.12, domain-review.md 2).
"""

import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.spelling import plain


class PremisesKind(StrEnum):
    """What sort of place it is; lists are offered by it. The nine small kinds are the 九小场所."""

    SMALL_SCHOOL = "small_school"
    SMALL_HOSPITAL = "small_hospital"
    SMALL_SHOP = "small_shop"
    SMALL_RESTAURANT = "small_restaurant"
    SMALL_INN = "small_inn"
    SMALL_ENTERTAINMENT = "small_entertainment"
    SMALL_NETCAFE = "small_netcafe"
    SMALL_BEAUTY = "small_beauty"
    SMALL_WORKSHOP = "small_workshop"
    CROWDED = "crowded"
    RESIDENTIAL = "residential"
    SITE = "site"
    GAS_OUTLET = "gas_outlet"
    OTHER = "other"


KIND_NAMES = {
    PremisesKind.SMALL_SCHOOL: "小学校或幼儿园",
    PremisesKind.SMALL_HOSPITAL: "小医院",
    PremisesKind.SMALL_SHOP: "小商店",
    PremisesKind.SMALL_RESTAURANT: "小餐饮",
    PremisesKind.SMALL_INN: "小旅馆",
    PremisesKind.SMALL_ENTERTAINMENT: "小歌舞娱乐",
    PremisesKind.SMALL_NETCAFE: "小网吧",
    PremisesKind.SMALL_BEAUTY: "小美容洗浴",
    PremisesKind.SMALL_WORKSHOP: "小生产加工",
    PremisesKind.CROWDED: "人员密集场所",
    PremisesKind.RESIDENTIAL: "居住建筑",
    PremisesKind.SITE: "工地",
    PremisesKind.GAS_OUTLET: "瓶装气供应点",
    PremisesKind.OTHER: "其他",
}
PARTY_ROLES = {"operator": "经营者", "owner": "产权人", "manager": "物业", "user": "使用人"}

FACT_NAMES = {
    "floor_area": "建筑面积（平方米）",
    "storeys": "层数",
    "beds": "床位数",
    "seats": "额定人数",
    "staff": "从业人数",
    "people_sleeping": "有人住",
    "gas_kind": "用气",
    "high_rise": "高层",
    "below_ground": "地下或半地下",
    "year_built": "建成年份",
}
# Where a place may stand in life: gone ones are no longer visited.
STATUS_NAMES = {"open": "在营业", "closed": "停业了", "gone": "搬走或没有了"}
GAS_KINDS = {"piped": "管道气", "bottled": "瓶装气", "none": "不用气"}
_NUMBERS = {"floor_area", "storeys", "beds", "seats", "staff", "year_built"}
FIRST_YEAR = 1000  # older than any building that stands; a slip of the finger is not
YES_NO = {"people_sleeping", "high_rise", "below_ground"}


def clean_facts(raw: Mapping[str, Any], *, this_year: int | None = None) -> dict[str, Any]:
    """Facts of a place as the rules read them; unknown ones are left out, never guessed. Raises Refused with all that is
    wrong: what is no number and, where `this_year` is told, a building of a year that nobody can mean. What a phone
    has kept is taken with its slip, and the desk sets it right."""
    facts: dict[str, Any] = {}
    faults = Faults()
    for name, value in raw.items():
        if name not in FACT_NAMES or value in (None, ""):
            continue
        if name in _NUMBERS:
            facts[name] = faults.of(_number, name, value)
        elif name in YES_NO:
            facts[name] = value in (True, "yes", "true", "1")
        elif value in GAS_KINDS:
            facts[name] = value
    year = facts.get("year_built")
    if this_year and year is not None and (year != int(year) or not FIRST_YEAR <= year <= this_year):
        faults.add(f"建成年份要在 {FIRST_YEAR} 到 {this_year} 之间，请看一下。", "year_built")
    faults.refuse()
    return facts


def _number(name: str, value: Any) -> float | int:
    try:
        number = float(str(value))
    except ValueError:
        raise Refused(f"{FACT_NAMES[name]}要写数字。", field=name) from None
    if not 0 <= number < 1_000_000:
        raise Refused(f"{FACT_NAMES[name]}的数字不对，请再看一下。", field=name)
    return int(number) if number == int(number) else number


_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def check_credit_code(code: str) -> str:
    """A 统一社会信用代码 in upper case; raises Refused (GB 32100-2015: weights are powers of 3 mod 31)."""
    clean = "".join(unicodedata.normalize("NFKC", plain(code)).split()).upper()
    if len(clean) != 18 or any(mark not in _CREDIT_ALPHABET for mark in clean):
        raise Refused("统一社会信用代码应是 18 位，没有 I、O、S、V、Z。", field="credit_code")
    total = sum(_CREDIT_ALPHABET.index(mark) * pow(3, at, 31) for at, mark in enumerate(clean[:17]))
    if _CREDIT_ALPHABET[(31 - total % 31) % 31] != clean[17]:
        raise Refused("统一社会信用代码的校验位对不上，请再核对一遍。", field="credit_code")
    return clean


def twin_key(name: str, address: str) -> str:
    """What two places share whose names and addresses read the same: width, case, blanks and marks make no difference.

    >>> twin_key("老李（柳荫）面馆", "柳荫街 1号") == twin_key("老李(柳荫)面馆 ", "柳荫街１号")
    True
    """
    return " ".join(
        "".join(mark for mark in unicodedata.normalize("NFKC", text).casefold() if mark.isalnum())
        for text in (name, address)
    )


def standing_rows(rows: Iterable[UUID], merged: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Each place → the one that stands for it, through however many mergings that hold (place → the one it was merged
    into). Raises Refused for a circle, which would leave no place standing.

    >>> from uuid import UUID
    >>> a, b, c = (UUID(int=n) for n in (1, 2, 3))
    >>> standing_rows([a, b, c], {a: b, b: c}) == {a: c, b: c, c: c}
    True
    """
    found: dict[UUID, UUID] = {}
    for row in rows:
        last, passed = row, {row}
        while last in merged:
            last = merged[last]
            if last in passed:
                raise Refused("这几家会绕成一圈，没有一家留得下来，请重新打开看一下。", field="other")
            passed.add(last)
        found[row] = last
    return found


def likeness(left: str, right: str) -> float:
    """How alike two names are, 0 to 1, by pairs of neighbouring characters."""
    pairs = [{name[i : i + 2] for i in range(len(name) - 1)} for name in (left, right)]
    if not pairs[0] or not pairs[1]:
        return float(left == right)
    return 2 * len(pairs[0] & pairs[1]) / (len(pairs[0]) + len(pairs[1]))


def fact_words(name: str, value: Any) -> str:
    """A fact as a page says it."""
    if name in YES_NO:
        return "是" if value else "不是"
    return GAS_KINDS.get(value, str(value)) if name == "gas_kind" else str(value)
