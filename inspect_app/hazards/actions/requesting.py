"""申请延期, 新期限, 异议, 记录机关答复, 撤回申请: what somebody asks and another decides."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.deadlines import check_deadline
from inspect_app.kernel.errors import Refused

from ..case import case_of, require_words
from ..clocks import ClockKind, ClockStatus, DateOrigin, TimeLimit
from ..dates import Clock
from ..models import Hazard, HazardRequest
from ..rules import OF_THE_DATE, PROPOSALS, Actor, Request, Step, decide, recordable, retractable
from ..standing import newest_clock, open_request, sets_mending
from . import settling
from .setting_clocks import ClockSetting
from .steps import take


def ask_extension(hazard: Hazard, actor: Actor, *, until: date, reason: str, interim: str) -> HazardRequest:
    """申请延期: reason, new date, what protects meanwhile (高层民用建筑消防安全管理规定 第三十六条)."""
    mending = _mending(hazard)
    if until <= mending.due_on:
        raise Refused("新的日期要晚于现在的整改期限。", field="until")
    check_deadline(until, "新的日期", "until", today=clock.today())
    words = {
        "reason": require_words(reason, "延期的理由", "reason"),
        "interim": require_words(interim, "这段时间怎么防范", "interim"),
    }
    take(hazard, Step.ASK_EXTENSION, actor, facts={"until": until}, words=words)
    return _asked(
        hazard, Step.ASK_EXTENSION, actor, words["reason"], {"until": until.isoformat(), "interim": words["interim"]}
    )


def decide_extension(hazard: Hazard, actor: Actor, *, grant: bool, reason: str) -> None:
    """同意 or 不同意延期, by the organisation that set the clock."""
    step = Step.GRANT_EXTENSION if grant else Step.REFUSE_EXTENSION
    if not grant:
        reason = require_words(reason, "不同意的理由", "reason")
    request = open_request(hazard, Step.ASK_EXTENSION)
    clocks: tuple[ClockSetting, ...] = ()
    if grant and request is not None:
        mending, until = _mending(hazard), date.fromisoformat(request.details["until"])
        if until <= mending.due_on:
            raise Refused("整改期限已经改到这一天或更晚，这份申请不用再同意，请办“不同意延期”。")
        check_deadline(until, "申请延到的日期", "until", today=clock.today())
        clocks = (_moved_to(mending, until, DateOrigin.EXTENSION, request.reason),)
    facts = {"request": request.id if request else None}
    take(hazard, step, actor, facts=facts, words={"reason": reason} if reason.strip() else None, clocks=clocks)
    assert request is not None  # the rules refused otherwise
    _decided(request, actor, "granted" if grant else "refused", reason)


def set_mending(hazard: Hazard, actor: Actor, *, until: date, reason: str = "") -> None:
    """重定整改期限 that a verifier or a late service put forward, by who set the clock; never an earlier day."""
    mending = _mending(hazard)
    if until < max(mending.due_on, clock.today()):
        raise Refused("新的期限不能早于今天，也不能早于原来的期限。", field="until")
    check_deadline(until, "新的期限", "until", today=clock.today())
    request = open_request(hazard, *PROPOSALS)
    facts = {"request": request.id if request else None, "until": until}
    take(
        hazard,
        Step.SET_MENDING,
        actor,
        facts=facts,
        words={"reason": reason} if reason.strip() else None,
        clocks=(_moved_to(mending, until, _because(request), reason or (request.reason if request else "")),),
    )
    assert request is not None  # the rules refused otherwise
    _decided(request, actor, "granted", reason)


def dispute(hazard: Hazard, actor: Actor, *, reason: str, issuer_id: UUID | None = None) -> HazardRequest:
    """异议 of the party; answered by who issued the paper it is about, else who ordered, else who handed over."""
    reason = require_words(reason, "异议的理由", "reason")
    answered_by = issuer_id or _who_issued(hazard)
    take(hazard, Step.DISPUTE, actor, facts={"answered_by": answered_by}, words={"reason": reason})
    return _asked(hazard, Step.DISPUTE, actor, reason, {"answered_by": str(answered_by)})


def answer_dispute(hazard: Hazard, actor: Actor, *, upheld: bool, reason: str) -> None:
    """答复异议 by who issued, with a reason."""
    request = open_request(hazard, Step.DISPUTE)
    reason = require_words(reason, "答复的理由", "reason")
    take(hazard, Step.ANSWER_DISPUTE, actor, facts={"upheld": upheld}, words={"reason": reason})
    assert request is not None  # the rules refused otherwise
    _decided(request, actor, "granted" if upheld else "refused", reason)


def record_answer(
    hazard: Hazard,
    actor: Actor,
    *,
    request_id: UUID,
    agrees: bool,
    number: str,
    on: date,
    photo_ids: tuple[UUID, ...],
    words: str = "",
) -> None:
    """记录机关答复: what the office that was asked answered in writing, with number, date and scan, entered by the desk.

    For an office with nobody else to answer, or that answers on paper. The desk decides nothing: an extension or a new
    date is the one that was asked for, set by the office that answered.
    """
    case = case_of(hazard)
    decide(case, Step.RECORD_ANSWER, actor)
    request = _open(hazard, request_id, recordable(case, actor))
    number = require_words(number, "文号", "number")
    _check_written(request, on, photo_ids)
    clocks = (_date_answered(hazard, request, number),) if agrees and request.step in OF_THE_DATE else ()
    facts = {"request": request.id, "answered_by": request.asked_of_id, "agrees": agrees, "number": number, "on": on}
    take(
        hazard,
        Step.RECORD_ANSWER,
        actor,
        facts=facts,
        words={"words": words} if words.strip() else None,
        photos=photo_ids,
        slot="document",
        clocks=clocks,
    )
    _decided(request, actor, "granted" if agrees else "refused", words or f"按{number}")


def _check_written(request: HazardRequest, on: date, photo_ids: tuple[UUID, ...]) -> None:
    """Refused where a written answer is dated ahead or before the question, or nothing shows it."""
    settling.not_ahead(on, "答复的日期")
    if on < clock.local_date(request.asked_at):
        raise Refused("答复的日期不能早于申请的日期。", field="on")
    if not photo_ids:
        raise Refused("请附上书面答复的照片或扫描件。", field="photos")


def _date_answered(hazard: Hazard, request: HazardRequest, number: str) -> ClockSetting:
    """The date that was asked for, set by the written answer of that number."""
    origin = DateOrigin.EXTENSION if request.step == Step.ASK_EXTENSION else _because(request)
    return _moved_to(_mending(hazard), _still_later(hazard, request), origin, f"{number}：{request.reason}")


def take_back(hazard: Hazard, actor: Actor, *, request_id: UUID, reason: str) -> None:
    """撤回申请 by the side that asked, before it is answered; what was asked stands no more."""
    case = case_of(hazard)
    decide(case, Step.TAKE_BACK, actor)
    request = _open(hazard, request_id, retractable(case, actor))
    reason = require_words(reason, "撤回的理由", "reason")
    take(hazard, Step.TAKE_BACK, actor, facts={"request": request.id, "step": request.step}, words={"reason": reason})
    _decided(request, actor, "withdrawn", reason)


def _open(hazard: Hazard, request_id: UUID, among: Sequence[Request]) -> HazardRequest:
    """The open request of that id, of those the rules name."""
    row = db.session.get(HazardRequest, request_id)
    if row is None or row.hazard_id != hazard.id or row.outcome is not None or row.step not in {r.step for r in among}:
        raise Refused("请选一份还没有答复的申请。", field="about")
    return row


def _still_later(hazard: Hazard, request: HazardRequest) -> date:
    until = date.fromisoformat(request.details["until"])
    if until <= _mending(hazard).due_on:
        raise Refused("整改期限已经改到这一天或更晚，这份申请不用再同意。", field="agrees")
    return until


def _mending(hazard: Hazard) -> Clock:
    mending = newest_clock(hazard, ClockKind.MENDING)
    if mending is None:
        raise Refused("整改期限还没有定，不用改期。")
    return mending


def _moved_to(mending: Clock, until: date, origin: DateOrigin, reason: str) -> ClockSetting:
    """A later date set by who set the standing one. No paper prints it, whatever printed that one."""
    return ClockSetting(
        ClockKind.MENDING,
        TimeLimit(fixed=until),
        clock.today(),
        ClockStatus(mending.status).moved(),
        by=mending.set_by_organisation_id,
        reason=reason,
        origin=origin,
    )


def _because(request: HazardRequest | None) -> DateOrigin:
    """What a date that was put forward is explained by; one put forward before that was kept tells by its step."""
    if request is None:
        return DateOrigin.FAILED
    return DateOrigin(
        request.details.get("because") or (DateOrigin.FAILED if request.step == Step.FAIL else DateOrigin.LATE_SERVICE)
    )


def _who_issued(hazard: Hazard) -> UUID:
    """Who ordered, else who handed over: the organisations that set the ordered and the reply date."""
    for kind, status in ((ClockKind.MENDING, ClockStatus.ORDERED), (ClockKind.REPLY, ClockStatus.SET)):
        found = db.session.scalar(
            select(Clock.set_by_organisation_id)
            .where(Clock.hazard_id == hazard.id, Clock.kind == kind, Clock.status == status)
            .order_by(Clock.set_at.desc(), Clock.id.desc())
            .limit(1)
        )
        if found is not None:
            return found
    raise Refused("这一件还没有交办，也没有出过单子，请直接更正。")


def _asked(hazard: Hazard, step: Step, actor: Actor, reason: str, details: dict[str, Any]) -> HazardRequest:
    answered_by = details.get("answered_by")
    request = HazardRequest(
        hazard_id=hazard.id,
        step=step,
        reason=reason,
        details=details,
        asked_by_person_id=actor.person_id,
        asked_by_organisation_id=actor.organisation_id,
        asked_of_id=UUID(answered_by) if answered_by else sets_mending(hazard),
        asked_at=clock.now(),
    )
    db.session.add(request)
    db.session.flush()
    return request


def _decided(request: HazardRequest, actor: Actor, outcome: str, answer: str) -> None:
    request.decided_at, request.decided_by_person_id = clock.now(), actor.person_id
    request.outcome, request.answer = outcome, answer
    db.session.flush()
