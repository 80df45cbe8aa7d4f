"""Photos of the lives: pictures of the demo that were drawn and copied before, so that nobody draws a hundred more."""

from datetime import datetime
from itertools import cycle
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

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
        ready = db.session.scalars(select(Photo.id).where(Photo.fingerprint.is_not(None)).order_by(Photo.received_at))
        self._stock = cycle(ready.all())  # empty where nothing was drawn yet: then all is drawn

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
        like = like or (None if taken else next(self._stock, None))
        made = super().photo(login, premises, item, wrong=wrong, taken=taken, north_m=north_m, like=like)
        if like:
            self._shown[made] = like
        return made

    def develop(self) -> None:
        """Give those of the stock the copies of what they show. Nobody asks about them."""
        for photo_id, shown in self._shown.items():
            seen = db.session.get_one(Photo, shown)
            values: dict[str, Any] = {name: getattr(seen, name) for name in _AS_SEEN}
            db.session.execute(update(Photo).where(Photo.id == photo_id).values(copies_at=clock.now(), **values))
            copies = select(PhotoCopy.kind, PhotoCopy.sha256).where(PhotoCopy.photo_id == shown)
            rows = [{"photo_id": photo_id, "kind": kind, "sha256": sha} for kind, sha in db.session.execute(copies)]
            db.session.execute(insert(PhotoCopy), rows)
        judged = update(HazardPhoto).where(HazardPhoto.photo_id.in_(self._shown)).values(judged_at=clock.now())
        db.session.execute(judged)
