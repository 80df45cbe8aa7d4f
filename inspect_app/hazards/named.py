"""Whom and what the log of a hazard names, looked up once for all its lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.people.models import Person

from . import offices
from .models import Hazard
from .offices import OfficeRegister
from .queries import LogLine
from .table import EARLIER_FACTS, EVENTS, SaidAs

# Facts of an event that name another hazard, and those that name a person.
HAZARDS, PEOPLE = (
    {fact.name for row in EVENTS.values() for fact in (*row.facts, *EARLIER_FACTS) if fact.said is said}
    for said in (SaidAs.HAZARD, SaidAs.PERSON)
)


@dataclass(frozen=True)
class Names:
    """Names by id; the facts of an event write an id as text."""

    people: Mapping[str, str]
    hazards: Mapping[str, str]  # their numbers
    register: OfficeRegister

    def person(self, person_id: UUID | str | None) -> str:
        """The name of a person; empty where there is none."""
        return self.people.get(str(person_id), "") if person_id else ""

    def hazard(self, hazard_id: str | None) -> str:
        """The number of a hazard; empty where there is none."""
        return self.hazards.get(hazard_id, "") if hazard_id else ""

    def office(self, organisation_id: str | None) -> str:
        """The short name of an organisation; empty where there is none."""
        return self.register.short_name(UUID(organisation_id)) if organisation_id else ""


def names_in(log: Sequence[LogLine], more: Iterable[UUID | None] = (), register: OfficeRegister | None = None) -> Names:
    """The names of whoever the lines name, and of `more` people beside them."""
    people, hazards = set(more) - {None}, set()
    for line in log:
        actor, facts = line.event.body["actor"], line.event.body["facts"]
        named = (actor.get("person"), actor.get("recorded_by"), *(facts.get(name) for name in PEOPLE))
        people |= {person_id for ident in named if (person_id := _id(ident))}
        hazards |= {hazard_id for name in HAZARDS if (hazard_id := _id(facts.get(name)))}
    persons = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(people))) if people else ()
    numbers = db.session.execute(select(Hazard.id, Hazard.number).where(Hazard.id.in_(hazards))) if hazards else ()
    return Names(
        {str(row.id): row.name for row in persons},
        {str(row.id): row.number for row in numbers},
        register or offices.register(),
    )


def _id(value: object) -> UUID | None:
    """The id that a fact holds; None where it holds none, or where an older program wrote something else there."""
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
