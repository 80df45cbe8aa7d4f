"""核验, 复查, 销号 and every other end; 提请认定, 挂牌, 移送; two persons where one is not enough."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.workdays import RollOver, Unit, count_from, published_calendar

from ..case import TWO_PERSON_STEPS, case_of, current_round, lock, open_request, require_words
from ..clocks import ClockKind, ClockStatus, Term
from ..models import Hazard, HazardRequest
from ..rules import Actor, Grade, State, Step, why_not_verify
from .finding import add_photos
from .steps import refresh_due, set_clock, take

_CONFIRMS = {
    Step.ASK_END: Step.END,
    Step.ASK_VOID: Step.VOID,
    Step.ASK_MERGE: Step.MERGE,
    Step.ASK_CLOSE_WITHOUT_OPINION: Step.CLOSE_WITHOUT_OPINION,
}


def appoint(hazard: Hazard, actor: Actor, *, verifier: Actor, on: date) -> None:
    """安排核验: somebody who may verify, and a date."""
    reason = why_not_verify(case_of(hazard), verifier)
    if reason:
        raise Refused(f"{verifier.name or '这个人'}不能核验这一件。{reason}", field="verifier")
    if on < clock.today():
        raise Refused("核验的日期不能早于今天。", field="on")
    change = {"appointed_person_id": verifier.person_id}
    take(hazard, Step.APPOINT, actor, facts={"verifier": verifier.person_id, "on": on}, change=change)
    set_clock(hazard, ClockKind.VERIFICATION, Term(fixed=on), clock.today(), actor, ClockStatus.SET)
    refresh_due(hazard)


def verify(
    hazard: Hazard, actor: Actor, *, passed: bool, way: str, opinion: str, evidence_complete: bool,
    photo_ids: tuple[UUID, ...] = (), mending: Term | None = None,
) -> None:  # fmt: skip
    """合格 or 不合格, by someone who neither mended nor submitted. The grade is read again inside the step."""
    opinion = require_words(opinion, "核验意见")
    row = current_round(hazard)
    step = Step.PASS if passed else Step.FAIL
    take(
        hazard, step, actor, facts={"way": way, "photos": list(photo_ids)}, words={"opinion": opinion},
        evidence_complete=evidence_complete,
    )  # fmt: skip
    row.verified_by_person_id, row.verified_by_organisation_id = actor.person_id, actor.organisation_id
    row.verified_at, row.way, row.opinion = clock.now(), way, opinion
    row.outcome = "pass" if passed else "fail"
    if hazard.state == State.CLOSED:
        row.closed_by_person_id, row.closed_with_pass = actor.person_id, True
    add_photos(hazard, photo_ids, "look")
    if not passed:
        current_round(hazard)
        if mending is not None and hazard.handler_id is not None:
            # Only proposed: who set the clock sets it; until then the old date keeps running.
            proposed = mending.fixed or hazard.mending_on
            db.session.add(_proposal(hazard, actor, proposed, opinion))
    db.session.flush()


def reinspect(hazard: Hazard, actor: Actor, *, number: str, on: date, passed: bool, conclusion: str) -> None:
    """复查: the authority's own look after its own order, done or recorded from outside."""
    number = require_words(number, "复查文号")
    words = {"conclusion": require_words(conclusion, "复查结论")}
    if on > clock.today():
        raise Refused("复查日期不能晚于今天。", field="on")
    change: dict[str, Any] = {"reinspected_on": on, "opinion_number": number} if passed else {}
    take(
        hazard, Step.REINSPECT, actor, facts={"number": number, "on": on, "passed": passed}, words=words, change=change
    )


def close(hazard: Hazard, actor: Actor, *, opinion_number: str, opinion: str, evidence_complete: bool) -> None:
    """销号 of what waits for the authority's opinion, by a supervisor other than the verifier."""
    change: dict[str, Any] = {}
    if opinion_number.strip():
        hazard.opinion_number = opinion_number.strip()
    row = current_round(hazard)
    take(
        hazard, Step.CLOSE, actor, facts={"opinion": hazard.opinion_number}, words={"opinion": opinion},
        evidence_complete=evidence_complete, change=change,
    )  # fmt: skip
    row.closed_by_person_id = actor.person_id
    db.session.flush()


