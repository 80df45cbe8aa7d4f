"""紧急上报: told to everybody on duty at once, again every few minutes, until somebody answers; then a hazard or an end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from inspect_app.hazards.actions import finding
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Grade, Source
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.messages import actions as telling
from inspect_app.people import queries as people
from inspect_app.people.models import Person
from inspect_app.people.rules import Scope
from inspect_app.premises import queries as premises_queries
from inspect_app.premises.models import Premises
from inspect_app.urgent_calls import actions
from inspect_app.urgent_calls import queries as urgent_calls
from inspect_app.urgent_calls.models import UrgentCall
from inspect_app.urgent_calls.photos import call_photos, call_senders
from inspect_app.urgent_calls.rules import (
    BUNDLES_WITHIN,
    DANGER_NAMES,
    RINGS_ALONE,
    URGE_EVERY,
    Danger,
    Rung,
    rings_with,
    urge_due,
)


def tell_duty(call: UrgentCall) -> int:
    """Tell everybody on duty for the area of a new call; returns how many that is. Never refused; but from the fourth
    of one person in ten minutes on they ring together, and a second press rings nothing."""
    since = call.received_at - BUNDLES_WITHIN
    earlier = db.session.scalars(
        select(UrgentCall)
        .where(UrgentCall.person_id == call.person_id, UrgentCall.received_at > since, UrgentCall.id != call.id)
        .order_by(UrgentCall.received_at, UrgentCall.id)
    ).all()
    with_id, rings = rings_with(_rung(call), [_rung(one) for one in earlier])
    actions.bundle(call, with_id)
    if not rings:
        return 0
    if with_id is None:
        return _tell(call, _words(call))
    together = 1 + sum(one.bundle_id == with_id for one in earlier)
    name = db.session.get_one(Person, call.person_id).name
    words = f"{name}几分钟里接着又报了 {together} 件。最近一件：{_words(call)}"
    return _tell(db.session.get_one(UrgentCall, with_id), words, instead=True)


def _rung(call: UrgentCall) -> Rung:
    return Rung(call.id, (call.danger, call.where_words), call.received_at, call.bundle_id)


def _words(call: UrgentCall) -> str:
    return f"紧急上报：{DANGER_NAMES[Danger(call.danger)]}。{call.where_words or '位置见详情'}"


def _tell(call: UrgentCall, words: str, *, instead: bool = False) -> int:
    """Everybody on duty; `instead` puts the words in place of those that were told about this call before."""
    on_duty = people.on_duty(call.area_id, clock.today())
    say = telling.tell_instead if instead else telling.tell
    for person_id in on_duty:
        say(person_id, words, about="urgent", subject_id=call.id)
    db.session.flush()
    return len(on_duty)


def take_over(call: UrgentCall, scope: Scope) -> None:
    """我来处理: this one, and those that rang together with it."""
    first = call.bundle_id or call.id  # what the others were bundled with, which is in no bundle itself
    together = select(UrgentCall).where(
        or_(UrgentCall.bundle_id == first, UrgentCall.id == first), UrgentCall.ended_at.is_(None)
    )
    for one in sorted({call, *db.session.scalars(together)}, key=lambda row: row.id):
        actions.acknowledge(one, scope)


def urge_again(now: datetime, every: timedelta = URGE_EVERY) -> int:
    """Tell again every unacknowledged call whose time is up, as the clock; many of one person, or what rang together, in one
    message. Returns how many calls that were. Safe to run twice."""
    waiting = db.session.scalars(
        select(UrgentCall)
        .where(UrgentCall.acknowledged_at.is_(None), UrgentCall.ended_at.is_(None))
        .order_by(UrgentCall.id)  # the order in which whoever takes several over holds them
        .with_for_update()
    ).all()
    in_turn = sorted(waiting, key=lambda call: (call.received_at, call.id))
    due = [call for call in in_turn if urge_due(call.received_at, call.last_urged_at, now, every)]
    for calls in _ringing_together(due):
        more = f"。同一人还有 {len(calls) - 1} 件等人处理" if len(calls) > 1 else ""
        _tell(calls[-1], f"再次提醒：{_words(calls[-1])}{more}")
        for call in calls:
            actions.note_urged(call)
    return len(due)


def _ringing_together(due: Sequence[UrgentCall]) -> list[list[UrgentCall]]:
    of_person: dict[UUID, list[UrgentCall]] = {}
    for call in due:
        of_person.setdefault(call.person_id, []).append(call)
    groups: dict[UUID, list[UrgentCall]] = {}
    for person_id, calls in of_person.items():
        for call in calls:
            together = person_id if len(calls) > RINGS_ALONE else call.bundle_id or call.id
            groups.setdefault(together, []).append(call)
    return list(groups.values())


def make_hazard(call: UrgentCall, premises: Premises, scope: Scope, actor: Actor) -> Hazard:
    """A supervisor turns an urgent call into a hazard at a place."""
    urgent_calls.hold_call(call.id)  # of two who do so at once the second finds it ended
    premises_queries.hold([premises.id])
    if call.ended_at is not None:
        raise Refused("这一条已经办结。")
    if call.hazard_id is not None:
        raise Refused("这一条已经登记成隐患，不用再记一件。处理完了请写一句怎么处理的。")
    photos, senders = call_photos(call), call_senders(call)
    found = finding.Finding(
        premises_id=premises.id,
        area_id=premises.area_id,
        party_id=premises_queries.party_on(premises.id, clock.local_date(call.captured_at)),
        field="gas" if call.danger == Danger.GAS else "fire",
        title=DANGER_NAMES[Danger(call.danger)],
        found_at=call.captured_at,
        details={
            "wordings": [call.where_words] if call.where_words else [],
            "advice": [],
            "basis": [],
            "days": 1,
            "no_photo_reason": "" if photos else "紧急上报，先离开危险，没有拍照",
        },
        grade=Grade.SUSPECTED_MAJOR,
        photo_ids=tuple(photos),
        senders={photo: senders[photo] for photo in photos},
        source=Source.URGENT,
    )
    hazard = finding.report(found, actor)
    actions.end_urgent(call, scope, reason="", hazard_id=hazard.id)
    return hazard
