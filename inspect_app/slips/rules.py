"""Blank slips: their states, their numbers as people type them, what may become of one. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from inspect_app.kernel.errors import Refused

MOST_IN_A_PAD = 200  # what one job prints and one person carries
MOST_AT_ONCE = 500  # numbers in one list that are given up
SERIES = "blank"  # the series of numbers, beside those of the kinds of papers
TITLE = "空白提示单"


class SlipState(StrEnum):
    """What has become of a slip."""

    BLANK = "blank"
    BOUND = "bound"
    RETURNED = "returned"  # filled and signed, and back as a scan
    VOID = "void"


STATE_NAMES: Mapping[str, str] = {
    SlipState.BLANK: "空白",
    SlipState.BOUND: "已绑定",
    SlipState.RETURNED: "已收回",
    SlipState.VOID: "已作废",
}


class SlipDeed(StrEnum):
    """What somebody did with a slip or a pad, as its log says."""

    PRINTED = "printed"
    BOUND = "bound"
    TAKEN_OFF = "taken_off"  # its number was written down on the wrong visit; the sheet is still blank
    FILED = "filed"
    VOIDED = "voided"


DEED_NAMES: Mapping[str, str] = {
    SlipDeed.PRINTED: "打印",
    SlipDeed.BOUND: "绑定到走访",
    SlipDeed.TAKEN_OFF: "从走访上拿下",
    SlipDeed.FILED: "收下扫描件",
    SlipDeed.VOIDED: "作废",
}

_JOINED = r"[-‐‑–—－_/]?"
_NUMBER = re.compile(rf"(?P<words>\D*?)(?:(?P<year>20\d\d){_JOINED})?(?P<serial>\d{{1,5}})号?")
_RANGE = re.compile(r"\s*(?:到|至|~|～|…)+\s*")
_PARTED = re.compile(r"[\s,，、;；。]+")
_NO_OFFICE = re.compile(r"(?:编号|号码|第|no|№|[.:：．#])+", re.IGNORECASE)


@dataclass(frozen=True)
class SlipAsked:
    """A number as somebody typed it; `year` is None where only the serial was, `office` empty where no office was named."""

    year: int | None
    serial: int
    office: str = ""


def read_number(text: str) -> SlipAsked | None:
    """A number, however it is written; None for what is none.

    >>> read_number("No. 2026-0037"), read_number("柳荫空白单 2026—37号").office, read_number("３７").serial, read_number("王")
    (SlipAsked(year=2026, serial=37, office=''), '柳荫空白单', 37, None)
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return None
    office = _NO_OFFICE.sub("", found["words"])
    return SlipAsked(int(found["year"]) if found["year"] else None, int(found["serial"]), office)


def read_numbers(text: str) -> list[SlipAsked]:
    """A list of numbers and ranges (`10到20`), in its order, each once. Raises Refused naming what cannot be read, or where
    there are none or too many."""
    normal = _RANGE.sub("到", unicodedata.normalize("NFKC", text))
    # The name of an office and its number belong together.
    normal = re.sub(r"(?<=[^\d\s,，、;；。到])[ \t]+(?=\d)", "", normal)
    found: dict[SlipAsked, None] = {}
    for part in filter(None, _PARTED.split(normal)):
        for one in _range(part):
            found[one] = None
        if len(found) > MOST_AT_ONCE:
            raise Refused(f"一次最多写 {MOST_AT_ONCE} 号，请分几次。", field="numbers")
    if not found:
        raise Refused("还没有写编号。", field="numbers")
    return list(found)


def _range(part: str) -> list[SlipAsked]:
    first_words, _, last_words = part.partition("到")
    first, last = read_number(first_words), read_number(last_words) if last_words else None
    if first is None or ("到" in part and last is None):
        raise Refused(f"读不懂“{part}”。请写编号，例如 2026-0037；一段写成 2026-0010到2026-0020。", field="numbers")
    if last is None:
        return [first]
    if (last.year or first.year) != first.year or last.serial < first.serial or last.office not in ("", first.office):
        raise Refused(f"“{part}”前后不对，请写从小到大的两个号。", field="numbers")
    if last.serial - first.serial >= MOST_AT_ONCE:
        raise Refused(f"“{part}”超过 {MOST_AT_ONCE} 号，请分几次。", field="numbers")
    return [SlipAsked(first.year, serial, first.office) for serial in range(first.serial, last.serial + 1)]


def why_not_bind(state: str, number: str, where: str) -> str:
    """Why a slip cannot be bound to a visit; empty if it can. `where` says to which visit one is bound already.

    >>> why_not_bind("blank", "2026-0037", ""), why_not_bind("bound", "2026-0037", "11月30日 王记面馆")
    ('', '2026-0037 已经记在另一次走访上了（11月30日 王记面馆），一张只能用一次。请再看一看单子上的编号。')
    """
    if state == SlipState.VOID:
        return f"{number} 已经作废，不能再用。请换一张空白单，并把这一张交回。"
    if state in (SlipState.BOUND, SlipState.RETURNED):
        return f"{number} 已经记在另一次走访上了（{where}），一张只能用一次。请再看一看单子上的编号。"
    return ""


def why_not_take_off(state: str, number: str) -> str:
    """Why a slip that is bound to a visit cannot be taken off it again; empty if it can. What came back filled in is evidence of
    that visit.

    >>> why_not_take_off("bound", "2026-0037")
    ''
    """
    if state == SlipState.RETURNED:
        return f"{number} 填好的已经收回存档，不能再拿下。真是记错了，请督办员在隐患上出一份更正说明。"
    return ""


def why_not_void(state: str, *, alone: bool) -> str:
    """Why a slip cannot be given up; empty if it can. One that is bound is given up only alone, on its own page: in a range
    somebody would hit it without meaning to."""
    if state == SlipState.VOID:
        return "已经作废"
    if state == SlipState.RETURNED:
        return "填好的已经收回存档"
    return "" if state == SlipState.BLANK or alone else "已经记在走访上"
