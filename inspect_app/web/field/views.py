"""Today, places, a visit with its checklist, urgent calls, hazards of one's area."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.rules import applicable
from inspect_app.hazards import queries as hazards
from inspect_app.kernel import clock
from inspect_app.kernel.errors import NotThere
from inspect_app.papers import queries as papers
from inspect_app.people import queries as people
from inspect_app.people.rules import Role
from inspect_app.premises import queries as premises
from inspect_app.premises.rules import FACT_NAMES, GAS_KINDS, KIND_NAMES
from inspect_app.visits import queries as visits

from .. import hazard_page
from ..access import Permission, allowed, scope

pages = Blueprint("field", __name__, url_prefix="/field")


@pages.get("/")
@allowed(Permission.FIELD)
def today() -> ResponseReturnValue:
    me = scope()
    assigned = visits.assignments_for(me, clock.today())
    to_look_back = hazards.page(me, hazards.Filters(tab="verify"), size=5).rows
    return render_template(
        "field/today.html",
        assigned=assigned,
        left=[row for row in assigned if row[0].visit_id is None],
        drafts=visits.drafts_of(me),
        to_look_back=to_look_back,
    )


@pages.get("/places")
@allowed(Permission.FIELD)
def places() -> ResponseReturnValue:
    words = request.args.get("q", "")
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
    return render_template("field/new_place.html", kinds=KIND_NAMES, gas_kinds=GAS_KINDS, page=_common())


@pages.get("/places/<uuid:premises_id>")
@allowed(Permission.FIELD)
def place(premises_id: UUID) -> ResponseReturnValue:
    """A place before the visit: what is open here, how the visit was started, or why it could not be."""
    row = premises.load(scope(), premises_id)
    deputies = [
        {"id": str(person.id), "name": person.name}
        for person, _, _ in people.people_with(Role.DEPUTY)
        if person.id != scope().person_id
    ]
    return render_template(
        "field/place.html",
        place=row,
        open_hazards=hazards.at_premises(scope(), row.id),
        parties=premises.parties_of(row.id),
        deputies=deputies,
        page=_common()
        | {
            "premises": str(row.id),
            "versions": [str(version.id) for version in checklists.current_for(row.kind)],
            "facts": row.facts,
        },
        lists=checklists.current_for(row.kind),
        fact_names=FACT_NAMES,
        gas_kinds=GAS_KINDS,
    )


@pages.get("/visits/<uuid:visit_id>")
@allowed(Permission.FIELD)
def visit(visit_id: UUID) -> ResponseReturnValue:
    """Filling: one page that holds the whole checklist; taps become operations."""
    row = visits.load(scope(), visit_id)
    place_row = premises.load(scope(), row.premises_id)
    if row.submitted_at is not None:
        return render_template(
            "field/handed_in.html",
            visit=row,
            place=place_row,
            papers=papers.of_visit(row.id),
            hazards=hazards.found_in(scope(), row.id),
        )
    lists = [checklists.version(version_id) for version_id in visits.version_ids(row.id)]
    facts = place_row.facts | row.facts
    answers = {code: dict(merged.answer.body) for code, merged in visits.answers(row.id).items()}
    data = _common() | {
        "visit": str(row.id),
        "answers": answers,
        "started": row.started_at.isoformat(),
        "today": clock.today().isoformat(),
    }
    return render_template("field/fill.html", visit=row, place=place_row, lists=_numbered(lists, facts), page=data)


def _numbered(lists: list[Any], facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Sections of all lists in walking order, items numbered through."""
    sections: dict[str, list[dict[str, Any]]] = {}
    number = 0
    seen: set[str] = set()
    for checklist in lists:
        for item in applicable(checklist, facts):
            if item.code in seen:
                continue
            seen.add(item.code)
            number += 1
            sections.setdefault(item.section, []).append({"number": number, "item": item})
    return [{"name": name, "entries": entries} for name, entries in sections.items()]


@pages.get("/urgent")
@allowed(Permission.FIELD)
def urgent() -> ResponseReturnValue:
    """Behind the red button: step outside, call, three taps to record."""
    return render_template("field/urgent.html", numbers=people.emergency_numbers(scope().area_id), page=_common())


@pages.get("/outbox")
@allowed(Permission.FIELD)
def outbox() -> ResponseReturnValue:
    return render_template("field/outbox.html", page=_common())


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


def _common() -> dict[str, Any]:
    """What every field script needs to know; ids only."""
    return {
        "account": str(scope().account_id),
        "intake": url_for("intake.operations"),
        "token": url_for("intake.token"),
    }
