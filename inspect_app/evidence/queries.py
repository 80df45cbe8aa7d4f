"""Reads of evidence. Who may see a photo is decided by the room that shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel.database import db

from .models import Bundle, Photo, PhotoCopy


@dataclass(frozen=True)
class Waiting:
    """How many photos of a bundle are in: 等待 2/6 张照片."""

    arrived: int
    expected: int

    @property
    def complete(self) -> bool:
        return self.arrived >= self.expected


def waiting(photo_ids: Iterable[UUID], given_up: Iterable[str] = ()) -> Waiting:
    """How many of the announced photos have arrived or were given up."""
    expected = set(photo_ids)
    arrived = set(db.session.scalars(select(Photo.id).where(Photo.id.in_(expected)))) if expected else set()
    gone = {UUID(photo) for photo in given_up} & expected
    return Waiting(len(arrived | gone), len(expected))


def bundle_waiting(bundle_id: UUID | None) -> Waiting:
    """The state of a bundle; nothing announced is complete."""
    bundle = db.session.get(Bundle, bundle_id) if bundle_id else None
    if bundle is None:
        return Waiting(0, 0)
    return waiting((UUID(photo) for photo in bundle.photo_ids), bundle.given_up)


def copy_sha256(photo_id: UUID, kind: str) -> str | None:
    """The hash of a copy; None while the worker has not made it."""
    return db.session.scalar(select(PhotoCopy.sha256).where(PhotoCopy.photo_id == photo_id, PhotoCopy.kind == kind))
