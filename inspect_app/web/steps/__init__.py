"""The steps of a hazard as forms on its page, shared by desk, responder and field."""

from uuid import UUID

from flask import request
from sqlalchemy import select

from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import STEP_NAMES, Actor, Step, named
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.people.models import Person

from .forms import FORMS, RARE
from .inputs import PLACES, Given, asked_as, check_offered, choices, lacking
from .on_behalf import ON_BEHALF, may_record
from .on_behalf import run as record
from .runs import place_named

__all__ = [
    "FORMS", "ON_BEHALF", "PLACES", "RARE", "asked_as", "choices", "lacking", "may_record", "names_of", "place_named", "record",
    "run",
]  # fmt: skip


def run(step: Step, hazard: Hazard, actor: Actor) -> str:
    """Take the step with what was typed; returns the sentence to say afterwards."""
    form = FORMS.get(step)
    if form is None:
        raise Refused(f"“{STEP_NAMES[step]}”不在这一页办。")
    given = Given(request.form, request.files.getlist("photos"), actor.account_id, hazard.premises_id)
    check_offered(form, given, hazard)
    said = form.run(hazard, actor, given)
    return said or form.said or f"“{named(step, actor.who)}”办好了。"


def names_of(person_ids: set[UUID]) -> dict[UUID, str]:
    """Names for showing, in one query."""
    if not person_ids:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}
