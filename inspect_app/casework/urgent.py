"""紧急上报: told to everybody on duty at once, again every few minutes, until somebody answers; then a hazard or an end."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from inspect_app.hazards.actions import finding
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Grade
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.messages import actions as telling
from inspect_app.people import queries as people
from inspect_app.people.rules import Scope
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.visits import actions
from inspect_app.visits import queries as visits
from inspect_app.visits.models import UrgentCall
from inspect_app.visits.rules import DANGER_NAMES, URGE_EVERY, Danger, urge_due


def tell_duty(call: UrgentCall, *, again: bool = False) -> int:
    """A message to everybody on duty for the area of the call; returns to how many."""
    on_duty = people.on_duty(call.area_id, clock.today())
    words = DANGER_NAMES[Danger(call.danger)]
    text = f"{'再次提醒：' if again else ''}紧急上报：{words}。{call.where_words or '位置见详情'}"
    for person_id in on_duty:
        telling.tell(person_id, text, about="urgent", subject_id=call.id)
    db.session.flush()
    return len(on_duty)


def urge_again(now: datetime, every: timedelta = URGE_EVERY) -> int:
    """The clock: every unacknowledged call whose time is up is told again. Safe to run twice."""
    waiting = db.session.scalars(
        select(UrgentCall).where(UrgentCall.acknowledged_at.is_(None), UrgentCall.ended_at.is_(None)).with_for_update()
    ).all()
    due = [call for call in waiting if urge_due(call.received_at, call.last_urged_at, now, every)]
    for call in due:
        tell_duty(call, again=True)
        actions.note_urged(call)
    return len(due)


def make_hazard(call: UrgentCall, place: Premises, scope: Scope, actor: Actor) -> Hazard:
    """A supervisor turns an urgent call into a hazard at a place."""
    visits.hold_call(call.id)  # of two who do so at once the second finds it ended
    premises.hold([place.id])
    if call.ended_at is not None:
        raise Refused("这一条已经办结。")
    found = finding.Finding(
        premises_id=place.id,
        area_id=place.area_id,
        party_id=premises.party_on(place.id, clock.local_date(call.captured_at)),
        field="gas" if call.danger == Danger.GAS else "fire",
        title=DANGER_NAMES[Danger(call.danger)],
        found_at=call.captured_at,
        details={
            "wordings": [call.where_words] if call.where_words else [],
            "advice": [],
            "basis": [],
            "days": 1,
            "no_photo_reason": "" if call.photos else "紧急上报，先离开危险，没有拍照",
        },
        grade=Grade.SUSPECTED_MAJOR,
        photo_ids=tuple(UUID(str(photo)) for photo in call.photos),
    )
    hazard = finding.report(found, actor)
    actions.end_urgent(call, scope, reason="", hazard_id=hazard.id)
    return hazard
