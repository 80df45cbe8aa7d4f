"""What a frozen paper says, as plain lines to be read on a screen and held against the sheet. Pure.

Whatever a kind prints stands here under the label of its place: a holder who compares must miss nothing. A field that is
neither labelled nor known to be nothing printed is found by a test (`unnamed`); on a page it stands under 其他.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Said:
    """One statement of a paper: its label and its words, more than one where the sheet lists them."""

    label: str
    words: Sequence[str]


@dataclass(frozen=True)
class LineSaid:
    """One numbered line of a paper with all that is printed in its row."""

    title: str
    said: Sequence[Said]
    hazard: str  # the id of the hazard it is about


@dataclass(frozen=True)
class Reading:
    """Everything a paper says: what stands before its lines, the lines, what stands after them."""

    head: Sequence[Said]
    lines: Sequence[LineSaid]
    rest: Sequence[Said]


def day_cn(text: str) -> str:
    """2026年11月30日 of an ISO date, always with its year; nothing of an empty one."""
    if not text:
        return ""
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"


def _plain(value: Any) -> list[str]:
    return ["、".join(map(str, value)) if isinstance(value, list) else str(value)]


def _day(value: Any) -> list[str]:
    return [day_cn(value)]


def _officers(value: Any) -> list[str]:
    return [one["name"] + (f"（执法证号 {one['card']}）" if one.get("card") else "") for one in value]


_PARTS = {"deputy": "走访代表", "companion": "同行人", "premises": "场所"}


def _signatures(value: Any) -> list[str]:
    return [_signature(one) for one in value]


def _signature(one: Mapping[str, str]) -> str:
    who = _PARTS.get(one["part"], "")
    if one["reason"]:
        return f"{who}未签收（{one['reason']}），{one['at']}"
    return f"{who} {one['name']} {one['at']}".strip()


def _service(end: Mapping[str, str]) -> list[str]:
    """What the end of the visit was for the premises, as the receipt prints it."""
    if end["result"] == "served":
        return [f"当场告知：{end['name']} {end['at']}，在走访代表的手机上看过上面的问题，当场签名"]
    told = f"{end['by']}当面告知，" if end["result"] == "told" else ""
    return [f"{told}未签收（{end['reason']}），{end['at']}"]


def _clocks(value: Any) -> list[str]:
    return [f"{one['name']} {day_cn(one['due_on'])}（{day_cn(one['set_on'])}定，{one['words']}）" for one in value]


def _events(value: Any) -> list[str]:
    return [f"{one['seq']}. {one['at']} {one['step']} {one['who']}".strip() for one in value]


def _photos(value: Any) -> list[str]:
    taken = "、".join(one["caption"] for one in value if one["caption"])
    return [f"{len(value)} 张" + (f"（{taken}）" if taken else "")]


def _sheets(value: Any) -> list[str]:
    return [f"{value} 张，没有印在纸上"]


def _other(value: Any) -> list[str]:
    """Words of a field this program does not know: of a newer or an older kind of paper."""
    if isinstance(value, Mapping | list):
        parts = value.values() if isinstance(value, Mapping) else value
        return [words for part in parts for words in _other(part)]
    return [] if value in (None, "") or isinstance(value, bool) else [str(value)]


def _each(value: Any) -> list[str]:
    return [str(one) for one in value]


def _rounds(value: Any) -> list[str]:
    return [f"{value} 轮"]


def _confirmed(_value: Any) -> list[str]:
    return ["代表回访核实"]


Words = Callable[[Any], list[str]]
_HEAD: Mapping[str, tuple[str, Words]] = {
    "addressee": ("主送", _plain),
    "identity": ("被责令人的身份", _plain),
    "inspected_on": ("检查日期", _day),
    "inspected_at": ("检查地点", _plain),
    "record": ("检查记录", _plain),
    "power_basis": ("职权依据", _plain),
    "place_name": ("场所", _plain),
    "place_address": ("地址", _plain),
    "visited_at": ("走访时间", _plain),
    "visitors": ("走访的代表", _plain),
    "found_at": ("发现时间", _plain),
    "found_by": ("发现人", _plain),
    "handler": ("承办单位", _plain),
    "order_number": ("正式文书", _plain),
    "reinspected_on": ("主管部门复查", _day),
}
_REST: Mapping[str, tuple[str, Words]] = {
    "requirement": ("整改要求", _plain),
    "interim": ("整改期间的防范措施", _plain),
    "consequence": ("不改正的后果", _plain),
    "replaces": ("代替", _plain),
    "section": ("承办机构", _plain),
    "officers": ("承办人员", _officers),
    "remedies": ("救济途径", _plain),
    "contact_address": ("联系地址", _plain),
    "signatures": ("签名", _signatures),
    "service": ("场所签收", _service),
    "clocks": ("期限", _clocks),
    "before": ("整改前的照片", _photos),
    "after": ("整改后的照片", _photos),
    "no_photo_reason": ("没有照片的理由", _plain),
    "confirmed": ("怎么核验的", _confirmed),
    "verified_by": ("核验人", _plain),
    "verified_at": ("核验时间", _plain),
    "opinion": ("核验意见", _plain),
    "rounds": ("共整改", _rounds),
    "closed_on": ("销号日期", _day),
    "closed_by": ("销号人", _plain),
    "closed_by_rule": ("销号", _plain),
    "events": ("经过", _events),
    "fingerprint": ("记录指纹", _plain),
    "phone": ("联系电话", _plain),
}
# Said by the page around the content: who issued it, its number and date; or no words of the sheet.
_ELSEWHERE = frozenset({"issuer", "side", "title", "number", "issued_on", "address", "mark", "code", "lines", "body"})
_LINE: Mapping[str, tuple[str, Words]] = {
    "place": ("位置", _plain),
    "words": ("情况", _plain),
    "grade": ("级别", _plain),
    "number": ("隐患编号", _plain),
    "advice": ("建议", _plain),
    "basis": ("依据", _each),
    "due_on": ("期限", _day),
    "photos": ("照片", _photos),
    "photos_not_printed": ("另有照片", _sheets),
}
_LINE_ELSEWHERE = frozenset({"hazard", "title"})
# How a kind heads a column of its lines where it does not by the names above.
_HEADINGS: Mapping[str, Mapping[str, str]] = {
    "tip": {"basis": "参考依据", "due_on": "建议完成时间"},
    "notice": {"basis": "违反的规定", "due_on": "整改期限"},
    "closure": {"basis": "参考依据", "due_on": "整改期限"},
}


def read(kind: str, content: Mapping[str, Any]) -> Reading:
    """Everything the frozen content of a paper says, in the order of the sheet."""
    others = dict.fromkeys(_strangers(content, _HEAD, _REST, _ELSEWHERE), ("其他", _other))
    return Reading(
        head=_said(content, _HEAD),
        lines=[_line(_HEADINGS.get(kind, {}), line) for line in content.get("lines") or ()],
        rest=_said(content, {**_REST, **others}),
    )


def unnamed(content: Mapping[str, Any]) -> set[str]:
    """Fields of a content that have no label here and are not known to be said elsewhere."""
    found = set(_strangers(content, _HEAD, _REST, _ELSEWHERE))
    return found.union(*(_strangers(line, _LINE, _LINE_ELSEWHERE) for line in content.get("lines") or ()))


def _line(headings: Mapping[str, str], line: Mapping[str, Any]) -> LineSaid:
    labels = {name: (headings.get(name, label), words) for name, (label, words) in _LINE.items()}
    labels |= dict.fromkeys(_strangers(line, _LINE, _LINE_ELSEWHERE), ("其他", _other))
    shown = {name: value for name, value in line.items() if not (name == "words" and value == line["title"])}
    return LineSaid(line["title"], _said(shown, labels), line["hazard"])


def _said(values: Mapping[str, Any], labels: Mapping[str, tuple[str, Words]]) -> list[Said]:
    found = [Said(label, words(values[name])) for name, (label, words) in labels.items() if values.get(name)]
    return [one for one in found if one.words]


def _strangers(values: Mapping[str, Any], *known: Container[str]) -> list[str]:
    return [name for name in values if not any(name in names for names in known)]
