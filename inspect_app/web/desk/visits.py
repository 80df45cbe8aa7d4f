"""The register of visits, and the record of one of them."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from inspect_app.casework import visit_record
from inspect_app.people.rules import Role
from inspect_app.premises import queries as premises
from inspect_app.visits import register

from ..access import TABLE, Permission, allowed, scope
from ..fields import maybe_id, narrowed, pager
from .pages import pages


@pages.get("/visits")
@allowed(Permission.HAZARDS_LIST)
def visits() -> ResponseReturnValue:
    """Every visit that was handed in or thrown away."""
    me, here = scope(), narrowed("only", "place")
    premises_id = maybe_id(here.get("place"))
    page = register.listed(me, here.get("only", ""), premises_id, request.args.get("after"))
    return render_template(
        "desk/visits.html",
        page=page,
        here=here,
        premises=premises.load(me, premises_id) if premises_id else None,
        kinds=[(key, name) for key, (name, _) in register.NARROWED.items()],
        **pager("desk.visits", here, page.after),
    )


@pages.get("/visits/<uuid:visit_id>")
@allowed(Permission.HAZARDS_LIST)
def visit(visit_id: UUID) -> ResponseReturnValue:
    """One visit: how it was walked, what it says, and for a supervisor what may be asked about it."""
    me = scope()
    return render_template(
        "desk/visit.html",
        record=visit_record.record(me, visit_id),
        asks=me.role is Role.SUPERVISOR,
        sees_places=me.role in TABLE[Permission.PREMISES],
    )
