"""Reads of evidence. Who may see a photo is decided by the room that shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel.database import db

from .models import Photo, PhotoCopy


@dataclass(frozen=True)
class Waiting:
    """How many announced photos are in: 等待 2/6 张照片."""

    arrived: int
    expected: int

    @property
    def missing(self) -> int:
        return self.expected - self.arrived

    @property
    def complete(self) -> bool:
        return self.missing == 0


def arrived(photo_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the announced photos that have come; one that cannot be decoded has not."""
    wanted = set(photo_ids)
    if not wanted:
        return set()
    return set(db.session.scalars(select(Photo.id).where(Photo.id.in_(wanted), Photo.refused_reason.is_(None))))


def waiting(photo_ids: Iterable[UUID]) -> Waiting:
    """How many of the announced photos have arrived."""
    wanted = set(photo_ids)
    return Waiting(len(arrived(wanted)), len(wanted))


def originals(photo_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The hash of the bytes received, by photo."""
    rows = db.session.execute(select(Photo.id, Photo.sha256).where(Photo.id.in_(set(photo_ids))))
    return {row.id: row.sha256 for row in rows}


def copy_sha256(photo_id: UUID, kind: str) -> str | None:
    """The hash of a copy; None while the worker has not made it."""
    return db.session.scalar(select(PhotoCopy.sha256).where(PhotoCopy.photo_id == photo_id, PhotoCopy.kind == kind))
