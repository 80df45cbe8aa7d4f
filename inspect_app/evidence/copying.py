"""The worker's part of photos: copies and fingerprints made, looked over, made anew."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from inspect_app.kernel import clock, stamps
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.positions import ReferenceSystem

from . import taker
from .actions import keep
from .likeness import bands
from .models import Photo, PhotoCopy
from .rules import can_be
from .storage import Storage

if TYPE_CHECKING:
    from .picture_child import Copies
    from .pictures import Caption

log = logging.getLogger(__name__)

# How long a photo waits after its first, second … attempt without a verdict; then the last for ever, so that whatever
# was wrong with the machine, its photos come by themselves once it is mended.
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 360))
_SAID = (Photo.captured_at, Photo.received_at, Photo.lon, Photo.lat, Photo.source)
_FOR_COPIES = (Photo.id, Photo.sha256, Photo.lines, *_SAID)


def make_waiting_copies(storage: Storage, limit: int = 20) -> int:
    """The worker: copies of photos that have none yet. Safe to run twice; returns how many were looked at.

    Only a verdict of the decoder refuses a photo and is told to whoever took it. Whatever else stands in the way is tried
    again, later each time.
    """
    from .pictures import Caption

    waiting = _waiting_for_copies(limit)
    db.session.rollback()
    for row in waiting:
        taken_at = row.captured_at if can_be(row.captured_at, row.received_at) else None
        caption = Caption(tuple(row.lines), taken_at, row.received_at, row.lon, row.lat, claimed=row.source != "camera")
        made = _decoded(storage, row, caption, copies=True)
        if made is None:
            continue
        with writing():
            _settle(storage, db.session.get_one(Photo, row.id), made)
    return len(waiting)


def _waiting_for_copies(limit: int) -> Sequence[Any]:
    return db.session.execute(
        select(*_FOR_COPIES)
        .where(Photo.copies_at.is_(None), Photo.refused_reason.is_(None), _due())
        .order_by(Photo.received_at)
        .limit(limit)
    ).all()


def _settle(storage: Storage, photo: Photo, made: "Copies") -> None:
    """Keep the decoder's verdict on a photo, and its copies where it has any."""
    photo.attempts, photo.retry_at, photo.trouble = 0, None, ""
    if made.fault:
        photo.refused_reason, photo.refused_at = made.fault, clock.now()
        photo.width = photo.height = None  # whatever an earlier look said
        log.warning("photo %s: %s", photo.id, photo.refused_reason)
        taker.tell_unreadable(photo)
        return
    was_seen = photo.width is not None
    photo.width, photo.height, photo.copies_at = made.width, made.height, clock.now()
    _learn(photo, made)
    _recognise(photo, made.fingerprint)
    taker.tell_looked_at(photo, made.flaw, was_seen=was_seen)
    for kind, copy in made.copies.items():
        if db.session.get(PhotoCopy, (photo.id, kind)) is None:
            db.session.add(PhotoCopy(photo_id=photo.id, kind=kind, sha256=keep(storage, copy, "image/jpeg")))


def remake_copies(storage: Storage, photo_id: UUID) -> bool:
    """Copies whose bytes are gone or damaged are given up, and the worker's next round makes them anew from the original.

    False where all are whole, and where the original is no better: what is left of it is not touched then.
    """
    photo = db.session.get(Photo, photo_id, with_for_update=True)
    if photo is None or photo.copies_at is None:
        return False
    rows = db.session.scalars(select(PhotoCopy).where(PhotoCopy.photo_id == photo_id)).all()
    bad = [row for row in rows if storage.whole(row.sha256) is None]
    if not bad:
        return False
    if storage.whole(photo.sha256) is None:
        log.error("photo %s: neither its original nor %d of its copies are whole", photo_id, len(bad))
        return False
    for row in bad:
        db.session.delete(row)
    photo.copies_at = None
    db.session.flush()
    log.warning("photo %s: %d copies are made anew", photo_id, len(bad))
    return True


def look_over_copies(storage: Storage, after: UUID | None, limit: int = 30) -> UUID | None:
    """The worker, a few photos at a time in the order of their ids: see that their copies are whole, have others made anew.

    Returns where to go on next time, None at the end.
    """
    ids = select(Photo.id).where(Photo.copies_at.is_not(None)).order_by(Photo.id).limit(limit)
    looked_at = db.session.scalars(ids if after is None else ids.where(Photo.id > after)).all()
    copies = db.session.execute(
        select(PhotoCopy.photo_id, PhotoCopy.sha256).where(PhotoCopy.photo_id.in_(looked_at))
    ).all()
    db.session.rollback()
    for photo_id in dict.fromkeys(row.photo_id for row in copies if storage.whole(row.sha256) is None):
        with writing():
            remake_copies(storage, photo_id)
    return looked_at[-1] if len(looked_at) == limit else None


def recognise_waiting(storage: Storage, limit: int = 20) -> int:
    """The worker: fingerprints of photos whose copies are older than fingerprints. Safe to run twice."""
    from .pictures import Caption

    waiting = db.session.execute(
        select(Photo.id, Photo.sha256)
        .where(Photo.copies_at.is_not(None), Photo.fingerprint.is_(None), _due())
        .order_by(Photo.received_at)
        .limit(limit)
    ).all()
    db.session.rollback()
    for row in waiting:
        made = _decoded(storage, row, Caption(), copies=False)
        if made is None:
            continue
        with writing():
            photo = db.session.get_one(Photo, row.id)
            photo.attempts, photo.retry_at, photo.trouble = 0, None, ""
            _recognise(photo, made.fingerprint)
    return len(waiting)


def _due() -> ColumnElement[bool]:
    now = clock.now()
    return or_(Photo.retry_at.is_(None), Photo.retry_at <= now, Photo.retry_at > now + _PAUSES[-1] + stamps.SLACK)


def _decoded(storage: Storage, row: Any, caption: "Caption", *, copies: bool) -> "Copies | None":
    """What the decoder says of a photo; None where it came to no verdict, which is noted."""
    from .pictures import Undecided, make_copies

    try:
        data = storage.get(row.sha256)
        if data is None:
            raise Undecided("原件不在文件夹里")
        return make_copies(data, caption, only_fingerprint=not copies)
    except Undecided as reason:
        words = reason.words
    except OSError as fault:  # no process, no memory or no disk for it
        words = f"系统出错：{fault.strerror or type(fault).__name__}"
    with writing():
        photo = db.session.get_one(Photo, row.id)
        photo.retry_at = clock.now() + _PAUSES[min(photo.attempts, len(_PAUSES) - 1)]
        photo.attempts, photo.trouble = photo.attempts + 1, words
        log.warning("photo %s: no verdict (%s), attempt %d", row.id, words, photo.attempts)
    return None


def _recognise(photo: Photo, fingerprint: str) -> None:
    photo.fingerprint = fingerprint
    photo.band_1, photo.band_2, photo.band_3, photo.band_4 = bands(fingerprint)


def _learn(photo: Photo, made: "Copies") -> None:
    """Time and place the phone did not send, out of the picture's EXIF. Such a position has no accuracy: that marks it."""
    if photo.captured_at is None:
        photo.captured_at = made.taken_at
    if photo.lon is None and made.lon is not None and made.lat is not None:
        photo.lon, photo.lat, photo.crs = made.lon, made.lat, ReferenceSystem.WGS84
