"""Today, places, a visit with its checklist, urgent calls, hazards of one's area."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.checklists import queries as checklists
from inspect_app.hazards import queries as hazards
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.papers import queries as papers
from inspect_app.people import queries as people
from inspect_app.people.models import Person
from inspect_app.people.rules import Role, Scope
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.premises.rules import FACT_NAMES, GAS_KINDS, KIND_NAMES
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit
from inspect_app.visits.rules import Answer, mates

from .. import hazard_page
from ..access import Permission, allowed, scope
from .shown import facts_asked, rest_days

pages = Blueprint("field", __name__, url_prefix="/field")


@pages.get("/")
@allowed(Permission.FIELD)
def today() -> ResponseReturnValue:
    """What a deputy has to do today, and what a colleague would tell them at each door."""
    me = scope()
    drafts = [(row, place, visits.progress(row, place)) for row, place in visits.drafts_of(me)]
    retries = visits.retries_due(me, clock.today())
    assigned = visits.assignments_for(me, clock.today())
    to_look_back = hazards.page(me, hazards.Filters(tab="verify"), size=5).rows
    begun = {row.id for row, _, _ in drafts}
    return render_template(
        "field/today.html",
        assigned=assigned,
        left=[row for row in assigned if row[0].visit_id is None],
        drafts=drafts,
        begun=begun,
        retries=retries,
        door=visits.at_the_door([place.id for _, place in (*assigned, *retries)]),
        to_look_back=to_look_back,
        page=common() | {"drafts": {str(row.id): sorted(state.done) for row, _, state in drafts}},
    )


@pages.get("/places")
@allowed(Permission.FIELD)
def places() -> ResponseReturnValue:
    """Search by name, address or the code on the door."""
    words = request.args.get("q", "").strip()
    by_code = premises.by_door_code(scope(), words) if words else None
    if by_code is not None:
        return redirect(url_for("field.place", premises_id=by_code.id))
    return render_template("field/places.html", rows=premises.search(scope(), words), words=words)


@pages.get("/door/<code>")
@allowed(Permission.FIELD)
def door(code: str) -> ResponseReturnValue:
    """A scanned door QR opens the place."""
    found = premises.by_door_code(scope(), code)
    if found is None:
        raise NotThere("没有找到这块门牌。可以从名单里选，或新登记一家。")
    return redirect(url_for("field.place", premises_id=found.id))


@pages.get("/places/new")
@allowed(Permission.FIELD)
def new_place() -> ResponseReturnValue:
    return render_template("field/new_place.html", kinds=KIND_NAMES, gas_kinds=GAS_KINDS, page=common())


@pages.get("/places/<uuid:premises_id>")
@allowed(Permission.FIELD)
def place(premises_id: UUID) -> ResponseReturnValue:
    """A place before the visit: what is open here, how the visit was started, or why it could not be."""
    me = scope()
    row = premises.load(me, premises_id)
    lists, day = checklists.current_for(row.kind), clock.today()
    asked = [checklists.asked(version.id, day) for version in lists]
    local = checklists.local()
    near = _deputies_near(me)
    recent = visits.recent_mates(me, [person.id for person in near])
    assigned = {place_row.id: task for task, place_row in visits.assignments_for(me, clock.today())}
    return render_template(
        "field/place.html",
        place=row,
        open_hazards=hazards.at_premises(me, row.id),
        door=visits.at_the_door([row.id])[row.id],
        parties=premises.parties_of(row.id),
        recent=[person for ident in recent for person in near if person.id == ident],
        others=[person for person in near if person.id not in recent],
        assigned=row.id in assigned,
        page=common()
        | {
            "premises": str(row.id),
            "versions": [str(version.id) for version in lists],
            "arranged_by": me.organisation_name if row.id in assigned else "",
        },
        lists=lists,
        facts=facts_asked(asked, row.facts, checklists.rules_on(day)),
        local=local,
        fact_names=FACT_NAMES,
        exceeded=local.exceeded(row.kind, row.facts) if local else [],
    )


def _deputies_near(me: Scope) -> list[Person]:
    """Deputies of the same committee or station: whom one may go with, not the whole district."""
    everybody = [(person, term) for person, term, _ in people.people_with(Role.DEPUTY)]
    station = next((term.station_id for _, term in everybody if term.id == me.term_id), None)
    return [
        person
        for person, term in everybody
        if person.id != me.person_id
        and (term.organisation_id == me.organisation_id or (station is not None and term.station_id == station))
    ]


@pages.get("/visits/<uuid:visit_id>")
@allowed(Permission.FIELD)
def visit(visit_id: UUID) -> ResponseReturnValue:
    """Filling: templates and what is known of this visit. The phone fetches the lists, draws them, and taps become
    operations."""
    me = scope()
    row = visits.load(me, visit_id)
    place_row = premises.load(me, row.premises_id)
    if row.submitted_at is not None:
        return _handed_in(row, place_row)
    lists = visits.lists_of(row)
    titles = [checklist.title for _, checklist in lists]
    data = common() | {
        "visit": str(row.id),
        "place": {"name": place_row.name, "address": place_row.address, "kind": place_row.kind},
        "titles": titles,
        "facts": visits.facts_at(row, place_row),
        "answers": _answers(row),
        "answersAt": url_for("field.answers", visit_id=row.id),
        "failedBefore": {code: day.isoformat() for code, day in visits.failed_before(row).items()},
        "mates": [
            mate["name"] for mate in row.companions if mate.get("name") and mate.get("person_id") != str(me.person_id)
        ],
        "started": row.started_at.isoformat(),
        "today": clock.today().isoformat(),
        "rest": rest_days(clock.today()),
        "lists": [str(version_id) for version_id, _ in lists],
        "on": clock.local_date(row.started_at).isoformat(),
    }
    return render_template("field/fill.html", visit=row, place=place_row, titles=titles, page=data)


@pages.get("/visits/<uuid:visit_id>/answers")
@allowed(Permission.FIELD)
def answers(visit_id: UUID) -> ResponseReturnValue:
    """What stands for each item by now, for a second phone on the same visit."""
    return {"answers": _answers(visits.load(scope(), visit_id))}


def _answers(row: Visit) -> dict[str, Any]:
    """The answer of each item; while phones differ, who says what."""
    me = scope()
    lead = db.session.get_one(Person, row.person_id).name
    others = mates(me.person_id, row.person_id, lead, row.companions)
    who = others[0] if len(others) == 1 else "同行的代表"
    return {
        code: dict(merged.answer.body)
        | {"contested": merged.contested, "who": who, "by": merged.answer.device_id, "at": _clock(merged.answer)}
        | {"others": [dict(a.body) | {"by": a.device_id, "at": _clock(a)} for a in merged.others]}
        for code, merged in visits.answers(row.id).items()
    }


def _clock(answer: Answer) -> str:
    return f"{clock.to_local(answer.order[0]):%H:%M}"


def _handed_in(row: Visit, place_row: Premises) -> ResponseReturnValue:
    me = scope()
    left = [other for task, other in visits.assignments_for(me, clock.today()) if task.visit_id is None]
    signed = current_app.extensions["storage"].get(row.text_sha256 or "")
    return render_template(
        "field/handed_in.html",
        visit=row,
        place=place_row,
        papers=papers.of_visit(row.id),
        hazards=hazards.found_in(me, row.id),
        signers=visits.signers(row.id),
        signed_text=signed.decode() if signed else "",
        next_place=left[0] if left else None,
        left=len(left),
        page=common(),
    )


@pages.get("/urgent")
@allowed(Permission.FIELD)
def urgent() -> ResponseReturnValue:
    """Behind the red button: step outside, call, three taps to record. From a place's page its name is already there."""
    where = ""
    if at := request.args.get("at", ""):
        try:
            row = premises.load(scope(), UUID(at))
            where = f"{row.name}，{row.address}"
        except (ValueError, NotThere):
            where = ""  # a danger is reported whatever the link said
    return render_template(
        "field/urgent.html", numbers=people.emergency_numbers(scope().area_id), where=where, page=common()
    )


