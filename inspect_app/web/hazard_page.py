"""The page of one hazard, shared by desk, responder and field: the same facts, the buttons each may press."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.hazards import flags, gallery, kin, queries, records
from inspect_app.hazards.actions import merging
from inspect_app.hazards.case import case_of, current_round, observations
from inspect_app.hazards.clocks import CLOCK_NAMES, ClockKind, Origin
from inspect_app.hazards.models import Clock, Hazard, HazardRequest
from inspect_app.hazards.queries import Line
from inspect_app.hazards.rules import OF_THE_DATE, State, Step, named, open_steps, why_not_close, why_not_verify
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, NotThere, Refused, together
from inspect_app.kernel.limits import LIMITS
from inspect_app.papers import queries as papers
from inspect_app.papers import validity
from inspect_app.people.models import Area, Organisation
from inspect_app.people.rules import Role
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.premises.rules import PARTY_ROLES

from . import hazard_log, next_step, photo_questions, service, steps
from .access import TABLE, Permission, actor, scope
from .errors import is_htmx
from .order_form import corrected_after, sheets_shown
from .showing import date_cn

# The log's newest lines stand open, the older ones behind a fold.
_NEWEST_LINES = 6
_CRUMBS = {"desk": ("desk.hazards", "隐患"), "responder": ("responder.inbox", "交办给我们的")}


def show(
    hazard_id: UUID, *, message: str = "", refusal: Refused | None = None, open_step: str = ""
) -> ResponseReturnValue:
    """The whole page, or only its changing part for htmx; 422 with a refusal in place."""
    hazard = queries.load(scope(), hazard_id)
    case = case_of(hazard)
    me = actor()
    may = [step for step in open_steps(case, me) if step in steps.FORMS] if _acts() else []
    may.sort(key=lambda step: not steps.FORMS[step].loud)
    reads_chain = scope().role in TABLE[Permission.CHAIN]
    log = queries.log_of(hazard)
    handler = _office(hazard.handler_id)
    requests, seen_late = queries.requests_of(hazard), observations(hazard)
    names = steps.names_of(_people(hazard, requests))
    reason = why_not_verify(case, me) if hazard.state == State.AWAITING_VERIFICATION else None
    waiting = records.read(hazard).waiting
    # For the desk alone: neither who took a photo nor who mended reads that it is asked about.
    looked = flags.of_hazard(scope(), hazard) if room() == "desk" else None
    panel = next_step.next_step(
        next_step.Standing(
            hazard=hazard,
            case=case,
            me=me,
            may=frozenset(may),
            handler=handler.short_name if handler else "",
            appointed=names.get(hazard.appointed_person_id, "") if hazard.appointed_person_id else "",
            verified_by=names.get(case.round.verified_by_person, "") if case.round.verified_by_person else "",
            closes_after=current_round(hazard).closes_after_days,
            declined_words=_declined_words(log) if case.declined else "",
            photos=waiting,
            questions=looked.open if looked else 0,
            extension=_one(requests, Step.ASK_EXTENSION),
            request=_one(requests, *next_step.ASKED),
            asked_of=_asked_of(requests),
            why_not_verify=reason,
            why_not_close=why_not_close(case, me) if hazard.state == State.AWAITING_CLOSURE else None,
        )
    )
    place = db.session.get_one(Premises, hazard.premises_id)
    sheets = list(papers.of_hazard(hazard.id))
    services, standings = papers.services_of(sheets), validity.standings(sheets)
    context = {
        "hazard": hazard,
        "place": place,
        "area": db.session.get_one(Area, hazard.area_id),
        "parties": premises.parties_of(place.id),
        "party_roles": PARTY_ROLES,
        "handler": handler,
        "first_receiver": _office(hazard.first_receiver_id),
        "waiting": waiting,
        "requests": [row for row in requests if row is not panel.about],
        "observations": seen_late,
        "target": db.session.get(Hazard, hazard.merged_into_id) if hazard.merged_into_id else None,
        "merged_in": kin.merged_in(hazard),
        "twins": kin.twins(scope(), hazard) if Step.ASK_MERGE in may else [],
        "corrected": corrected_after(sheets, standings, log),
        "log": hazard_log.entries(log),
        "decided": hazard_log.newest(log, Step.DETERMINE, Step.LIST, Step.WATCH, Step.TRANSFER, Step.TRANSFER_RESULT),
        "newest_lines": _NEWEST_LINES,
        "fault": queries.fault_of(hazard.id) if reads_chain else None,
        "reads_chain": reads_chain,
        "gallery": gallery.gallery_of(hazard),
        "looked": looked,
        "photo_questions": photo_questions.lines(looked) if looked else [],
        "looks_at_photos": scope().role in TABLE[Permission.DESK],
        "clocks": _clocks(
            State(hazard.state), queries.clocks_of(hazard), {row.number for row in sheets if row.state == "void"}
        ),
        **sheets_shown(hazard, sheets, standings, case, me),
        "services": services,
        "service": service,
        "life": life(hazard, log, unserved=service.unserved(sheets, services)),
        "earlier": _earlier(hazard),
        "panel": panel,
        "groups": next_step.groups(may, panel.steps),
        "on_behalf": steps.may_record(hazard, me) if _acts() else {},
        "forms": steps.FORMS,
        "named": lambda step: named(step, me.who),
        "choices": lambda kind: steps.choices(kind, hazard),
        "names": names,
        "message": message,
        "refusal": refusal,
        "open_step": open_step,
        "typed": request.form if refusal else {},
        "layout": _layout(),
        "room": room(),
        "crumb": _CRUMBS.get(room()),
    }
    template = "hazard/_fragments/body.html" if is_htmx() else "hazard/page.html"
    return render_template(template, **context), 422 if refusal else 200, {"Vary": "HX-Request"}


def take(hazard_id: UUID, slug: str) -> ResponseReturnValue:
    """One step; a refusal stays in place with what was typed, a stale page is answered by a notice."""
    if slug not in steps.ON_BEHALF and slug not in {str(step) for step in steps.FORMS}:
        raise NotThere
    queries.load(scope(), hazard_id)  # whose it is comes before what was typed: nobody learns what exists
    hazard = queries.lock(
        scope(), hazard_id, seen_version(), beside=lambda seen: _beside(seen, slug), places=_elsewhere(slug)
    )
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
        return show(hazard_id, refusal=_as_asked(slug, refusal), open_step=slug)
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


def _elsewhere(slug: str) -> list[UUID]:
    """The place that 更正 moves a hazard to, held with its own before the hazard is."""
    if slug != Step.CORRECT:
        return []
    try:
        place = steps.place_named(request.form.get("premises", "").strip())
    except Refused:
        return []  # said when the step is taken
    return [place.id] if place else []


def after(hazard_id: UUID, said: str) -> ResponseReturnValue:
    """The answer to a step that was taken: in place for htmx, else back to the page, where a second press is led too."""
    g.again_at = url_for(f"{room()}.hazard", hazard_id=hazard_id)
    if is_htmx():
        return show(hazard_id, message=said) if _still_sees(hazard_id) else _gone()
    return redirect(g.again_at, 303)


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


def _as_asked(slug: str, refusal: Refused) -> Refused:
    """A refusal with its fields as the form of the step calls them, and everything else that the form lacks."""
    form = steps.ON_BEHALF[slug].form if slug in steps.ON_BEHALF else steps.FORMS[Step(slug)]
    found = [Refused(fault.message, field=steps.asked_as(form, fault.field)) for fault in refusal.faults]
    return together([*found, *(steps.lacking(form, request.form) if found[0].field else ())])


def seen_version() -> int:
    """The version that the page showed whose form was sent."""
    raw = request.form.get("version", "")
    if not raw.isascii() or not raw.isdigit() or len(raw) > LIMITS["number"]:
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
    ids |= {row.person_id for row in observations(hazard)}
    for row in hazard.rounds:
        ids |= {row.submitted_by_person_id, row.witness_person_id, row.verified_by_person_id, row.closed_by_person_id}
    return {person for person in ids if person is not None}


# The walk of a hazard's life as its page draws it.
_LIFE = ("发现", "交办", "送达", "整改", "核验", "销号")


def life(hazard: Hazard, log: list[Line], *, unserved: bool = False) -> list[dict[str, str]]:
    """Six points: done with its day, now, to come, or left out; words for readers, not only shapes.

    What was ended, voided or merged stops where it stood. `unserved`: a paper was issued that nobody was served with.
    """
    state = State(hazard.state)
    stopped = state in (State.ENDED, State.VOID, State.MERGED)
    reached = State(hazard.state_before) if stopped and hazard.state_before else state
    now = {
        State.FOUND: 1,
        State.RECTIFYING: 3,
        State.AWAITING_VERIFICATION: 4,
        State.AWAITING_CLOSURE: 5,
    }.get(reached, 6)
    days = _life_days(hazard, log)
    points = []
    for place, label in enumerate(_LIFE):
        day = days.get(label, "")
        if place < now or (label == "送达" and day):  # a tip told on the spot was served before anybody handed over
            status, words = ("done", "已完成") if day else ("left-out", "没有这一步")
            if label == "送达" and (unserved or (hazard.order_number and not day)):
                status, words, day = "left-out", "还没送达", "还没送达"
        elif place == now and not stopped:
            status, words = "now", "正在"
            day = f"{date_cn(hazard.due_on)}到期" if hazard.due_on else ""
        else:
            status, words, day = "to-come", "还没到", ""
        again = f"第 {hazard.round_number} 轮" if label == "整改" and hazard.round_number > 1 else ""
        points.append({"label": label, "status": status, "words": words, "day": day, "again": again})
    return points


def _life_days(hazard: Hazard, log: list[Line]) -> dict[str, str]:
    """The day of each point that has one, from the log (newest first) and the hazard itself."""
    newest: dict[str, str] = {}
    for line in log:
        newest.setdefault(line.event.step, date_cn(line.event.at))
    row = next((row for row in hazard.rounds if row.number == hazard.round_number), None)
    submitted, verified = (row.submitted_at, row.verified_at) if row else (None, None)
    days = {
        "发现": date_cn(hazard.found_at),
        "交办": newest.get(Step.REASSIGN) or newest.get(Step.HAND_OVER, ""),
        "送达": date_cn(hazard.served_at) if hazard.served_at else "",
        "整改": f"{date_cn(submitted)}报改好" if submitted else "",
        "核验": date_cn(verified) if verified else "",
        "销号": date_cn(hazard.settled_on) if hazard.settled_on else "",
    }
    return {label: day for label, day in days.items() if day}


# The desk's own dates are on no paper and matter only while the hazard stands where they run.
_DESK_CLOCKS = {
    ClockKind.TRIAGE: State.FOUND,
    ClockKind.VERIFICATION: State.AWAITING_VERIFICATION,
    ClockKind.CLOSURE: State.AWAITING_CLOSURE,
}


def _clocks(state: State, rows: Any, void: set[str]) -> list[dict[str, Any]]:
    """Each clock in force with who set it and how its date came about, and its older settings.

    `void` are the numbers of papers given up: a date that one printed stands, and says so.
    """
    shown: dict[str, dict[str, Any]] = {}
    offices = {row.set_by_organisation_id for row in rows if row.set_by_organisation_id}
    names = {
        row.id: row.short_name
        for row in db.session.query(Organisation.id, Organisation.short_name).where(Organisation.id.in_(offices))
    }
    for row in rows:
        line = {"clock": row, "set_by": names.get(row.set_by_organisation_id, ""), "status": _clock_status(row, void)}
        if row.kind in shown:
            shown[row.kind]["older"].append(line)
        else:
            shown[row.kind] = line | {"name": CLOCK_NAMES[ClockKind(row.kind)], "older": []}
    order = [ClockKind.REPLY, ClockKind.MENDING, ClockKind.TRIAGE, ClockKind.VERIFICATION, ClockKind.CLOSURE]
    return [shown[kind] for kind in order if kind in shown and _DESK_CLOCKS.get(kind, state) is state]


def _clock_status(row: Clock, void: set[str]) -> str:
    """How the date came about, as its own row says; and whether it may still change."""
    provisional = (
        "暂定，从送达之日起算" if row.awaits_service else ("暂定，调休补班还没公布" if row.provisional else "")
    )
    if row.origin == Origin.UNSERVED and row.awaits_service:
        provisional = "暂定"
    parts = [row.how, f"{row.document}已作废" if row.document in void else "", provisional]
    return "，".join(part for part in parts if part)


def _one(requests: Any, *which: Step) -> HazardRequest | None:
    return next((row for row in requests if row.step in which), None)


def _asked_of(requests: Sequence[HazardRequest]) -> str:
    """The office whose answer is waited for, the one about the date first."""
    asked = sorted((row for row in requests if row.asked_of_id), key=lambda row: row.step not in OF_THE_DATE)
    office = _office(asked[0].asked_of_id) if asked else None
    return office.short_name if office else ""


def _declined_words(log: list[Line]) -> str:
    """Who is competent, in the words of the last decline."""
    line = next((line for line in log if line.event.step == Step.DECLINE), None)
    return str((line.words or {}).get("competent", "")) if line else ""


def _earlier(hazard: Hazard) -> Hazard | None:
    """The one before at the same place, if it lies within scope."""
    if hazard.recurs_hazard_id is None:
        return None
    try:
        return queries.load(scope(), hazard.recurs_hazard_id)
    except NotThere:
        return None
