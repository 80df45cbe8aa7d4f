"""The log of a hazard in words: who did each step, and what an officer or auditor would ask next: number, date, to whom.

What an event may carry, how that is called and how it is said stands in the step's row; nothing is named here. What no
row knows any more, because an older program wrote it, stands as 其他记录 with its words.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from inspect_app.hazards.actions import verifying
from inspect_app.hazards.clocks import CLOCK_NAMES, ORIGIN_WORDS, ClockKind, DateOrigin
from inspect_app.hazards.events import Event
from inspect_app.hazards.named import Names
from inspect_app.hazards.queries import LogLine
from inspect_app.hazards.rules import (
    ASKED_NAMES,
    EVENTS,
    GRADE_NAMES,
    SOURCE_NAMES,
    STATE_NAMES,
    STEP_NAMES,
    UNNAMED,
    WHO_NAMES,
    Fact,
    SaidAs,
    Who,
    Word,
    named,
)
from inspect_app.hazards.table import COMMON, EARLIER_FACTS, EARLIER_WORDS
from inspect_app.intake.times import How
from inspect_app.kernel.spoken_dates import datetime_cn
from inspect_app.papers.service import WAY_NAMES

Detail = tuple[str, str]
_MINUTE = timedelta(minutes=1)
# Who decided, number and day: what stands beside the facts of a hazard of its newest determination, listing or transfer.
_DECIDING = frozenset({"authority", "meeting", "leader", "to", "result", "number", "on"})


class LogPart(NamedTuple):
    """One fact or word of an event as it is said, with its name in the chain."""

    name: str
    label: str
    words: str


@dataclass(frozen=True)
class LogEntry:
    """One line of the log as the page shows it; `withheld` says that its words were removed by a decision."""

    seq: int
    label: str
    at: datetime
    who: str
    details: Sequence[Detail]
    withheld: bool
    fingerprint: str
    moves: bool


def entries(log: Sequence[LogLine], names: Names) -> list[LogEntry]:
    """The log, newest first."""
    return [
        LogEntry(
            seq=line.event.seq,
            label=named(line.event.step, Who(line.event.body["actor"]["who"])),
            at=line.event.at,
            who=_who(line.event.body["actor"], names),
            details=[(part.label, part.words) for part in parts(line, names)] + _clock(line.event.body.get("device")),
            withheld=line.withheld is not None,
            fingerprint=f"{line.event.hash[:4]}…{line.event.hash[-2:]}",
            moves=line.event.step in EVENTS and EVENTS[line.event.step].moves,
        )
        for line in log
    ]


def newest(log: Sequence[LogLine], names: Names, *steps: str) -> dict[str, list[Detail]]:
    """Who decided, number and day, as the newest line of each of these steps says, by step; the rest stands in the log."""
    lines: dict[str, LogLine] = {}
    for line in log:  # newest first
        if line.event.step in steps:
            lines.setdefault(line.event.step, line)
    return {
        step: [(part.label, part.words) for part in parts(line, names) if part.name in _DECIDING]
        for step, line in lines.items()
    }


def _who(actor: Mapping[str, Any], names: Names) -> str:
    who = Who(actor["who"])
    if who is Who.CLOCK:
        return "到时自动记下"
    name, office = names.person(actor.get("person")), names.office(actor.get("organisation"))
    words = "，".join(part for part in (name, office, WHO_NAMES[who].split("（")[0]) if part)
    recorder, receipt = names.person(actor.get("recorded_by")), actor.get("receipt")
    if receipt:
        return f"{words}，凭单子答复，回执 {receipt}"
    return f"{words}，{recorder}代录" if recorder else words


def parts(line: LogLine, names: Names) -> list[LogPart]:
    """Everything that an event says, in the order of its row: facts, then words; what no row names comes last of each."""
    return [part for part in (*_facts(line.event, names), *_words(line)) if part.words]


def _facts(event: Event, names: Names) -> Iterator[LogPart]:
    facts, row = event.body["facts"], EVENTS.get(event.step)
    known = {fact.name: fact for fact in (*(row.facts if row else ()), *COMMON)}
    earlier = {fact.name: fact for fact in EARLIER_FACTS}
    unknown = {name: earlier.get(name, Fact(name, UNNAMED)) for name in facts if name not in known}
    for name, fact in (known | unknown).items():
        if facts.get(name) in (None, "", [], {}) or fact.said is SaidAs.NEVER:
            continue
        if fact.said is SaidAs.CLOCKS:
            yield from _said_clocks(fact, facts)
        else:
            yield _said(_Value(fact, facts[name], facts, names))


def _said(at: "_Value") -> LogPart:
    """A fact in words; one that an older program wrote in another shape stands as 其他记录, as it was written."""
    try:
        return LogPart(at.fact.name, at.fact.label, _SAYS[at.fact.said](at))
    except (ValueError, TypeError, KeyError):
        return LogPart(at.fact.name, UNNAMED, _text(at.value))


def _said_clocks(fact: Fact, facts: Mapping[str, Any]) -> Sequence[LogPart]:
    """The clocks that a step set; of another shape, or of a kind or origin that is no more, as they were written."""
    try:
        return list(_clocks(facts))
    except (ValueError, TypeError, KeyError, AttributeError):
        return [LogPart(fact.name, UNNAMED, _text(facts[fact.name]))]


def _words(line: LogLine) -> Iterator[LogPart]:
    words, facts, row = line.words or {}, line.event.body["facts"], EVENTS.get(line.event.step)
    # An office that is named by its id is not named by its words again.
    offices = {fact.name for fact in (row.facts if row else ()) if fact.said is SaidAs.OFFICE and facts.get(fact.name)}
    known = {word.name: word for word in (row.words if row else ())}
    earlier = {word.name: word for word in EARLIER_WORDS}
    unknown = {name: earlier.get(name, Word(name, UNNAMED)) for name in words if name not in known}
    for name, word in (known | unknown).items():
        if word.label and name not in offices:
            yield LogPart(name, word.label, _text(words.get(name)))


class _Value(NamedTuple):
    """A fact with its value, the facts beside it, and whom they name."""

    fact: Fact
    value: Any
    facts: Mapping[str, Any]
    names: Names


def _text(value: Any) -> str:
    """A value as it was written: lists and tables as one line, nothing as nothing."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "；".join(f"{name}：{_text(part)}" for name, part in value.items())
    if isinstance(value, list):
        return "、".join(_text(part) for part in value)
    return "" if value is None else str(value).strip()


