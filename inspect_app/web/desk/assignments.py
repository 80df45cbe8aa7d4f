"""检查任务: a place is found, then given to a deputy for a day with its lists."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.walk import DEPTH_NAMES, Depth
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Faults, NotThere
from inspect_app.people import queries as people
from inspect_app.people.models import Organisation, Person, RoleTerm
from inspect_app.people.rules import Role
from inspect_app.premises import queries as premises_queries
from inspect_app.premises.models import Premises
from inspect_app.visits import actions, assigning
from inspect_app.visits.checked import whole_check_due
from inspect_app.visits.models import Assignment

from ..access import Permission, allowed, scope
from ..fields import attempt, maybe_id, page_of, posted, posted_day, posted_id, searched
from ..told import full_walk_rule
from .pages import pages


@pages.route("/assignments", methods=["GET", "POST"])
@allowed(Permission.ASSIGN)
def assignments() -> ResponseReturnValue:
    """Who goes where: first the place by search, then deputy, day and lists."""
    refusal = None
    if request.method == "POST":
        row, refusal = attempt(_assign)
        if row is not None:
            flash("安排好了。")
            return redirect(url_for("desk.assignments"), 303)
    me, words = scope(), searched()
    premises = _chosen()
    only = clock.today() if request.args.get("day") == clock.today().isoformat() else None
    return page_of(
        "desk/assignments.html",
        refusal,
        words=words,
        found=premises_queries.search(me, words, limit=20) if words else (),
        premises=premises,
        lists=checklists.current_for(premises.kind) if premises else (),
        deputies=[(str(person.id), f"{person.name}（{office.short_name}）") for person, _, office in _deputies()],
        rows=[one for one in assigning.assignments_in(me, clock.today()) if only is None or one.row.on_day == only],
        only=only,
        list_names={row.code: row.title for row in checklists.current()},
        demands=_demands,
        due=_why_due(premises),
        picked=request.form.getlist("checklists") if request.method == "POST" else None,
    )


@pages.post("/assignments/<uuid:assignment_id>/cancel")
@allowed(Permission.ASSIGN)
def cancel_assignment(assignment_id: UUID) -> ResponseReturnValue:
    """Take a task back that nobody has begun."""
    row = assigning.load_assignment(scope(), assignment_id)
    _, refusal = attempt(lambda: actions.cancel_assignment(row))
    flash(refusal.message if refusal else "这一家不去了。")
    return redirect(url_for("desk.assignments"), 303)


def _assign() -> Assignment:
    me = scope()
    premises = premises_queries.load(me, posted_id("premises_id", "场所"))
    faults = Faults()
    person_id = faults.of(posted_id, "person_id", "代表")
    if person_id is not None and person_id not in {person.id for person, _, _ in _deputies()}:
        faults.add("请从名单里选一位代表。", "person_id")
    known = {row.code for row in checklists.current_for(premises.kind)}
    fields: dict[str, Any] = {"person_id": person_id, "on_day": faults.of(posted_day, "on_day", "哪天去")}
    return actions.assign(
        me,
        premises_id=premises.id,
        checklist_codes=[code for code in request.form.getlist("checklists") if code in known],
        depth=Depth.FULL if posted("whole") == "yes" else None,
        zone_photos=posted("zone_photos") == "yes",
        so_far=faults,
        **fields,
    )


def _why_due(premises: Premises | None) -> str:
    """Why a place is to be checked whole; empty where it is not."""
    due = whole_check_due(premises, full_walk_rule(), clock.today()) if premises else None
    return due.why if due else ""


def _demands(row: Assignment) -> str:
    """What an assignment asks for beyond the visit itself, in words; empty where whoever walks chooses."""
    asked = [DEPTH_NAMES[Depth.FULL]] if row.depth == Depth.FULL else []
    return "，".join([*asked, *(["每区一张全景照"] if row.zone_photos else [])])


def _deputies() -> Sequence[tuple[Person, RoleTerm, Organisation]]:
    me = scope()
    return people.people_with(Role.DEPUTY, None if me.whole_district else me.area_ids)


def _chosen() -> Premises | None:
    """The place the form is about, from the address or from the form that was refused."""
    premises_id = maybe_id(request.form.get("premises_id") or request.args.get("place"))
    if premises_id is None:
        return None
    try:
        return premises_queries.load(scope(), premises_id)
    except NotThere:
        return None
