"""报请核验, 撤回, 回访, 延期, 异议."""

from datetime import date
from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused

from ..case import current_round, newest_clock, open_request, require_words
from ..clocks import ClockKind, ClockStatus, Term
from ..models import Hazard, HazardRequest
from ..rules import Actor, Step, Who
from .finding import add_photos
from .steps import refresh_due, set_clock, take


def submit(
    hazard: Hazard, actor: Actor, *, photo_ids: tuple[UUID, ...], words: str, bundle_id: UUID | None = None
) -> None:
    """报请核验 by the handler or the party, with after-photos and a sentence."""
    words = require_words(words, "整改说明")
    if not photo_ids:
        raise Refused("请附上整改后的照片。", field="photos")
    row = current_round(hazard)
    take(hazard, Step.SUBMIT, actor, facts={"photos": list(photo_ids), "bundle": bundle_id}, words={"words": words})
    by_party = actor.who is Who.PARTY
    row.by_party, row.words, row.submitted_at, row.bundle_id = by_party, words, clock.now(), bundle_id
    row.submitted_by_person_id = actor.person_id
    row.witness_person_id = actor.recorded_by  # who entered it for the party will not verify it
    row.submitted_by_organisation_id = None if by_party else actor.organisation_id
    row.mended_by_organisation_id = None if by_party else actor.organisation_id
    add_photos(hazard, photo_ids, "after")


def withdraw(hazard: Hazard, actor: Actor, *, reason: str) -> None:
    """撤回 of a submission by the one who made it; the round stays the same and is free again."""
    reason = require_words(reason, "撤回的理由")
    row = current_round(hazard)
    take(hazard, Step.WITHDRAW, actor, words={"reason": reason})
    _clear(row)


def look_back(
    hazard: Hazard, actor: Actor, *, mended: bool, photo_ids: tuple[UUID, ...], words: str = "",
    bundle_id: UUID | None = None,
) -> None:  # fmt: skip
    """回访 while rectifying: seen mended goes to 待核验 with the seer as witness; seen open stays."""
    if not photo_ids:
        raise Refused("请从同一位置拍一张照片。", field="photos")
    facts = {"photos": list(photo_ids), "bundle": bundle_id}
    if not mended:
        take(hazard, Step.LOOK_BACK_OPEN, actor, facts=facts, words={"words": words})
        add_photos(hazard, photo_ids, "look")
        return
    row = current_round(hazard)
    take(hazard, Step.LOOK_BACK_MENDED, actor, facts=facts, words={"words": words})
    row.by_party, row.witness_person_id = True, actor.person_id
    row.submitted_at, row.words, row.bundle_id = clock.now(), words, bundle_id
    add_photos(hazard, photo_ids, "after")


def ask_extension(hazard: Hazard, actor: Actor, *, until: date, reason: str, interim: str) -> HazardRequest:
    """申请延期: reason, new date, what protects meanwhile (高层民用建筑消防安全管理规定 第三十六条)."""
    mending = newest_clock(hazard, ClockKind.MENDING)
    if mending is None:
        raise Refused("整改期限还没有定，不用申请延期。")
    if until <= mending.due_on:
        raise Refused("新的日期要晚于现在的整改期限。", field="until")
    words = {"reason": require_words(reason, "延期的理由"), "interim": require_words(interim, "这段时间怎么防范")}
    take(hazard, Step.ASK_EXTENSION, actor, facts={"until": until}, words=words)
    request = HazardRequest(
        hazard_id=hazard.id,
        step=Step.ASK_EXTENSION,
        reason=words["reason"],
        details={"until": until.isoformat(), "interim": words["interim"]},
        asked_by_person_id=actor.person_id,
        asked_by_organisation_id=actor.organisation_id,
        asked_at=clock.now(),
    )
    db.session.add(request)
    db.session.flush()
    return request


def decide_extension(hazard: Hazard, actor: Actor, *, grant: bool, reason: str) -> None:
    """同意 or 不同意延期, by the organisation that set the clock."""
    step = Step.GRANT_EXTENSION if grant else Step.REFUSE_EXTENSION
    if not grant:
        reason = require_words(reason, "不同意的理由")
    request = open_request(hazard, Step.ASK_EXTENSION)
    take(hazard, step, actor, facts={"request": request.id if request else None}, words={"reason": reason})
    assert request is not None  # the rules refused otherwise
    _decided(request, actor, "granted" if grant else "refused", reason)
    if grant:
        until = date.fromisoformat(request.details["until"])
        mending = newest_clock(hazard, ClockKind.MENDING)
        status = ClockStatus(mending.status) if mending else ClockStatus.SET
        set_clock(hazard, ClockKind.MENDING, Term(fixed=until), clock.today(), actor, status, reason="延期")
        refresh_due(hazard)
    db.session.flush()


def dispute(hazard: Hazard, actor: Actor, *, reason: str) -> HazardRequest:
    """异议 of the party against a finding or an order."""
    reason = require_words(reason, "异议的理由")
    take(hazard, Step.DISPUTE, actor, words={"reason": reason})
    request = HazardRequest(
        hazard_id=hazard.id,
        step=Step.DISPUTE,
        reason=reason,
        asked_by_person_id=actor.person_id,
        asked_by_organisation_id=None,
        asked_at=clock.now(),
    )
    db.session.add(request)
    db.session.flush()
    return request


def answer_dispute(hazard: Hazard, actor: Actor, *, upheld: bool, reason: str) -> None:
    """答复异议 by who issued, with a reason."""
    request = open_request(hazard, Step.DISPUTE)
    reason = require_words(reason, "答复的理由")
    take(hazard, Step.ANSWER_DISPUTE, actor, facts={"upheld": upheld}, words={"reason": reason})
    assert request is not None  # the rules refused otherwise
    _decided(request, actor, "granted" if upheld else "refused", reason)
    db.session.flush()


def _decided(request: HazardRequest, actor: Actor, outcome: str, answer: str) -> None:
    request.decided_at, request.decided_by_person_id = clock.now(), actor.person_id
    request.outcome, request.answer = outcome, answer


def _clear(row: object) -> None:
    for name in (
        "submitted_by_person_id", "submitted_by_organisation_id", "mended_by_organisation_id",
        "submitted_at", "witness_person_id", "bundle_id",
    ):  # fmt: skip
        setattr(row, name, None)
    row.by_party, row.words = False, ""  # type: ignore[attr-defined]
