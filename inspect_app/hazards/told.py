"""What the desk was told of a hazard and by whom, read from what was typed. Pure.

What may stand in the chain, on papers and before everybody who sees the hazard is kept apart from the person who called: anybody
may report a hazard (市安全生产条例 49) and need not give a name, and a name that was given is no business of the place.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from inspect_app.kernel import spelling
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.limits import whole

from .vocabulary import SOURCE_NAMES, Source

# Where the desk itself hears of hazards; the others come from a visit or a red button.
AT_THE_DESK = (Source.TELEPHONE, Source.HOTLINE, Source.STREET, Source.AUDIT, Source.MEDIA)
TOLD_WITHIN = timedelta(days=365)
_WORK_ORDER = re.compile(r"[A-Z0-9][A-Z0-9\-]{4,28}[A-Z0-9]")


@dataclass(frozen=True)
class ToldAtDesk:
    """Who told the desk. `told_by` is an office, a report, a paper; `caller` a person, for the desk's eyes alone."""

    source: Source
    told_on: date
    work_order: str | None = None
    told_by: str = ""
    caller: str = ""
    caller_phone: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """What the chain says of it: nothing of a person but whether one can be asked."""
        facts: dict[str, Any] = {"source": self.source, "told_on": self.told_on}
        if self.work_order:
            facts["work_order"] = self.work_order
        return facts | {"caller": bool(self.caller or self.caller_phone)}

    @property
    def words(self) -> str:
        """Where it was heard of, as papers and pages say it."""
        return said_of(self.source, self.work_order or "", self.told_by)


def said_of(source: str, work_order: str, told_by: str) -> str:
    """A source in words, with its work order or who passed it on."""
    beside = "，".join(part for part in (f"工单 {work_order}" if work_order else "", told_by) if part)
    return f"{SOURCE_NAMES[Source(source)]}{'：' if beside else ''}{beside}"


def work_order_number(text: str) -> str:
    """The number of a 12345 work order in its one form: half width, upper case, no blanks. No standard says how it is built, so
    only what no number can be is refused. Raises Refused."""
    number = "".join(unicodedata.normalize("NFKC", spelling.plain(text)).split()).upper()
    whole(number, "work_order", "work_order")
    if not _WORK_ORDER.fullmatch(number) or not any(mark.isdigit() for mark in number):
        raise Refused("工单号由数字、字母和短横组成，6 到 30 位，请照工单再抄一遍。", field="work_order")
    return number


def read_told(typed: Mapping[str, str], today: date) -> ToldAtDesk:
    """What was typed of who told the desk, under the names of the form's fields. Raises Refused with all that is wrong."""
    faults = Faults()
    source = typed.get("source", "")
    faults.need(source in AT_THE_DESK, "请选从哪里听说的。", "source")
    order = typed.get("work_order", "").strip()
    number = faults.of(work_order_number, order) if order and source in ("", Source.HOTLINE) else None
    if source == Source.HOTLINE:
        faults.need(order, "12345 转来的请写工单号，回复时要用。", "work_order")
    elif source and order:
        faults.add("只有 12345 转来的才写工单号。是 12345 的，请把来源改成“12345 热线”。", "work_order")
    told_by = faults.of(whole, typed.get("told_by", ""), "organisation", "told_by")
    caller = faults.of(whole, typed.get("caller", ""), "person", "caller")
    phone = faults.of(spelling.telephone, typed.get("caller_phone", ""), "caller_phone")
    told_on = faults.of(_day, typed.get("told_on", ""), today)
    faults.refuse()
    assert told_on is not None
    return ToldAtDesk(
        Source(source), told_on, number, spelling.plain(told_by or ""), spelling.plain(caller or ""), phone or ""
    )


def _day(text: str, today: date) -> date:
    if not text.strip():
        return today
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("日期不对，请重新选。", field="told_on") from None
    if day > today:
        raise Refused("这一天还没有到，请看一下。", field="told_on")
    if day < today - TOLD_WITHIN:
        raise Refused("这是一年多以前了，请看一下日期。", field="told_on")
    return day
