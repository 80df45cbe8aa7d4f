"""Reads of urgent calls: who sees which, and the people in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from inspect_app.evidence.models import Photo
from inspect_app.evidence.senders import sent_by
from inspect_app.kernel.columns import names_id
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.messages.models import Message
from inspect_app.people.models import Account, Person
from inspect_app.people.rules import Role, Scope

from .models import UrgentCall


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


def open_urgent(scope: Scope) -> tuple[Sequence[UrgentView], OpenCalls]:
    """Urgent calls that are not ended, in the supervisor's area, with the people in them: the oldest unacknowledged first,
    no more than are shown at once; and how many there are of them all."""
    calls = db.session.scalars(
        select(UrgentCall)
        .where(UrgentCall.ended_at.is_(None), sees_call(scope))
        .order_by(UrgentCall.acknowledged_at.is_not(None), UrgentCall.received_at)
        .limit(MOST_CALLS)
    ).all()
    if len(calls) == MOST_CALLS:
        return _urgent_views(calls), count_calls(scope)
    return _urgent_views(calls), OpenCalls(len(calls), max((call.received_at for call in calls), default=None))


def urgent_view(call: UrgentCall) -> UrgentView:
    """The people of an urgent call."""
    return _urgent_views([call])[0]


def _urgent_views(calls: Sequence[UrgentCall]) -> list[UrgentView]:
    """The people of urgent calls and the reporters' own photos: two statements for any number."""
    if not calls:
        return []
    persons, told = _called(calls)
    came = sent_by(UUID(str(photo)) for call in calls for photo in call.photos)
    return [_urgent_view(call, persons, told, came) for call in calls]


@dataclass(frozen=True)
class _Called:
    """Somebody who reported an urgent call, was told of it or has taken it."""

    name: str
    phone: str
    accounts: set[UUID]


def _called(calls: Sequence[UrgentCall]) -> tuple[dict[UUID, _Called], dict[UUID, set[UUID]]]:
    """Everybody in some calls by their names, and who got the message of each call."""
    subjects = {call.id for call in calls} | {call.bundle_id for call in calls if call.bundle_id}
    in_person = {person for call in calls for person in (call.person_id, call.acknowledged_by_id) if person}
    persons: dict[UUID, _Called] = {}
    told: dict[UUID, set[UUID]] = {}
    for row in db.session.execute(
        select(Person.id, Person.name, Person.phone, Account.id.label("account"), Account.mobile, Message.subject_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(Message, and_(Message.to_person_id == Person.id, Message.subject_id.in_(subjects)))
        .where(or_(Person.id.in_(in_person), Message.id.is_not(None)))
        .order_by(Person.name)
    ):
        accounts = persons[row.id].accounts if row.id in persons else set()
        persons[row.id] = _Called(row.name, row.phone or row.mobile or "", accounts | {row.account} - {None})
        if row.subject_id is not None:
            told.setdefault(row.subject_id, set()).add(row.id)
    return persons, told


def _urgent_view(
    call: UrgentCall, persons: Mapping[UUID, _Called], told: Mapping[UUID, set[UUID]], came: Mapping[UUID, UUID | None]
) -> UrgentView:
    reporter = persons[call.person_id]
    heard = told.get(call.id, set()) | told.get(call.bundle_id or call.id, set()) | {call.acknowledged_by_id}
    photos = tuple(
        photo
        for photo in dict.fromkeys(UUID(str(photo)) for photo in call.photos)
        if photo not in came or came[photo] in reporter.accounts
    )
    return UrgentView(
        call,
        reporter.name,
        reporter.phone,
        tuple((one.name, one.phone) for ident, one in persons.items() if ident in heard and ident != call.person_id),
        persons[call.acknowledged_by_id].name if call.acknowledged_by_id else "",
        photos,
        len(call.photos) - len(photos),
    )


def open_of_hazard(hazard_id: UUID) -> Sequence[UrgentCall]:
    """The calls that ring for a hazard which the desk registered with them."""
    found = select(UrgentCall).where(UrgentCall.hazard_id == hazard_id, UrgentCall.ended_at.is_(None))
    return db.session.scalars(found.order_by(UrgentCall.received_at)).all()


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


def shows_photo(scope: Scope, photo_id: UUID) -> bool:
    """Whether a photo stands in an urgent call that this person may see, sent by who reported it."""
    reporter = select(Account.person_id).join(Photo, Photo.account_id == Account.id).where(Photo.id == photo_id)
    calls = select(UrgentCall.id).where(
        names_id(UrgentCall.photos, photo_id), UrgentCall.person_id == reporter.scalar_subquery(), sees_call(scope)
    )
    return db.session.scalar(calls.limit(1)) is not None