def send_back(hazard: Hazard, actor: Actor, *, reason: str) -> None:
    """退回 from 待销号: to be verified again, in a new round where somebody had already verified."""
    reason = require_words(reason, "退回的理由")
    old = current_round(hazard)
    take(hazard, Step.RETURN, actor, words={"reason": reason})
    hazard.round_number += 1
    row = current_round(hazard)
    for name in (
        "by_party", "mended_by_organisation_id", "submitted_by_person_id", "submitted_by_organisation_id",
        "submitted_at", "witness_person_id", "words", "bundle_id",
    ):  # fmt: skip
        setattr(row, name, getattr(old, name))
    db.session.flush()


def ask(hazard: Hazard, actor: Actor, step: Step, *, reason: str, target_id: UUID | None = None) -> HazardRequest:
    """Ask for an end that a second person confirms; it lapses after 5 working days and blocks nothing meanwhile."""
    if step not in _CONFIRMS:
        raise ValueError(f"{step} is not a step of two persons")
    reason = require_words(reason, "理由")
    if step is Step.ASK_MERGE:
        _mergeable(hazard, target_id)
    take(hazard, step, actor, facts={"target": target_id}, words={"reason": reason})
    lapses = count_from(clock.today(), 5, Unit.WORKING_DAYS, RollOver.NONE, published_calendar()).on
    request = HazardRequest(
        hazard_id=hazard.id,
        step=step,
        reason=reason,
        details={"target": str(target_id)} if target_id else {},
        asked_by_person_id=actor.person_id,
        asked_by_organisation_id=actor.organisation_id,
        asked_at=clock.now(),
        lapses_on=lapses,
    )
    db.session.add(request)
    db.session.flush()
    return request


def confirm(hazard: Hazard, actor: Actor, *, evidence_complete: bool = True) -> None:
    """The second person agrees to what the first asked."""
    request = open_request(hazard, *TWO_PERSON_STEPS)
    if request is None:
        raise Refused("没有等确认的申请，可能已经过了 5 个工作日。")
    step = _CONFIRMS[Step(request.step)]
    change: dict[str, Any] = {}
    if step is Step.MERGE:
        change["merged_into_id"] = _mergeable(hazard, UUID(request.details["target"])).id
    take(
        hazard, step, actor, facts={"request": request.id, "into": change.get("merged_into_id")}, change=change,
        evidence_complete=evidence_complete,
    )  # fmt: skip
    if step is Step.CLOSE_WITHOUT_OPINION:
        current_round(hazard).closed_by_person_id = actor.person_id
    request.decided_at, request.decided_by_person_id, request.outcome = clock.now(), actor.person_id, "granted"
    db.session.flush()


def turn_down(hazard: Hazard, actor: Actor, *, reason: str) -> None:
    """The second person does not agree."""
    request = open_request(hazard, *TWO_PERSON_STEPS)
    take(hazard, Step.TURN_DOWN, actor, words={"reason": require_words(reason, "不同意的理由")})
    assert request is not None  # the rules refused otherwise
    request.decided_at, request.decided_by_person_id = clock.now(), actor.person_id
    request.outcome, request.answer = "refused", reason
    db.session.flush()


def restore(hazard: Hazard, actor: Actor, *, reason: str) -> None:
    """恢复 from 撤销 or 并案 to the state held before."""
    take(hazard, Step.RESTORE, actor, words={"reason": require_words(reason, "恢复的理由")})


def reopen(hazard: Hazard, actor: Actor, *, reason: str, photo_ids: tuple[UUID, ...]) -> None:
    """重开 of what was closed or ended: found again, the last handler proposed, a new round."""
    reason = require_words(reason, "重开的理由")
    if not photo_ids:
        raise Refused("重开要附一张现在的照片。", field="photos")
    change = {
        "reopened_count": hazard.reopened_count + 1, "accepted_at": None, "declined_at": None,
        "reinspected_on": None, "opinion_number": None, "awaiting_closure_since": None, "round_number": hazard.round_number + 1,
        "first_receiver_id": hazard.handler_id, "handler_id": None, "reply_on": None, "mending_on": None,
    }  # fmt: skip
    take(hazard, Step.REOPEN, actor, facts={"photos": list(photo_ids)}, words={"reason": reason}, change=change)
    add_photos(hazard, photo_ids, "before")


