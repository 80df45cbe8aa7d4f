"""What the clock does to hazards. Each may run at any time and twice; a second run changes nothing."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select, tuple_
from sqlalchemy.orm import aliased

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.workdays import Unit, published_calendar
from inspect_app.people.models import Organisation

from ..case import from_row
from ..clocks import DESK_CLOCKS, ClockKind, ClockStatus, DateOrigin, due
from ..dates import Clock, DeskTerm
from ..events import Event
from ..locking import lock_all
from ..models import Hazard, HazardRequest, MendingRound
from ..rules import CLOCK, CONFIRMS, State, Step, needs_authority
from ..standing import current_round, newest_clock, opinion_due
from .handing import escalate, offer_date, term_of
from .setting_clocks import ClockSetting
from .steps import take

MOST_AT_ONCE = 20  # hazards that one transaction of a sweep keeps from everybody else: less than a second


def lapse_requests() -> int:
    """Requests nobody confirmed in 5 working days lapse, with a line in the chain; returns how many."""
    today = clock.today()
    rows = db.session.execute(
        select(HazardRequest.id, HazardRequest.hazard_id)
        .where(HazardRequest.outcome.is_(None), HazardRequest.lapses_on < today, HazardRequest.step.in_(list(CONFIRMS)))
        .order_by(HazardRequest.hazard_id, HazardRequest.id)
        .limit(MOST_AT_ONCE)
    ).all()
    done, held = 0, {hazard.id: hazard for hazard in lock_all(row.hazard_id for row in rows)}
    for row in rows:
        hazard = held[row.hazard_id]
        request = db.session.get_one(HazardRequest, row.id, populate_existing=True)
        if request.outcome is not None:
            continue
        take(hazard, Step.LAPSE, CLOCK, facts={"request": request.id, "step": request.step})
        request.outcome, request.decided_at = "lapsed", clock.now()
        done += 1
    db.session.flush()
    return done


def close_unopposed() -> int:
    """到期自动销号 where the office that handed over has switched it on: confirmed by a look, so many working days passed,
    nobody objected. Returns how many."""
    silent = (
        select(Hazard)
        .join(Organisation, Organisation.id == Hazard.closing_office_id)
        .join(MendingRound, (MendingRound.hazard_id == Hazard.id) & (MendingRound.number == Hazard.round_number))
        .where(
            Hazard.state == State.AWAITING_CLOSURE,
            Hazard.settled_on.is_(None),
            Organisation.close_unopposed_days.is_not(None),
            MendingRound.closes_after_days.is_not(None),
            Hazard.due_on < clock.today(),
        )
        .order_by(Hazard.id)
    )
    found = [hazard.id for hazard in db.session.scalars(silent.limit(MOST_AT_ONCE))]
    lock_all(found)
    rows = db.session.scalars(silent.where(Hazard.id.in_(found))).all()  # as they are, now that nobody else acts
    return sum(_close_unopposed(hazard) for hazard in rows)


def _close_unopposed(hazard: Hazard) -> bool:
    """What something speaks against is left to a person for the rest of its round."""
    row = current_round(hazard)
    days = row.closes_after_days
    facts = {"working_days": days, "since": hazard.awaiting_closure_since, "rule_of": hazard.closing_office_id}
    try:
        take(hazard, Step.CLOSE_UNOPPOSED, CLOCK, facts=facts)
    except Refused:
        row.closes_after_days = None
        return False
    return True


def waiting_too_long() -> list[UUID]:
    """What waits for the authority's opinion longer than configured and was not escalated for it yet. Read before anybody is
    kept waiting: it looks at everything that awaits its closing."""
    rows = db.session.execute(
        select(Hazard.id, Hazard.awaiting_closure_since).where(_waits_on()).order_by(Hazard.id)
    ).all()
    return [row.id for row in rows if clock.today() > opinion_due(row.awaiting_closure_since, 1)]


def escalate_late(hazard_ids: Sequence[UUID]) -> int:
    """升级 of those of the hazards that still wait, once per wait; returns how many."""
    desk = _district_desk()
    if desk is None or not hazard_ids:
        return 0
    done = 0
    lock_all(hazard_ids)
    waiting = select(Hazard).where(Hazard.id.in_(hazard_ids), _waits_on())
    for hazard in db.session.scalars(waiting.order_by(Hazard.id)).all():  # as it is, now that nobody else escalates
        opinion = needs_authority(from_row(hazard))
        reason = (
            "主管部门的意见过了期限还没有来，请区级督办" if opinion else "核验合格以后，过了期限还没有销号，请区级督办"
        )
        escalate(hazard, CLOCK, to_organisation_id=desk.id, channel="in_app", reason=reason)
        done += 1
    return done


def _waits_on() -> ColumnElement[bool]:
    already = exists().where(
        Event.hazard_id == Hazard.id,
        Event.step == Step.ESCALATE,
        Event.person_id.is_(None),
        Event.at >= Hazard.awaiting_closure_since,
    )
    return and_(Hazard.state == State.AWAITING_CLOSURE, Hazard.settled_on.is_(None), ~already)


def _district_desk() -> Organisation | None:
    """The 区级督办, or its parent office where there is one: escalating goes upwards."""
    desk = db.session.scalar(select(Organisation).where(Organisation.is_desk).order_by(Organisation.name).limit(1))
    if desk is None or desk.parent_id is None:
        return desk
    return db.session.get(Organisation, desk.parent_id)


def recompute_provisional() -> int:
    """A year's holidays are better known: dates that were 暂定 are counted again; returns how many changed or settled.

    A recompute never shortens. A date that would be later by the statutory holidays alone does not wait for the year to
    be published; a printed one does. It is final: its later day is offered to who set it.
    """
    newer = aliased(Clock)
    replaced = exists().where(
        newer.hazard_id == Clock.hazard_id,
        newer.kind == Clock.kind,
        tuple_(newer.set_at, newer.id) > tuple_(Clock.set_at, Clock.id),
    )
    waiting = db.session.scalars(
        select(Clock)
        .join(Hazard, Hazard.id == Clock.hazard_id)
        .where(Clock.provisional, Hazard.settled_on.is_(None), ~replaced)
        .order_by(Clock.hazard_id, Clock.kind)
    )
    ready = [(row.hazard_id, ClockKind(row.kind)) for row in waiting if _may_settle(row)]
    held = {hazard.id: hazard for hazard in lock_all(hazard_id for hazard_id, _ in ready)}
    return sum(_recompute(held[hazard_id], kind) for hazard_id, kind in ready)


def _may_settle(row: Clock) -> bool:
    """Whether the exchanged days it was counted without are published by now, or it is told too early as it is."""
    counted = due(term_of(row), row.starts_on, published_calendar())
    return not counted.provisional or (counted.on > row.due_on and not row.printed)


def _recompute(hazard: Hazard, kind: ClockKind) -> bool:
    standing = newest_clock(hazard, kind)
    if standing is None or not standing.provisional or not State(hazard.state).is_open:
        return False
    term = term_of(standing)
    counted = due(term, standing.starts_on, published_calendar())
    if counted.provisional and (counted.on <= standing.due_on or standing.printed):
        return False
    if counted.on < standing.due_on or standing.printed:
        if standing.printed and counted.on > standing.due_on and hazard.state == State.RECTIFYING:
            offer_date(hazard, counted.on, "放假安排公布后重算，可以延后", DateOrigin.HOLIDAYS)
        standing.provisional = False
        db.session.flush()
        return True
    setting = ClockSetting(
        kind,
        term,
        standing.starts_on,
        ClockStatus(standing.status),
        awaits_service=standing.awaits_service,
        by=standing.set_by_organisation_id,
        origin=DateOrigin.HOLIDAYS,
    )
    take(hazard, Step.RECOMPUTE, CLOCK, clocks=(setting,))
    return True


def set_desk_term(kind: ClockKind, amount: int, unit: Unit = Unit.DAYS) -> DeskTerm:
    """Configure how long a desk date runs in this district; hazards already waiting keep the date they have."""
    if kind not in DESK_CLOCKS or not 1 <= amount <= 365:
        raise Refused("办理时限要写 1 到 365 的数字，只用于交办、核验、销号。", field="amount")
    row = db.session.get(DeskTerm, kind) or DeskTerm(kind=kind)
    row.amount, row.unit = amount, unit
    db.session.add(row)
    db.session.flush()
    return row
