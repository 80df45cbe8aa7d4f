"""Reads of a hazard: who may see it, decided here once for every other read, what holds of it, and what is kept of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, exists, false, func, literal_column, or_, select, true

from inspect_app.evidence import senders
from inspect_app.evidence.models import Photo
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Role, Scope

from . import locking
from .chain import ChainFault
from .dates import Clock
from .events import IS_EXCEPTION, Event, EventWords
from .log import fault_in, links
from .models import Hazard, HazardRequest, MendingRound
from .photos import HazardPhoto, of_round, still_counts
from .sightings import Sighting

# Literal SQL, so that SQLite uses its partial indexes (a bound parameter loses them).
IS_OPEN: ColumnElement[bool] = literal_column("hazard.settled_on IS NULL")
IS_SETTLED: ColumnElement[bool] = literal_column("hazard.settled_on IS NOT NULL")
# Closed without the authority's opinion, or a grade lowered without its answer, open and settled alike.
IS_EXCEPTIONAL: ColumnElement[bool] = literal_column(
    f"hazard.id IN (SELECT hazard_event.hazard_id FROM hazard_event WHERE hazard_event.{IS_EXCEPTION})"
)

# Something about a photo of it waits to be looked at (flags.py).
IS_QUESTIONED: ColumnElement[bool] = literal_column(
    "hazard.id IN (SELECT photo_flag.hazard_id FROM photo_flag WHERE photo_flag.looked_at IS NULL)"
)


def visible(scope: Scope) -> ColumnElement[bool]:
    """The condition under which a person sees a hazard. Who is not named here sees none."""
    if scope.role in (Role.SUPERVISOR, Role.LEADER, Role.AUDITOR):
        return true() if scope.whole_district else Hazard.area_id.in_(scope.area_ids)
    if scope.role is Role.DEPUTY:
        return or_(Hazard.found_by_person_id == scope.person_id, Hazard.area_id.in_(scope.area_ids))
    if scope.role is Role.HANDLER:
        mine = or_(Hazard.handler_id == scope.organisation_id, Hazard.first_receiver_id == scope.organisation_id)
        return or_(mine, _asked_of_office(scope.organisation_id))
    return false()


def _asked_of_office(organisation_id: UUID) -> ColumnElement[bool]:
    """Asked of an office, or of one below it: whoever is to answer sees what it is about, and where an office and the one
    above it have nobody, those further up are asked (`answering.Offices.answering`)."""
    own = select(Organisation.id).where(Organisation.id == organisation_id).cte("own_office_and_below", recursive=True)
    offices = own.union(select(Organisation.id).join(own, Organisation.parent_id == own.c.id))
    return Hazard.id.in_(
        select(HazardRequest.hazard_id).where(
            HazardRequest.outcome.is_(None), HazardRequest.asked_of_id.in_(select(offices.c.id))
        )
    )


def load(scope: Scope, hazard_id: UUID) -> Hazard:
    """A hazard within scope; raises NotThere outside it, so that nobody learns what exists."""
    hazard = db.session.scalar(select(Hazard).where(Hazard.id == hazard_id, visible(scope)))
    if hazard is None:
        raise NotThere
    return hazard


def lock(scope: Scope, hazard_id: UUID, seen_version: int | None) -> Hazard:
    """A hazard within scope, its row locked for a step; raises NotThere, or Stale if it changed since it was seen."""
    load(scope, hazard_id)
    return locking.lock(hazard_id, seen_version)


def before_photos(hazard_ids: Iterable[UUID], most: int = 2) -> dict[UUID, list[UUID]]:
    """The first photos of how it was, by hazard: what an after-photo is held against. One statement for any number."""
    found: dict[UUID, list[UUID]] = {}
    for row in db.session.execute(
        select(HazardPhoto.hazard_id, HazardPhoto.photo_id)
        .outerjoin(Photo, Photo.id == HazardPhoto.photo_id)
        .where(HazardPhoto.hazard_id.in_(set(hazard_ids)), HazardPhoto.slot == "before", still_counts())
        .order_by(HazardPhoto.added_at, HazardPhoto.id)
    ):
        found.setdefault(row.hazard_id, []).append(row.photo_id)
    return {hazard: photos[:most] for hazard, photos in found.items()}


def photos_awaited() -> ColumnElement[bool]:
    """等照片: announced photos that have not arrived, cannot be decoded, or came from somebody else."""
    came = exists().where(
        Photo.id == HazardPhoto.photo_id, Photo.refused_reason.is_(None), senders.counts(HazardPhoto.senders)
    )
    first = (
        select(MendingRound.evidence_from)
        .where(MendingRound.hazard_id == Hazard.id, MendingRound.number == Hazard.round_number)
        .correlate(Hazard)  # two levels up: left to itself it would read every round there is
        .scalar_subquery()
    )
    return exists().where(
        HazardPhoto.hazard_id == Hazard.id, of_round(func.coalesce(first, Hazard.round_number)), ~came
    )


def observed() -> ColumnElement[bool]:
    """Look-backs that came late from a phone and wait to be looked at, on hazards open or settled."""
    return Hazard.id.in_(select(Sighting.hazard_id).where(Sighting.waits, Sighting.looked_at.is_(None)))


@dataclass(frozen=True)
class LogLine:
    """One line of the log as a page shows it."""

    event: Event
    words: dict[str, Any] | None
    withheld: str | None


def log_of(hazard: Hazard) -> list[LogLine]:
    """The log, newest first, with its words where they are not withheld."""
    rows = db.session.execute(
        select(Event, EventWords)
        .outerjoin(EventWords, EventWords.event_id == Event.id)
        .where(Event.hazard_id == hazard.id)
        .order_by(Event.seq.desc())
    )
    return [
        LogLine(event, words.words if words else None, words.withheld_reason if words else None)
        for event, words in rows
    ]


def fault_of(hazard_id: UUID) -> ChainFault | None:
    """The first fault of a hazard's chain, None if it is whole. Checks the row against its newest event too."""
    return fault_in(db.session.get_one(Hazard, hazard_id), links(hazard_id))


