"""报请核验, 撤回, 回访, 照片不等了."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.evidence import queries as evidence
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused

from .. import own
from ..case import case_of, require_words
from ..models import Hazard, MendingRound
from ..rules import STATE_NAMES, Actor, State, Step, Who, decide
from ..standing import announced, current_round, expected
from . import finding, verifying
from .steps import take


def submit(hazard: Hazard, actor: Actor, *, photo_ids: tuple[UUID, ...], words: str) -> None:
    """报请核验 by the handler or the party, with after-photos and a sentence."""
    words = require_words(words, "整改说明", "words")
    if not photo_ids:
        raise Refused("请附上整改后的照片。", field="photos")
    row = current_round(hazard)
    take(hazard, Step.SUBMIT, actor, photos=photo_ids, slot="after", words={"words": words})
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
    hazard: Hazard,
    actor: Actor,
    *,
    mended: bool,
    photo_ids: tuple[UUID, ...],
    words: str = "",
    seen_at: datetime | None = None,
    device: dict[str, Any] | None = None,
) -> None:
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
    take(hazard, Step.LOOK_BACK_MENDED, actor, photos=photo_ids, slot="after", words=said, device=device)
    row.by_party, row.witnessed, row.witness_person_id = True, True, actor.person_id
    row.submitted_at, row.words = seen_at or clock.now(), words
    db.session.flush()


def take_in_look_back(
    hazard: Hazard,
    actor: Actor,
    *,
    mended: bool,
    photo_ids: tuple[UUID, ...],
    words: str,
    seen_at: datetime,
    seen_version: int | None,
    device: dict[str, Any] | None,
) -> None:
    """Take in a look-back as a phone sent it, perhaps days later: never lost.

    The step follows if it is still legal; in 待核验 the look is a 合格 or 不合格 if its maker may verify and it was seen
    after the mending was reported; else it is kept as an observation and waits at the desk with both versions.
    """
    try:
        step = _step_of_look_back(hazard, actor, mended, photo_ids, seen_at)
    except Refused as no:
        finding.observe(
            hazard,
            actor,
            mended=mended,
            seen_at=seen_at,
            photo_ids=photo_ids,
            words=words,
            seen_version=seen_version,
            why=no.message,
            device=device,
        )
        return
    if step in (Step.PASS, Step.FAIL):
        _verify_by_look(hazard, actor, mended, words, photo_ids, seen_at, device)
    else:
        look_back(hazard, actor, mended=mended, photo_ids=photo_ids, words=words, seen_at=seen_at, device=device)


def _verify_by_look(
    hazard: Hazard,
    actor: Actor,
    mended: bool,
    words: str,
    photo_ids: tuple[UUID, ...],
    seen_at: datetime,
    device: dict[str, Any] | None,
) -> None:
    """合格 or 不合格 by a look-back; one without words says what was seen."""
    verifying.verify(
        hazard,
        actor,
        passed=mended,
        way="look_back",
        opinion=words.strip() or ("回访看到已经改好。" if mended else "回访看到还没有改好。"),
        photo_ids=photo_ids,
        seen_at=seen_at,
        device=device,
    )


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


def give_up_photo(hazard: Hazard, actor: Actor, *, photo_id: UUID, reason: str) -> None:
    """不等照片: give up a photo that was announced and will never come; a supervisor does, with a reason."""
    reason = require_words(reason, "不等这张照片的理由", "reason")
    link = next((link for link in announced(hazard) if link.photo_id == photo_id), None)
    if link is None or evidence.arrived(expected([link])):
        raise Refused("请选一张还没有到的照片。", field="photo")
    take(hazard, Step.GIVE_UP_PHOTO, actor, facts={"photo": photo_id}, words={"reason": reason})
    link.dropped, link.dropped_at, link.dropped_reason = "never_came", clock.now(), reason
    link.dropped_by_person_id = actor.person_id
    db.session.flush()


def _clear(row: MendingRound) -> None:
    row.submitted_by_person_id = row.submitted_by_organisation_id = row.mended_by_organisation_id = None
    row.submitted_at = row.witness_person_id = None
    row.by_party, row.witnessed, row.words = False, False, ""
