"""What a person, a party or a place that a list is narrowed to is called, for who may see it there."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select

from inspect_app.kernel.database import db
from inspect_app.people.models import Person
from inspect_app.people.rules import Scope
from inspect_app.premises import queries as premises
from inspect_app.premises.merged import with_place
from inspect_app.premises.models import Party, Premises, PremisesParty

from .models import Hazard
from .queries import visible


def chosen_names(scope: Scope, chosen: Mapping[str, UUID | None]) -> dict[str, str]:
    """The names of what is chosen, by finder, party and place; without those that this person has nothing to do with."""
    found = {kind: db.session.scalar(_NAMED[kind](scope, one)) for kind, one in chosen.items() if one}
    return {kind: name for kind, name in found.items() if name}


def _finder(scope: Scope, person_id: UUID) -> Select[Any]:
    seen = exists().where(Hazard.found_by_person_id == Person.id, visible(scope))
    return select(Person.name).where(Person.id == person_id, seen)


def _party(scope: Scope, party_id: UUID) -> Select[Any]:
    held = select(PremisesParty.party_id).select_from(PremisesParty)
    seen = with_place(held, PremisesParty.premises_id).where(
        PremisesParty.party_id == Party.id, premises.visible(scope)
    )
    return select(Party.name).where(Party.id == party_id, seen.exists())


def _place(scope: Scope, premises_id: UUID) -> Select[Any]:
    return select(Premises.name).where(Premises.id == premises_id, premises.visible(scope))


_NAMED = {"finder": _finder, "party": _party, "holder": _party, "place": _place}
