"""The only writers of urgent calls."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from inspect_app.evidence.shapes import PhonePosition
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.people.rules import Scope

from .models import UrgentCall
from .queries import hold_call
from .rules import Danger


def report_urgent(
    call_id: UUID,
    scope: Scope,
    *,
    area_id: UUID,
    captured_at: datetime,
    danger: str = "",
    where: str = "",
    place: PhonePosition | None = None,
    photos: Sequence[UUID] = (),
    hazard_id: UUID | None = None,
) -> tuple[UrgentCall, bool]:
    """紧急上报: who, where, what; no premises needed; `hazard_id` is what the desk
    registered with it. Returns the call and whether it is new."""
    known = db.session.get(UrgentCall, call_id)
    if known is not None:
        return known, False
    call = UrgentCall(
        id=call_id,
        person_id=scope.person_id,
        area_id=area_id,
        danger=danger if danger in set(Danger) else Danger.OTHER,  # a danger is never refused for its wording
        where_words=where.strip(),
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        accuracy_m=place.accuracy_m if place else None,
        photos=[str(photo) for photo in dict.fromkeys(photos)],
        hazard_id=hazard_id,
        captured_at=captured_at,
        received_at=clock.now(),
    )
    db.session.add(call)
    db.session.flush()
    return call, True


def acknowledge(call: UrgentCall, scope: Scope) -> None:
    """Note that a supervisor has seen a call; urging stops."""
    hold_call(call.id)
    if call.acknowledged_at is None:
        call.acknowledged_at, call.acknowledged_by_id = clock.now(), scope.person_id
        db.session.flush()


def bundle(call: UrgentCall, with_id: UUID | None) -> None:
    """Have a call ring together with another one of the same person."""
    call.bundle_id = with_id
    db.session.flush()


def end_urgent(call: UrgentCall, scope: Scope, *, reason: str, hazard_id: UUID | None = None) -> None:
    """Ended with a reason, or turned into a hazard."""
    hold_call(call.id)
    if call.ended_at is not None:
        raise Refused("这一条已经办结。")
    if hazard_id is None and not reason.strip():
        raise Refused("请写一句是怎么处理的。", field="reason")
    acknowledge(call, scope)
    call.ended_at, call.end_reason, call.hazard_id = clock.now(), reason.strip(), hazard_id or call.hazard_id
    db.session.flush()


def note_urged(call: UrgentCall) -> None:
    """Note that the clock urged a call once more."""
    call.last_urged_at = clock.now()
    call.urged_count += 1
    db.session.flush()
