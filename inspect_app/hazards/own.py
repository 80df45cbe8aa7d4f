"""Evidence is one's own and new: whose photos a step may bring, and which of them prove nothing any more.

A breach refuses the step. What was said is an observation all the same and is kept by whoever calls (finding.observe).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from inspect_app.evidence.models import Photo
from inspect_app.evidence.senders import Senders, counts, foreign
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused

from .events import Event
from .models import Hazard
from .photos import HazardPhoto
from .rules import Actor, Step

# Steps whose photos show how it is now: what stands somewhere already, or was here before, shows nothing of it.
SHOW_NOW = frozenset(
    {
        Step.FIX_ON_SPOT, Step.SUBMIT, Step.LOOK_BACK_MENDED, Step.LOOK_BACK_OPEN, Step.PASS, Step.FAIL, Step.REOPEN,
    }
)  # fmt: skip
NOT_OWN = "照片不是报的人自己拍的，不能作数。"
USED = "照片已经用在别处了，要用这一次新拍的照片。"
TOO_OLD = "照片是以前拍的，要用这一次新拍的照片。"
# A phone's clock may be wrong by less without a question; more is for a person to judge.
_CLAIM_SLACK = timedelta(days=1)


def own(photo_ids: Iterable[UUID], actor: Actor) -> Senders:
    """Photos that must come from who acts: for 代录 from who recorded it, for 凭单子答复 through that paper."""
    return dict.fromkeys(photo_ids, (actor.account_id or actor.paper_id,))


def check(hazard: Hazard, step: str, senders: Senders) -> None:
    """Raises Refused where a photo is somebody else's, or where a step that shows how it is now brings an old one."""
    why = why_not(hazard, step, senders)
    if why:
        raise Refused(why, field="photos")


def why_not(hazard: Hazard, step: str, senders: Senders) -> str | None:
    """What speaks against the photos of a step, in Chinese; None if nothing does."""
    if not senders:
        return None
    if foreign(senders):
        return NOT_OWN
    if step not in SHOW_NOW:
        return None
    if _stand(senders) or _same_bytes(hazard, senders):
        return USED
    # What is mended on the spot is found and mended in one visit: its photos come before the finding.
    if step != Step.FIX_ON_SPOT and came_before(_reported_at(hazard), senders):
        return TOO_OLD
    return None


def barred(hazard_ids: Iterable[UUID], photo_ids: Iterable[UUID]) -> set[UUID]:
    """Of photos named on these hazards those that are here and count on none of them."""
    named, here = HazardPhoto.hazard_id.in_(set(hazard_ids)), HazardPhoto.photo_id.in_(set(photo_ids))
    rows = db.session.execute(
        select(HazardPhoto.photo_id, counts(HazardPhoto.senders).label("counts"))
        .join(Photo, Photo.id == HazardPhoto.photo_id)
        .where(named, here)
    ).all()
    return {row.photo_id for row in rows} - {row.photo_id for row in rows if row.counts}


def taken_before(hazard: Hazard, photo_ids: Iterable[UUID]) -> bool:
    """Whether a photo says of itself that it was taken long before the finding. A claim: it keeps a look-back from being a
    step by itself, and the desk decides."""
    claims = select(Photo.id).where(Photo.id.in_(set(photo_ids)), Photo.captured_at < hazard.found_at - _CLAIM_SLACK)
    return db.session.scalar(claims.limit(1)) is not None


def _stand(photo_ids: Iterable[UUID]) -> bool:
    return (
        db.session.scalar(select(HazardPhoto.id).where(HazardPhoto.photo_id.in_(set(photo_ids))).limit(1)) is not None
    )


def _same_bytes(hazard: Hazard, photo_ids: Iterable[UUID]) -> bool:
    """Whether one of them is a photo of this hazard under another id. Elsewhere it is a question (casework.photo_flags)."""
    standing = aliased(Photo)
    twins = (
        select(Photo.id)
        .join(standing, standing.sha256 == Photo.sha256)
        .join(HazardPhoto, HazardPhoto.photo_id == standing.id)
        .where(Photo.id.in_(set(photo_ids)), HazardPhoto.hazard_id == hazard.id, standing.id != Photo.id)
    )
    return db.session.scalar(twins.limit(1)) is not None


def _reported_at(hazard: Hazard) -> datetime | None:
    return db.session.scalar(select(func.min(Event.at)).where(Event.hazard_id == hazard.id))


def came_before(at: datetime | None, photo_ids: Iterable[UUID]) -> bool:
    """By the server's own clock: what had arrived before something was known cannot show what became of it."""
    if at is None:
        return False
    early = select(Photo.id).where(Photo.id.in_(set(photo_ids)), Photo.received_at < at)
    return db.session.scalar(early.limit(1)) is not None
