"""Reads of evidence. Who may see a photo is decided by the room that shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from inspect_app.kernel import clock, stamps
from inspect_app.kernel.database import db

from .likeness import are_alike, bands, neighbours
from .marks import Mark
from .models import STUCK_AFTER, Photo, PhotoCopy, PhotoMark
from .senders import is_from

# How many rows of the index are looked at for one photo; a million photos give about a thousand.
_MOST_CANDIDATES = 20_000


@dataclass(frozen=True)
class Waiting:
    """How many announced photos are in: 等待 2/6 张照片."""

    arrived: int
    expected: int

    @property
    def missing(self) -> int:
        """How many of the announced photos have not arrived."""
        return self.expected - self.arrived

    @property
    def complete(self) -> bool:
        """Whether every announced photo has arrived."""
        return self.missing == 0


def arrived(announced: Mapping[UUID, str | None]) -> set[UUID]:
    """Those of the announced photos (with the senders they may come from) that have come; one that cannot be decoded, or
    that came from somebody else, has not."""
    if not announced:
        return set()
    rows = db.session.scalars(select(Photo).where(Photo.id.in_(set(announced)), Photo.refused_reason.is_(None)))
    return {photo.id for photo in rows if is_from(photo, announced[photo.id])}


def waiting(announced: Mapping[UUID, str | None]) -> Waiting:
    """How many of the announced photos have arrived."""
    return Waiting(len(arrived(announced)), len(announced))


@dataclass(frozen=True)
class Marked:
    """What is circled on a photo, and the size of the upright picture; 0 until the worker has looked at it."""

    marks: Sequence[Mark]
    width: int
    height: int


def told_of(photo_ids: Iterable[UUID]) -> tuple[dict[UUID, Marked], dict[UUID, bool]]:
    """What whoever took a photo said of it last: the marks of those that have any, and of those that were asked about whether
    they were taken at their place. One statement."""
    wanted = set(photo_ids)
    if not wanted:
        return {}, {}
    rows = db.session.execute(
        select(PhotoMark.photo_id, PhotoMark.marks, PhotoMark.here, Photo.width, Photo.height)
        .join(Photo, and_(Photo.id == PhotoMark.photo_id, Photo.account_id == PhotoMark.account_id))
        .where(PhotoMark.photo_id.in_(wanted))
        .order_by(PhotoMark.made_at, PhotoMark.id)
    ).all()
    newest = {row.photo_id: Marked(row.marks, row.width or 0, row.height or 0) for row in rows}
    here = {row.photo_id: row.here for row in rows if row.here is not None}
    return {photo_id: found for photo_id, found in newest.items() if found.marks}, here


def marked(photo_ids: Iterable[UUID]) -> dict[UUID, Marked]:
    """The newest marks of photos that have any, made by whoever took the photo."""
    return told_of(photo_ids)[0]


def said_here(photo_ids: Iterable[UUID]) -> dict[UUID, bool]:
    """Whether photos were taken at their place, as whoever took them answered last; those of nobody who was asked are left out."""
    return told_of(photo_ids)[1]


def ratios(photo_ids: Iterable[UUID]) -> dict[UUID, float]:
    """The height of upright pictures as a part of their width, by photo, once the worker has looked at them."""
    rows = db.session.execute(
        select(Photo.id, Photo.width, Photo.height).where(Photo.id.in_(set(photo_ids)), Photo.width > 0)
    )
    return {row.id: row.height / row.width for row in rows}


def copy_sha256(photo_id: UUID, kind: str) -> str | None:
    """The hash of a copy; None while the worker has not made it."""
    return db.session.scalar(select(PhotoCopy.sha256).where(PhotoCopy.photo_id == photo_id, PhotoCopy.kind == kind))


def stuck_photos(received_before: datetime | None = None, limit: int = 100) -> Sequence[Photo]:
    """Photos the decoder came to no verdict on again and again, the oldest first, for the administrator.

    With `received_before` also those that have waited for their copies since then, tried or not.
    `trouble` says in Chinese what stood in the way, `retry_at` when it is tried next.
    """
    waits = or_(
        and_(Photo.copies_at.is_(None), Photo.refused_reason.is_(None)),
        and_(Photo.copies_at.is_not(None), Photo.fingerprint.is_(None)),
    )
    long = Photo.attempts >= STUCK_AFTER
    if received_before is not None:
        waited = or_(Photo.received_at < received_before, Photo.received_at > clock.now() + stamps.SLACK)
        long = or_(long, and_(Photo.copies_at.is_(None), waited))
    return db.session.scalars(select(Photo).where(waits, long).order_by(Photo.received_at).limit(limit)).all()


def newest_refused() -> Select[Photo]:
    """Photos that were called no picture, the newest first: few among all there are, with an index of their own."""
    return select(Photo).where(Photo.refused_reason.is_not(None)).order_by(Photo.received_at.desc())


def refused_photos(limit: int = 100) -> Sequence[Photo]:
    """The first of them; a verdict can be taken back (actions.try_again)."""
    return db.session.scalars(newest_refused().limit(limit)).all()


def resembling(photo: Photo) -> set[UUID]:
    """Photos of the same bytes, of the same original as their phones say, or of an alike picture; itself left out."""
    names = [name for name in (photo.sha256, photo.original_sha256) if name]
    same = select(Photo.id).where(or_(Photo.sha256.in_(names), Photo.original_sha256.in_(names)))
    found = set(db.session.scalars(same.limit(_MOST_CANDIDATES)))
    if photo.fingerprint:
        columns = (Photo.band_1, Photo.band_2, Photo.band_3, Photo.band_4)
        near = [
            column.in_(neighbours(band))
            for column, band in zip(columns, bands(photo.fingerprint), strict=True)
            if band is not None
        ]
        rows = db.session.execute(select(Photo.id, Photo.fingerprint).where(or_(*near)).limit(_MOST_CANDIDATES))
        found |= {row.id for row in rows if are_alike(photo.fingerprint, row.fingerprint or "")}
    return found - {photo.id}
