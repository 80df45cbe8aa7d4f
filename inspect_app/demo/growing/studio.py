"""Photos of the lives: pictures of the demo that were drawn and copied before, so that nobody draws a hundred more."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from sqlalchemy import func, insert, select, update

from inspect_app.evidence.likeness import bands
from inspect_app.evidence.models import Photo, PhotoCopy
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.premises.models import Premises

from ..history import World

_AS_SEEN = ("width", "height", "fingerprint", "band_1", "band_2", "band_3", "band_4")


class Studio(World):
    """The world of the lives. A photo that is out of an album is drawn and judged as ever: it is there to be asked about."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._shown: dict[UUID, UUID] = {}  # photo → the photo of the demo that it shows
        ready = select(func.min(Photo.received_at), Photo.sha256).where(Photo.fingerprint.is_not(None))
        pictures = db.session.execute(ready.group_by(Photo.sha256).order_by(func.min(Photo.received_at))).all()
        self._stock = [one for _, sha in pictures if (one := _first_of(sha))]
        self._asked: set[UUID] = set()
        self._next: dict[UUID, int] = {}  # place → the next picture there: nothing is shown twice of one hazard

    def photo(
        self,
        login: str,
        premises: Premises,
        item: str,
        *,
        wrong: bool,
        taken: datetime | None = None,
        north_m: int = 0,
        like: UUID | None = None,
    ) -> UUID:
        """As the world takes photos; of the stock where nothing is asked about it."""
        seen = self._of_stock(premises)
        like = like or (None if taken else seen)
        made = super().photo(login, premises, item, wrong=wrong, taken=taken, north_m=north_m, like=like)
        if seen:
            self._shown[made] = like or seen
        if seen and taken:
            self._asked.add(made)
        return made

    def _of_stock(self, premises: Premises) -> UUID | None:
        """Another picture each time; none where nothing was drawn yet, or all have been shown there."""
        at = self._next.get(premises.id, 0)
        self._next[premises.id] = at + 1
        return (
            self._stock[(at + crc32(premises.address.encode())) % len(self._stock)] if at < len(self._stock) else None
        )

    @property
    def is_stocked(self) -> bool:
        """Whether there were pictures to show again."""
        return bool(self._stock)

    def develop(self) -> None:
        """Give photos the copies of what they show. Nobody asks about them but about those out of an album."""
        for photo_id, shown in self._shown.items():
            seen = db.session.get_one(Photo, shown)
            values: dict[str, Any] = {name: getattr(seen, name) for name in _AS_SEEN}
            if photo_id in self._asked:
                values |= _print_of(photo_id)
            db.session.execute(update(Photo).where(Photo.id == photo_id).values(copies_at=clock.now(), **values))
            copies = select(PhotoCopy.kind, PhotoCopy.sha256).where(PhotoCopy.photo_id == shown)
            rows = [{"photo_id": photo_id, "kind": kind, "sha256": sha} for kind, sha in db.session.execute(copies)]
            db.session.execute(insert(PhotoCopy), rows)
        judged = (
            update(HazardPhoto)
            .where(HazardPhoto.photo_id.in_(self._shown.keys() - self._asked))
            .values(judged_at=clock.now())
        )
        db.session.execute(judged)


def _first_of(sha256: str) -> UUID | None:
    return db.session.scalar(select(Photo.id).where(Photo.sha256 == sha256, Photo.fingerprint.is_not(None)).limit(1))


def _print_of(photo_id: UUID) -> dict[str, Any]:
    """The likeness of a picture of its own."""
    fingerprint = photo_id.hex[-16:]
    return {"fingerprint": fingerprint} | dict(zip(_AS_SEEN[3:], bands(fingerprint), strict=True))
