"""How a hazard stands: its present round, what is asked, the clocks in force, the photos it stands on."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, run
from inspect_app.kernel.workdays import Unit, published_calendar
from inspect_app.people.models import Organisation

from .clocks import BINDING, DEFAULT_TERMS, ClockKind, ClockStatus, TimeLimit, due
from .dates import Clock, DeskTerm
from .models import Hazard, HazardRequest, MendingRound
from .photos import HazardPhoto, of_round
from .records import fresh_round, sightings_of
from .rules import Step
from .sightings import Sighting


def current_round(hazard: Hazard) -> MendingRound:
    """The row of the present round; made when the round begins."""
    row = _round(hazard)
    if row is None:
        row = fresh_round(hazard)
        db.session.add(row)
        db.session.flush()
    return row


def round_now(hazard: Hazard) -> MendingRound:
    """The row of the present round, or what it will begin as."""
    return _round(hazard) or fresh_round(hazard)


def _round(hazard: Hazard) -> MendingRound | None:
    return db.session.scalar(
        select(MendingRound).where(MendingRound.hazard_id == hazard.id, MendingRound.number == hazard.round_number)
    )


def open_request(hazard: Hazard, *steps: Step) -> HazardRequest | None:
    """The undecided request of one of the steps, the newest if several; one whose time is over counts no more."""
    return db.session.scalar(
        select(HazardRequest)
        .where(
            HazardRequest.hazard_id == hazard.id,
            HazardRequest.step.in_([str(step) for step in steps]),
            HazardRequest.outcome.is_(None),
            or_(HazardRequest.lapses_on.is_(None), HazardRequest.lapses_on >= clock.today()),
        )
        .order_by(HazardRequest.asked_at.desc(), HazardRequest.id.desc())
        .limit(1)
    )


def newest_clock(hazard: Hazard, kind: ClockKind) -> Clock | None:
    """The clock of a kind that is in force."""
    return db.session.scalar(
        select(Clock)
        .where(Clock.hazard_id == hazard.id, Clock.kind == kind)
        .order_by(Clock.set_at.desc(), Clock.id.desc())
        .limit(1)
    )


_DATE = (
    select(Clock.due_on)
    .where(Clock.hazard_id == bindparam("hazard"), Clock.kind == bindparam("kind"))
    .order_by(Clock.set_at.desc(), Clock.id.desc())
    .limit(1)
)


def date_in_force(hazard: Hazard, kind: ClockKind) -> date | None:
    """The date of that clock."""
    found: date | None = run(_DATE, {"hazard": hazard.id, "kind": kind}).scalar()
    return found


_TERM = select(DeskTerm.amount, DeskTerm.unit).where(DeskTerm.kind == bindparam("kind"))


def desk_term(kind: ClockKind) -> TimeLimit:
    """How long a desk date runs: as this district configured it, else the default."""
    row = run(_TERM, {"kind": kind}).first()
    return TimeLimit(row.amount, Unit(row.unit)) if row else DEFAULT_TERMS[kind]


def opinion_due(since: datetime, rounds: int) -> date:
    """Until when the authority's opinion is waited for: one round until it is escalated, two until 例外销号 is open."""
    day, term = clock.local_date(since), desk_term(ClockKind.CLOSURE)
    for _ in range(rounds):
        day = due(term, day, published_calendar()).on
    return day


def announced(hazard: Hazard) -> list[HazardPhoto]:
    """The photos the present round stands on: its own, those carried over with the submission, and the finding's.

    Photos dropped with a reason are not among them.
    """
    first = round_now(hazard).evidence_from
    return list(
        db.session.scalars(
            select(HazardPhoto)
            .where(HazardPhoto.hazard_id == hazard.id, of_round(first))
            .order_by(HazardPhoto.added_at, HazardPhoto.id)
        )
    )


def expected(links: Iterable[HazardPhoto]) -> dict[UUID, str | None]:
    """Photos with the senders they may come from, as evidence asks for them."""
    return {link.photo_id: link.senders for link in links}


def observations(hazard: Hazard) -> list[Sighting]:
    """Look-backs that came too late to be a step and that nobody at the desk has looked at."""
    return list(sightings_of(hazard))


def who_sets(hazard: Hazard, mending: Clock | None) -> UUID | None:
    """Who answers extensions: who set the date; while it is only proposed, or not yet taken over anew, the handler."""
    if mending is None or mending.status in BINDING:
        return mending.set_by_organisation_id if mending else hazard.handler_id
    if mending.status == ClockStatus.PROPOSED or hazard.accepted_at is None:
        return hazard.handler_id
    return mending.set_by_organisation_id


def sets_mending(hazard: Hazard) -> UUID | None:
    """Who answers what is asked about the mending date now."""
    return who_sets(hazard, newest_clock(hazard, ClockKind.MENDING))


def unopposed_days(hazard: Hazard) -> int | None:
    """After how many working days without objection the office that closes lets it be closed; None: never by itself."""
    office = db.session.get(Organisation, hazard.closing_office_id) if hazard.closing_office_id else None
    return office.close_unopposed_days if office else None
