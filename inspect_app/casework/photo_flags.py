"""Holding the photos of hazards against each other, and against the times and places of visit, paper and premises.

The links of hazards are the queue: each is judged once, when its photo has come and is recognised. Of two photos that
are one picture whichever is judged last finds the other, so that it does not matter which came or was linked first.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.evidence import queries as evidence
from inspect_app.evidence import senders
from inspect_app.evidence.models import Photo
from inspect_app.hazards import honesty
from inspect_app.hazards.honesty import Details, Flag, ShownPhoto, Times
from inspect_app.hazards.models import Hazard, MendingRound
from inspect_app.hazards.photos import HazardPhoto, PhotoFlag
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.positions import position_of
from inspect_app.papers.models import Paper, PaperLine, Service
from inspect_app.premises.models import Premises
from inspect_app.visits.models import Visit

from .papers import KINDS

# A picture that stands in more places than this is asked about all the same; the others need not be listed.
_MOST_OTHERS = 200
# Papers that told the place of a hazard before it was mended, by what a question calls them.
_TOLD_BY = {kind.code: kind.list_name for kind in KINDS.values() if kind.tells_place}


def judge_waiting(far_m: int, limit: int = 50) -> int:
    """The worker: photos of hazards that nobody has judged yet. Safe to run twice; returns how many were taken up."""
    waiting = db.session.execute(
        select(HazardPhoto.id, HazardPhoto.photo_id)
        .join(Photo, Photo.id == HazardPhoto.photo_id)
        .where(HazardPhoto.judged_at.is_(None), Photo.fingerprint.is_not(None))
        .order_by(HazardPhoto.added_at, HazardPhoto.id)
        .limit(limit)
    ).all()
    db.session.rollback()
    for link_id, photo_id in waiting:
        # Looked up before the write lock is taken: 50 ms among a million. What comes in between finds this one in turn.
        resembling = evidence.resembling(db.session.get_one(Photo, photo_id))
        with writing():
            judge(db.session.get_one(HazardPhoto, link_id), resembling, far_m)
    return len(waiting)


def judge(link: HazardPhoto, resembling: Iterable[UUID], far_m: int) -> None:
    """Work out the flags of one photo of a hazard; `far_m` is how far from the place is asked about, in metres."""
    link.judged_at = clock.now()
    hazard, photo = db.session.get_one(Hazard, link.hazard_id), db.session.get_one(Photo, link.photo_id)
    if link.dropped == "wrong" or not senders.is_from(photo, link.senders):
        return  # taken down already, with a reason; or not the photo that was announced
    _hold_against_others(_shown(link, hazard, photo), link, resembling)
    if link.slot == "document":
        return  # a sheet is scanned at the office, whenever there is time
    shown = _shown(link, hazard, photo)
    premises = db.session.get_one(Premises, hazard.premises_id)
    for found in (
        honesty.time_flag(shown, _times(link, hazard)),
        honesty.distance_flag(position_of(photo, photo.accuracy_m), position_of(premises, premises.accuracy_m), far_m),
    ):
        if found is not None:
            _flag(hazard.id, photo.id, *found)


def _hold_against_others(me: ShownPhoto, link: HazardPhoto, resembling: Iterable[UUID]) -> None:
    """Ask about this photo, or about those it makes questionable: one question for each, the surest."""
    mine: list[tuple[Flag, ShownPhoto, UUID]] = []
    for other, other_hazard in _others(link, resembling):
        flag = honesty.likeness(me, other)
        if flag is None:
            continue
        if honesty.later_first(me, other):
            mine.append((flag, other, other_hazard))
        else:
            _flag(other_hazard, other.photo_id, flag, {}, other_photo=me.photo_id, other_hazard=link.hazard_id)
    if mine:
        flag, other, other_hazard = min(mine, key=lambda one: (one[0] is Flag.ALIKE, one[1].received_at))
        _flag(
            link.hazard_id,
            me.photo_id,
            flag,
            {"times": len(mine)},
            other_photo=other.photo_id,
            other_hazard=other_hazard,
        )


def _others(link: HazardPhoto, resembling: Iterable[UUID]) -> Sequence[tuple[ShownPhoto, UUID]]:
    """Where resembling photos, and this one itself, stand in hazards; the oldest first."""
    rows = db.session.execute(
        select(HazardPhoto, Hazard, Photo)
        .join(Hazard, Hazard.id == HazardPhoto.hazard_id)
        .join(Photo, Photo.id == HazardPhoto.photo_id)
        .where(
            HazardPhoto.photo_id.in_([*resembling, link.photo_id]),
            HazardPhoto.id != link.id,
            func.coalesce(HazardPhoto.dropped, "") != "wrong",
            senders.counts(HazardPhoto.senders),
        )
        .order_by(Photo.received_at, HazardPhoto.added_at)
        .limit(_MOST_OTHERS)
    )
    return [(_shown(row[0], row[1], row[2]), row[1].id) for row in rows]


def _flag(
    hazard_id: UUID,
    photo_id: UUID,
    kind: Flag,
    details: Details,
    *,
    other_photo: UUID | None = None,
    other_hazard: UUID | None = None,
) -> None:
    known = select(PhotoFlag.id).where(
        PhotoFlag.hazard_id == hazard_id, PhotoFlag.photo_id == photo_id, PhotoFlag.kind == kind
    )
    if db.session.scalar(known) is not None:
        return
    plain = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in details.items()}
    db.session.add(
        PhotoFlag(
            hazard_id=hazard_id,
            photo_id=photo_id,
            kind=kind,
            details=plain,
            made_at=clock.now(),
            other_photo_id=other_photo,
            other_hazard_id=other_hazard,
        )
    )
    db.session.flush()


def _shown(link: HazardPhoto, hazard: Hazard, photo: Photo) -> ShownPhoto:
    return ShownPhoto(
        photo_id=photo.id,
        subject=hazard.merged_into_id or hazard.id,
        slot=link.slot,
        round_number=link.round_number,
        visit_id=hazard.visit_id,
        item_code=hazard.item_code,
        sha256=photo.sha256,
        original_sha256=photo.original_sha256,
        fingerprint=photo.fingerprint or "",
        taken_at=photo.captured_at,
        received_at=photo.received_at,
        added_at=link.added_at,
        source=photo.source,
    )


def _times(link: HazardPhoto, hazard: Hazard) -> Times:
    """The first paper that told the party, from when it was handed over if that was before it was drawn."""
    told = func.min(Service.served_at)
    paper = db.session.execute(
        select(Paper.kind, Paper.frozen_at, told.label("told"))
        .join(PaperLine, PaperLine.paper_id == Paper.id)
        .outerjoin(Service, Service.paper_id == Paper.id)
        .where(PaperLine.hazard_id == hazard.id, Paper.kind.in_(_TOLD_BY), Paper.state != "void")
        .group_by(Paper.id)
        .order_by(Paper.frozen_at)
        .limit(1)
    ).first()
    witnessed = select(MendingRound.witnessed).where(
        MendingRound.hazard_id == hazard.id, MendingRound.number == link.round_number
    )
    visit = db.session.get(Visit, hazard.visit_id) if hazard.visit_id else None
    return Times(
        found_at=hazard.found_at,
        on_the_spot=bool(db.session.scalar(witnessed)),
        paper=_TOLD_BY[paper.kind] if paper else "",
        issued_at=min(paper.frozen_at, paper.told or paper.frozen_at) if paper else None,
        visit_began=visit.started_at if visit else None,
    )
