"""The record of one visit as the desk reads it: how it was walked, what each zone says, what was found, and, for supervisors, what
may be asked of whoever walked."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import select

from inspect_app.checklists.answers import VERDICT_NAMES
from inspect_app.checklists.conditions import Verdict
from inspect_app.checklists.rules import Checklist, Item
from inspect_app.checklists.walk import Depth, drawn, may_be_drawn
from inspect_app.checklists.zones import ZONES
from inspect_app.hazards.models import Hazard
from inspect_app.kernel.clock import local_date
from inspect_app.kernel.database import db
from inspect_app.people.models import Person
from inspect_app.people.rules import Role, Scope
from inspect_app.premises.models import Premises
from inspect_app.visits import elsewhere, honesty, looked, pace, queries
from inspect_app.visits.closings import ClosedZone
from inspect_app.visits.honesty import VisitQuestion
from inspect_app.visits.looked import QuestionReply
from inspect_app.visits.models import Visit
from inspect_app.visits.rules import Merged, VisitOutcome, maybe_ident
from inspect_app.visits.tally import Tally, counted, named, tally, values

from .visit_questions import QuestionAsked, worded


@dataclass(frozen=True)
class ZoneRecord:
    """One zone as it was closed, with what its items say one by one or in passing."""

    name: str
    said: str
    counts: str
    time: str
    photos: tuple[UUID, ...]  # the wide ones that have come
    awaited: int  # and how many have not

    @property
    def wide(self) -> str:
        """How many wide photos it has, in words."""
        come = [f"{len(self.photos)} 张"] if self.photos else []
        return "，".join([*come, *([f"{self.awaited} 张还没送达"] if self.awaited else [])]) or "没有"


@dataclass(frozen=True)
class DeepRecord:
    """An item that was to be checked deeply, and what it came to."""

    words: str
    said: str


@dataclass(frozen=True)
class AskedAtDesk:
    """A question in words, and what came of it once somebody has asked."""

    question: VisitQuestion
    said: QuestionAsked
    looked: QuestionReply | None


@dataclass(frozen=True)
class VisitRecord:
    """Everything the page of a visit shows."""

    visit: Visit
    premises: Premises
    team: tuple[str, ...]
    name: str
    titles: tuple[str, ...]
    tally: Tally | None  # None of a visit on which nobody was inside
    zones: tuple[ZoneRecord, ...]
    deep: tuple[DeepRecord, ...]
    found: Sequence[Hazard]
    questions: tuple[AskedAtDesk, ...]

    @property
    def has_wide(self) -> bool:
        """Whether there are wide photos to look at."""
        return any(zone.photos for zone in self.zones)

    @property
    def open_questions(self) -> int:
        """How many of them nobody has asked yet."""
        return sum(one.looked is None for one in self.questions)

    @property
    def is_void(self) -> bool:
        """Whether it was thrown away: then it is no visit to the place."""
        return self.visit.outcome == VisitOutcome.VOID


@dataclass(frozen=True)
class _Read:
    """What a visit was filled under and what it says."""

    visit: Visit
    premises: Premises
    lists: list[tuple[UUID, Checklist]]
    answers: Mapping[str, Merged]
    zones: Mapping[str, ClosedZone]

    @cached_property
    def judged(self) -> list[Checklist]:
        """The lists that were asked, and what was found beside them."""
        return [checklist for _, checklist in elsewhere.with_found(self.lists, self.answers)]

    @property
    def facts(self) -> Mapping[str, object]:
        return queries.facts_at(self.visit, self.premises)

    @property
    def items(self) -> dict[str, Item]:
        return {item.code: item for checklist in self.judged for item in checklist.items}

    @property
    def asked(self) -> dict[str, Item]:
        return counted(self.judged, self.facts, self.answers)


def record(scope: Scope, visit_id: UUID) -> VisitRecord:
    """The record of a visit within scope. Raises NotThere."""
    visit = queries.load(scope, visit_id)
    read = _Read(
        visit,
        db.session.get_one(Premises, visit.premises_id),
        queries.lists_of(visit),
        queries.answers(visit.id),
        queries.zones(visit.id),
    )
    said, come = values(read.asked.values(), read.answers), queries.wide_photos(visit.id)
    inside = visit.outcome is None or VisitOutcome(visit.outcome).counts_findings
    return VisitRecord(
        visit,
        read.premises,
        _team(visit),
        named(visit.depth, visit.outcome, visit.outcome_note),
        tuple(checklist.title for _, checklist in read.lists),
        tally(read.judged, read.facts, read.answers) if inside else None,
        tuple(_zone(code, zone, read, said, come) for code, zone in read.zones.items()),
        tuple(_deep(code, read.items, said) for code in visit.deep),
        db.session.scalars(
            select(Hazard).where(Hazard.visit_id == visit.id).order_by(Hazard.found_at, Hazard.id)
        ).all(),
        _at_desk(read, said) if inside and scope.role is Role.SUPERVISOR else (),
    )


def look_at(scope: Scope, visit_id: UUID, asked: str, words: str) -> bool:
    """问过了: a supervisor has asked what stood out, and says what came of it. False where it stands out no more. Raises
    NotThere for a visit out of reach, Refused without words."""
    found = record(scope, visit_id)
    for one in found.questions:
        if one.question.asked == asked:
            looked.say(found.visit, one.question, scope, words)
            return True
    return False


def _at_desk(read: _Read, said: Mapping[str, Verdict]) -> tuple[AskedAtDesk, ...]:
    found = _questions(read, said)
    known = looked.said_of(read.visit) if found else {}
    return tuple(AskedAtDesk(one, worded(one), known.get((one.asked, len(one.found)))) for one in found)


def _team(visit: Visit) -> tuple[str, ...]:
    person = db.session.get_one(Person, visit.person_id)
    return (person.name, *(str(mate["name"]) for mate in visit.companions if mate.get("name")))


def _zone(code: str, zone: ClosedZone, read: _Read, said: Mapping[str, Verdict], come: Set[UUID]) -> ZoneRecord:
    here = [said[item.code] for item in read.asked.values() if item.zone == code]
    counted = [(VERDICT_NAMES[value], here.count(value)) for value in Verdict if value in here]
    return ZoneRecord(
        ZONES.get(code, code),
        "看了" if zone.looked else f"没看（{zone.reason}）" if zone.reason else "没看",
        "，".join(f"{name} {number} 项" for name, number in counted),
        _spent(zone.seconds),
        tuple(photo for photo in zone.photos if photo in come),
        sum(photo not in come for photo in zone.photos),
    )


def _spent(seconds: int | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds} 秒" if seconds < 120 else f"{round(seconds / 60)} 分钟"


def _deep(code: str, items: Mapping[str, Item], said: Mapping[str, Verdict]) -> DeepRecord:
    words = items[code].short_words if code in items else code
    return DeepRecord(words, VERDICT_NAMES[said.get(code, Verdict.NOT_LOOKED)])


def _questions(read: _Read, said: Mapping[str, Verdict]) -> list[honesty.VisitQuestion]:
    """What may be asked of a short walk that was handed in; of a whole one nothing is seen in passing."""
    visit = read.visit
    team = {visit.person_id, *(found for mate in visit.companions if (found := maybe_ident(mate.get("person_id"))))}
    asked = honesty.found_since(team, local_date(visit.started_at), _found_since(visit, said))
    if visit.depth != Depth.SHORT or visit.submitted_at is None:
        return asked
    walk = pace.walk_of(visit.person_id, read.zones, read.answers, read.items)
    own, others = pace.walks_beside(visit, read.premises.kind, read.items)
    return [
        *honesty.quick(walk, own, others),
        *honesty.no_exception(walk, own, others),
        *asked,
        *honesty.other_deep(visit.deep, _draws(read)),
    ]


def _found_since(visit: Visit, said: Mapping[str, Verdict]) -> list[honesty.FoundSince]:
    rows = db.session.execute(
        select(Hazard.title, Hazard.item_code, Hazard.found_at, Hazard.found_by_person_id, Person.name)
        .outerjoin(Person, Person.id == Hazard.found_by_person_id)
        .where(
            Hazard.premises_id == visit.premises_id,
            Hazard.item_code.in_(said),
            Hazard.found_at > visit.started_at,
            Hazard.found_at < visit.started_at + honesty.SOON + timedelta(days=1),
        )
        .order_by(Hazard.found_at, Hazard.id)
    )
    return [
        honesty.FoundSince(row[0], local_date(row[2]), row[4] or "别人", row[3], said[row[1]])
        for row in rows
        if row[1] is not None and row[3] is not None
    ]


def _draws(read: _Read) -> list[list[str]]:
    """What was to be drawn: by what is known of the place with and without what this visit said of it, and by what the phone
    weighed, where it weighed at least everything that is asked whatever is known."""
    visit, lists = read.visit, [checklist for _, checklist in read.lists]
    before = read.premises.facts | {"kind": read.premises.kind}
    weights = {code: int(days) for code, days in visit.weights.items() if isinstance(days, int | float)}
    versions, day = [version for version, _ in read.lists], local_date(visit.started_at)
    candidates = [may_be_drawn(lists, facts) for facts in (read.facts, before)]
    always = {code for code in candidates[0] if read.items[code].when is None}
    candidates += [list(weights)] if always <= set(weights) else []
    return [drawn(visit.premises_id, day, versions, codes, weights) for codes in candidates if codes]
