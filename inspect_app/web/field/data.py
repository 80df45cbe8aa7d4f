"""What the phone keeps for the day: plain JSON that can be fetched again. Nothing here is written down by the server."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, jsonify, request
from sqlalchemy import select

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.local import LocalRules
from inspect_app.checklists.models import ChecklistVersion
from inspect_app.checklists.queries import Ends
from inspect_app.evidence import queries as evidence
from inspect_app.hazards import queries as hazards
from inspect_app.hazards import register
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import STATE_NAMES
from inspect_app.intake.epochs import newest_epoch
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.positions import Position, ReferenceSystem, position_of
from inspect_app.papers import queries as papers
from inspect_app.people import queries as people
from inspect_app.people.models import Person
from inspect_app.people.rules import Scope
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.premises.rules import PremisesKind
from inspect_app.slips import queries as slips
from inspect_app.visits import assigning, doorstep
from inspect_app.visits import queries as visits
from inspect_app.visits.checked import really_checked, whole_check_due
from inspect_app.visits.closings import ClosedZone
from inspect_app.visits.doorstep import AtTheDoor
from inspect_app.visits.models import Assignment, Visit
from inspect_app.visits.rules import Answer, Merged, mates, photos_named

from ..access import Permission, allowed, scope
from ..phone.lists import facts_needed, rest_days
from ..told import full_walk_rule
from .left_there import left_there

pages = Blueprint("field_data", __name__, url_prefix="/field/data")


@pages.get("")
@allowed(Permission.FIELD)
def day() -> Response:
    """The deputy's day: what is to do, what is begun, what to look at again, and what every visit needs."""
    me, today = scope(), clock.today()
    drafts = visits.drafts_of(me)
    assigned, retries = assigning.assignments_for(me, today), assigning.retries_due(me, today)
    door = doorstep.at_the_door([row.id for _, row in (*assigned, *retries)])
    return data_answer(
        {
            "account": str(me.account_id),
            "name": me.person_name,
            "epoch": str(newest_epoch() or ""),
            "role": me.role_label,
            "organisation": me.organisation_name,
            "day": today.isoformat(),
            "rest": rest_days(today),
            "drafts": [_draft(*draft) for draft in drafts],
            "assigned": [_premises(row, door[row.id]) | _task(task) | {"phone": row.phone} for task, row in assigned],
            "retries": [
                _premises(row, door[row.id]) | {"tried_at": tried.started_at.isoformat(), "outcome": tried.outcome}
                for tried, row in retries
            ],
            "to_look_at": _hazards(register.to_look_at(me)),
            "kinds": _kinds(today),
            "mates": _mates(me),
            "numbers": people.emergency_numbers(me.area_id),
        }
    )


@pages.get("/places")
@allowed(Permission.FIELD)
def places() -> Response:
    """The premises of the deputy's area as pages of an earlier version keep them; newer ones ask `register.py`."""
    rows = premises.search(scope(), limit=5000)
    door = doorstep.at_the_door([row.id for row in rows])
    return data_answer({"places": [_premises(row, door[row.id]) for row in rows]})


@pages.get("/places/<uuid:premises_id>")
@allowed(Permission.FIELD)
def place(premises_id: UUID) -> Response:
    """Premises: what is open there, and which items failed last time."""
    row = premises.load(scope(), premises_id)
    known, checked = _premises(row, doorstep.at_the_door([row.id])[row.id]), really_checked(row.id, clock.today())
    due = whole_check_due(row, full_walk_rule(), clock.today(), checked)
    sizes = checklists.sizes(row.kind, clock.today())
    return data_answer(
        known
        | {
            "hazards": _hazards(register.at_premises(scope(), row.id)),
            "failed": _dates(doorstep.failed_at(row.id, clock.now())),
            "checked": _dates(checked),
            "full_due": due.why if due else "",
            "over": [
                {
                    "fact": one.fact,
                    "at_most": one.at_most,
                    "per_storey": one.per_storey,
                    "province": sizes.province,
                    "source": one.source,
                    "mark": one.mark,
                }
                for one in (sizes.exceeded(row.kind, row.facts) if sizes else ())
                if sizes
            ],
        }
    )


