"""交办, 改派, 签收, 退回, 正式文书, 送达, 催办, 升级."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.people.models import Organisation

from ..case import newest_clock, require_words
from ..clocks import ClockKind, ClockStatus, Term
from ..models import Hazard
from ..rules import Actor, Step
from .steps import refresh_due, set_clock, take


def hand_over(
    hazard: Hazard,
    actor: Actor,
    *,
    handler_id: UUID,
    reply: Term,
    mending: Term | None,
    paper: str,
    no_paper_reason: str = "",
) -> None:
    """交办 to a handler with a reply date and a proposed mending date.

    `paper` is the number of the hand-over letter made outside; without one a reason is needed.
    """
    handler = _organisation(handler_id)
    if not paper.strip():
        no_paper_reason = require_words(no_paper_reason, "不另行文的理由")
    # The target state is only legal with a handler, so the column is set in the same step.
    change = {"handler_id": handler.id, "first_receiver_id": handler.id, "accepted_at": None, "declined_at": None}
    facts = {"handler": handler.id, "paper": paper.strip()}
    take(hazard, Step.HAND_OVER, actor, facts=facts, words={"no_paper": no_paper_reason}, change=change)
    today = clock.today()
    set_clock(hazard, ClockKind.REPLY, reply, today, actor, ClockStatus.SET)
    if mending is not None:
        set_clock(hazard, ClockKind.MENDING, mending, today, actor, ClockStatus.PROPOSED, provisional=True)
    refresh_due(hazard)


def reassign(hazard: Hazard, actor: Actor, *, handler_id: UUID, restart: bool, reply: Term, reason: str) -> None:
    """改派: another handler. `restart` says whether the reply clock starts anew; the first receiver stays answerable
    until somebody accepts."""
    handler = _organisation(handler_id)
    if handler.id == hazard.handler_id and hazard.declined_at is None:
        raise Refused("已经在这个单位手里，请选另一个单位。", field="handler_id")
    reason = require_words(reason, "改派的理由")
    change = {"handler_id": handler.id, "accepted_at": None, "declined_at": None}
    facts = {"handler": handler.id, "restart": restart}
    take(hazard, Step.REASSIGN, actor, facts=facts, words={"reason": reason}, change=change)
    if restart:
        set_clock(hazard, ClockKind.REPLY, reply, clock.today(), actor, ClockStatus.SET, reason="改派后重新计算")
    refresh_due(hazard)


def accept(hazard: Hazard, actor: Actor, *, mending: Term | None = None) -> None:
    """签收: the handler takes it and sets the mending date, the proposed one or another."""
    proposed = newest_clock(hazard, ClockKind.MENDING)
    if mending is None and proposed is None:
        raise Refused("请定一个整改期限。", field="mending_on")
    take(hazard, Step.ACCEPT, actor, change={"accepted_at": clock.now(), "declined_at": None})
    term = mending or Term(fixed=proposed.due_on if proposed else None)
    set_clock(hazard, ClockKind.MENDING, term, clock.today(), actor, ClockStatus.SET)
    refresh_due(hazard)


def decline(hazard: Hazard, actor: Actor, *, competent_id: UUID | None, competent: str, reason: str) -> None:
    """退回: not ours; names who is competent and why."""
    reason = require_words(reason, "退回的理由")
    if competent_id is None:
        competent = require_words(competent, "应由哪个单位办")
    take(
        hazard,
        Step.DECLINE,
        actor,
        facts={"competent": competent_id},
        words={"competent": competent, "reason": reason},
        change={"declined_at": clock.now()},
    )


def order(
    hazard: Hazard, actor: Actor, *, title: str, number: str, officers: list[str], due_on: date, remedies: str
) -> None:
    """正式文书: an order of the authority, by us or recorded from outside; its date replaces the mending date."""
    if due_on < clock.today():
        raise Refused("整改期限不能早于今天。", field="due_on")
    words = {
        "title": require_words(title, "文书名称"),
        "officers": officers,
        "remedies": require_words(remedies, "救济途径"),
    }
    number = require_words(number, "文号")
    if len(officers) < 2:
        raise Refused("承办人员要写两个人。", field="officers")
    facts = {"number": number, "due_on": due_on}
    take(hazard, Step.ORDER, actor, facts=facts, words=words, change={"order_number": number, "reinspected_on": None})
    ordered = set_clock(hazard, ClockKind.MENDING, Term(fixed=due_on), clock.today(), actor, ClockStatus.ORDERED)
    ordered.printed = True  # it stands on a sheet: a recompute never touches it
    refresh_due(hazard)


def serve(hazard: Hazard, actor: Actor, *, paper_id: UUID, way: str, served_at: datetime, received: bool) -> None:
    """送达 of one paper: a mending date stated in days now runs from service and is no longer provisional."""
    facts = {"paper": paper_id, "way": way, "served_at": served_at, "received": received}
    take(hazard, Step.SERVE, actor, facts=facts, change={"served_at": served_at})
    mending = newest_clock(hazard, ClockKind.MENDING)
    if mending is not None and mending.provisional and mending.amount is not None and not mending.printed:
        term = Term(mending.amount, *_unit(mending.unit, mending.roll_over))
        set_clock(
            hazard, ClockKind.MENDING, term, clock.local_date(served_at), actor, ClockStatus(mending.status),
            reason="从送达之日起算",
        )  # fmt: skip
        refresh_due(hazard)


def urge(hazard: Hazard, actor: Actor, *, to_organisation_id: UUID | None, channel: str, words: str = "") -> None:
    """催办: the state stays; to whom and by which channel stands in the chain."""
    take(hazard, Step.URGE, actor, facts={"to": to_organisation_id, "channel": channel}, words={"words": words})


def escalate(hazard: Hazard, actor: Actor, *, to_organisation_id: UUID, channel: str, reason: str) -> None:
    """升级: told to somebody above."""
    words = {"reason": require_words(reason, "升级的理由")}
    take(hazard, Step.ESCALATE, actor, facts={"to": to_organisation_id, "channel": channel}, words=words)


def _organisation(organisation_id: UUID) -> Organisation:
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or organisation.side != "government":
        raise Refused("请选一个承办单位。", field="handler_id")
    return organisation


def _unit(unit: str, roll_over: str) -> tuple[Any, Any]:
    from inspect_app.kernel.workdays import RollOver, Unit

    return Unit(unit), RollOver(roll_over)
