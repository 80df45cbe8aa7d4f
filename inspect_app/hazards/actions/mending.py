"""报请核验, 撤回, 回访, 延期, 新期限, 异议, 照片不等了."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.evidence import queries as evidence
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.deadlines import check_deadline
from inspect_app.kernel.errors import Refused

from .. import own
from ..case import announced, case_of, current_round, expected, newest_clock, open_request, require_words, sets_mending
from ..clocks import ClockKind, ClockStatus, Origin, Term
from ..dates import Clock
from ..models import Hazard, HazardRequest, MendingRound
from ..rules import (
    OF_THE_DATE,
    PROPOSALS,
    STATE_NAMES,
    Actor,
    Request,
    State,
    Step,
    Who,
    decide,
    recordable,
    retractable,
)
from . import finding, settling
from .asking import tell_asked, tell_asker
from .steps import Setting, take


def submit(hazard: Hazard, actor: Actor, *, photo_ids: tuple[UUID, ...], words: str) -> None:
    """报请核验 by the handler or the party, with after-photos and a sentence."""
    words = require_words(words, "整改说明", "words")
    if not photo_ids:
        raise Refused("请附上整改后的照片。", field="photos")
    row = current_round(hazard)
    take(hazard, Step.SUBMIT, actor, photos=photo_ids, place="after", words={"words": words})
    by_party = actor.who is Who.PARTY
    row.by_party, row.words, row.submitted_at = by_party, words, clock.now()
    row.submitted_by_person_id = actor.person_id
    row.witness_person_id = actor.recorded_by  # who entered it for the party will not verify it
    row.submitted_by_organisation_id = None if by_party else actor.organisation_id
    row.mended_by_organisation_id = None if by_party else actor.organisation_id
    db.session.flush()


def withdraw(hazard: Hazard, actor: Actor, *, reason: str) -> None:
    """撤回 of a submission by the side that made it, or by the witness; the round stays and is free again."""
    reason = require_words(reason, "撤回的理由", "reason")
    row = current_round(hazard)
    take(hazard, Step.WITHDRAW, actor, words={"reason": reason})
    _clear(row)
    db.session.flush()


def look_back(
    hazard: Hazard, actor: Actor, *, mended: bool, photo_ids: tuple[UUID, ...], words: str = "",
    seen_at: datetime | None = None, device: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """回访 while rectifying: seen mended goes to 待核验 with the seer as witness; seen open stays.

    `seen_at` is when it was seen where that was before now: by a phone that sends it later.
    """
    if not photo_ids:
        raise Refused("请从同一位置拍一张照片。", field="photos")
    said = {"words": words} if words.strip() else None
    if not mended:
        take(hazard, Step.LOOK_BACK_OPEN, actor, photos=photo_ids, words=said, device=device)
        return
    row = current_round(hazard)
    take(hazard, Step.LOOK_BACK_MENDED, actor, photos=photo_ids, place="after", words=said, device=device)
    row.by_party, row.witnessed, row.witness_person_id = True, True, actor.person_id
    row.submitted_at, row.words = seen_at or clock.now(), words
    db.session.flush()


def take_in_look_back(
    hazard: Hazard, actor: Actor, *, mended: bool, photo_ids: tuple[UUID, ...], words: str, seen_at: datetime,
    seen_version: int | None, device: dict[str, Any] | None,
) -> None:  # fmt: skip
    """A look-back as a phone sent it, perhaps days later: never lost.

    The step follows if it is still legal; in 待核验 the look is a 合格 or 不合格 if its maker may verify and it was seen
    after the mending was reported; else it is kept as an observation and waits at the desk with both versions.
    """
    try:
        step = _step_of_look_back(hazard, actor, mended, photo_ids, seen_at)
    except Refused as no:
        finding.observe(
            hazard, actor, mended=mended, seen_at=seen_at, photo_ids=photo_ids, words=words, seen_version=seen_version,
            why=no.message, device=device,
        )  # fmt: skip
        return
    if step in (Step.PASS, Step.FAIL):
        opinion = words.strip() or ("回访看到已经改好。" if mended else "回访看到还没有改好。")
        settling.verify(
            hazard, actor, passed=mended, way="look_back", opinion=opinion, photo_ids=photo_ids, seen_at=seen_at, device=device
        )  # fmt: skip
    else:
        look_back(hazard, actor, mended=mended, photo_ids=photo_ids, words=words, seen_at=seen_at, device=device)


def _step_of_look_back(
    hazard: Hazard, actor: Actor, mended: bool, photo_ids: tuple[UUID, ...], seen_at: datetime
) -> Step:
    """Which step a look-back is now; raises Refused, with why, when it is none. What was seen before the newest word on
    the mending proves nothing about it."""
    pairs = {
        State.RECTIFYING: (Step.LOOK_BACK_MENDED, Step.LOOK_BACK_OPEN),
        State.AWAITING_VERIFICATION: (Step.PASS, Step.FAIL),
    }
    pair = pairs.get(State(hazard.state))
    if pair is None:
        raise Refused(f"这一件现在是“{STATE_NAMES[State(hazard.state)]}”，回访办不了这一步。")
    if not photo_ids:
        raise Refused("回访没有照片。")
    step, senders = pair[0] if mended else pair[1], own.own(photo_ids, actor)
    decide(case_of(hazard, announcing=senders), step, actor)
    own.check(hazard, step, senders)
    if mended or State(hazard.state) is State.AWAITING_VERIFICATION:
        _seen_since(_newest_word(hazard), photo_ids, seen_at)
    if own.taken_before(hazard, photo_ids):
        raise Refused(own.TOO_OLD)
    return step


def _seen_since(newest: datetime | None, photo_ids: tuple[UUID, ...], seen_at: datetime) -> None:
    """Raises Refused where the look, or a photo of it, is older than the newest word on the mending."""
    if newest is not None and seen_at < newest:
        raise Refused("这是报改好或上一次核验以前看到的。")
    if own.came_before(newest, photo_ids):
        raise Refused(own.TOO_OLD)


def _newest_word(hazard: Hazard) -> datetime | None:
    """When somebody last said how the mending stands: that it is done, or that it was looked at and is not."""
    row = current_round(hazard)
    if row.submitted_at is not None:
        return row.submitted_at
    failed = select(MendingRound.verified_at).where(
        MendingRound.hazard_id == hazard.id, MendingRound.number == row.number - 1, MendingRound.outcome == "fail"
    )
    return db.session.scalar(failed)


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
    clocks: tuple[Setting, ...] = ()
    if grant and request is not None:
        mending, until = _mending(hazard), date.fromisoformat(request.details["until"])
        if until <= mending.due_on:
            raise Refused("整改期限已经改到这一天或更晚，这份申请不用再同意，请办“不同意延期”。")
        check_deadline(until, "申请延到的日期", "until", today=clock.today())
        clocks = (_moved_to(mending, until, Origin.EXTENSION, request.reason),)
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
        hazard, Step.SET_MENDING, actor, facts=facts, words={"reason": reason} if reason.strip() else None,
        clocks=(_moved_to(mending, until, _because(request), reason or (request.reason if request else "")),),
    )  # fmt: skip
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
    hazard: Hazard, actor: Actor, *, request_id: UUID, agrees: bool, number: str, on: date, photo_ids: tuple[UUID, ...],
    words: str = "",
) -> None:  # fmt: skip
    """记录机关答复: what the office that was asked answered in writing, with number, date and scan, entered by the desk.

    For an office with nobody else to answer, or that answers on paper. The desk decides nothing: an extension or a new
    date is the one that was asked for, set by the office that answered.
    """
    case = case_of(hazard)
    decide(case, Step.RECORD_ANSWER, actor)
    request = _open(hazard, request_id, recordable(case, actor))
    number = require_words(number, "文号", "number")
    settling.not_ahead(on, "答复的日期")
    if on < clock.local_date(request.asked_at):
        raise Refused("答复的日期不能早于申请的日期。", field="on")
    if not photo_ids:
        raise Refused("请附上书面答复的照片或扫描件。", field="photos")
    clocks: tuple[Setting, ...] = ()
    if agrees and request.step in OF_THE_DATE:
        origin = Origin.EXTENSION if request.step == Step.ASK_EXTENSION else _because(request)
        clocks = (_moved_to(_mending(hazard), _still_later(hazard, request), origin, f"{number}：{request.reason}"),)
    facts = {"request": request.id, "answered_by": request.asked_of_id, "agrees": agrees, "number": number, "on": on}
    take(
        hazard, Step.RECORD_ANSWER, actor, facts=facts, words={"words": words} if words.strip() else None,
        photos=photo_ids, place="document", clocks=clocks,
    )  # fmt: skip
    _decided(request, actor, "granted" if agrees else "refused", words or f"按{number}")


def take_back(hazard: Hazard, actor: Actor, *, request_id: UUID, reason: str) -> None:
    """撤回申请 by the side that asked, before it is answered; what was asked stands no more."""
    case = case_of(hazard)
    decide(case, Step.TAKE_BACK, actor)
    request = _open(hazard, request_id, retractable(case, actor))
    reason = require_words(reason, "撤回的理由", "reason")
    take(
        hazard, Step.TAKE_BACK, actor, facts={"request": request.id, "step": request.step}, words={"reason": reason}
    )  # fmt: skip
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


def give_up_photo(hazard: Hazard, actor: Actor, *, photo_id: UUID, reason: str) -> None:
    """不等照片: one that was announced and will never come, given up by a supervisor with a reason."""
    reason = require_words(reason, "不等这张照片的理由", "reason")
    link = next((link for link in announced(hazard) if link.photo_id == photo_id), None)
    if link is None or evidence.arrived(expected([link])):
        raise Refused("请选一张还没有到的照片。", field="photo")
    take(hazard, Step.GIVE_UP_PHOTO, actor, facts={"photo": photo_id}, words={"reason": reason})
    link.dropped, link.dropped_at, link.dropped_reason = "never_came", clock.now(), reason
    link.dropped_by_person_id = actor.person_id
    db.session.flush()


def _mending(hazard: Hazard) -> Clock:
    mending = newest_clock(hazard, ClockKind.MENDING)
    if mending is None:
        raise Refused("整改期限还没有定，不用改期。")
    return mending


def _moved_to(mending: Clock, until: date, origin: Origin, reason: str) -> Setting:
    """A later date set by who set the standing one. No paper prints it, whatever printed that one."""
    return Setting(
        ClockKind.MENDING, Term(fixed=until), clock.today(), ClockStatus(mending.status).moved(),
        by=mending.set_by_organisation_id, reason=reason, origin=origin,
    )  # fmt: skip


def _because(request: HazardRequest | None) -> Origin:
    """What a date that was put forward is explained by; one put forward before that was kept tells by its step."""
    if request is None:
        return Origin.FAILED
    return Origin(
        request.details.get("because") or (Origin.FAILED if request.step == Step.FAIL else Origin.LATE_SERVICE)
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
    tell_asked(hazard, request)
    return request


def _decided(request: HazardRequest, actor: Actor, outcome: str, answer: str) -> None:
    request.decided_at, request.decided_by_person_id = clock.now(), actor.person_id
    request.outcome, request.answer = outcome, answer
    db.session.flush()
    tell_asker(request, actor)


def _clear(row: MendingRound) -> None:
    row.submitted_by_person_id = row.submitted_by_organisation_id = row.mended_by_organisation_id = None
    row.submitted_at = row.witness_person_id = None
    row.by_party, row.witnessed, row.words = False, False, ""