@pages.get("/urgent/<uuid:call_id>")
@allowed(Permission.FIELD)
def urgent_call(call_id: UUID) -> ResponseReturnValue:
    """One's own call: that it arrived, who was told, who has taken it."""
    call = visits.load_urgent(scope(), call_id)
    return render_template(
        "field/urgent_call.html",
        numbers=people.emergency_numbers(call.area_id),
        view=visits.urgent_view(call),
        page=common(),
    )


@pages.get("/outbox")
@allowed(Permission.FIELD)
def outbox() -> ResponseReturnValue:
    return render_template("field/outbox.html", page=common())


@pages.get("/mine")
@allowed(Permission.FIELD)
def mine() -> ResponseReturnValue:
    return render_template("field/mine.html")


@pages.get("/hazards/<uuid:hazard_id>")
@allowed(Permission.FIELD)
def hazard(hazard_id: UUID) -> ResponseReturnValue:
    return hazard_page.show(hazard_id)


@pages.post("/hazards/<uuid:hazard_id>/steps/<slug>")
@allowed(Permission.FIELD)
def take_step(hazard_id: UUID, slug: str) -> ResponseReturnValue:
    return hazard_page.take(hazard_id, slug)


def common() -> dict[str, Any]:
    """What every field script needs to know; ids, and the name under which this phone keeps its queue."""
    return {
        "account": str(scope().account_id),
        "name": scope().person_name,
        "intake": url_for("intake.operations"),
        "token": url_for("intake.token"),
    }