@pages.get("/visits/<uuid:visit_id>")
@allowed(Permission.FIELD)
def visit(visit_id: UUID) -> Response:
    """A visit as the server has it: for a second phone, a companion's, or one that was opened again."""
    me = scope()
    row = visits.load(me, visit_id)
    premises_row, asked = db.session.get_one(Premises, row.premises_id), visits.asked_days(row.id)
    given, zones = visits.answers(row.id), visits.zones(row.id)
    data = {
        "visit": str(row.id),
        "place": _premises(premises_row, doorstep.at_the_door([premises_row.id])[premises_row.id]),
        "facts": visits.facts_at(row, premises_row),
        "versions": [str(version) for version in asked],
        "asked_on": {str(version): on.isoformat() for version, on in asked.items()},
        "started": row.started_at.isoformat(),
        "failed": _dates(doorstep.failed_before(row)),
        "mates": [mate for mate in row.companions if mate.get("name")],
        "depth": row.depth,
        "deep": row.deep,
        "weights": row.weights,
        "zones": zones_of(zones),
        "answers": answers_of(row, given),
        "marks": _marks(given, zones),
        "submitted_at": row.submitted_at.isoformat() if row.submitted_at else None,
    }
    return data_answer(data | (_result(me, row) if row.submitted_at else {}))


def zones_of(zones: Mapping[str, ClosedZone]) -> dict[str, Any]:
    """The zones that were closed, in walking order, each as all phones together left it."""
    return {
        code: {
            "looked": zone.looked,
            "items": zone.items,
            "not_looked": zone.not_looked,
            "reason": zone.reason,
            "seconds": zone.seconds,
            "photos": [str(photo) for photo in zone.photos],
            "at": f"{clock.to_local(zone.at):%H:%M}",
        }
        for code, zone in zones.items()
    }


def _task(task: Assignment) -> dict[str, Any]:
    """What an assignment demands: 全查, a wide photo of each zone."""
    return {"visit": _id(task.visit_id), "depth": task.depth, "zone_photos": task.zone_photos}


def _marks(given: Mapping[str, Merged], zones: Mapping[str, ClosedZone]) -> dict[str, Any]:
    """What is circled on the photos of a visit's answers and zones, by photo."""
    named = {photo for merged in given.values() for photo in photos_named(merged.answer.body)}
    named |= {photo for zone in zones.values() for photo in zone.photos}
    return {str(photo): found.marks for photo, found in evidence.marked(named).items()}


def answers_of(row: Visit, given: Mapping[str, Merged]) -> dict[str, Any]:
    """The answer of each item; while phones differ, who says what."""
    me = scope()
    lead = db.session.get_one(Person, row.person_id).name
    others = mates(me.person_id, row.person_id, lead, row.companions)
    who = others[0] if len(others) == 1 else "同行的代表"
    return {
        code: dict(merged.answer.body)
        | _elsewhere(merged.answer)
        | {"contested": merged.contested, "who": who, "by": merged.answer.device_id, "at": _clock(merged.answer)}
        | {"others": [dict(a.body) | _elsewhere(a) | {"by": a.device_id, "at": _clock(a)} for a in merged.others]}
        for code, merged in given.items()
    }


def _elsewhere(answer: Answer) -> dict[str, str]:
    """The version that holds an item which the visit does not ask, as the phone that answered it said."""
    one = answer.elsewhere
    return {"version": str(one.version_id), "asked_on": one.on.isoformat()} if one else {}


def _result(me: Scope, row: Visit) -> dict[str, Any]:
    """What a visit that was handed in has become."""
    signed = current_app.extensions["storage"].get(row.text_sha256 or "")
    found, left_slips = register.found_in(me, row.id), slips.of_visit(row.id)
    return {
        "outcome": row.outcome,
        "next_try_on": row.next_try_on.isoformat() if row.next_try_on else None,
        "papers": [left_there(paper) for paper in papers.of_visit(row.id)],
        "slips": [left.slip.number for left in left_slips],
        "slips_back": [left.slip.number for left in left_slips if left.scans],
        "hazards": [
            shown | {"seen_before": hazard.visit_id != row.id}
            for hazard, shown in zip(found, _hazards(found), strict=True)
        ],
        "signers": [
            {
                "part": part,
                "name": signature.name,
                "signed": signature.file_sha256 is not None,
                "reason": signature.reason,
            }
            for part, signature in visits.signers(row.id)
        ],
        "signed_text": signed.decode() if signed else "",
        "text_sha256": row.text_sha256 or "",
    }


def data_answer(data: dict[str, Any]) -> Response:
    """JSON that is fetched whole only where it changed. The phone keeps it where it can be wiped, no other store does."""
    answer = jsonify(data)
    answer.add_etag(weak=True)
    answer.make_conditional(request)
    return answer


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None


