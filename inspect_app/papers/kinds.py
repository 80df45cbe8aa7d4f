"""The kinds of papers and what each must carry. Pure.

Congress papers inform and recommend: no certificate number, no remedies, no threat (domain.md 6.5). Only a basis marked
✔ is printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class KindSpec:
    """A kind of paper: its title, which side may issue it, the power it needs, what may not be missing."""

    code: str
    title: str
    side: str  # congress, government, both
    power: str
    needed: Mapping[str, str]  # field → its name for the user
    line_needed: Mapping[str, str]
    sealed: bool  # leaves room for the seal (GB/T 9704-2012, 7.3.5); a 提示单 may be served without one
    # In which ways it may be served (service.WAYS); none: it is handed over, and nothing runs from it.
    ways: tuple[str, ...] = ()
    # Shown and refused is 告知. An order refused is served only by leaving it.
    tells: bool = False
    # Nobody of the office signs it off: it has a running slip number instead of a 发文字号 (domain-review P8).
    slip: bool = False


_COMMON = {
    "issuer": "出单的单位",
    "number": "文号",
    "issued_on": "成文日期",
    "addressee": "主送",
    "address": "核对网址",
    "code": "验证码",
    "phone": "联系电话",
}
_LINE = {"title": "问题", "place": "位置"}

KINDS: dict[str, KindSpec] = {
    "tip": KindSpec(
        "tip", "代表提示单", "congress", "",
        _COMMON | {"number": "单号", "visited_at": "走访时间", "visitors": "走访的代表", "lines": "发现的问题"},
        _LINE | {"advice": "建议", "due_on": "建议完成时间"}, sealed=False,
        ways=("in_person", "post", "forwarded", "scan", "on_phone"), tells=True, slip=True,
    ),
    "notice": KindSpec(
        "notice", "整改通知书", "government", "order_notice",
        _COMMON | {
            "title": "文书名称（在单位设置里填）", "identity": "被责令人的身份", "inspected_on": "检查日期",
            "inspected_at": "检查地点", "record": "检查记录编号", "power_basis": "职权依据", "requirement": "整改要求",
            "officers": "承办人员", "consequence": "不改正的后果（在单位设置里填）",
            "remedies": "复议机关和人民法院（在单位设置里填）", "contact_address": "联系地址（在单位设置里填）", "lines": "隐患",
        },
        _LINE | {"basis": "违反的规定", "due_on": "整改期限"}, sealed=True,
        ways=("in_person", "post", "left", "electronic"),
    ),
    "closure": KindSpec(
        "closure", "闭环（销号）报告", "both", "",
        _COMMON | {"lines": "隐患", "verified_by": "核验人", "events": "经过"},
        _LINE, sealed=True,
    ),
}  # fmt: skip
# Kinds that report an end: they hold only while nothing on them is opened again.
REPORTS_AN_END = frozenset({"closure"})


# What a deputy's paper was called while it bore a 发文字号 that nobody had signed off.
FORMER_TITLES = {"tip": "安全隐患提示（告知）单"}


def title_of(kind: str, content: Mapping[str, Any]) -> str:
    """The title a paper prints: the one frozen with it."""
    return str(content.get("title") or FORMER_TITLES.get(kind) or KINDS[kind].title)


def missing(kind: str, content: Mapping[str, Any]) -> list[str]:
    """Names of obligatory fields that are empty, line by line, in the order of the paper."""
    spec = KINDS[kind]
    lacking = [name for field, name in spec.needed.items() if not content.get(field)]
    for position, line in enumerate(content.get("lines") or [], start=1):
        lacking += [f"第 {position} 条的{name}" for field, name in spec.line_needed.items() if not line.get(field)]
    if kind == "notice":
        lacking += _lacking_officers(content.get("officers") or [])
    return lacking


def _lacking_officers(officers: list[Mapping[str, str]]) -> list[str]:
    """Two officers sign an order, each with the number of a certificate."""
    if not officers:
        return []
    lacking = [] if len(officers) > 1 else ["第二位承办人员"]
    return lacking + [f"{officer['name']}的执法证号" for officer in officers if not officer.get("card")]


def printable_bases(bases: list[Mapping[str, Any]]) -> list[str]:
    """Legal bases as a paper for outsiders prints them: checked ones only."""
    return [f"《{basis['document']}》{basis['article']}" for basis in bases if basis.get("mark") == "✔"]
