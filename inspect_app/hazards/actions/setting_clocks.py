"""Setting a clock of a hazard anew, and the nearest date that lists sort by."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.kernel.database import put
from inspect_app.kernel.workdays import published_calendar

from ..clocks import DESK_CLOCK, DESK_CLOCKS, ClockKind, ClockStatus, DateOrigin, TimeLimit, due
from ..dates import Clock
from ..models import Hazard
from ..rules import OPEN, Actor, State
from ..standing import date_in_force


@dataclass(frozen=True)
class ClockSetting:
    """One clock to be set by a step. `by` is who sets it; the default is whoever takes the step.

    `origin` says what sets it; only the desk's own dates may leave it out. The date of an order names its `document` and
    is printed there; no other is.
    """

    kind: ClockKind
    term: TimeLimit
    starts_on: date
    status: ClockStatus = ClockStatus.SET
    awaits_service: bool = False
    reason: str = ""
    by: UUID | None = None
    origin: DateOrigin | None = None
    document: str = ""

    def __post_init__(self) -> None:
        if self.origin is None:
            if self.kind not in DESK_CLOCKS:
                raise ValueError("a date on which others act says what set it")
            object.__setattr__(self, "origin", DateOrigin.DESK)


def set_clock(hazard: Hazard, setting: ClockSetting, actor: Actor) -> None:
    """Set one clock anew; the older settings stay as its history. Only a term stated in days can await service."""
    computed = due(setting.term, setting.starts_on, published_calendar())
    row = {
        "hazard_id": hazard.id,
        "kind": setting.kind,
        "status": setting.status,
        "amount": setting.term.amount,
        "unit": setting.term.unit,
        "roll_over": setting.term.roll_over,
        "starts_on": setting.starts_on,
        "due_on": computed.on,
        "provisional": computed.provisional,
        "awaits_service": setting.awaits_service and setting.term.fixed is None,
        "printed": setting.origin is DateOrigin.ORDER,
        "origin": setting.origin,
        "document": setting.document,
        "explanation": computed.explanation,
        "set_by_organisation_id": setting.by or actor.organisation_id,
        "set_by_person_id": actor.person_id,
        "set_at": clock.now(),
        "reason": setting.reason,
    }
    put(Clock, row)
    if setting.kind is ClockKind.MENDING:
        hazard.mending_on = computed.on
    elif setting.kind is ClockKind.REPLY:
        hazard.reply_on = computed.on


def refresh_due(hazard: Hazard) -> None:
    """Keep on the row the nearest date somebody must act by, so that lists can sort by it."""
    state = State(hazard.state)
    if state not in OPEN:
        hazard.due_on = None
        return
    if state is State.RECTIFYING:
        hazard.due_on = hazard.mending_on if hazard.accepted_at and hazard.mending_on else hazard.reply_on
        return
    hazard.due_on = date_in_force(hazard, DESK_CLOCK[state])
