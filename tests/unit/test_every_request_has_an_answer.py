"""Every request × every constellation of offices: somebody who exists has a way to an answer, and nobody extends what
another authority set."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from uuid import UUID

import pytest

from inspect_app.hazards.answering import Offices
from inspect_app.hazards.rules import (
    CONFIRMS,
    PROPOSALS,
    Actor,
    Case,
    Grade,
    Request,
    Round,
    State,
    Step,
    Who,
    open_steps,
    who_is,
)
from inspect_app.people.rules import Role, Side

DISTRICT, STREET_AREA = UUID(int=1), UUID(int=2)
DESK, ABOVE_DESK, STREET, ABOVE_STREET, AUTHORITY, ABOVE_AUTHORITY = (UUID(int=10 + n) for n in range(6))
SIDES = dict.fromkeys((DESK, ABOVE_DESK), Side.CONGRESS)
PARENTS = {DESK: ABOVE_DESK, STREET: ABOVE_STREET, AUTHORITY: ABOVE_AUTHORITY}
DAY = date(2026, 11, 2)
TWO_PERSONS = {
    Step.ASK_RESTORE: State.VOID, Step.ASK_CLOSE_WITHOUT_OPINION: State.AWAITING_CLOSURE,
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    id: UUID
    role: Role
    office: UUID

    def actor(self) -> Actor:
        side = SIDES.get(self.office, Side.GOVERNMENT)
        return Actor(who_is(self.role, side), person_id=self.id, organisation_id=self.office, side=side)


@dataclass(frozen=True)
class World:
    """A district: every office has the people it has, with or without an office above it."""

    name: str
    offices: Offices
    people: tuple[Person, ...]


def _worlds() -> Iterator[World]:
    """The desk and every authority have one officer or two, a head or none, an office above or none."""
    for many, heads, above in product((False, True), repeat=3):
        people: list[Person] = []

        def add(role: Role, office: UUID, people: list[Person] = people) -> None:
            people.append(Person(UUID(int=100 + len(people)), role, office))

        for office, role in ((DESK, Role.SUPERVISOR), (STREET, Role.HANDLER), (AUTHORITY, Role.HANDLER)):
            for _ in range(2 if many else 1):
                add(role, office)
            if heads:
                add(Role.LEADER, office)
            if above:
                add(role if office is DESK else Role.SUPERVISOR, PARENTS[office])
        add(Role.SUPERVISOR, STREET)  # a supervisor of the government side, besides its handlers
        held: dict[tuple[UUID, Role], frozenset[UUID]] = {}
        for person in people:
            key = (person.office, person.role)
            held[key] = held.get(key, frozenset()) | {person.id}
        parents = {office: PARENTS[office] if above else None for office in PARENTS}
        if above:
            parents |= dict.fromkeys((ABOVE_DESK, ABOVE_STREET, ABOVE_AUTHORITY))
        offices = Offices(parents, {DISTRICT: DESK}, {DISTRICT: None, STREET_AREA: DISTRICT}, held)
        name = f"{'several' if many else 'one'} officer, {'a' if heads else 'no'} head, {'with' if above else 'without'} parent"
        yield World(name, offices, tuple(people))


WORLDS = {world.name: world for world in _worlds()}


def _asked_of(world: World, step: Step, office: UUID, asker: Person | None) -> Case:
    """A case with one request open, as the hazard's row would be read."""
    asked = Request(step, asker.id if asker else None, DAY, asker.office if asker else None)
    answering = world.offices.answering(office, asked.asked_by_person)
    case = Case(State.RECTIFYING, Grade.GENERAL, handler=STREET, accepted=True, mending_set_by=office)
    if step is Step.ASK_EXTENSION:
        return replace(case, extension=asked, date_answered_by=answering)
    if step in PROPOSALS:
        return replace(case, proposal=asked, date_answered_by=answering)
    if step is Step.DISPUTE:
        return replace(case, dispute=asked, dispute_answered_by=answering)
    heads = world.offices.above_asker(asked.asked_by_organisation, STREET_AREA)
    return replace(
        case, state=TWO_PERSONS.get(step, State.RECTIFYING), grade=Grade.SUSPECTED_MAJOR, request=asked,
        heads_confirm=heads, state_before=State.FOUND, opinion_recorded=True, closure_wait_over=True,
        round=Round(verified_by_person=UUID(int=999)),
    )  # fmt: skip


