"""The rules of suspicion of today over visits of old: what they would say now, as a report. Nothing is rewritten."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from inspect_app.checklists import library
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.suspicion import SuspicionRule
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.sightings import Sighting
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.premises.models import Premises
from inspect_app.visits import elsewhere
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit
from inspect_app.visits.rules import WAS_INSIDE

from .suspicions import FoundSuspicion, found_in

BATCH = 200


@dataclass(frozen=True)
class SuspicionDifference:
    """A visit on which the rules of today and of then disagree about one rule."""

    day: date
    premises_name: str
    rule: str
    title: str
    now: bool  # suspected now and not then; False: suspected then and not now
    because: tuple[str, ...]
    hazards: tuple[str, ...]  # numbers of the hazards it touches


@dataclass(frozen=True)
class Replay:
    """How many visits were looked at, and where something differs."""

    visits: int
    differences: tuple[SuspicionDifference, ...]


def replay(since: date | None = None) -> Replay:
    """Run the rules in force today over every visit handed in since a day, under the lists and answers of then.

    Facts are those of the visit over what is known of the place by now: a fact learned since may be the difference.
    """
    rules, looked_at = checklists.rules_on(clock.today()), 0
    found: list[SuspicionDifference] = []
    for visit, premises in _handed_in(since):
        looked_at += 1
        found += _differences(visit, premises, rules)
    return Replay(looked_at, tuple(found))


def _handed_in(since: date | None) -> Iterator[tuple[Visit, Premises]]:
    statement = (
        select(Visit, Premises)
        .join(Premises, Premises.id == Visit.premises_id)
        .where(Visit.submitted_at.is_not(None), Visit.outcome.in_(WAS_INSIDE))
        .order_by(Visit.started_at, Visit.id)
    )
    if since is not None:
        statement = statement.where(Visit.started_at >= datetime.combine(since, time.min, clock.SHANGHAI))
    for row in db.session.execute(statement.execution_options(yield_per=BATCH)):
        yield row[0], row[1]


def _differences(visit: Visit, premises: Premises, rules: Sequence[SuspicionRule]) -> Iterator[SuspicionDifference]:
    answers = visits.answers(visit.id)
    asked = [checklist for _, checklist in elsewhere.with_found(visits.lists_of(visit), answers)]
    now = {one.rule.id: one for one in found_in(asked, answers, visits.facts_at(visit, premises), rules)}
    hazards = _hazards_of(visit.id)
    then: dict[str, str] = {}
    for hazard, words in hazards:
        then |= {_today(one["rule"]): one["title"] for one in hazard.finding.get("suspicion") or ()}
        then |= {_today(rule.id): rule.title for rule in library.suspicion_rules() if sighting_words(rule) in words}
    day = clock.local_date(visit.started_at)
    for rule_id, one in now.items():
        if rule_id not in then:
            yield SuspicionDifference(
                day, premises.name, rule_id, one.rule.title, True, one.because, _touched(hazards, one)
            )
    for rule_id, title in then.items():
        if rule_id not in now:
            numbers = tuple(hazard.number for hazard, words in hazards if _says(hazard, words, rule_id, title))
            yield SuspicionDifference(day, premises.name, rule_id, title, False, (), numbers)


def sighting_words(rule: SuspicionRule) -> str:
    """How a sighting says in the log that a rule suspects the hazard seen again."""
    return f"疑似重大：{rule.title}"


def _today(rule_id: str) -> str:
    """The rule that stands for this one now: a mended rule that says of a visit what the old one said is no difference."""
    return {rule.mends: rule.id for rule in library.suspicion_rules()}.get(rule_id, rule_id)


def _says(hazard: Hazard, words: str, rule_id: str, title: str) -> bool:
    frozen = {_today(one["rule"]) for one in hazard.finding.get("suspicion") or ()}
    return rule_id in frozen or f"疑似重大：{title}" in words


def _touched(hazards: Sequence[tuple[Hazard, str]], found: FoundSuspicion) -> tuple[str, ...]:
    names = {name for code in found.suspicion.items for name in library.aliases().kin(code)}
    return tuple(hazard.number for hazard, _ in hazards if hazard.item_code in names)


def _hazards_of(visit_id: UUID) -> list[tuple[Hazard, str]]:
    """What a visit found or saw again, with the words of the sighting."""
    made = db.session.scalars(select(Hazard).where(Hazard.visit_id == visit_id)).all()
    seen = db.session.execute(
        select(Hazard, Sighting.words)
        .join(Sighting, Sighting.hazard_id == Hazard.id)
        .where(Sighting.visit_id == visit_id)
    )
    return [*((hazard, "") for hazard in made), *((row[0], row[1]) for row in seen)]
