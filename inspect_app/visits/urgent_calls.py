"""Reads of urgent calls: who sees which, and the people in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.messages.models import Message
from inspect_app.people.models import Account, Person
from inspect_app.people.rules import Role, Scope

from .models import UrgentCall
from .photos import call_photos


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


def open_calls(scope: Scope) -> Sequence[UrgentCall]:
    """Urgent calls that are not ended, in the supervisor's area, the oldest unacknowledged first."""
    return db.session.scalars(
        select(UrgentCall)
        .where(UrgentCall.ended_at.is_(None), sees_call(scope))
        .order_by(UrgentCall.acknowledged_at.is_not(None), UrgentCall.received_at)
    ).all()


def open_urgent(scope: Scope) -> Sequence[UrgentView]:
    """The same with the people in them."""
    return [urgent_view(call) for call in open_calls(scope)]


def urgent_view(call: UrgentCall) -> UrgentView:
    """The people of an urgent call."""
    people = db.session.execute(
        select(Person.id, Person.name, Person.phone, Account.mobile)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(
            or_(
                Person.id.in_([call.person_id, call.acknowledged_by_id]),
                Person.id.in_(
                    select(Message.to_person_id).where(Message.subject_id.in_([call.id, call.bundle_id or call.id]))
                ),
            )
        )
        .order_by(Person.name)
    ).all()
    named = {row.id: (row.name, row.phone or row.mobile or "") for row in people}
    told = [person for person in named if person not in (call.person_id,)]
    name, phone = named[call.person_id]
    taken = named[call.acknowledged_by_id][0] if call.acknowledged_by_id else ""
    photos = tuple(call_photos(call))
    return UrgentView(
        call, name, phone, tuple(named[person] for person in told), taken, photos, len(call.photos) - len(photos)
    )


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
