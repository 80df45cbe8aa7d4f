"""The page of a party: what it answers for now and did before, and what was found there."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from inspect_app.hazards import register
from inspect_app.hazards.filters import Filters
from inspect_app.premises import holders
from inspect_app.premises.rules import PARTY_ROLES, STATUS_NAMES

from ..access import TABLE, Permission, allowed, scope
from .pages import pages

HAZARDS_SHOWN = 10


@pages.get("/parties/<uuid:party_id>")
@allowed(Permission.PREMISES)
def party(party_id: UUID) -> ResponseReturnValue:
    """One party, as far as whoever looks sees the places. Who keeps the register only is told of no hazard."""
    me = scope()
    there = holders.party_there(me, party_id)
    held, found = Filters(holder_id=party_id), Filters(party_id=party_id)
    sees_hazards = me.role in TABLE[Permission.HAZARDS_LIST]
    return render_template(
        "desk/party.html",
        there=there,
        party_id=party_id,
        roles=PARTY_ROLES,
        statuses=STATUS_NAMES,
        sees_hazards=sees_hazards,
        hazards=register.page(me, held, size=HAZARDS_SHOWN).rows if sees_hazards else (),
        open_there=register.count(me, held) if sees_hazards else 0,
        found_under=register.count(me, found) if sees_hazards else 0,
    )
