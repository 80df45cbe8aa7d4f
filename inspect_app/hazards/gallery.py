"""The photos of a hazard as pages show them: a pair of before and after, each with when, who and how far, and the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import and_, select

from inspect_app.evidence import queries as evidence
from inspect_app.evidence.models import Photo
from inspect_app.evidence.queries import Marked
from inspect_app.kernel.database import db
from inspect_app.kernel.positions import position_of
from inspect_app.premises.models import Premises

from .models import Hazard
from .photos import HazardPhoto, still_counts
from .records import PhotoLink

SLOT_NAMES = {"before": "整改前", "after": "整改后", "look": "核验和回访", "document": "文书"}


@dataclass(frozen=True)
class Shot:
    """One photo with what is known of it. `state`: there, awaited, given_up, wrong (with the reason it was dropped)."""

    photo_id: UUID
    slot: str
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
        return SLOT_NAMES[self.slot]


Slotted = TypeVar("Slotted", bound=Any)  # has a slot and a round


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


def gallery_of(hazard: Hazard, premises: Premises, photos: Sequence[PhotoLink]) -> Gallery:
    """The newest round's after-photo stands beside the first before-photo; asked is only what is circled on them."""
    marked, here = evidence.told_of(link.row.photo_id for link in photos)
    shots = [
        replace(
            _shot(link.row, link.photo, link.by, premises, marked.get(link.row.photo_id)),
            here=here.get(link.row.photo_id),
        )
        if link.photo is None or link.counts
        else _shot(link.row, None, "", premises, None)  # what came is not what was announced
        for link in photos
    ]
    before, after = _pair([shot for shot in shots if shot.state in ("there", "awaited")], hazard.round_number)
    return Gallery(before, after, shots)


def _pair(shown: Sequence[Slotted], round_number: int) -> tuple[Slotted | None, Slotted | None]:
    """How it was and how it is now: the first photo of the finding, the newest of the round's mending, else of its look."""
    before = next((one for one in shown if one.slot == "before"), None)
    later = [one for one in shown if one.slot in ("after", "look") and one.round_number == round_number]
    return before, next((one for one in reversed(later) if one.slot == "after"), later[-1] if later else None)


def pairs(hazards: Sequence[Hazard]) -> dict[UUID, tuple[UUID, UUID]]:
    """The photos of how it was and how it is now, by hazard; only where there is one of each, the latter come and whole."""
    rounds = {one.id: one.round_number for one in hazards}
    found: dict[UUID, list[Any]] = {}
    for row in db.session.execute(
        select(
            HazardPhoto.hazard_id,
            HazardPhoto.photo_id,
            HazardPhoto.slot,
            HazardPhoto.round_number,
            and_(Photo.id.is_not(None), Photo.refused_reason.is_(None)).label("there"),
        )
        .outerjoin(Photo, Photo.id == HazardPhoto.photo_id)
        .where(
            HazardPhoto.hazard_id.in_(rounds),
            still_counts(),
        )
        .order_by(HazardPhoto.added_at, HazardPhoto.id)
    ):
        if row.slot == "before" or row.there:
            found.setdefault(row.hazard_id, []).append(row)
    sides = {hazard: _pair(rows, rounds[hazard]) for hazard, rows in found.items()}
    return {hazard: (one.photo_id, other.photo_id) for hazard, (one, other) in sides.items() if one and other}


def _state(link: HazardPhoto, photo: Photo | None) -> str:
    """A photo given up that came after all is shown: it was announced and it is there."""
    if link.dropped == "wrong":
        return "wrong"
    if photo is not None and photo.refused_reason is None:
        return "there"
    return "given_up" if link.dropped else "awaited"


def _shot(link: HazardPhoto, photo: Photo | None, by: str, premises: Premises, marked: Marked | None) -> Shot:
    taken_at = position_of(photo) if photo is not None else None
    place = position_of(premises)
    return Shot(
        photo_id=link.photo_id,
        slot=link.slot,
        round_number=link.round_number,
        taken_at=photo.known_at if photo else link.added_at,
        time_unknown=photo is not None and photo.taken_at is None,
        by=by,
        state=_state(link, photo),
        reason=link.dropped_reason,
        from_album=photo is not None and photo.source == "album",
        metres=taken_at.metres_to(place) if taken_at and place else None,
        marked=marked,
    )
