"""The log of a hazard in words: who did each step, and what an officer or auditor would ask next: number, date, to whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from inspect_app.hazards.actions import settling
from inspect_app.hazards.clocks import CLOCK_NAMES, ORIGIN_WORDS, ClockKind, Origin
from inspect_app.hazards.events import Event
from inspect_app.hazards.named import Names
from inspect_app.hazards.queries import Line
from inspect_app.hazards.rules import (
    ASKED_NAMES,
    GRADE_NAMES,
    ROWS,
    STATE_NAMES,
    STEP_NAMES,
    WHO_NAMES,
    Grade,
    State,
    Step,
    Who,
    named,
)
from inspect_app.intake.times import How
from inspect_app.kernel.spoken_dates import datetime_cn
from inspect_app.papers.service import WAY_NAMES

_WORDS = {
    "reason": "理由", "authority": "机关", "opinion": "意见", "conclusion": "结论", "result": "结果", "to": "移送给",
    "title": "问题", "old_title": "原来写的问题", "place": "位置", "old_place": "原来写的位置", "competent": "应由谁办",
    "interim": "这段时间的防范", "remedies": "救济途径", "no_paper": "不另行文的理由", "words": "说明", "officers": "承办人员",
    "meeting": "主任会议", "leader": "领衔领导", "inspected_at": "检查地点", "requirement": "整改要求", "basis": "职权依据",
    "responsibility": "责任", "measures": "措施", "funds": "资金", "time": "时限", "plan": "预案",
}  # fmt: skip
_ELSEWHERE = frozenset({"details"})  # what was found: the page shows it above the log
_HAZARDS = {"target": "并到", "hazard": "另一件", "reopens": "本来要重开"}
_OFFICES = {
    "handler": "承办单位",
    "competent": "应由谁办",
    "to": "报给",
    "authority": "机关",
    "answered_by": "由谁答复",
    "rule_of": "按谁的规定",
}
# The steps that move a hazard along its life are filled discs, the others only notes.
_MOVES = frozenset(row.step for row in ROWS.values() if row.ends != (None,)) | {Step.REPORT, Step.ACCEPT}
Detail = tuple[str, str]
_MINUTE = timedelta(minutes=1)
_DECIDING = ("机关", "主任会议", "领衔领导", "移送给", "结果", "文号", "日期")


@dataclass(frozen=True)
class Entry:
    """One line of the log as the page shows it; `withheld` says that its words were removed by a decision."""

    seq: int
    label: str
    at: datetime
    who: str
    details: Sequence[Detail]
    withheld: bool
    fingerprint: str
    moves: bool


def entries(log: Sequence[Line], names: Names) -> list[Entry]:
    """The log, newest first."""
    return [
        Entry(
            seq=line.event.seq,
            label=named(Step(line.event.step), Who(line.event.body["actor"]["who"])),
            at=line.event.at,
            who=_who(line.event.body["actor"], names),
            details=[*_facts(line.event, names), *_words(line), *_clock(line.event.body.get("device"))],
            withheld=line.withheld is not None,
            fingerprint=f"{line.event.hash[:4]}…{line.event.hash[-2:]}",
            moves=Step(line.event.step) in _MOVES,
        )
        for line in log
    ]


def newest(log: Sequence[Line], names: Names, *steps: Step) -> dict[str, list[Detail]]:
    """Who decided, number and day, as the newest line of each of these steps says, by step; the rest stands in the log."""
    lines: dict[str, Line] = {}
    for line in log:  # newest first
        if line.event.step in steps:
            lines.setdefault(line.event.step, line)
    return {
        step: [one for one in [*_facts(line.event, names), *_words(line)] if one[0] in _DECIDING]
        for step, line in lines.items()
    }


def _who(actor: Mapping[str, Any], names: Names) -> str:
    who = Who(actor["who"])
    if who is Who.CLOCK:
        return "到时自动记下"
    name, office = names.person(actor.get("person")), names.office(actor.get("organisation"))
    words = "，".join(part for part in (name, office, WHO_NAMES[who].split("（")[0]) if part)
    recorder = names.person(actor.get("recorded_by"))
    return f"{words}，{recorder}代录" if recorder else words


def _words(line: Line) -> list[Detail]:
    words = dict(line.words or {})
    if line.event.body["facts"].get("competent"):
        words.pop("competent", None)  # named as one of our offices: said once
    details = []
    for name, value in words.items():
        text = "、".join(map(str, value)) if isinstance(value, list) else value
        text = "；".join(f"{key}：{part}" for key, part in text.items()) if isinstance(text, dict) else text
        if name not in _ELSEWHERE and text not in (None, "", {}) and (said := str(text).strip()):
            # A word that nobody named here stands under its own key.
            label = "文书" if name == "title" and line.event.step == Step.ORDER else _WORDS.get(name, name)
            details.append((label, said))
    return details


def _facts(event: Event, names: Names) -> list[Detail]:
    facts = event.body["facts"]
    details = [(label, names.office(facts[name])) for name, label in _OFFICES.items() if facts.get(name)]
    details += [(label, names.hazard(facts[name])) for name, label in _HAZARDS.items() if facts.get(name)]
    details += _numbers(event)
    details += _service(event)
    if facts.get("working_days"):
        details.append(("没有异议", f"满 {facts['working_days']} 个工作日"))
    if facts.get("agrees") is not None:
        details.append(("答复", "同意" if facts["agrees"] else "不同意"))
    if event.step == Step.TAKE_BACK:
        details.append(("撤回的是", ASKED_NAMES[Step(facts["step"])]))
    if facts.get("verifier"):
        details.append(("请谁核验", names.person(facts["verifier"])))
    details += _days(facts)
    if facts.get("grade"):
        details.append(("级别", GRADE_NAMES[Grade(facts["grade"])]))
    if event.step == Step.FOLLOW:
        done = f"办了“{STEP_NAMES[Step(facts['step'])]}”，变成{STATE_NAMES[State(facts['state'])]}"
        details.append(("那一件", done))
    if facts.get("reconciled"):
        details.append(("说明", "夜里对账时发现漏了，补上的"))
    if facts.get("photos"):
        details.append(("照片", f"{len(facts['photos'])} 张"))
    return [(label, words) for label, words in details if words]


def _service(event: Event) -> list[Detail]:
    """How something was looked at or brought, and when; what was only tried does not read as 送达."""
    facts, found, ways = event.body["facts"], [], settling.WAYS | WAY_NAMES
    if facts.get("way") in ways:
        tried = event.step in (Step.TELL, Step.MISS)
        found.append(("方式", ways[facts["way"]].removesuffix("送达") if tried else ways[facts["way"]]))
    label = "更正的是哪一次" if event.step == Step.UNSERVE else "送达时间"
    for name, words in (("served_at", label), ("tried_at", "时间")):
        if facts.get(name):
            found.append((words, datetime_cn(datetime.fromisoformat(facts[name]))))
    return found


def _numbers(event: Event) -> list[Detail]:
    facts, found = event.body["facts"], []
    if event.step == Step.HAND_OVER and facts.get("paper"):
        found.append(("转办函", str(facts["paper"])))
    if facts.get("number"):
        found.append(("文号", str(facts["number"])))
    if facts.get("replaces"):
        found.append(("代替", str(facts["replaces"])))
    if facts.get("record"):
        found.append(("检查记录", f"{facts['record']}，{_day(facts['inspected_on'])}"))
    if facts.get("on"):
        found.append(("日期", _day(facts["on"])))
    return found


def _days(facts: Mapping[str, Any]) -> list[Detail]:
    labels = (("until", "延到"), ("proposed", "建议新期限"), ("offered", "可以延到"), ("due_on", "整改期限"))
    set_by_step, origins = facts.get("dates") or {}, facts.get("origins") or {}
    said = {"due_on"} if ClockKind.MENDING in set_by_step else set()  # the clock says it, and how it came about
    found = [(label, _day(facts[name])) for name, label in labels if facts.get(name) and name not in said]
    return found + [
        (
            CLOCK_NAMES[ClockKind(kind)],
            _day(on) + (f"，{ORIGIN_WORDS[Origin(origins[kind])]}" if kind in origins else ""),
        )
        for kind, on in set_by_step.items()
        if on
    ]


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
