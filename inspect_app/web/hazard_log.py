"""The log of a hazard in words: who did each step, and what an officer or auditor would ask next: number, date, to whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.hazards.actions import settling
from inspect_app.hazards.clocks import CLOCK_NAMES, ClockKind
from inspect_app.hazards.models import Event, Hazard
from inspect_app.hazards.queries import Line
from inspect_app.hazards.rules import GRADE_NAMES, STATE_NAMES, STEP_NAMES, WHO_NAMES, Grade, State, Step, Who
from inspect_app.kernel.database import db
from inspect_app.people.models import Organisation, Person

_WORDS = {
    "reason": "理由", "authority": "机关", "opinion": "意见", "conclusion": "结论", "result": "结果", "to": "移送",
    "title": "问题", "old_title": "原来写的问题", "place": "位置", "old_place": "原来写的位置", "competent": "应由",
    "interim": "期间防范", "remedies": "救济途径", "no_paper": "不另行文", "words": "", "officers": "承办人员",
}  # fmt: skip
_HAZARDS = {"target": "并到", "hazard": "", "reopens": "本来要重开"}
_ORGANISATIONS = {
    "handler": "交给",
    "competent": "应由",
    "to": "报给",
    "authority": "提请",
    "answered_by": "答复单位：",
}


@dataclass(frozen=True)
class LogLine:
    """One line as the page shows it; `withheld` says that its words were removed by a decision."""

    event: Event
    who: str
    told: Sequence[str]
    withheld: bool


def lines(log: Sequence[Line]) -> list[LogLine]:
    """The whole log in words, names read in three queries."""
    people, others = _names(log)
    return [
        LogLine(line.event, _who(line.event, people), _told(line, others), line.withheld is not None) for line in log
    ]


def _names(log: Sequence[Line]) -> tuple[dict[str, str], dict[str, str]]:
    people: set[UUID] = set()
    offices: set[UUID] = set()
    hazards: set[UUID] = set()
    for line in log:
        actor, facts = line.event.body["actor"], line.event.body["facts"]
        people |= {UUID(actor[name]) for name in ("person", "recorded_by") if actor.get(name)}
        offices |= {UUID(facts[name]) for name in _ORGANISATIONS if facts.get(name)}
        hazards |= {UUID(facts[name]) for name in _HAZARDS if facts.get(name)}
    named = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    known = db.session.execute(select(Organisation.id, Organisation.short_name).where(Organisation.id.in_(offices)))
    numbers = db.session.execute(select(Hazard.id, Hazard.number).where(Hazard.id.in_(hazards)))
    others = {str(row.id): row.short_name for row in known} | {str(row.id): row.number for row in numbers}
    return {str(row.id): row.name for row in named}, others


def _who(event: Event, people: Mapping[str, str]) -> str:
    actor = event.body["actor"]
    if actor.get("person"):
        return people.get(actor["person"], "")
    who = WHO_NAMES[Who(actor["who"])]
    recorder = people.get(actor.get("recorded_by") or "", "")
    return f"{who}，{recorder}代录" if recorder else who


def _told(line: Line, others: Mapping[str, str]) -> list[str]:
    words = dict(line.words or {})
    if line.event.body["facts"].get("competent"):
        words.pop("competent", None)  # named as one of our offices: said once
    return [*_words(words), *_facts(line.event, others)]


def _words(words: Mapping[str, Any]) -> list[str]:
    told = []
    for name, value in words.items():
        text = "、".join(value) if isinstance(value, list) else value
        if isinstance(text, str) and text.strip() and name != "details":
            label = _WORDS.get(name, name)
            told.append(f"{label}：{text}" if label else text)
    return told


def _facts(event: Event, others: Mapping[str, str]) -> list[str]:
    facts, told = event.body["facts"], []
    told += [f"{label}{others.get(facts[name], '')}" for name, label in _ORGANISATIONS.items() if facts.get(name)]
    told += [f"{label}{others.get(facts[name], '')}" for name, label in _HAZARDS.items() if facts.get(name)]
    if event.step == Step.FOLLOW:
        told.append(f"那一件办了“{STEP_NAMES[Step(facts['step'])]}”，变成{STATE_NAMES[State(facts['state'])]}")
    if event.step == Step.HAND_OVER and facts.get("paper"):
        told.append(f"转办函 {facts['paper']}")
    if facts.get("number"):
        told.append(f"文号 {facts['number']}" + (f"，{_day(facts['on'])}" if facts.get("on") else ""))
    if facts.get("way") in settling.WAYS:
        told.append(settling.WAYS[facts["way"]])
    for name, label in (("until", "延到"), ("proposed", "建议新期限"), ("offered", "可以延到")):
        if facts.get(name):
            told.append(f"{label} {_day(facts[name])}")
    if facts.get("grade"):
        told.append(f"级别：{GRADE_NAMES[Grade(facts['grade'])]}")
    told += [f"{CLOCK_NAMES[ClockKind(kind)]} {_day(on)}" for kind, on in (facts.get("dates") or {}).items() if on]
    return told


def _day(text: str) -> str:
    on = date.fromisoformat(text[:10])
    return f"{on.year}年{on.month}月{on.day}日"
