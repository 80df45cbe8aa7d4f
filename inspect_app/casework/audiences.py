"""Whom a step of a hazard concerns: each audience is a function from how the hazard stands to people. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from inspect_app.hazards.answering import NOBODY, Offices
from inspect_app.people.rules import Role

People = frozenset[UUID]


def _nobody() -> Collection[UUID]:
    return NOBODY


@dataclass(frozen=True)
class Scene:
    """How a hazard stands after a step, as far as that decides who hears of it.

    The last three are functions because each is a question to the database: only an audience that needs one asks it.
    """

    step: str
    title: str
    area: UUID
    offices: Callable[[], Offices]
    actor: UUID | None = None  # nobody, where the clock, a party or a citizen acted
    actor_office: UUID | None = None
    by_paper: bool = False  # whoever holds a paper acted by themselves
    handler: UUID | None = None
    named_office: UUID | None = None  # the one that the step itself names: whom it is escalated or referred to
    closing_office: UUID | None = None
    finder: UUID | None = None
    verifier: UUID | None = None
    appointed: UUID | None = None
    asked_of: UUID | None = None  # the office that answers what is asked or put forward
    asker: UUID | None = None  # who asked for what the step answers
    what: str = ""  # what is asked or answered, as it is called
    words: Mapping[str, str] = field(default_factory=dict)  # what was written with the step
    days: int | None = None  # of a rule by which the clock acts
    on_duty: Callable[[], Collection[UUID]] = _nobody  # for the area, today
    in_charge: Callable[[], Collection[UUID]] = _nobody  # every supervisor who sees the area


Audience = Callable[[Scene], People]


def finder(scene: Scene) -> People:
    """Who found it."""
    return _one(scene.finder)


def verifier(scene: Scene) -> People:
    """Who verified or confirmed the round that the step is about."""
    return _one(scene.verifier)


def appointed(scene: Scene) -> People:
    """Who was asked to verify."""
    return _one(scene.appointed)


def asker(scene: Scene) -> People:
    """Who asked for what is answered."""
    return _one(scene.asker)


def handler(scene: Scene) -> People:
    """Officers and heads of the office that has it now."""
    return _of_office(scene, scene.handler)


def named_office(scene: Scene) -> People:
    """Officers and heads of the office that the step names."""
    return _of_office(scene, scene.named_office)


def handler_if_by_paper(scene: Scene) -> People:
    """The same, where whoever holds a paper acted by themselves: nobody of ours was there to know of it."""
    return handler(scene) if scene.by_paper else NOBODY


def duty_if_by_paper(scene: Scene) -> People:
    """The duty list of the area today, where whoever holds a paper acted by themselves."""
    return on_duty(scene) if scene.by_paper else NOBODY


def on_duty(scene: Scene) -> People:
    """The duty list of the area today; all supervisors in charge of it where the list is empty."""
    return frozenset(scene.on_duty())


def closers(scene: Scene) -> People:
    """Who may be asked to close: the supervisors of the office that handed over but for the verifier; where there is
    none, those above it."""
    known = scene.offices()
    able = known.closing(scene.closing_office, scene.area, scene.verifier)
    return known.holding(Role.SUPERVISOR, *able) - {scene.verifier}


def asked(scene: Scene) -> People:
    """Whoever answers for the office that was asked, but for who asks: its people, else those of the offices above it."""
    known = scene.offices()
    return known.anybody(*known.answering(scene.asked_of, scene.actor)) - {scene.actor}


def desk(scene: Scene) -> People:
    """The supervisors of the district desk of the area, where an office was asked: they get its answer on paper."""
    known = scene.offices()
    office = known.desk_of(scene.area) if scene.asked_of is not None else None
    return known.holding(Role.SUPERVISOR, office) if office is not None else NOBODY


def heads(scene: Scene) -> People:
    """Who confirms as the second person where no other supervisor sees the hazard: the heads of the office that asks, of
    those above it and of the desk. Where one sees it, nobody: it lies in that one's pile."""
    if frozenset(scene.in_charge()) - {scene.actor}:
        return NOBODY
    known = scene.offices()
    return known.holding(Role.LEADER, *known.above_asker(scene.actor_office, scene.area))


def _one(person: UUID | None) -> People:
    return frozenset({person}) if person is not None else NOBODY


def _of_office(scene: Scene, office: UUID | None) -> People:
    return scene.offices().anybody(office) if office is not None else NOBODY
