"""Today, the list of open hazards, one hazard, papers, assignments, places, urgent calls."""

from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.casework import urgent
from inspect_app.checklists import queries as checklists
from inspect_app.hazards import queries
from inspect_app.hazards.queries import Filters
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused
from inspect_app.people import queries as people
from inspect_app.people.rules import Role
from inspect_app.premises import actions as premises_actions
from inspect_app.premises import queries as premises
from inspect_app.premises.rules import GAS_KINDS, KIND_NAMES, PARTY_ROLES
from inspect_app.visits import actions as visits_actions
from inspect_app.visits import queries as visits

from .. import hazard_page
from ..access import Permission, actor, allowed, scope

pages = Blueprint("desk", __name__, url_prefix="/desk")
TABS = {
    "all": "全部",
    "overdue": "已逾期",
    "soon": "3 天内到期",
    "major": "重大或疑似",
    "found": "待交办",
    "verify": "待核验",
    "close": "待销号",
}


@pages.get("/")
@allowed(Permission.DESK)
def today() -> ResponseReturnValue:
    me = scope()
    counts = queries.counts(me)
    groups = [
        (label, tab, queries.page(me, Filters(tab=tab), size=6).rows, counts[tab])
        for label, tab in (("已逾期", "overdue"), ("等您交办", "found"), ("等核验", "verify"), ("等您销号", "close"))
    ]
    return render_template(
        "desk/today.html",
        counts=counts,
        groups=[group for group in groups if group[3]],
        asked=queries.with_open_request(me, "ask_extension", "ask_end", "ask_void", "ask_merge", "dispute"),
        urgent=visits.open_urgent(me),
    )


@pages.get("/hazards")
@allowed(Permission.HAZARDS_LIST)
def hazards() -> ResponseReturnValue:
    me = scope()
    filters = Filters(
        tab=request.args.get("tab", "all")
        if request.args.get("tab", "all") in {*TABS, "settled", "exceptions"}
        else "all",
        words=request.args.get("q", "").strip()[:50],
        handler_id=_maybe_id(request.args.get("handler")),
        field=request.args.get("field", "") if request.args.get("field") in ("fire", "gas", "site") else "",
    )
    page = queries.page(me, filters, request.args.get("after"))
    return render_template(
        "desk/hazards.html",
        page=page,
        filters=filters,
        tabs=TABS,
        counts=queries.counts(me),
        found=queries.count(me, filters),
        handlers=people.handlers(),
    )


@pages.get("/hazards/<uuid:hazard_id>")
@allowed(Permission.HAZARDS_LIST)
def hazard(hazard_id: UUID) -> ResponseReturnValue:
    return hazard_page.show(hazard_id)


@pages.post("/hazards/<uuid:hazard_id>/steps/<slug>")
@allowed(Permission.DESK)
def take_step(hazard_id: UUID, slug: str) -> ResponseReturnValue:
    return hazard_page.take(hazard_id, slug)


@pages.route("/assignments", methods=["GET", "POST"])
@allowed(Permission.ASSIGN)
def assignments() -> ResponseReturnValue:
    """Who goes where today: a place for a deputy on a day."""
    me, refusal, status = scope(), "", 200
    if request.method == "POST":
        try:
            place = premises.load(me, _id(request.form.get("premises_id"), "场所"))
            visits_actions.assign(
                me,
                premises_id=place.id,
                person_id=_deputy(_id(request.form.get("person_id"), "代表")),
                on_day=_day(request.form.get("on_day")),
                checklist_codes=[row.code for row in checklists.current_for(place.kind)],
            )
            return redirect(url_for("desk.assignments"), 303)
        except Refused as problem:
            if problem.status != 422:
                raise
            refusal, status = problem.message, 422
    deputies = people.people_with(Role.DEPUTY, None if me.whole_district else me.area_ids)
    return (
        render_template(
            "desk/assignments.html",
            places=premises.search(me, limit=300),
            deputies=deputies,
            rows=visits.assignments_in(me, clock.today()),
            refusal=refusal,
            typed=request.form,
        ),
        status,
    )


def _deputy(person_id: UUID) -> UUID:
    me = scope()
    known = {person.id for person, _, _ in people.people_with(Role.DEPUTY, None if me.whole_district else me.area_ids)}
    if person_id not in known:
        raise Refused("请从名单里选一位代表。", field="person_id")
    return person_id


@pages.route("/places", methods=["GET", "POST"])
@allowed(Permission.PREMISES)
def places() -> ResponseReturnValue:
    me, refusal, status = scope(), "", 200
    if request.method == "POST":
        try:
            if me.role is Role.LEADER:
                raise Refused("登记场所由督办员或管理员来办。")
            row = premises_actions.register(
                me,
                name=request.form.get("name", ""),
                kind=request.form.get("kind", ""),
                address=request.form.get("address", ""),
                area_id=_id(request.form.get("area_id"), "街道或社区"),
                facts=request.form,
                phone=request.form.get("phone", ""),
            )
            return redirect(url_for("desk.place", premises_id=row.id), 303)
        except Refused as problem:
            if problem.status != 422:
                raise
            refusal, status = problem.message, 422
    return (
        render_template(
            "desk/places.html",
            rows=premises.search(me, request.args.get("q", ""), limit=100),
            words=request.args.get("q", ""),
            kinds=KIND_NAMES,
            gas_kinds=GAS_KINDS,
            areas=people.areas_of(me),
            refusal=refusal,
            typed=request.form,
        ),
        status,
    )


@pages.get("/places/<uuid:premises_id>")
@allowed(Permission.PREMISES)
def place(premises_id: UUID) -> ResponseReturnValue:
    row = premises.load(scope(), premises_id)
    hazards_here = queries.at_premises(scope(), row.id)
    return render_template(
        "desk/place.html", place=row, parties=premises.parties_of(row.id), roles=PARTY_ROLES, hazards=hazards_here
    )


@pages.post("/urgent/<uuid:call_id>/acknowledge")
@allowed(Permission.DESK)
def acknowledge(call_id: UUID) -> ResponseReturnValue:
    visits_actions.acknowledge(visits.load_urgent(scope(), call_id), scope())
    return redirect(url_for("desk.today"), 303)


@pages.post("/urgent/<uuid:call_id>/end")
@allowed(Permission.DESK)
def end_urgent(call_id: UUID) -> ResponseReturnValue:
    """Ended with a reason, or made a hazard where a place is chosen."""
    call = visits.load_urgent(scope(), call_id)
    place_id = _maybe_id(request.form.get("premises_id"))
    if place_id is not None:
        row = urgent.make_hazard(call, premises.load(scope(), place_id), scope(), actor())
        return redirect(url_for("desk.hazard", hazard_id=row.id), 303)
    visits_actions.end_urgent(call, scope(), reason=request.form.get("reason", ""))
    return redirect(url_for("desk.today"), 303)


def _maybe_id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _id(text: str | None, what: str) -> UUID:
    found = _maybe_id(text)
    if found is None:
        raise Refused(f"请选{what}。")
    return found


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise Refused("请选日期。", field="on_day") from None
