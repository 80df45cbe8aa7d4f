"""交办, 改派, 签收, 退回, 催办, 升级, and a later date put forward to who set it."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.deadlines import check_deadline
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.workdays import RollOver, Unit, published_calendar
from inspect_app.people.models import Organisation

from ..case import require_words
from ..clocks import BINDING, ClockKind, ClockStatus, DateOrigin, TimeLimit, due
from ..dates import Clock
from ..models import Hazard, HazardRequest
from ..rules import CLOCK, PROPOSALS, Actor, Step
from ..standing import newest_clock, sets_mending
from ..taken import StepTaken, StepTold, tell
from .setting_clocks import ClockSetting
from .steps import take


def hand_over(
    hazard: Hazard,
    actor: Actor,
    *,
    handler_id: UUID,
    reply: TimeLimit,
    mending: TimeLimit,
    paper: str,
    no_paper_reason: str = "",
) -> None:
    """交办 to a handler with a reply date and a proposed mending date.

    `paper` is the number of the hand-over letter made outside; without one a reason is needed. A mending date stated in
    days runs from service; until somebody serves, from today.
    """
    handler = _organisation(handler_id)
    if not paper.strip():
        no_paper_reason = require_words(no_paper_reason, "不另行文的理由", "no_paper")
    # The target state is only legal with a handler, so the column is set in the same step.
    change: dict[str, Any] = {
        "handler_id": handler.id,
        "first_receiver_id": handler.id,
        "accepted_at": None,
        "declined_at": None,
    }
    # Who hands over what two phones differ on has chosen: the stricter answer.
    change |= {"closing_office_id": actor.organisation_id or hazard.closing_office_id, "contested": False}
    take(
        hazard,
        Step.HAND_OVER,
        actor,
        facts={"handler": handler.id, "paper": paper.strip()},
        words={"no_paper": no_paper_reason} if no_paper_reason else None,
        change=change,
        clocks=_handed_over_dates(hazard, reply, mending),
    )


def _handed_over_dates(hazard: Hazard, reply: TimeLimit, mending: TimeLimit) -> tuple[ClockSetting, ClockSetting]:
    """The reply date, and the mending date that is proposed to the handler."""
    today = clock.today()
    return (
        ClockSetting(ClockKind.REPLY, _ahead(reply, "答复期限", "reply_days"), today, origin=DateOrigin.HAND_OVER),
        ClockSetting(
            ClockKind.MENDING,
            _ahead(mending, "整改期限", "mending_on"),
            today,
            ClockStatus.PROPOSED,
            awaits_service=hazard.served_at is None,
            origin=DateOrigin.HAND_OVER,
        ),
    )


def reassign(hazard: Hazard, actor: Actor, *, handler_id: UUID, restart: bool, reply: TimeLimit, reason: str) -> None:
    """改派: another handler. `restart` says whether the reply clock starts anew; the first receiver stays answerable
    until somebody accepts."""
    handler = _organisation(handler_id)
    if handler.id == hazard.handler_id and hazard.declined_at is None:
        raise Refused("已经在这个单位手里，请选另一个单位。", field="handler_id")
    reason = require_words(reason, "改派的理由", "reason")
    change = {"handler_id": handler.id, "accepted_at": None, "declined_at": None}
    anew = ClockSetting(
        ClockKind.REPLY, _ahead(reply, "答复期限", "reply_days"), clock.today(), origin=DateOrigin.REASSIGNED
    )
    take(
        hazard,
        Step.REASSIGN,
        actor,
        facts={"handler": handler.id, "restart": restart},
        words={"reason": reason},
        change=change,
        clocks=(anew,) if restart else (),
    )


def accept(hazard: Hazard, actor: Actor, *, mending: TimeLimit | None = None) -> None:
    """签收: the handler takes it and sets the mending date, the proposed one or another; a formal order's date stays."""
    standing = newest_clock(hazard, ClockKind.MENDING)
    change = {"accepted_at": clock.now(), "declined_at": None, "first_receiver_id": hazard.handler_id}
    clocks: tuple[ClockSetting, ...] = ()
    if standing is None or standing.status not in BINDING:
        clocks = (_accepted_date(standing, mending),)
    elif mending is not None and mending.fixed != standing.due_on:
        raise Refused("正式文书已经定了整改期限，以文书为准，这里不用再选日期。", field="mending_on")
    take(hazard, Step.ACCEPT, actor, change=change, clocks=clocks)