def _mending_day(at: _Value) -> str:
    """Said here only where the event sets no clock: the clock says the day, and how it came about."""
    return "" if ClockKind.MENDING in (at.facts.get("dates") or {}) else _day(at.value)


def _way(at: _Value) -> str:
    return (verifying.WAYS | WAY_NAMES)[at.value]


def _found(name: str) -> str:
    """A name that was looked up. Raises ValueError where nothing has that id: it is shown as it was written."""
    if not name:
        raise ValueError("no such id")
    return name


_SAYS: Mapping[SaidAs, Callable[[_Value], str]] = {
    SaidAs.TEXT: lambda at: _text(at.value),
    SaidAs.DAY: lambda at: _day(at.value),
    SaidAs.MENDING_DAY: _mending_day,
    SaidAs.TIME: lambda at: datetime_cn(datetime.fromisoformat(at.value)),
    SaidAs.OFFICE: lambda at: _found(at.names.office(at.value)),
    SaidAs.PERSON: lambda at: _found(at.names.person(at.value)),
    SaidAs.HAZARD: lambda at: _found(at.names.hazard(at.value)),
    SaidAs.YES: lambda at: at.fact.words[0 if at.value else 1],
    SaidAs.WAY: _way,
    SaidAs.TRIED: lambda at: _way(at).removesuffix("送达"),  # what was only tried does not read as 送达
    SaidAs.GRADE: lambda at: GRADE_NAMES[at.value],
    SaidAs.SOURCE: lambda at: SOURCE_NAMES[at.value],
    SaidAs.STATE: lambda at: STATE_NAMES[at.value],
    SaidAs.STEP: lambda at: STEP_NAMES[at.value],
    SaidAs.ASKED: lambda at: ASKED_NAMES[at.value],
    SaidAs.COUNT: lambda at: f"{len(at.value)} 张",
}


def _clocks(facts: Mapping[str, Any]) -> Iterator[LogPart]:
    """Each clock that the step set: its day, and how it came about."""
    origins = facts.get("origins") or {}
    for kind, on in facts["dates"].items():
        if on:
            how = f"，{ORIGIN_WORDS[DateOrigin(origins[kind])]}" if kind in origins else ""
            yield LogPart("dates", CLOCK_NAMES[ClockKind(kind)], _day(on) + how)


def _day(text: str) -> str:
    on = date.fromisoformat(text[:10])
    return f"{on.year}年{on.month}月{on.day}日"


def _clock(device: Mapping[str, Any] | None) -> list[Detail]:
    """A remark where the phone's own clock was wrong by more than a minute, or nobody can say exactly when it was."""
    said = (device or {}).get("estimate")
    if device is None or not said:
        return []
    phone, server = datetime.fromisoformat(device["captured_at"]), datetime.fromisoformat(said["at"])
    apart, uncertain = abs(phone - server), said["uncertain_s"]
    if apart <= _MINUTE and (uncertain is None or timedelta(seconds=uncertain) <= _MINUTE):
        return []
    off = f"手机时间差 {_how_long(apart)}，" if apart > _MINUTE else ""
    if said["how"] == How.RECEIPT:
        return [("时间", f"{off}按收到时间记")]
    about = "差多少说不准" if uncertain is None else f"前后 {_how_long(timedelta(seconds=uncertain))}"
    return [("时间", f"{off}按服务器的钟约 {datetime_cn(server)}（{about}）")]


def _how_long(time: timedelta) -> str:
    seconds = time.total_seconds()
    for size, word in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{round(seconds / size)} {word}"
    return f"{round(seconds)} 秒"
