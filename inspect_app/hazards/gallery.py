"""The photos of a hazard as pages show them: a pair of before and after, each with when, who and how far, and the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from inspect_app.evidence import queries as evidence
from inspect_app.evidence.models import Photo
from inspect_app.evidence.queries import Marked
from inspect_app.evidence.senders import counts
from inspect_app.kernel.database import db
from inspect_app.premises.models import Premises
from inspect_app.premises.rules import distance_m

from .models import Hazard
from .photos import HazardPhoto
from .records import PhotoLink

PLACE_NAMES = {"before": "整改前", "after": "整改后", "look": "核验和回访", "document": "文书"}


@dataclass(frozen=True)
class Shot:
    """One photo with what is known of it. `state`: there, awaited, given_up, wrong (with the reason it was dropped)."""

    photo_id: UUID
    place: str
    round_number: int
    taken_at: datetime  # when it came where nobody can say
    time_unknown: bool
    by: str
    state: str
    reason: str
    from_album: bool
    metres: int | None
    marked: Marked | None
    here: bool | None = None  # whether it was taken at the place, as whoever took it answered

    @property
    def name(self) -> str:
        return PLACE_NAMES[self.place]


@dataclass(frozen=True)
class Gallery:
    """The pair side by side, and every photo in its order."""

    before: Shot | None
    after: Shot | None
    shots: Sequence[Shot]

    @property
    def whole(self) -> bool:
        """Whether the pair is shown with its edges, as a marked photo must be for its marks to lie right: both or none, so that they are
        of one size."""
        return any(shot is not None and shot.marked for shot in (self.before, self.after))


def gallery_of(hazard: Hazard, place: Premises, photos: Sequence[PhotoLink]) -> Gallery:
    """The newest round's after-photo stands beside the first before-photo; asked is only what is circled on them."""
    marked, here = evidence.told_of(link.row.photo_id for link in photos)
    shots = [
        replace(
            _shot(link.row, link.photo, link.by, place, marked.get(link.row.photo_id)), here=here.get(link.row.photo_id)
        )
        if link.photo is None or link.counts
        else _shot(link.row, None, "", place, None)  # what came is not what was announced
        for link in photos
    ]
    shown = [shot for shot in shots if shot.state in ("there", "awaited")]
    before = next((shot for shot in shown if shot.place == "before"), None)
    later = [shot for shot in shown if shot.place in ("after", "look") and shot.round_number == hazard.round_number]
    after = next((shot for shot in reversed(later) if shot.place == "after"), later[-1] if later else None)
    return Gallery(before, after, shots)


def pairs(hazards: Sequence[Hazard]) -> dict[UUID, tuple[UUID, UUID]]:
    """How it was and how it is now, by hazard: the first photo of the finding, the newest of the present round's mending.

    Only where both are there to be looked at.
    """
    rounds = {one.id: one.round_number for one in hazards}
    before: dict[UUID, UUID] = {}
    after: dict[UUID, UUID] = {}
    for row in db.session.execute(
        select(
            HazardPhoto.hazard_id,
            HazardPhoto.photo_id,
            HazardPhoto.place,
            HazardPhoto.round_number,
            and_(Photo.id.is_not(None), Photo.refused_reason.is_(None)).label("there"),
        )
        .outerjoin(Photo, Photo.id == HazardPhoto.photo_id)
        .where(
            HazardPhoto.hazard_id.in_(rounds),
            HazardPhoto.place.in_(("before", "after", "look")),
            HazardPhoto.dropped.is_(None),
            or_(Photo.id.is_(None), counts(HazardPhoto.senders)),
        )
        .order_by(HazardPhoto.place.desc(), HazardPhoto.added_at, HazardPhoto.id)
    ):
        if row.place == "before":
            before.setdefault(row.hazard_id, row.photo_id)
        elif row.there and row.round_number == rounds[row.hazard_id]:
            after[row.hazard_id] = row.photo_id
    return {hazard: (photo, after[hazard]) for hazard, photo in before.items() if hazard in after}


def _state(link: HazardPhoto, photo: Photo | None) -> str:
    """A photo given up that came after all is shown: it was announced and it is there."""
    if link.dropped == "wrong":
        return "wrong"
    if photo is not None and photo.refused_reason is None:
        return "there"
    return "given_up" if link.dropped else "awaited"


def _shot(link: HazardPhoto, photo: Photo | None, by: str, place: Premises, marked: Marked | None) -> Shot:
    metres = None
    if photo is not None and photo.crs == place.crs and place.crs is not None:
        metres = distance_m((photo.lon, photo.lat), (place.lon, place.lat))
    return Shot(
        photo_id=link.photo_id,
        place=link.place,
        round_number=link.round_number,
        taken_at=photo.known_at if photo else link.added_at,
        time_unknown=photo is not None and photo.taken_at is None,
        by=by,
        state=_state(link, photo),
        reason=link.dropped_reason,
        from_album=photo is not None and photo.source == "album",
        metres=metres,
        marked=marked,
    )