def _accepted_date(proposed: Clock | None, chosen: TimeLimit | None) -> ClockSetting:
    """The chosen date, else the proposed one as it was stated, so that days still run from service."""
    if chosen is not None and (proposed is None or chosen.fixed != proposed.due_on):
        return ClockSetting(
            ClockKind.MENDING, _ahead(chosen, "整改期限", "mending_on"), clock.today(), origin=DateOrigin.TAKEN
        )
    if proposed is None:
        raise Refused("请定一个整改期限。", field="mending_on")
    if proposed.due_on < clock.today():
        raise Refused("建议的整改期限已经过了，请另定一个。", field="mending_on")
    check_deadline(proposed.due_on, "建议的整改期限", "mending_on", today=clock.today())
    return ClockSetting(
        ClockKind.MENDING,
        term_of(proposed),
        proposed.starts_on,
        awaits_service=proposed.awaits_service,
        origin=DateOrigin.TAKEN_AS_PROPOSED,
    )


def decline(hazard: Hazard, actor: Actor, *, competent_id: UUID | None, competent: str, reason: str) -> None:
    """退回: not ours; names who is competent and why."""
    reason = require_words(reason, "退回的理由", "reason")
    if competent_id is None:
        competent = require_words(competent, "应由哪个单位办", "competent")
    take(
        hazard,
        Step.DECLINE,
        actor,
        facts={"competent": competent_id},
        words={"competent": competent, "reason": reason},
        change={"declined_at": clock.now()},
    )


def offer_date(hazard: Hazard, until: date, reason: str, because: DateOrigin) -> None:
    """Put forward a later mending date that the clock works out and may not set: whoever set it is told, and asked."""
    request = propose_date(hazard, None, Step.SERVE, until, reason, because)
    tell(StepTaken(hazard, Step.SERVE, CLOCK, offered=request))


def propose_date(
    hazard: Hazard, actor: Actor | None, step: Step, until: date, reason: str, because: DateOrigin
) -> HazardRequest:
    """A later mending date put forward for who set the clock; it replaces one put forward before.

    `because` is what the date is explained by once it is set.
    """
    _lapse_proposals(hazard)
    row = HazardRequest(
        hazard_id=hazard.id,
        step=step,
        reason=reason,
        details={"until": until.isoformat(), "because": str(because)},
        asked_by_person_id=actor.person_id if actor else None,
        asked_by_organisation_id=actor.organisation_id if actor else None,
        asked_of_id=sets_mending(hazard),
        asked_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _lapse_proposals(hazard: Hazard) -> None:
    for old in db.session.scalars(
        select(HazardRequest).where(
            HazardRequest.hazard_id == hazard.id, HazardRequest.step.in_(PROPOSALS), HazardRequest.outcome.is_(None)
        )
    ):
        old.outcome, old.decided_at, old.answer = "lapsed", clock.now(), "后来又提了新的期限"


def urge(hazard: Hazard, actor: Actor, *, to_organisation_id: UUID | None, channel: str, words: str = "") -> StepTold:
    """催办 of whose turn it is: the state stays; the office that has it and the channel stand in the chain. Returns who
    was told, for what is said of it afterwards."""
    facts = {"to": to_organisation_id, "channel": channel}
    return take(hazard, Step.URGE, actor, facts=facts, words={"words": words} if words.strip() else None)


def escalate(hazard: Hazard, actor: Actor, *, to_organisation_id: UUID, channel: str, reason: str) -> StepTold:
    """升级 to an office above. Returns who was told, for what is said of it afterwards."""
    words = {"reason": require_words(reason, "升级的理由", "reason")}
    return take(hazard, Step.ESCALATE, actor, facts={"to": to_organisation_id, "channel": channel}, words=words)


def term_of(row: Clock) -> TimeLimit:
    """The term a clock was set with."""
    if row.amount is None:
        return TimeLimit(fixed=row.due_on)
    return TimeLimit(row.amount, Unit(row.unit), RollOver(row.roll_over))


def _ahead(term: TimeLimit, what: str, field: str) -> TimeLimit:
    """The term where its day is one that may be set today."""
    today = clock.today()
    check_deadline(due(term, today, published_calendar()).on, what, field, today=today)
    return term


def _organisation(organisation_id: UUID) -> Organisation:
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or organisation.side != "government":
        raise Refused("请选一个承办单位。", field="handler_id")
    return organisation
