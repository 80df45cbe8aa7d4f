"""What was found at one place, summed up and cut to what a page shows: the same number of statements for ten hazards and for a
thousand. Rows that were found at a place merged into it are its own (docs/decisions/0048-merged-places.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy import case as case_when

from inspect_app.evidence.models import Photo
from inspect_app.kernel.database import db
from inspect_app.kernel.hints import walking
from inspect_app.people.rules import Scope
from inspect_app.premises.merged import at_place

from .filters import BY_PLACE, DUE_KEY
from .gallery import SLOT_NAMES
from .models import Hazard
from .photos import HazardPhoto, still_counts
from .queries import IS_OPEN, IS_SETTLED, visible
from .rules import Grade


@dataclass(frozen=True)
class FoundThere:
    """How many hazards of a place somebody sees, and of those that are open what makes them urgent."""

    open: int
    settled: int
    grave: int  # 重大, or suspected to be
    overdue: int
    longest: date | None  # the oldest date that has passed
    came_back: int

    @property
    def total(self) -> int:
        """Open and settled ones."""
        return self.open + self.settled


def found_there(scope: Scope, premises_id: UUID, today: date) -> FoundThere:
    """All of it in one statement."""
    late = and_(IS_OPEN, today > DUE_KEY)
    counted = walking(
        select(
            _number(IS_OPEN),
            _number(IS_SETTLED),
            _number(and_(IS_OPEN, Hazard.grade != Grade.GENERAL)),
            _number(late),
            func.min(case_when((late, Hazard.due_on))),
            _number(and_(IS_OPEN, Hazard.recurs_hazard_id.is_not(None))),
        ).where(at_place(Hazard.premises_id, premises_id), visible(scope)),
        Hazard,
        BY_PLACE,
    )
    row = db.session.execute(counted).one()
    number = [int(value or 0) for value in (row[0], row[1], row[2], row[3], row[5])]
    return FoundThere(number[0], number[1], number[2], number[3], row[4], number[4])


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case_when((condition, 1), else_=0))


def settled_at(scope: Scope, premises_id: UUID, most: int) -> Sequence[Hazard]:
    """What was settled there, the last one first."""
    found = select(Hazard).where(at_place(Hazard.premises_id, premises_id), IS_SETTLED, visible(scope))
    newest = walking(found, Hazard, BY_PLACE).order_by(Hazard.settled_on.desc(), Hazard.id.desc())
    return db.session.scalars(newest.limit(most)).all()


@dataclass(frozen=True)
class PlaceShot:
    """A photo of the evidence of a place: what it shows, of which hazard, and when it was taken or, where nobody can say, came."""

    photo_id: UUID
    slot: str
    hazard_id: UUID
    title: str
    at: datetime
    time_unknown: bool

    @property
    def name(self) -> str:
        """整改前, 整改后 and so on."""
        return SLOT_NAMES[self.slot]


def newest_photos(scope: Scope, premises_id: UUID, most: int) -> list[PlaceShot]:
    """The newest photos of what was found there, within scope: those that came and count. Papers that were photographed are none."""
    found = (
        select(HazardPhoto.slot, HazardPhoto.hazard_id, Hazard.title, Photo)
        .join(Hazard, Hazard.id == HazardPhoto.hazard_id)
        .join(Photo, Photo.id == HazardPhoto.photo_id)
        .where(
            at_place(Hazard.premises_id, premises_id),
            visible(scope),
            still_counts(),
            Photo.refused_reason.is_(None),
            HazardPhoto.slot != "document",
        )
        .order_by(HazardPhoto.added_at.desc(), HazardPhoto.id.desc())
        .limit(most)
    )
    rows = db.session.execute(walking(found, Hazard, BY_PLACE))
    return [
        PlaceShot(photo.id, slot, hazard_id, title, photo.known_at, photo.taken_at is None)
        for slot, hazard_id, title, photo in rows
    ]