ANSWERS = {
    Step.ASK_EXTENSION: {Step.GRANT_EXTENSION, Step.REFUSE_EXTENSION, Step.RECORD_ANSWER},
    Step.FAIL: {Step.SET_MENDING, Step.RECORD_ANSWER},
    Step.SERVE: {Step.SET_MENDING, Step.RECORD_ANSWER},
    Step.DISPUTE: {Step.ANSWER_DISPUTE, Step.RECORD_ANSWER},
} | {asked: {confirmed} for asked, confirmed in CONFIRMS.items()}
DATE_SETTERS = {"the handler": STREET, "an authority": AUTHORITY, "the desk": DESK}


def _able(world: World, case: Case, step: Step) -> list[tuple[Person, set[Step]]]:
    found = [(person, ANSWERS[step] & set(open_steps(case, person.actor()))) for person in world.people]
    return [(person, steps) for person, steps in found if steps]


def _askers(world: World, step: Step) -> Iterator[Person | None]:
    """Everybody who could have asked it; None: the party, or the clock for a late service."""
    roles = {
        Step.ASK_EXTENSION: (Role.HANDLER,), Step.FAIL: (Role.SUPERVISOR, Role.HANDLER), Step.SERVE: (), Step.DISPUTE: (),
    }.get(step, (Role.SUPERVISOR,))  # fmt: skip
    if step in (Step.ASK_EXTENSION, Step.SERVE, Step.DISPUTE):
        yield None
    yield from (person for person in world.people if person.role in roles)


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("step", list(ANSWERS))
def test_every_request_has_somebody_who_has_a_way_to_an_answer(step: Step, name: str) -> None:
    world = WORLDS[name]
    for setter, office in DATE_SETTERS.items():
        for asker in _askers(world, step):
            case = _asked_of(world, step, office, asker)
            able = _able(world, case, step)
            assert able, f"{step} asked by {asker} of {setter}: nobody"
            assert asker is None or asker.id not in {person.id for person, _ in able}, "nobody answers their own"


@pytest.mark.parametrize("name", WORLDS)
def test_nobody_of_another_office_extends_a_date(name: str) -> None:
    """The street does not extend what the fire brigade set, nor the congress side anything of the government's."""
    world = WORLDS[name]
    for office in DATE_SETTERS.values():
        own = {office, PARENTS[office]}
        for asker in _askers(world, Step.ASK_EXTENSION):
            for person, steps in _able(world, _asked_of(world, Step.ASK_EXTENSION, office, asker), Step.ASK_EXTENSION):
                assert person.office in own or steps == {Step.RECORD_ANSWER}


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("step", list(ANSWERS))
def test_who_asked_can_take_it_back(step: Step, name: str) -> None:
    world = WORLDS[name]
    for asker in _askers(world, step):
        if asker is None and step is Step.SERVE:
            continue  # nobody asked: a late service offers a later day by itself
        case = _asked_of(world, step, STREET, asker)
        actor = asker.actor() if asker else Actor(Who.PARTY)
        assert Step.TAKE_BACK in open_steps(case, actor)
        others = [person for person in world.people if asker is None or person.office != asker.office]
        assert all(Step.TAKE_BACK not in open_steps(case, person.actor()) for person in others)


def test_the_fault_this_walk_is_for() -> None:
    """An office of one officer, alone: until a written answer could be recorded, nobody could answer its own asking."""
    world = WORLDS["one officer, no head, without parent"]
    asker = next(person for person in world.people if person.office == AUTHORITY)
    case = _asked_of(world, Step.ASK_EXTENSION, AUTHORITY, asker)
    able = _able(world, case, Step.ASK_EXTENSION)
    assert {(person.office, step) for person, steps in able for step in steps} == {
        (DESK, Step.RECORD_ANSWER), (STREET, Step.RECORD_ANSWER),
    }  # fmt: skip
