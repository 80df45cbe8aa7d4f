"""What about photos the desk is asked to look at, and the one writer of its answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from inspect_app.evidence import queries as evidence
from inspect_app.evidence.models import Photo
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.limits import whole
from inspect_app.people.models import Person
from inspect_app.people.rules import Scope
from inspect_app.premises.models import Premises

from .case import require_words
from .honesty import Flag
from .models import Hazard
from .photos import HazardPhoto, PhotoFlag
from .queries import visible
from .records import PhotoLink
from .rules import Actor


@dataclass(frozen=True)
class Other:
    """Where the other photo of a likeness stands; without a hazard it lies outside what the reader may see."""

    hazard_id: UUID | None
    premises_name: str
    at: datetime | None


@dataclass(frozen=True)
class PhotoQuestion:
    """One flag with what its sentence needs; `stands` is its slot there."""

    flag: PhotoFlag
    stands: str
    taken_down: bool
    other: Other | None
    looked_by: str
    here: bool | None = None  # whether it was taken at the place, as whoever took it answered


@dataclass(frozen=True)
class Looked:
    """What is known of the photos of a hazard: how many were compared of those that are there, and the questions."""

    there: int
    judged: int
    questions: Sequence[PhotoQuestion]

    @property
    def open(self) -> int:
        return sum(question.flag.looked_at is None for question in self.questions)


def of_hazard(scope: Scope, hazard: Hazard, photos: Sequence[PhotoLink]) -> Looked:
    """The questions about a hazard's photos, those nobody has looked at first."""
    here = [link for link in photos if link.row.dropped != "wrong" and link.arrived]
    judged = sum(link.row.judged_at is not None for link in here)
    rows = db.session.execute(
        select(PhotoFlag, HazardPhoto.slot, HazardPhoto.dropped, Person.name)
        .join(
            HazardPhoto,
            (HazardPhoto.hazard_id == PhotoFlag.hazard_id) & (HazardPhoto.photo_id == PhotoFlag.photo_id),
        )
        .outerjoin(Person, Person.id == PhotoFlag.looked_by_person_id)
        .where(PhotoFlag.hazard_id == hazard.id)
        .order_by(PhotoFlag.looked_at.is_not(None), PhotoFlag.made_at, PhotoFlag.id)
    ).all()
    others = _others(scope, {row[0].other_hazard_id for row in rows if row[0].other_hazard_id})
    taken = _taken({row[0].other_photo_id for row in rows if row[0].other_photo_id})
    answers = evidence.said_here(row[0].photo_id for row in rows if row[0].kind == Flag.FAR_FROM_PLACE)
    questions = [_question(*row, others, taken, answers.get(row[0].photo_id)) for row in rows]
    return Looked(len(here), judged, questions)


def _question(
    flag: PhotoFlag,
    stands: str,
    dropped: str | None,
    looked_by: str | None,
    others: Mapping[UUID, str],
    taken: Mapping[UUID, datetime],
    here: bool | None,
) -> PhotoQuestion:
    other = None
    if flag.other_hazard_id is not None and flag.other_photo_id is not None:
        seen = flag.other_hazard_id in others
        other = Other(
            flag.other_hazard_id if seen else None,
            others.get(flag.other_hazard_id, ""),
            taken.get(flag.other_photo_id) if seen else None,
        )
    return PhotoQuestion(flag, stands, dropped == "wrong", other, looked_by or "", here)


def _others(scope: Scope, hazard_ids: set[UUID]) -> dict[UUID, str]:
    """The places of the other hazards, of those within scope only."""
    if not hazard_ids:
        return {}
    rows = db.session.execute(
        select(Hazard.id, Premises.name)
        .join(Premises, Premises.id == Hazard.premises_id)
        .where(Hazard.id.in_(hazard_ids), visible(scope))
    )
    return {row.id: row.name for row in rows}


def _taken(photo_ids: set[UUID]) -> dict[UUID, datetime]:
    if not photo_ids:
        return {}
    return {photo.id: photo.known_at for photo in db.session.scalars(select(Photo).where(Photo.id.in_(photo_ids)))}


def unlooked(hazard_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """The kinds of what nobody has looked at, by hazard. Which hazards somebody may see is decided before."""
    rows = db.session.execute(
        select(PhotoFlag.hazard_id, PhotoFlag.kind)
        .where(PhotoFlag.hazard_id.in_(set(hazard_ids)), PhotoFlag.looked_at.is_(None))
        .order_by(PhotoFlag.made_at, PhotoFlag.id)
    )
    found: dict[UUID, list[str]] = {}
    for hazard_id, kind in rows:
        found.setdefault(hazard_id, []).append(kind)
    return found


def look_at(hazard: Hazard, flag_id: UUID, actor: Actor, *, words: str) -> bool:
    """看过了: somebody at the desk has looked, and says why it is as it is. The first answer stays.

    Returns whether this was the first. Raises NotThere for a flag of another hazard, Refused without words. The hazard
    is to be locked, so that two who answer at once wait for each other.
    """
    flag = db.session.scalar(
        select(PhotoFlag)
        .where(PhotoFlag.id == flag_id, PhotoFlag.hazard_id == hazard.id)
        .execution_options(populate_existing=True)
    )
    if flag is None:
        raise NotThere
    said = require_words(words, "看到的情况", "words")
    if flag.looked_at is not None:
        return False
    flag.looked_at, flag.looked_by_person_id, flag.looked_words = (
        clock.now(),
        actor.person_id,
        whole(said, "line", "words"),
    )
    db.session.flush()
    return True
