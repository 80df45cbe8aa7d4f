"""The rows that stand behind one hazard, each table asked once, and what follows from them without asking again."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from inspect_app.evidence.models import Photo
from inspect_app.evidence.queries import Waiting
from inspect_app.evidence.senders import is_from
from inspect_app.kernel import clock
from inspect_app.kernel.columns import holds_on
from inspect_app.kernel.database import db
from inspect_app.people.models import Account, Person, RoleTerm
from inspect_app.premises import queries as premises

from . import offices
from .clocks import ClockKind
from .dates import Clock
from .models import Hazard, HazardRequest, MendingRound
from .offices import OfficeRegister
from .photos import HazardPhoto
from .rules import Step
from .sightings import Sighting


@dataclass(frozen=True)
class PhotoLink:
    """An announced photo, the photo itself once it is here, and whose it is."""

    row: HazardPhoto
    photo: Photo | None
    by: str

    @property
    def counts(self) -> bool:
        """Whether it came, from somebody who may put it there."""
        return self.photo is not None and is_from(self.photo, self.row.senders)

    @property
    def arrived(self) -> bool:
        """Whether it counts and is a picture."""
        return self.photo is not None and self.photo.refused_reason is None and self.counts


@dataclass(frozen=True)
class Records:
    """What one reading found of a hazard. A step that writes reads anew."""

    hazard: Hazard
    rounds: Sequence[MendingRound]  # in their order
    clocks: Sequence[Clock]  # all settings of all clocks, newest first
    requests: Sequence[HazardRequest]  # asked and not decided, newest first
    photos: Sequence[PhotoLink]  # in the order in which they were announced
    sightings: Sequence[Sighting]  # late look-backs that nobody at the desk has looked at
    merged_in: Sequence[Hazard]
    recused: frozenset[UUID]
    insiders: frozenset[UUID]  # of the organisation that submitted or mended, at that time

    @cached_property
    def register(self) -> OfficeRegister:
        """The offices of today, read where somebody asks for them."""
        return offices.register()

    @property
    def round(self) -> MendingRound:
        """The present round; one that nobody has begun where there is no row of it."""
        return _present(self.hazard, self.rounds) or fresh_round(self.hazard)

    @property
    def begun(self) -> bool:
        """Whether the present round has its row."""
        return _present(self.hazard, self.rounds) is not None

    def clock(self, kind: ClockKind) -> Clock | None:
        """The clock of a kind that is in force."""
        return next((row for row in self.clocks if row.kind == kind), None)

    def request(self, *steps: Step) -> HazardRequest | None:
        """The newest undecided request of one of the steps; one whose time is over counts no more."""
        today = clock.today()
        live = (row for row in self.requests if row.lapses_on is None or row.lapses_on >= today)
        return next((row for row in live if row.step in steps), None)

    @property
    def announced(self) -> list[PhotoLink]:
        """The photos the present round stands on: its own, those carried over with the submission, and the finding's."""
        first = self.round.evidence_from
        return [link for link in self.photos if link.row.is_of_round(first)]

    @property
    def waiting(self) -> Waiting:
        """How many of them have arrived."""
        found = self.announced
        return Waiting(sum(link.arrived for link in found), len(found))


_ROUNDS = select(MendingRound).where(MendingRound.hazard_id == bindparam("hazard")).order_by(MendingRound.number)
_CLOCKS = select(Clock).where(Clock.hazard_id == bindparam("hazard")).order_by(Clock.set_at.desc(), Clock.id.desc())
_REQUESTS = (
    select(HazardRequest)
    .where(HazardRequest.hazard_id == bindparam("hazard"), HazardRequest.outcome.is_(None))
    .order_by(HazardRequest.asked_at.desc(), HazardRequest.id.desc())
)
_SIGHTINGS = (
    select(Sighting)
    .where(Sighting.hazard_id == bindparam("hazard"), Sighting.waits, Sighting.looked_at.is_(None))
    .order_by(Sighting.seen_at)
)
_PHOTOS = (
    select(HazardPhoto, Photo, Person.name)
    .outerjoin(Photo, Photo.id == HazardPhoto.photo_id)
    .outerjoin(Account, Account.id == Photo.account_id)
    .outerjoin(Person, Person.id == Account.person_id)
    .where(HazardPhoto.hazard_id == bindparam("hazard"))
    .order_by(HazardPhoto.added_at, HazardPhoto.id)
)
_MERGED_IN = select(Hazard).where(Hazard.merged_into_id == bindparam("hazard")).order_by(Hazard.id)


def read(hazard: Hazard) -> Records:
    """Everything a step or the page of a hazard judges by, one statement for each table."""
    mine, rounds = {"hazard": hazard.id}, rounds_of(hazard)
    return Records(
        hazard,
        rounds,
        db.session.scalars(_CLOCKS, mine).all(),
        requests_of(hazard),
        photos_of(hazard),
        sightings_of(hazard),
        db.session.scalars(_MERGED_IN, mine).all(),
        premises.recused(hazard.premises_id, hazard.party_id),
        _insiders(_present(hazard, rounds)),
    )


def rounds_of(hazard: Hazard) -> Sequence[MendingRound]:
    """All rounds, in their order."""
    return db.session.scalars(_ROUNDS, {"hazard": hazard.id}).all()


def requests_of(hazard: Hazard) -> Sequence[HazardRequest]:
    """What is asked and not decided, newest first."""
    return db.session.scalars(_REQUESTS, {"hazard": hazard.id}).all()


def sightings_of(hazard: Hazard) -> Sequence[Sighting]:
    """Look-backs that came too late to be a step and that nobody at the desk has looked at."""
    return db.session.scalars(_SIGHTINGS, {"hazard": hazard.id}).all()


def fresh_round(hazard: Hazard) -> MendingRound:
    """The present round as it begins."""
    return MendingRound(**begins_as(hazard))


def begins_as(hazard: Hazard) -> dict[str, Any]:
    """The columns of the present round as it begins."""
    number = hazard.round_number
    return {
        "hazard_id": hazard.id,
        "number": number,
        "evidence_from": number,
        "by_party": False,
        "witnessed": False,
    }


def _present(hazard: Hazard, rounds: Sequence[MendingRound]) -> MendingRound | None:
    return next((row for row in rounds if row.number == hazard.round_number), None)


def photos_of(hazard: Hazard) -> list[PhotoLink]:
    """Every photo that was announced, in that order, with what came of it."""
    rows = db.session.execute(_PHOTOS, {"hazard": hazard.id})
    return [PhotoLink(row[0], row[1], row[2] or _by_holder(row[1])) for row in rows]


def _by_holder(photo: Photo | None) -> str:
    """What stands for a name where whoever holds a paper sent the photo."""
    return "凭单子发来" if photo is not None and photo.paper_id else ""


def _insiders(row: MendingRound | None) -> frozenset[UUID]:
    """Who held a term in the submitting or mending organisation when it was submitted, wherever they are now."""
    if row is None or row.submitted_at is None:
        return frozenset()
    offices_then = {row.submitted_by_organisation_id, row.mended_by_organisation_id} - {None}
    if not offices_then:
        return frozenset()
    day = clock.local_date(row.submitted_at)
    return frozenset(
        db.session.scalars(
            select(RoleTerm.person_id).where(
                RoleTerm.organisation_id.in_(offices_then),
                holds_on(RoleTerm, day),
            )
        )
    )
