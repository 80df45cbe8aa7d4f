"""After a step of a hazard: whoever the table names is told, in the step's own transaction."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from inspect_app.hazards import offices
from inspect_app.hazards.answering import Offices
from inspect_app.hazards.case import from_row
from inspect_app.hazards.clocks import ClockKind
from inspect_app.hazards.models import HazardRequest
from inspect_app.hazards.rules import ASKED_NAMES, State, Step, needs_authority
from inspect_app.hazards.standing import who_sets
from inspect_app.hazards.taken import StepTaken, StepTold
from inspect_app.kernel import clock
from inspect_app.messages import actions as messages
from inspect_app.people import queries as people

from .audiences import Scene
from .led_to import ANSWERS, LedTo, standing
from .telling import entry_of, notices, worded

_VERDICTS = frozenset({Step.PASS, Step.FAIL})


def tell(taken: StepTaken) -> StepTold:
    """Queue the messages of a step; returns who was told, and what that lets us say to whoever took it. Where the table
    tells nobody, nothing is asked of the database."""
    entry = entry_of(taken.step, outcome_of(taken))
    if not entry.notices:
        return StepTold()
    scene = scene_of(taken)
    found = notices(entry, scene)
    for notice, who in found:
        messages.tell_each(who, worded(notice, scene), about="hazard", subject_id=taken.hazard.id)
    told = frozenset[UUID]().union(*(who for _, who in found))
    return StepTold(told, found[0][0].said if found else entry.unheard)


def outcome_of(taken: StepTaken) -> LedTo:
    """What a step led to."""
    if taken.step in ANSWERS:
        return LedTo.AGREED if taken.facts.get(ANSWERS[taken.step]) else LedTo.NOT_AGREED
    if taken.offered is not None or _put_forward(taken):
        return LedTo.PUT_FORWARD
    return standing(State(taken.hazard.state), needs_authority(from_row(taken.hazard)))


def _put_forward(taken: StepTaken) -> bool:
    """Whether a verifier proposed a date that another office is to set."""
    return taken.step == Step.FAIL and bool(taken.facts.get("proposed")) and not taken.facts.get("dates")


def scene_of(taken: StepTaken) -> Scene:
    """How the hazard stands after the step, for the audiences."""
    hazard, actor = taken.hazard, taken.actor
    answered = _answered(taken)
    return Scene(
        step=taken.step,
        title=hazard.title,
        area=hazard.area_id,
        offices=partial(_offices, taken),
        actor=actor.person_id,
        actor_office=actor.organisation_id,
        by_paper=actor.paper_id is not None,
        handler=hazard.handler_id,
        named_office=taken.facts.get("to") or taken.facts.get("authority"),
        closing_office=hazard.closing_office_id,
        finder=hazard.found_by_person_id,
        verifier=actor.person_id if taken.step in _VERDICTS else taken.verified_by,
        appointed=hazard.appointed_person_id,
        asked_of=_asked_of(taken),
        asker=answered.asked_by_person_id if answered else None,
        what=ASKED_NAMES[answered.step if answered else taken.step],
        words=_written(taken.words),
        days=taken.facts.get("working_days"),
        on_duty=lambda: people.on_duty(hazard.area_id, clock.today()),
        in_charge=lambda: people.supervisors_of(hazard.area_id),
    )


def _written(words: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name, text in words.items() if isinstance(text, str)}


def _offices(taken: StepTaken) -> Offices:
    return taken.read.register.known if taken.read else offices.today()


def _asked_of(taken: StepTaken) -> UUID | None:
    """The office that is to answer: named by the step, else who sets the mending date."""
    if taken.offered is not None:
        return taken.offered.asked_of_id
    if taken.step == Step.DISPUTE:
        named: UUID | None = taken.facts.get("answered_by")
        return named
    mending = taken.read.clock(ClockKind.MENDING) if taken.read else None
    return who_sets(taken.hazard, mending)


def _answered(taken: StepTaken) -> HazardRequest | None:
    """The request that the step answers, as it stood before."""
    if taken.read is None:
        return None
    if taken.step == Step.ANSWER_DISPUTE:
        return taken.read.request(Step.DISPUTE)
    return next((row for row in taken.read.requests if row.id == taken.facts.get("request")), None)
