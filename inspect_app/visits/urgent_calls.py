"""Reads of urgent calls: who sees which, and the people in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.messages.models import Message
from inspect_app.people.models import Account, Person
from inspect_app.people.rules import Role, Scope

from .models import UrgentCall
from .photos import photos_of_calls


@dataclass(frozen=True)
class UrgentView:
    """An urgent call with the people in it: who reports, who was told, who has taken it."""

    call: UrgentCall
    reporter: str
    phone: str
    told: tuple[tuple[str, str], ...]  # name and telephone of everybody who got the message
    taken_by: str
    photos: tuple[UUID, ...]  # the reporter's own; `left_out` counts those that are somebody else's
    left_out: int


def sees_call(scope: Scope) -> ColumnElement[bool]:
    """The condition under which a person sees an urgent call."""
    if scope.whole_district and scope.role is not Role.DEPUTY:
        return true()
    if scope.role is Role.SUPERVISOR:
        return or_(UrgentCall.area_id.in_(scope.area_ids), UrgentCall.person_id == scope.person_id)
    return UrgentCall.person_id == scope.person_id


MOST_CALLS = 100  # urgent calls that are shown at once; how many there are is always said


@dataclass(frozen=True)
class OpenCalls:
    """How many urgent calls are not ended, and when the last of them came."""

    count: int
    latest: datetime | None


def count_calls(scope: Scope) -> OpenCalls:
    """All that are not ended, in the supervisor's area."""
    statement = select(func.count(), func.max(UrgentCall.received_at))
    row = db.session.execute(statement.where(UrgentCall.ended_at.is_(None), sees_call(scope))).one()
    return OpenCalls(row[0], row[1])


def open_urgent(scope: Scope) -> Sequence[UrgentView]:
    """Urgent calls that are not ended, in the supervisor's area, with the people in them: the oldest unacknowledged first,
    no more than are shown at once."""
    calls = db.session.scalars(
        select(UrgentCall)
        .where(UrgentCall.ended_at.is_(None), sees_call(scope))
        .order_by(UrgentCall.acknowledged_at.is_not(None), UrgentCall.received_at)
        .limit(MOST_CALLS)
    ).all()
    return _urgent_views(calls)


def urgent_view(call: UrgentCall) -> UrgentView:
    """The people of an urgent call."""
    return _urgent_views([call])[0]


def _urgent_views(calls: Sequence[UrgentCall]) -> list[UrgentView]:
    """The people of urgent calls and the photos they may show; four statements for any number."""
    if not calls:
        return []
    subjects = {subject for call in calls for subject in (call.id, call.bundle_id or call.id)}
    told: dict[UUID, set[UUID | None]] = {subject: set() for subject in subjects}
    pairs = select(Message.subject_id, Message.to_person_id).where(Message.subject_id.in_(subjects)).distinct()
    for subject, person in db.session.execute(pairs):
        told[subject].add(person)
    wanted = {person for call in calls for person in (call.person_id, call.acknowledged_by_id)}
    people = db.session.execute(
        select(Person.id, Person.name, Person.phone, Account.mobile)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.id.in_(wanted.union(*told.values()) - {None}))
        .order_by(Person.name)
    )
    named = {row.id: (row.name, row.phone or row.mobile or "") for row in people}
    photos = photos_of_calls(calls)
    return [
        _urgent_view(call, named, told[call.id] | told[call.bundle_id or call.id], photos[call.id]) for call in calls
    ]


def _urgent_view(
    call: UrgentCall, named: dict[UUID, tuple[str, str]], told: set[UUID | None], photos: Sequence[UUID]
) -> UrgentView:
    name, phone = named[call.person_id]
    taken = named[call.acknowledged_by_id][0] if call.acknowledged_by_id else ""
    heard = (told | {call.acknowledged_by_id}) - {call.person_id}
    return UrgentView(
        call, name, phone, tuple(who for person, who in named.items() if person in heard), taken, tuple(photos),
        len(call.photos) - len(photos),
    )  # fmt: skip


def load_urgent(scope: Scope, call_id: UUID) -> UrgentCall:
    """An urgent call in the supervisor's area, or one's own."""
    call = db.session.get(UrgentCall, call_id)
    if (
        call is None
        or db.session.scalar(select(UrgentCall.id).where(UrgentCall.id == call_id, sees_call(scope))) is None
    ):
        raise NotThere
    return call


def hold_call(call_id: UUID) -> UrgentCall:
    """An urgent call as it is now, locked until the transaction ends."""
    return db.session.get_one(UrgentCall, call_id, populate_existing=True, with_for_update=True)