def refer(hazard: Hazard, actor: Actor, *, authority_id: UUID, reason: str) -> None:
    """提请认定 as suspected major: the competent authority determines, we only suspect."""
    if hazard.grade == Grade.MAJOR:
        raise Refused("已经认定为重大，不用再提请。")
    words = {"reason": require_words(reason, "提请的理由")}
    change = {"referred_at": clock.now(), "determined_at": None, "grade": Grade.SUSPECTED_MAJOR}
    take(hazard, Step.REFER, actor, facts={"authority": authority_id}, words=words, change=change)


def determine(hazard: Hazard, actor: Actor, *, major: bool, authority: str, number: str, on: date) -> None:
    """记录认定: what the authority answered, with its number and date. Only this lowers a suspicion."""
    number = require_words(number, "认定文号")
    words = {"authority": require_words(authority, "认定机关")}
    if on > clock.today():
        raise Refused("认定日期不能晚于今天。", field="on")
    change = {"determined_at": clock.now(), "grade": Grade.MAJOR if major else Grade.GENERAL}
    take(hazard, Step.DETERMINE, actor, facts={"major": major, "number": number, "on": on}, words=words, change=change)


def put_under_list(hazard: Hazard, actor: Actor, *, number: str, measures: dict[str, str]) -> None:
    """挂牌督办 with 责任、措施、资金、时限、预案; the congress side only records that an authority did."""
    for name in ("责任", "措施", "资金", "时限", "预案"):
        require_words(measures.get(name, ""), name)
    facts = {"number": require_words(number, "文号")}
    take(hazard, Step.LIST, actor, facts=facts, words=measures, change={"listed_at": clock.now()})


def lift_from_list(hazard: Hazard, actor: Actor, *, number: str) -> None:
    """解除挂牌."""
    facts = {"number": require_words(number, "文号")}
    take(hazard, Step.UNLIST, actor, facts=facts, change={"listed_at": None})


def transfer(hazard: Hazard, actor: Actor, *, to: str, number: str) -> None:
    """移送 to enforcement by an organisation with that power."""
    words = {"to": require_words(to, "移送单位")}
    facts = {"number": require_words(number, "文号")}
    take(hazard, Step.TRANSFER, actor, facts=facts, words=words, change={"transferred_at": clock.now()})


def correct(hazard: Hazard, actor: Actor, *, reason: str, title: str = "", place_within: str = "") -> None:
    """更正 of words of the finding: a new event keeps both readings. Grades are lowered only by an authority's answer."""
    words = {"reason": require_words(reason, "更正的理由"), "old_title": hazard.title, "old_place": hazard.place_within}
    change = {k: v.strip() for k, v in {"title": title, "place_within": place_within}.items() if v.strip()}
    if not change:
        raise Refused("请写要改成什么。", field="title")
    take(hazard, Step.CORRECT, actor, words=words | change, change=change)


def lapse_requests(today: date) -> int:
    """The clock: requests nobody confirmed in 5 working days lapse. Safe to run twice; returns how many lapsed."""
    from sqlalchemy import select

    rows = db.session.scalars(
        select(HazardRequest).where(HazardRequest.outcome.is_(None), HazardRequest.lapses_on < today)
    ).all()
    for row in rows:
        row.outcome, row.decided_at = "lapsed", clock.now()
    db.session.flush()
    return len(rows)


def _mergeable(hazard: Hazard, target_id: UUID | None) -> Hazard:
    if target_id is None or target_id == hazard.id:
        raise Refused("请选要并到的那一件。", field="target")
    try:
        target = lock(target_id)
    except NotThere:
        raise Refused("没有找到要并到的那一件。", field="target") from None
    if target.premises_id != hazard.premises_id:
        raise Refused("只能并到同一个场所的隐患。", field="target")
    if not State(target.state).is_open:
        raise Refused("要并到的那一件已经办结。", field="target")
    return target


def _proposal(hazard: Hazard, actor: Actor, due_on: date | None, reason: str) -> HazardRequest:
    until = due_on or clock.today() + timedelta(days=7)
    return HazardRequest(
        hazard_id=hazard.id,
        step=Step.ASK_EXTENSION,
        reason=f"核验不合格：{reason}",
        details={"until": until.isoformat(), "interim": "按原要求继续防范"},
        asked_by_person_id=actor.person_id,
        asked_by_organisation_id=actor.organisation_id,
        asked_at=clock.now(),
    )
