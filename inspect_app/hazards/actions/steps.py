"""Taking a step: ask the rules, change the row, append the event. The only place that assigns a hazard's state."""

from datetime import date
from typing import Any

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.workdays import published_calendar

from ..case import case_of, newest_clock
from ..clocks import DEFAULT_TERMS, ClockKind, ClockStatus, Term, due
from ..log import append
from ..models import Clock, Event, Hazard
from ..rules import OPEN, Actor, Decision, State, Step, decide

# Which clock tells when somebody must act next, by state.
_DESK_CLOCK = {
    State.FOUND: ClockKind.TRIAGE,
    State.AWAITING_VERIFICATION: ClockKind.VERIFICATION,
    State.AWAITING_CLOSURE: ClockKind.CLOSURE,
}


def take(
    hazard: Hazard,
    step: Step,
    actor: Actor,
    *,
    facts: dict[str, Any] | None = None,
    words: dict[str, Any] | None = None,
    device: dict[str, Any] | None = None,
    evidence_complete: bool = True,
    change: dict[str, Any] | None = None,
) -> Event:
    """Take one step on a locked hazard: `change` holds columns to set beside the state.

    Raises NotAllowed or Refused from the rules; nothing is written then.
    """
    decision = decide(case_of(hazard, evidence_complete=evidence_complete), step, actor)
    for name, value in (change or {}).items():
        setattr(hazard, name, value)
    _move(hazard, decision)
    hazard.version += 1
    hazard.last_step, hazard.last_actor_name = step, actor.name
    event = append(hazard, step, actor, facts=facts, words=words, device=device)
    hazard.last_event_at = event.at
    if decision.new_round:
        hazard.round_number += 1
    refresh_due(hazard)
    db.session.flush()
    return event


def _move(hazard: Hazard, decision: Decision) -> None:
    before, after = State(hazard.state), decision.state
    if before is after:
        return
    if after not in OPEN:
        hazard.settled_on = clock.today()
        hazard.state_before = before
    elif before not in OPEN:
        hazard.settled_on, hazard.merged_into_id = None, None
    if after is State.AWAITING_CLOSURE:
        hazard.awaiting_closure_since = clock.now()
    hazard.state = after
    kind = _DESK_CLOCK.get(after)
    if kind is not None:
        set_clock(hazard, kind, DEFAULT_TERMS[kind], clock.today(), None, ClockStatus.SET)


def set_clock(
    hazard: Hazard,
    kind: ClockKind,
    term: Term,
    starts_on: date,
    actor: Actor | None,
    status: ClockStatus,
    *,
    provisional: bool = False,
    reason: str = "",
) -> Clock:
    """Set one clock anew; the older settings stay as its history. `provisional` when service has still to happen."""
    computed = due(term, starts_on, published_calendar())
    row = Clock(
        hazard_id=hazard.id,
        kind=kind,
        status=status,
        amount=term.amount,
        unit=term.unit,
        roll_over=term.roll_over,
        starts_on=starts_on,
        due_on=computed.on,
        provisional=computed.provisional or (provisional and term.fixed is None),
        explanation=computed.explanation,
        set_by_organisation_id=actor.organisation_id if actor else None,
        set_by_person_id=actor.person_id if actor else None,
        set_at=clock.now(),
        reason=reason,
    )
    db.session.add(row)
    db.session.flush()
    if kind is ClockKind.MENDING:
        hazard.mending_on = row.due_on
    elif kind is ClockKind.REPLY:
        hazard.reply_on = row.due_on
    return row


def refresh_due(hazard: Hazard) -> None:
    """The nearest date somebody must act by, kept on the row so that lists can sort by it."""
    state = State(hazard.state)
    if state not in OPEN:
        hazard.due_on = None
        return
    if state is State.RECTIFYING:
        hazard.due_on = hazard.mending_on if hazard.accepted_at and hazard.mending_on else hazard.reply_on
        return
    row = newest_clock(hazard, _DESK_CLOCK[state])
    hazard.due_on = row.due_on if row else None
