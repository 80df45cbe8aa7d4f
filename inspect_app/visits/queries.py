"""Reads of visits, scoped."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.people.models import Person
from inspect_app.people.rules import Role, Scope
from inspect_app.premises.models import Premises

from .models import Assignment, UrgentCall, Visit, VisitAnswers, VisitChecklist, VisitSignature
from .rules import Answer, Merged, merge


def load(scope: Scope, visit_id: UUID) -> Visit:
    """A visit within scope: one's own or a companion's for deputies, the area's for supervisors and leaders."""
    visit = db.session.get(Visit, visit_id)
    if visit is None or not _sees(scope, visit):
        raise NotThere
    return visit


def _sees(scope: Scope, visit: Visit) -> bool:
    if scope.role is Role.DEPUTY:
        mates = {str(companion.get("person_id")) for companion in visit.companions}
        return visit.person_id == scope.person_id or str(scope.person_id) in mates
    if scope.role not in (Role.SUPERVISOR, Role.LEADER, Role.AUDITOR):
        return False
    premises = db.session.get_one(Premises, visit.premises_id)
    return scope.whole_district or premises.area_id in scope.area_ids


def answers(visit_id: UUID) -> dict[str, Merged]:
    """The present answer of each item, whatever came in what order."""
    rows = db.session.execute(
        select(VisitAnswers.device_id, VisitAnswers.taps).where(VisitAnswers.visit_id == visit_id)
    )
    return merge(
        Answer(
            tap["item"], row.device_id, (datetime.fromisoformat(tap["captured_at"]), tap["seq"]), tap["body"],
            tap["chosen"],
        )
        for row in rows
        for tap in row.taps
    )  # fmt: skip


def version_ids(visit_id: UUID) -> list[UUID]:
    """The list versions a visit is filled under."""
    return list(db.session.scalars(select(VisitChecklist.version_id).where(VisitChecklist.visit_id == visit_id)))


def signatures(visit_id: UUID) -> Sequence[VisitSignature]:
    return db.session.scalars(select(VisitSignature).where(VisitSignature.visit_id == visit_id)).all()


def assignments_for(scope: Scope, day: date) -> Sequence[tuple[Assignment, Premises]]:
    """A deputy's own assignments of a day, places attached; not yet visited first."""
    rows = db.session.execute(
        select(Assignment, Premises)
        .join(Premises, Premises.id == Assignment.premises_id)
        .where(Assignment.person_id == scope.person_id, Assignment.on_day == day, Assignment.cancelled_at.is_(None))
        .order_by(Assignment.visit_id.is_not(None), Premises.address)
    )
    return [(row[0], row[1]) for row in rows]


def drafts_of(scope: Scope) -> Sequence[tuple[Visit, Premises]]:
    """A deputy's visits that were begun and not handed in."""
    rows = db.session.execute(
        select(Visit, Premises)
        .join(Premises, Premises.id == Visit.premises_id)
        .where(Visit.person_id == scope.person_id, Visit.submitted_at.is_(None))
        .order_by(Visit.started_at.desc())
        .limit(20)
    )
    return [(row[0], row[1]) for row in rows]


def open_urgent(scope: Scope) -> Sequence[UrgentCall]:
    """Urgent calls that are not ended, in the supervisor's area, the oldest unacknowledged first."""
    statement = select(UrgentCall).where(UrgentCall.ended_at.is_(None))
    if not scope.whole_district:
        statement = statement.where(
            or_(UrgentCall.area_id.in_(scope.area_ids), UrgentCall.person_id == scope.person_id)
        )
    return db.session.scalars(statement.order_by(UrgentCall.acknowledged_at.is_not(None), UrgentCall.received_at)).all()


def load_urgent(scope: Scope, call_id: UUID) -> UrgentCall:
    """An urgent call in the supervisor's area, or one's own."""
    call = db.session.get(UrgentCall, call_id)
    seen = call is not None and (
        scope.whole_district
        or call.person_id == scope.person_id
        or (scope.role is Role.SUPERVISOR and call.area_id in scope.area_ids)
    )
    if call is None or not seen:
        raise NotThere
    return call


def assignments_in(scope: Scope, since: date) -> Sequence[tuple[Assignment, Premises, str]]:
    """Assignments from a day on in a supervisor's area, with the deputy's name."""
    statement = (
        select(Assignment, Premises, Person.name)
        .join(Premises, Premises.id == Assignment.premises_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.on_day >= since, Assignment.cancelled_at.is_(None))
    )
    if not scope.whole_district:
        statement = statement.where(Premises.area_id.in_(scope.area_ids))
    rows = db.session.execute(statement.order_by(Assignment.on_day, Person.name).limit(200))
    return [(row[0], row[1], row[2]) for row in rows]