_PHOTOS = (
    select(HazardPhoto)
    .where(HazardPhoto.hazard_id == bindparam("hazard", type_=Uuid()))
    .order_by(HazardPhoto.added_at, HazardPhoto.id)
)


def photos_of(hazard: Hazard) -> Sequence[HazardPhoto]:
    """The photos of a hazard in the order they were added."""
    return db.session.scalars(_PHOTOS, {"hazard": hazard.id}).all()


def clocks_of(hazard: Hazard) -> Sequence[Clock]:
    """All settings of all clocks, newest first."""
    return db.session.scalars(
        select(Clock).where(Clock.hazard_id == hazard.id).order_by(Clock.set_at.desc(), Clock.id.desc())
    ).all()


def rounds_of(hazard: Hazard) -> Sequence[MendingRound]:
    return db.session.scalars(
        select(MendingRound).where(MendingRound.hazard_id == hazard.id).order_by(MendingRound.number)
    ).all()


def shows_photo(scope: Scope, photo_id: UUID) -> bool:
    """Whether a photo stands in a hazard this person may see, sent by somebody who may put it there."""
    stands = exists().where(
        HazardPhoto.photo_id == photo_id,
        Hazard.id == HazardPhoto.hazard_id,
        Photo.id == photo_id,
        senders.counts(HazardPhoto.senders),
        visible(scope),
    )
    return bool(db.session.scalar(select(stands)))


def counted_photo(hazard_id: UUID, photo_id: UUID | None) -> Photo | None:
    """A photo that stands on a hazard, is here, came from somebody who may put it there, and was not taken down as wrong."""
    return db.session.scalar(
        select(Photo)
        .join(HazardPhoto, HazardPhoto.photo_id == Photo.id)
        .where(HazardPhoto.hazard_id == hazard_id, HazardPhoto.photo_id == photo_id, still_counts())
    )
