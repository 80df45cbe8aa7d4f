"""Taking a step: ask the rules, change the row, append the event. The only place that assigns a hazard's state."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from inspect_app.evidence.senders import Senders, written
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, put, run

from .. import records
from ..case import case_of, from_row
from ..clocks import CONFIRMED_DAYS, DESK_CLOCK, ClockKind, TimeLimit
from ..locking import merged_into
from ..log import Appended, append
from ..models import Hazard, HazardRequest
from ..own import check, own
from ..photos import HazardPhoto
from ..records import Records
from ..rules import CLOCK, OF_THE_DATE, OPEN, Actor, Decision, State, Step, decide, needs_authority
from ..standing import current_round, date_in_force, desk_term, sets_mending, unopposed_days
from ..taken import StepTaken, StepTold, tell
from .setting_clocks import ClockSetting, refresh_due, set_clock

# Steps that change who answers for the mending date without setting it.
_WHO_SETS_THE_DATE = frozenset({Step.ACCEPT, Step.REASSIGN})
# The event of a decision on evidence names the bytes it was taken on.
_ON_EVIDENCE = frozenset({Step.PASS, Step.FAIL, Step.CLOSE, Step.CLOSE_UNOPPOSED, Step.CLOSE_WITHOUT_OPINION})


def take(
    hazard: Hazard,
    step: str,
    actor: Actor,
    *,
    facts: dict[str, Any] | None = None,
    words: dict[str, Any] | None = None,
    device: dict[str, Any] | None = None,
    photos: Sequence[UUID] = (),
    senders: Senders | None = None,
    slot: str = "look",
    change: dict[str, Any] | None = None,
    clocks: Sequence[ClockSetting] = (),
    wish: State | None = None,
    read: Records | None = None,
) -> StepTold:
    """Take one step on a locked hazard and tell whoever is to hear of it; returns who that was. `change` holds columns to
    set beside the state, `photos` what it announces, and `senders` whose they must be where that is not who acts; `read`
    is what the caller has just read of it.

    Raises NotAllowed or Refused from the rules, and for photos that are not one's own or not new; nothing is written then.
    """
    senders = senders or own(photos, actor)
    read = records.read(hazard) if read is None else read
    decision = decide(case_of(hazard, announcing=senders, read=read), step, actor, wish)
    check(hazard, step, senders)
    verified_by = read.round.verified_by_person_id
    _set_columns(hazard, change or {})
    number, was_open = hazard.round_number, State(hazard.state) in OPEN
    add_photos(hazard, senders, slot)
    _move(hazard, decision, read.requests)
    for setting in clocks:
        set_clock(hazard, setting, actor)
    facts = _facts_of(hazard, facts, photos, clocks) | _evidence_of(hazard, step, senders, read)
    _advance(hazard, step, actor, new_round=decision.new_round, dated=bool(clocks))
    taken = StepTaken(hazard, step, actor, facts, words or {}, read, verified_by)
    event = _record(taken, number, device, begins_round=decision.new_round or not read.begun)
    if was_open is not (decision.state in OPEN):
        _lead_merged(hazard, step, event.seq)
    return tell(taken)


def _set_columns(hazard: Hazard, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(hazard, name, value)


def _facts_of(
    hazard: Hazard, said: dict[str, Any] | None, photos: Sequence[UUID], clocks: Sequence[ClockSetting]
) -> dict[str, Any]:
    """What a step says in clear, with the photos it brings and the dates it has set."""
    facts = dict(said or {})
    if photos:
        facts["photos"] = list(photos)
    if clocks:
        facts["dates"] = {setting.kind: date_in_force(hazard, setting.kind) for setting in clocks}
        facts["origins"] = {setting.kind: setting.origin for setting in clocks}
    return facts


def _evidence_of(hazard: Hazard, step: str, senders: Senders, read: Records) -> dict[str, Any]:
    """The bytes a decision on evidence was taken on, those among them that came with the step."""
    if step not in _ON_EVIDENCE:
        return {}
    return {"evidence": _evidence(replace(read, photos=records.photos_of(hazard)) if senders else read)}


def _advance(hazard: Hazard, step: str, actor: Actor, *, new_round: bool, dated: bool) -> None:
    """The row as the event will freeze it: its round, whom its open requests ask, its nearest date, its version; and beside it
    the instant of that event."""
    if new_round:
        hazard.round_number += 1
    if dated or step in _WHO_SETS_THE_DATE:
        _ask_anew(hazard)
    refresh_due(hazard)
    hazard.version += 1
    hazard.last_step, hazard.last_actor_name, hazard.last_event_at = step, actor.name, clock.now()
    db.session.flush()


def _record(taken: StepTaken, number: int, device: dict[str, Any] | None, *, begins_round: bool) -> Appended:
    """The event of a step, of the round with that number, appended to the chain."""
    hazard, facts, words = taken.hazard, dict(taken.facts), dict(taken.words)
    event = append(
        hazard,
        taken.step,
        taken.actor,
        round_number=number,
        facts=facts,
        words=words,
        device=device,
        at=hazard.last_event_at,
    )
    if begins_round:
        current_round(hazard)  # a new round has its row at once: a page that is only read never writes one
    db.session.flush()
    return event


def _ask_anew(hazard: Hazard) -> None:
    """What is asked about the mending date is asked of whoever sets it now."""
    db.session.execute(
        update(HazardRequest)
        .where(
            HazardRequest.hazard_id == hazard.id, HazardRequest.outcome.is_(None), HazardRequest.step.in_(OF_THE_DATE)
        )
        .values(asked_of_id=sets_mending(hazard))
    )


def _evidence(read: Records) -> dict[UUID, str]:
    """The hash of the bytes received of each photo that the present round stands on and that is here."""
    return {link.row.photo_id: link.photo.sha256 for link in read.announced if link.photo and link.arrived}


_LINKED = select(HazardPhoto.photo_id).where(HazardPhoto.hazard_id == bindparam("hazard"))


def add_photos(hazard: Hazard, senders: Senders, slot: str) -> None:
    """Link photos to the present round of a hazard, with whose they must be; one already linked stays as it is."""
    if not senders:
        return
    db.session.flush()
    have = set(run(_LINKED, {"hazard": hazard.id}).scalars())
    rows = [
        {
            "hazard_id": hazard.id,
            "photo_id": photo_id,
            "place": slot,
            "senders": written(accounts),
            "round_number": hazard.round_number,
            "added_at": clock.now(),
        }
        for photo_id, accounts in senders.items()
        if photo_id not in have
    ]
    if rows:
        put(HazardPhoto, rows)


def _move(hazard: Hazard, decision: Decision, requests: Sequence[HazardRequest]) -> None:
    before, after = State(hazard.state), decision.state
    if before is after:
        return
    # State and what the checks tie to it first: the next query flushes the row.
    hazard.state = after
    if after not in OPEN:
        hazard.settled_on, hazard.state_before = clock.today(), before
        _lapse_all(requests)
    elif before not in OPEN:
        hazard.settled_on, hazard.merged_into_id = None, None
    if before is State.AWAITING_VERIFICATION:
        hazard.appointed_person_id = None
    hazard.awaiting_closure_since = clock.now() if after is State.AWAITING_CLOSURE else None
    kind = DESK_CLOCK.get(after)
    if kind is not None:
        set_clock(hazard, ClockSetting(kind, _desk_term(hazard, kind), clock.today()), CLOCK)


def _desk_term(hazard: Hazard, kind: ClockKind) -> TimeLimit:
    """What a deputy confirmed and no authority is waited for is soon closed; else as long as the district configured."""
    if kind is ClockKind.CLOSURE and not needs_authority(from_row(hazard)):
        return TimeLimit(unopposed_days(hazard) or CONFIRMED_DAYS)
    return desk_term(kind)


def _lapse_all(requests: Sequence[HazardRequest]) -> None:
    """What was asked and not decided ends with the hazard, so that nobody confirms it after a reopening.

    A dispute stays: it is answered in any state.
    """
    for row in requests:
        if row.outcome is not None or row.step == Step.DISPUTE:
            continue
        row.outcome, row.decided_at, row.answer = "lapsed", clock.now(), "这一件已经办结"


def _lead_merged(hazard: Hazard, step: str, seq: int) -> None:
    """Hazards merged into this one follow it: each chain says what became of the one it was merged into.

    Where that one is itself merged, they are merged into the same third: a target is never merged away from them.
    """
    change = {"merged_into_id": hazard.merged_into_id} if hazard.merged_into_id else {}
    for row in merged_into(hazard):
        facts = {"target": hazard.id, "step": step, "state": hazard.state, "event": seq} | change
        take(row, Step.FOLLOW, CLOCK, facts=facts, change=change)
