"""紧急上报 at the desk: the banner on every page, the list of 今日, and one call to its end."""

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.casework import urgent
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.positions import ReferenceSystem, known_position, position_of
from inspect_app.people.rules import Scope
from inspect_app.premises import queries as premises_queries
from inspect_app.premises.models import Premises
from inspect_app.premises.rules import likeness
from inspect_app.urgent_calls import actions
from inspect_app.urgent_calls import queries as urgent_calls
from inspect_app.urgent_calls.models import UrgentCall
from inspect_app.urgent_calls.queries import OpenCalls, UrgentView

from ..access import Permission, actor, allowed, scope
from ..fields import attempt, maybe_id, page_of, posted, searched
from .pages import pages

LIKELY = 8


@pages.get("/calls")
@allowed(Permission.DESK)
def calls() -> ResponseReturnValue:
    """The banner again, asked for by the page itself every half minute."""
    return render_template("desk/_fragments/calls.html")


@pages.get("/urgent")
@allowed(Permission.DESK)
def urgent_list() -> ResponseReturnValue:
    """The list of 今日 again, asked for by the page itself every half minute."""
    return render_template("desk/_fragments/urgent.html", cards=cards(scope()))


@dataclass(frozen=True)
class Cards:
    """What is shown of the urgent calls that are open: as many as a page holds, and how many there are."""

    shown: list[tuple[UrgentView, list[UrgentView]]]
    open: OpenCalls
    left_out: int


def cards(me: Scope) -> Cards:
    """One card for what rang together: the call that stands for it, and the others under it."""
    views, all_open = urgent_calls.open_urgent(me)
    found: dict[UUID, list[UrgentView]] = {}
    for view in views:
        found.setdefault(view.call.bundle_id or view.call.id, []).append(view)
    return Cards([(together[0], together[1:]) for together in found.values()], all_open, all_open.count - len(views))


@pages.get("/urgent/<uuid:call_id>")
@allowed(Permission.DESK)
def urgent_call(call_id: UUID) -> ResponseReturnValue:
    """One urgent call."""
    return _page(call_id, None)


@pages.post("/urgent/<uuid:call_id>/acknowledge")
@allowed(Permission.DESK)
def acknowledge(call_id: UUID) -> ResponseReturnValue:
    """我来处理: the clock stops urging, everybody sees who took it."""
    call = urgent_calls.load_urgent(scope(), call_id)
    urgent.take_over(call, scope())
    return redirect(url_for("desk.urgent_call", call_id=call_id), 303)


@pages.post("/urgent/<uuid:call_id>/end")
@allowed(Permission.DESK)
def end_urgent(call_id: UUID) -> ResponseReturnValue:
    """Ended with a reason, or made a hazard where a place is chosen."""
    call = urgent_calls.load_urgent(scope(), call_id)
    premises_id = maybe_id(request.form.get("premises_id"))
    if premises_id is not None:
        premises = premises_queries.load(scope(), premises_id)
        row, refusal = attempt(lambda: urgent.make_hazard(call, premises, scope(), actor()))
        if row is not None:
            flash("记成隐患了，请接着办。")
            return redirect(url_for("desk.hazard", hazard_id=row.id), 303)
        return _page(call_id, refusal)
    _, refusal = attempt(lambda: actions.end_urgent(call, scope(), reason=posted("reason", "words")))
    if refusal is not None:
        return _page(call_id, refusal)
    flash("这一条办结了。")
    return redirect(url_for("desk.today"), 303)


def _page(call_id: UUID, refusal: Refused | None) -> ResponseReturnValue:
    call = urgent_calls.load_urgent(scope(), call_id)
    words = searched()
    return page_of(
        "desk/call.html",
        refusal,
        view=urgent_calls.urgent_view(call),
        words=words,
        places=premises_queries.search(scope(), words, limit=20) if words else _likely(call),
    )


def _likely(call: UrgentCall) -> list[Premises]:
    """Places of the area whose name the reporter's words hold or resemble, or that lie near; the best first."""

    reported = known_position(call.lon, call.lat, ReferenceSystem.WGS84)  # a phone says it

    def score(premises: Premises) -> float:
        named = 1.0 if premises.name in call.where_words else likeness(premises.name, call.where_words)
        there = position_of(premises)
        if there is None or reported is None:
            return named
        return named + max(0.0, 0.5 - there.metres_to(reported) / 1000)

    ranked = sorted(premises_queries.search(scope(), limit=500), key=score, reverse=True)
    return ranked[:LIKELY]
