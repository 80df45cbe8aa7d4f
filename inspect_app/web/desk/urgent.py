"""One urgent call at the desk: take it, make it a hazard at a place, or end it with a reason."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.premises.rules import likeness
from inspect_app.visits import queries as visits
from inspect_app.visits.models import UrgentCall

from ..access import Permission, allowed, scope
from .views import pages

SHOWN = 8


@pages.get("/urgent/<uuid:call_id>")
@allowed(Permission.DESK)
def urgent_call(call_id: UUID) -> ResponseReturnValue:
    """The call with its people and photos, and the places it may be at: those found, else the likeliest."""
    call = visits.load_urgent(scope(), call_id)
    words = request.args.get("q", "").strip()[:50]
    return render_template(
        "desk/urgent.html",
        view=visits.urgent_view(call),
        places=premises.search(scope(), words, SHOWN) if words else _likely(call),
        words=words,
    )


def _likely(call: UrgentCall) -> list[Premises]:
    """Places of the area whose name the reporter's words hold or resemble, or that lie near; the best first."""

    def score(place: Premises) -> float:
        named = 1.0 if place.name in call.where_words else likeness(place.name, call.where_words)
        if place.lon is None or place.lat is None or call.lon is None or call.lat is None:
            return named
        apart = abs(place.lon - call.lon) + abs(place.lat - call.lat)
        return named + max(0.0, 0.5 - apart * 100)

    ranked = sorted(premises.search(scope(), limit=500), key=score, reverse=True)
    return ranked[:SHOWN]
