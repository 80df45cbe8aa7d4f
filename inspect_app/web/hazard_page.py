"""The page of one hazard, shared by desk, responder and field: the same facts, the buttons each may press."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.evidence.queries import arrived
from inspect_app.hazards import kin, queries
from inspect_app.hazards.actions import merging
from inspect_app.hazards.case import case_of, newest_clock, observations, photos_waiting
from inspect_app.hazards.clocks import CLOCK_NAMES, ClockKind
from inspect_app.hazards.models import Clock, Hazard, HazardRequest
from inspect_app.hazards.rules import State, Step, open_steps, why_not_close, why_not_verify
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, NotThere, Refused
from inspect_app.papers import queries as papers
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Role
from inspect_app.premises.models import Premises

from . import hazard_log, steps
from .access import TABLE, Permission, actor, scope

# The walk of a hazard's life as its page draws it.
_LIFE = ("发现", "交办", "送达", "整改", "核验", "销号")


def show(hazard_id: UUID, *, message: str = "", refusal: str = "", open_step: str = "") -> ResponseReturnValue:
    """The whole page, or only its changing part for htmx; 422 with a refusal in place."""
    hazard = queries.load(scope(), hazard_id)
    case, me = case_of(hazard), actor()
    may = [step for step in open_steps(case, me) if step in steps.FORMS] if _acts() else []
    may.sort(key=lambda step: not steps.FORMS[step].loud)
    reads_chain = scope().role in TABLE[Permission.CHAIN]
    requests = queries.requests_of(hazard)
    context = {
        "hazard": hazard,
        "place": db.session.get_one(Premises, hazard.premises_id),
        "handler": _office(hazard.handler_id),
        "first_receiver": _office(hazard.first_receiver_id),
        "log": hazard_log.lines(queries.log_of(hazard)),
        "fault": queries.fault_of(hazard.id) if reads_chain else None,
        "reads_chain": reads_chain,
        "photos": photo_views(hazard),
        "waiting": photos_waiting(hazard),
        "clocks": queries.clocks_of(hazard),
        "clock_names": CLOCK_NAMES,
        "standing": standing_clocks(hazard),
        "requests": requests,
        "observations": observations(hazard),
        "target": db.session.get(Hazard, hazard.merged_into_id) if hazard.merged_into_id else None,
        "merged_in": kin.merged_in(hazard),
        "twins": kin.twins(scope(), hazard) if Step.ASK_MERGE in may else [],
        "corrected": _corrected_after_paper(hazard),
        "papers": papers.of_hazard(hazard.id),
        "life": life(hazard),
        "may": [step for step in may if step not in steps.RARE],
        "rare": [step for step in may if step in steps.RARE],
        "on_behalf": steps.may_record(hazard, me) if _acts() else {},
        "first": may[0] if may else None,
        "forms": steps.FORMS,
        "choices": lambda kind: steps.choices(kind, hazard),
        "why_not_verify": why_not_verify(case, me) if hazard.state == State.AWAITING_VERIFICATION else None,
        "why_not_close": why_not_close(case, me) if hazard.state == State.AWAITING_CLOSURE else None,
        "names": steps.names_of(_people(hazard, requests)),
        "message": message,
        "refusal": refusal,
        "open_step": open_step,
        "typed": request.form if refusal else {},
        "layout": _layout(),
        "room": room(),
    }
    htmx = request.headers.get("HX-Request") == "true"
    template = "hazard/_fragments/body.html" if htmx else "hazard/page.html"
    return render_template(template, **context), 422 if refusal else 200, {"Vary": "HX-Request"}


def take(hazard_id: UUID, slug: str) -> ResponseReturnValue:
    """One step; a refusal stays in place with what was typed, a stale page is answered by a notice."""
    if slug not in steps.ON_BEHALF and slug not in {str(step) for step in steps.FORMS}:
        raise NotThere
    queries.load(scope(), hazard_id)  # whose it is comes before what was typed: nobody learns what exists
    hazard = queries.lock(scope(), hazard_id, _seen_version(), beside=lambda seen: _beside(seen, slug))
    try:
        with db.session.begin_nested():
            said = (
                steps.record(slug, hazard, actor())
                if slug in steps.ON_BEHALF
                else steps.run(Step(slug), hazard, actor())
            )
    except NotAllowed:
        raise
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return show(hazard_id, refusal=refusal.message, open_step=slug)
    return after(hazard_id, said)


def _beside(hazard: Hazard, slug: str) -> list[UUID]:
    """The other rows of a step, so that all are locked at once in the order of their ids."""
    if slug in steps.ON_BEHALF:
        return []
    try:
        target = UUID(request.form.get("target", ""))
    except ValueError:
        target = None
    return merging.beside(hazard, Step(slug), target)


def after(hazard_id: UUID, said: str) -> ResponseReturnValue:
    """The answer to a step that was taken: in place for htmx, else back to the page."""
    if request.headers.get("HX-Request") == "true":
        return show(hazard_id, message=said) if _still_sees(hazard_id) else _gone()
    return redirect(url_for(f"{room()}.hazard", hazard_id=hazard_id), 303)


def room() -> str:
    """Whose pages show hazards to the one who is signed in."""
    return {Role.DEPUTY: "field", Role.HANDLER: "responder"}.get(scope().role, "desk")


def _still_sees(hazard_id: UUID) -> bool:
    try:
        queries.load(scope(), hazard_id)
    except NotThere:
        return False
    return True


def _gone() -> ResponseReturnValue:
    return "", 200, {"HX-Redirect": url_for("account.home")}


def _seen_version() -> int:
    raw = request.form.get("version", "")
    if not raw.isascii() or not raw.isdigit():
        raise Refused("这一页太旧了，请刷新后再办。您填的没有丢。")
    return int(raw)


def _acts() -> bool:
    return scope().role in TABLE[Permission.HAZARD_STEPS]


def _layout() -> str:
    return "layouts/field.html" if scope().role is Role.DEPUTY else "layouts/desk.html"


def _office(organisation_id: UUID | None) -> Organisation | None:
    return db.session.get(Organisation, organisation_id) if organisation_id else None


def _people(hazard: Hazard, requests: Sequence[HazardRequest]) -> set[UUID]:
    ids = {hazard.found_by_person_id, hazard.appointed_person_id} | {row.asked_by_person_id for row in requests}
    for row in hazard.rounds:
        ids |= {row.submitted_by_person_id, row.witness_person_id, row.verified_by_person_id, row.closed_by_person_id}
    ids |= {row.person_id for row in observations(hazard)}
    return {person for person in ids if person is not None}


@dataclass(frozen=True)
class PhotoView:
    """A photo as the page shows it: with its place, or why there is none to see."""

    photo_id: UUID
    place: str
    round_number: int
    at: datetime
    state: str  # there, awaited, given_up, wrong
    reason: str


def photo_views(hazard: Hazard) -> list[PhotoView]:
    """Every photo the hazard names, those that have not come and those given up included."""
    links = queries.photos_of(hazard)
    there = arrived(link.photo_id for link in links)
    views = []
    for link in links:
        # A photo given up that came after all is shown: it was announced and it is there.
        if link.dropped == "wrong":
            state = "wrong"
        elif link.photo_id in there:
            state = "there"
        else:
            state = "given_up" if link.dropped else "awaited"
        place = steps.PLACES[link.place]
        views.append(PhotoView(link.photo_id, place, link.round_number, link.added_at, state, link.dropped_reason))
    return views


def standing_clocks(hazard: Hazard) -> dict[str, Clock]:
    """The setting of each clock that is in force."""
    found = {kind: newest_clock(hazard, kind) for kind in ClockKind}
    return {str(kind): row for kind, row in found.items() if row is not None}


def _corrected_after_paper(hazard: Hazard) -> bool:
    """Whether a paper that still stands was issued before the newest 更正: a replacing one is due."""
    corrected = next((line.event.at for line in queries.log_of(hazard) if line.event.step == Step.CORRECT), None)
    if corrected is None:
        return False
    return any(row.state != "void" and row.frozen_at < corrected for row in papers.of_hazard(hazard.id))


def life(hazard: Hazard) -> list[dict[str, str]]:
    """Six points: done, now or to come. What was ended, voided or merged stops where it stood."""
    state = State(hazard.state)
    stopped = state in (State.ENDED, State.VOID, State.MERGED)
    reached = State(hazard.state_before) if stopped and hazard.state_before else state
    now = {
        State.FOUND: 1,
        State.RECTIFYING: 3 if hazard.served_at else 2,
        State.AWAITING_VERIFICATION: 4,
        State.AWAITING_CLOSURE: 5,
    }.get(reached, 6)
    return [
        {"label": label, "status": "done" if place < now else ("now" if place == now and not stopped else "to-come")}
        for place, label in enumerate(_LIFE)
    ]
