"""The register of visits, and the record of one of them."""

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.casework import papers, visit_record
from inspect_app.kernel.errors import Refused
from inspect_app.papers.queries import of_visit
from inspect_app.papers.standing import STAMPS
from inspect_app.papers.validity import standings
from inspect_app.people.rules import Role, Side
from inspect_app.premises import queries as premises
from inspect_app.slips import binding as slips
from inspect_app.slips import queries as slip_queries
from inspect_app.visits import register

from ..access import TABLE, Permission, actor, allowed, scope
from ..fields import attempt, maybe_id, narrowed, page_of, pager, posted
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
    return _shown(visit_id)


@pages.post("/visits/<uuid:visit_id>/questions/<kind>")
@allowed(Permission.DESK)
def ask_about_visit(visit_id: UUID, kind: str) -> ResponseReturnValue:
    """问过了: what came of asking. It changes nothing else."""
    kept, refused = attempt(lambda: visit_record.look_at(scope(), visit_id, kind, posted("words")))
    if refused is not None:
        return _shown(visit_id, refused, kind)
    flash("记下了，这一条问过了。" if kept else "这一条现在不用问了。")
    return redirect(url_for("desk.visit", visit_id=visit_id), 303)


@pages.post("/visits/<uuid:visit_id>/record")
@allowed(Permission.DESK)
def print_visit(visit_id: UUID) -> ResponseReturnValue:
    """巡查记录表 of a visit, frozen under its number; the worker draws it."""
    base = current_app.config["PUBLIC_ADDRESS"]
    paper, refused = attempt(lambda: papers.visitrecord.issue(visit_id, scope(), actor(), address=base))
    if paper is None:
        return _shown(visit_id, refused, "record")
    flash(f"{paper.number}，正在做，一会儿就好。")
    return redirect(url_for("desk.visit", visit_id=visit_id), 303)


@pages.post("/visits/<uuid:visit_id>/slips")
@allowed(Permission.SLIPS)
def bind_slip(visit_id: UUID) -> ResponseReturnValue:
    """留了空白单: which slip was left on this visit, by its number."""

    def bind() -> str:
        found = slip_queries.find(scope(), posted("slip_number"))
        return slips.bind(scope(), found.id, visit_id).short

    number, refused = attempt(bind)
    if number is None:
        return _shown(visit_id, refused, "slip")
    flash(f"空白单 {number} 记在这次走访上了。")
    return redirect(url_for("desk.visit", visit_id=visit_id), 303)


def _shown(visit_id: UUID, refusal: Refused | None = None, refused_at: str = "") -> ResponseReturnValue:
    me = scope()
    read, sheets = visit_record.record(me, visit_id), of_visit(visit_id)
    return page_of(
        "desk/visit.html",
        refusal,
        record=read,
        sheets=sheets,
        standings={row: STAMPS[how] for row, how in standings(sheets).items() if how in STAMPS},
        may_print=papers.visitrecord.may_issue(read, me),
        asks=me.role is Role.SUPERVISOR,
        sees_places=me.role in TABLE[Permission.PREMISES],
        refused_at=refused_at,
        slips=slip_queries.of_visit(visit_id),
        taken_off=slip_queries.taken_off(visit_id),
        binds_slips=me.role in TABLE[Permission.SLIPS] and me.side is Side.CONGRESS and not read.is_void,
    )
