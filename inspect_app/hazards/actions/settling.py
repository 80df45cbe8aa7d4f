"""主管部门意见, 销号, 退回, 重开, and what one person asks and a second confirms (终结, 撤销, 调低)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.workdays import RollOver, Unit, count_from, published_calendar

from ..case import require_words
from ..clocks import REQUEST_DAYS
from ..models import Hazard, HazardRequest
from ..rules import CONFIRMS, Actor, Grade, State, Step
from ..standing import current_round, open_request
from .finding import begun_anew, open_at, sight
from .steps import take

_SUBMISSION = (  # what a round says of who mended and who reported it
    "by_party",
    "witnessed",
    "evidence_from",
    "mended_by_organisation_id",
    "submitted_by_person_id",
    "submitted_by_organisation_id",
    "submitted_at",
    "witness_person_id",
    "words",
)


def record_opinion(
    hazard: Hazard, actor: Actor, *, authority: str, number: str, on: date, agrees: bool, opinion: str
) -> None:
    """记录主管部门意见 on closing: which authority, number, date. One that does not agree opens nothing."""
    words = {"authority": require_words(authority, "主管部门", "authority"), "opinion": opinion.strip()}
    number = require_words(number, "意见文号", "number")
    not_ahead(on, "意见日期")
    take(
        hazard,
        Step.OPINION,
        actor,
        facts={"number": number, "on": on, "agrees": agrees},
        words=words,
        change={"opinion_number": number if agrees else None},
    )


def close(hazard: Hazard, actor: Actor, *, words: str = "") -> None:
    """销号 by a supervisor of the office that handed over, other than the verifier."""
    row = current_round(hazard)
    facts = {"opinion": hazard.opinion_number}
    take(hazard, Step.CLOSE, actor, facts=facts, words={"words": words} if words.strip() else None)
    row.closed_by_person_id = actor.person_id
    db.session.flush()


def send_back(hazard: Hazard, actor: Actor, *, reason: str, to: State = State.AWAITING_VERIFICATION) -> None:
    """退回 from 待销号: to be verified again, or to be mended again; a new round either way.

    Verified again, the submission and its photos stand; mended again, there is none yet.
    """
    reason = require_words(reason, "退回的理由", "reason")
    old = current_round(hazard)
    take(hazard, Step.RETURN, actor, words={"reason": reason}, change={"opinion_number": None}, wish=to)
    row = current_round(hazard)
    if hazard.state == State.AWAITING_VERIFICATION:
        for name in _SUBMISSION:
            setattr(row, name, getattr(old, name))
    db.session.flush()


def ask(
    hazard: Hazard, actor: Actor, step: Step, *, reason: str, details: dict[str, str] | None = None
) -> HazardRequest:
    """Ask for what a second person confirms; it lapses after 5 working days and blocks nothing meanwhile."""
    if step not in CONFIRMS:
        raise ValueError(f"{step} is not a step of two persons")
    reason = require_words(reason, "理由", "reason")
    take(hazard, step, actor, facts=details, words={"reason": reason})
    request = HazardRequest(
        hazard_id=hazard.id,
        step=step,
        reason=reason,
        details=details or {},
        asked_by_person_id=actor.person_id,
        asked_by_organisation_id=actor.organisation_id,
        asked_at=clock.now(),
        lapses_on=count_from(clock.today(), REQUEST_DAYS, Unit.WORKING_DAYS, RollOver.NONE, published_calendar()).on,
    )
    db.session.add(request)
    db.session.flush()
    return request


def ask_lower(hazard: Hazard, actor: Actor, *, grade: Grade, reason: str) -> HazardRequest:
    """申请调低级别 of a suspicion where no authority answered: two persons with a reason, listed as an exception."""
    if grade is not Grade.GENERAL:
        raise Refused("请选比现在低的级别。调高请办“更正”或“记录认定”。", field="grade")
    return ask(hazard, actor, Step.ASK_LOWER, reason=reason, details={"grade": str(grade)})


def confirm(hazard: Hazard, actor: Actor) -> None:
    """Take the step that a first person asked for, as the second agrees. 并案 and 恢复 of a merged one are in `merging`."""
    request = open_request(hazard, *CONFIRMS)
    if request is None:
        raise Refused("没有等确认的申请，可能已经过了 5 个工作日。")
    step, row = CONFIRMS[Step(request.step)], current_round(hazard)
    change: dict[str, Any] = {}
    if step is Step.LOWER:
        change = {
            "grade": Grade(request.details["grade"]),
            "determined_at": None,
            "determined_by_id": None,
            "referred_at": None,
        }
    settle(hazard, actor, request, step, change=change)
    if step is Step.CLOSE_WITHOUT_OPINION:
        row.closed_by_person_id = actor.person_id
    db.session.flush()


def settle(
    hazard: Hazard, actor: Actor, request: HazardRequest, step: Step, *, change: dict[str, Any] | None = None
) -> None:
    """Take the step a request asked for and mark it granted."""
    facts = {"request": request.id} | (request.details or {})
    take(hazard, step, actor, facts=facts, change=change)
    request.decided_at, request.decided_by_person_id = clock.now(), actor.person_id
    request.outcome, request.answer = "granted", ""
    db.session.flush()


def turn_down(hazard: Hazard, actor: Actor, *, reason: str) -> None:
    """Turn down what a first person asked for, as the second does not agree."""
    reason = require_words(reason, "不同意的理由", "reason")
    request = open_request(hazard, *CONFIRMS)
    facts = {"request": request.id if request else None}
    take(hazard, Step.TURN_DOWN, actor, facts=facts, words={"reason": reason})
    assert request is not None  # the rules refused otherwise
    request.decided_at, request.decided_by_person_id = clock.now(), actor.person_id
    request.outcome, request.answer = "refused", reason
    db.session.flush()


def reopen(
    hazard: Hazard, actor: Actor, *, reason: str, photo_ids: tuple[UUID, ...], seen_at: datetime | None = None
) -> Hazard:
    """重开 of what was closed or ended: found again, the last handler proposed, a new round.

    Where the same item is open again at that place, it is a sighting of that one. Returns the hazard that is open now.
    """
    reason = require_words(reason, "重开的理由", "reason")
    if not photo_ids:
        raise Refused("重开要附一张现在的照片。", field="photos")
    other = open_at(hazard.premises_id, hazard.item_code, hazard.id) if hazard.item_code else None
    if other is not None and hazard.state in (State.CLOSED, State.ENDED):
        grade = Grade.GENERAL if hazard.grade == Grade.GENERAL else Grade.SUSPECTED_MAJOR
        seen_at = seen_at or clock.now()
        sight(other, actor, seen_at=seen_at, photo_ids=photo_ids, grade=grade, words=reason, reopens=hazard.id)
        return other
    change = begun_anew(hazard) | {"reopened_count": hazard.reopened_count + 1}
    take(hazard, Step.REOPEN, actor, photos=photo_ids, slot="before", words={"reason": reason}, change=change)
    return hazard


def not_ahead(on: date, what: str, field: str = "on") -> None:
    """Raises Refused when something recorded is dated after today."""
    if on > clock.today():
        raise Refused(f"{what}不能晚于今天。", field=field)