def _dates(days: dict[str, date]) -> dict[str, str]:
    return {code: on.isoformat() for code, on in days.items()}


def _premises(row: Premises, door: AtTheDoor) -> dict[str, Any]:
    """Premises in a few words; empty ones left out, they are sent by the thousand."""
    known = {
        "id": str(row.id),
        "name": row.name,
        "kind": row.kind,
        "address": row.address,
        "code": row.code,
        "door_code": row.door_code,
        "facts": row.facts,
        "position": _point(position_of(row)),
        "last_on": door.last_on.isoformat() if door.last_on else None,
        "last_outcome": door.last_outcome,
        "found_then": door.found_then,
        "open": door.open,
        "to_verify": door.to_verify,
        "due_on": door.due_on.isoformat() if door.due_on else None,
    }
    return {name: value for name, value in known.items() if value}


def _point(position: Position | None) -> list[float] | None:
    """Longitude and latitude as the phone measures against: in its own system."""
    there = position.to(ReferenceSystem.WGS84) if position else None
    return [round(there.lon, 7), round(there.lat, 7)] if there else None


def _hazards(rows: Sequence[Hazard]) -> list[dict[str, Any]]:
    """Hazards in a few words, each with its premises and its first photos; two statements for any number."""
    ids = {row.premises_id for row in rows}
    where = {row.id: row for row in db.session.scalars(select(Premises).where(Premises.id.in_(ids)))}
    before = hazards.before_photos(row.id for row in rows)
    return [_hazard(row, where[row.premises_id], before.get(row.id, [])) for row in rows]


def _hazard(row: Hazard, premises_row: Premises, before: Sequence[UUID]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "version": row.version,
        "title": row.title,
        "state": row.state,
        "state_name": STATE_NAMES[row.state],  # type: ignore[index]
        "place": {"id": str(premises_row.id), "name": premises_row.name, "address": premises_row.address},
        "within": row.spot,
        "found_on": clock.local_date(row.found_at).isoformat(),
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "reply_on": row.reply_on.isoformat() if row.reply_on else None,
        "reported_on": clock.local_date(row.last_event_at).isoformat(),
        "wordings": row.finding.get("wordings") or [],
        "before": [str(photo) for photo in before],
    }


def _draft(row: Visit, premises_row: Premises) -> dict[str, Any]:
    state = visits.progress(row, premises_row)
    return {
        "visit": str(row.id),
        "place": {
            "id": str(premises_row.id),
            "name": premises_row.name,
            "address": premises_row.address,
            "kind": premises_row.kind,
        },
        "titles": list(state.titles),
        "depth": str(state.depth),
        "done": sorted(state.done),
        "total": len(state.total),
        "started": row.started_at.isoformat(),
    }


def _kinds(today: date) -> dict[str, Any]:
    """For each kind of premises: the lists that are filled there now, and the facts they ask for."""
    current, ends = checklists.current(), checklists.confirmed_ends()
    return {
        str(kind): _lists_for([row for row in current if kind in checklists.version(row.id).kinds], today, ends)
        for kind in PremisesKind
    }


def _lists_for(rows: Sequence[ChecklistVersion], today: date, ends: Ends) -> dict[str, Any]:
    return {
        "versions": [str(row.id) for row in rows],
        "titles": [row.title for row in rows],
        "needs": _needed(tuple(row.id for row in rows), today, checklists.local(), ends),
    }


@lru_cache(maxsize=128)
def _needed(versions: tuple[UUID, ...], today: date, _here: LocalRules | None, ends: Ends) -> list[str]:
    """What these versions ask of premises on a day, under the ends of bases that hold: it follows from these alone."""
    return facts_needed([checklists.asked(version, today) for version in versions], checklists.rules_on(today, ends))


def _mates(me: Scope) -> list[dict[str, Any]]:
    """Whom one may go with; recent ones first."""
    near = people.mates_of(me, clock.today())
    recent = visits.recent_mates(me, near)
    order = {person: number for number, person in enumerate(recent)}
    sorted_out = sorted(near, key=lambda person: (order.get(person, len(order)), near[person]))
    return [{"id": str(person), "name": near[person], "recent": person in order} for person in sorted_out]


def _clock(answer: Answer) -> str:
    return f"{clock.to_local(answer.order[0]):%H:%M}"
