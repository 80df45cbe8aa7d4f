"""Reads of hazards: what a person may see is decided here, once, and every other read stands on it."""

import base64
import dataclasses
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, literal_column, or_, select, true, tuple_
from sqlalchemy import case as case_when

from inspect_app.evidence import senders
from inspect_app.evidence.models import Photo
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.paging import Page
from inspect_app.kernel.spelling import folded
from inspect_app.people.models import Organisation
from inspect_app.people.queries import areas_below
from inspect_app.people.rules import Role, Scope
from inspect_app.premises.models import Premises

from . import case
from .chain import Fault
from .clocks import DueView, view
from .log import fault_in, links
from .models import (
    IS_EXCEPTION,
    Clock,
    Event,
    EventWords,
    Hazard,
    HazardPhoto,
    HazardRequest,
    MendingRound,
    Sighting,
)
from .rules import GRADE_NAMES, STATE_NAMES, Grade, State

# Literal SQL, so that SQLite uses its partial indexes (a bound parameter loses them).
IS_OPEN: ColumnElement[bool] = literal_column("hazard.settled_on IS NULL")
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
    """Asked of an office, or of one right below it: whoever is to answer sees what it is about."""
    below = select(Organisation.id).where(Organisation.parent_id == organisation_id)
    return Hazard.id.in_(
        select(HazardRequest.hazard_id).where(
            HazardRequest.outcome.is_(None),
            or_(HazardRequest.asked_of_id == organisation_id, HazardRequest.asked_of_id.in_(below)),
        )
    )


def load(scope: Scope, hazard_id: UUID) -> Hazard:
    """A hazard within scope; raises NotThere outside it, so that nobody learns what exists."""
    hazard = db.session.scalar(select(Hazard).where(Hazard.id == hazard_id, visible(scope)))
    if hazard is None:
        raise NotThere
    return hazard


def lock(
    scope: Scope, hazard_id: UUID, seen_version: int | None, *, beside: Callable[[Hazard], Iterable[UUID]] | None = None,
    places: Iterable[UUID] = (),
) -> Hazard:  # fmt: skip
    """A hazard within scope, its row locked for a step; raises NotThere, or Stale if it changed since it was seen.

    `beside` says which other rows the step needs locked with it, `places` which other places.
    """
    seen = load(scope, hazard_id)
    return case.lock(hazard_id, seen_version, beside=beside(seen) if beside else (), places=places)


@dataclass(frozen=True)
class Row:
    """A hazard as a list shows it."""

    id: UUID
    number: str
    title: str
    place: str
    address: str
    grade: Grade
    state: State
    due: DueView
    handler: str
    last_step: str
    last_at: Any
    version: int
    unconfirmed: bool

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]

    @property
    def grade_name(self) -> str:
        return GRADE_NAMES[self.grade]


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to.

    `tab`: all, overdue, soon, major, verify, close, found, watched, flagged, settled, exceptions. `narrowed` stands in its
    place where rows are chosen by a condition that somebody counted by: a pile of 今日 or of the inbox.
    """

    tab: str = "all"
    words: str = ""
    area_id: UUID | None = None
    handler_id: UUID | None = None
    field: str = ""
    grade: str = ""
    state: str = ""
    due_by: date | None = None
    due_on: date | None = None
    narrowed: ColumnElement[bool] | None = dataclasses.field(default=None, compare=False)

    def conditions(self, today: date) -> list[ColumnElement[bool]]:
        whole: dict[str, ColumnElement[bool]] = {
            "settled": Hazard.settled_on.is_not(None),
            "exceptions": IS_EXCEPTIONAL,
        }
        parts: list[ColumnElement[bool]] = [
            self.narrowed if self.narrowed is not None else whole.get(self.tab, IS_OPEN)
        ]
        tabs: dict[str, ColumnElement[bool]] = {
            "overdue": Hazard.due_on < today,
            "soon": Hazard.due_on.between(today, today + timedelta(days=3)),
            "major": Hazard.grade != Grade.GENERAL,
            "verify": Hazard.state == State.AWAITING_VERIFICATION,
            "close": Hazard.state == State.AWAITING_CLOSURE,
            "found": Hazard.state == State.FOUND,
            "watched": Hazard.watched_at.is_not(None),
            "flagged": IS_QUESTIONED,
        }
        if self.tab in tabs:
            parts.append(tabs[self.tab])
        if self.area_id:
            parts.append(Hazard.area_id.in_(areas_below(self.area_id)))
        if self.handler_id:
            parts.append(Hazard.handler_id == self.handler_id)
        if self.field:
            parts.append(Hazard.field == self.field)
        if self.grade:
            parts.append(Hazard.grade == self.grade)
        if self.state:
            parts.append(Hazard.state == self.state)
        if self.due_by:
            parts.append(Hazard.due_on <= self.due_by)
        if self.due_on:
            parts.append(Hazard.due_on == self.due_on)
        if words := folded(self.words):
            places = select(Premises.id).where(Premises.holds(self.words))
            number = Hazard.number.contains(words.upper(), autoescape=True)
            parts.append(or_(Hazard.holds(self.words), number, Hazard.premises_id.in_(places)))
        return parts


# Undated rows come last: a far date stands in for none, so that the key has no NULL.
_FAR = date(9999, 12, 31)
_KEY = func.coalesce(Hazard.due_on, _FAR)


def page(scope: Scope, filters: Filters, after: str | None = None, size: int = 25) -> Page[Row]:
    """One keyset page, the most urgent first."""
    statement = (
        select(Hazard, Premises.name, Premises.address, Organisation.short_name, _KEY.label("due_key"))
        .join(Premises, Premises.id == Hazard.premises_id)
        .outerjoin(Organisation, Organisation.id == Hazard.handler_id)
        .where(visible(scope), *filters.conditions(clock.today()))
    )
    cursor = _read_cursor(after)
    if cursor is not None:
        statement = statement.where(tuple_(_KEY, Hazard.id) > tuple_(*cursor))
    found = db.session.execute(statement.order_by(_KEY, Hazard.id).limit(size + 1)).all()
    today = clock.today()
    rows = [row_of(hazard, name, address, handler, today) for hazard, name, address, handler, _ in found[:size]]
    last = found[size - 1] if len(found) > size else None
    return Page(rows, _cursor(last.due_key, last[0].id) if last else None)


def count(scope: Scope, filters: Filters) -> int:
    """How many hazards a filter finds within scope."""
    statement = select(func.count()).select_from(Hazard).where(visible(scope), *filters.conditions(clock.today()))
    return db.session.scalar(statement) or 0


def counts(scope: Scope, filters: Filters = Filters()) -> dict[str, int]:
    """How many open hazards stand under each tab, within the other filters: one statement."""
    today = clock.today()
    shared = replace(filters, tab="all", narrowed=None).conditions(today)[1:]
    columns = {
        tab: func.sum(_one(and_(*Filters(tab=tab).conditions(today)[1:]))) if tab != "all" else func.count()
        for tab in ("all", "overdue", "soon", "major", "verify", "close", "found")
    }
    row = db.session.execute(
        select(*[column.label(tab) for tab, column in columns.items()])
        .select_from(Hazard)
        .where(visible(scope), IS_OPEN, *shared)
    ).one()
    return {tab: int(value or 0) for tab, value in row._mapping.items()}


def at_premises(scope: Scope, premises_id: UUID) -> Sequence[Hazard]:
    """Open hazards of a place that this person may see, the most urgent first."""
    return db.session.scalars(
        select(Hazard).where(Hazard.premises_id == premises_id, IS_OPEN, visible(scope)).order_by(_KEY, Hazard.id)
    ).all()


def to_look_at(scope: Scope, most: int = 12) -> Sequence[Hazard]:
    """What a deputy may be asked to look at again: reported mended first, then what should be mended by now.

    Whom somebody was appointed to verify is asked alone; who saw it mended is not asked to verify it.
    """
    awaiting = case_when((Hazard.state == State.AWAITING_VERIFICATION, 0), else_=1)
    states = (State.AWAITING_VERIFICATION, State.RECTIFYING)
    return db.session.scalars(
        select(Hazard).where(visible(scope), IS_OPEN, Hazard.state.in_(states), _asked_to_look(scope)).order_by(awaiting, _KEY, Hazard.id).limit(most)
    ).all()  # fmt: skip


def _asked_to_look(scope: Scope) -> ColumnElement[bool]:
    witnessed = exists().where(
        MendingRound.hazard_id == Hazard.id, MendingRound.number == Hazard.round_number,
        MendingRound.witness_person_id == scope.person_id,
    )  # fmt: skip
    mine = or_(Hazard.appointed_person_id.is_(None), Hazard.appointed_person_id == scope.person_id)
    return or_(Hazard.state != State.AWAITING_VERIFICATION, and_(mine, ~witnessed))


def before_photos(hazard_ids: Iterable[UUID], most: int = 2) -> dict[UUID, list[UUID]]:
    """The first photos of how it was, by hazard: what an after-photo is held against. One statement for any number."""
    found: dict[UUID, list[UUID]] = {}
    for row in db.session.execute(
        select(HazardPhoto.hazard_id, HazardPhoto.photo_id)
        .outerjoin(Photo, Photo.id == HazardPhoto.photo_id)
        .where(HazardPhoto.hazard_id.in_(set(hazard_ids)), HazardPhoto.place == "before", HazardPhoto.dropped.is_(None))
        .where(or_(Photo.id.is_(None), senders.counts(HazardPhoto.senders)))
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
    counts = or_(HazardPhoto.round_number >= func.coalesce(first, Hazard.round_number), HazardPhoto.place == "before")
    return exists().where(HazardPhoto.hazard_id == Hazard.id, HazardPhoto.dropped.is_(None), counts, ~came)


def observed() -> ColumnElement[bool]:
    """Look-backs that came late from a phone and wait to be looked at, on hazards open or settled."""
    return Hazard.id.in_(select(Sighting.hazard_id).where(Sighting.waits, Sighting.looked_at.is_(None)))


@dataclass(frozen=True)
class Line:
    """One line of the log as a page shows it."""

    event: Event
    words: dict[str, Any] | None
    withheld: str | None


def log_of(hazard: Hazard) -> list[Line]:
    """The log, newest first, with its words where they are not withheld."""
    rows = db.session.execute(
        select(Event, EventWords)
        .outerjoin(EventWords, EventWords.event_id == Event.id)
        .where(Event.hazard_id == hazard.id)
        .order_by(Event.seq.desc())
    )
    return [
        Line(event, words.words if words else None, words.withheld_reason if words else None) for event, words in rows
    ]


def fault_of(hazard_id: UUID) -> Fault | None:
    """The first fault of a hazard's chain, None if it is whole. Checks the row against its newest event too."""
    return fault_in(db.session.get_one(Hazard, hazard_id), links(hazard_id))


def photos_of(hazard: Hazard) -> Sequence[HazardPhoto]:
    return db.session.scalars(
        select(HazardPhoto).where(HazardPhoto.hazard_id == hazard.id).order_by(HazardPhoto.added_at, HazardPhoto.id)
    ).all()


def clocks_of(hazard: Hazard) -> Sequence[Clock]:
    """All settings of all clocks, newest first."""
    return db.session.scalars(
        select(Clock).where(Clock.hazard_id == hazard.id).order_by(Clock.set_at.desc(), Clock.id.desc())
    ).all()


def rounds_of(hazard: Hazard) -> Sequence[MendingRound]:
    return db.session.scalars(
        select(MendingRound).where(MendingRound.hazard_id == hazard.id).order_by(MendingRound.number)
    ).all()


def requests_of(hazard: Hazard) -> Sequence[HazardRequest]:
    """What is asked and not yet decided."""
    return db.session.scalars(
        select(HazardRequest).where(HazardRequest.hazard_id == hazard.id, HazardRequest.outcome.is_(None))
    ).all()


def with_open_request(scope: Scope, *steps: str) -> Sequence[tuple[Hazard, HazardRequest]]:
    """Open hazards within scope that wait for a decision on what somebody asked."""
    rows = db.session.execute(
        select(Hazard, HazardRequest)
        .join(HazardRequest, HazardRequest.hazard_id == Hazard.id)
        .where(visible(scope), IS_OPEN, HazardRequest.outcome.is_(None), HazardRequest.step.in_(steps))
        .order_by(HazardRequest.asked_at)
        .limit(50)
    )
    return [(row[0], row[1]) for row in rows]


def shows_photo(scope: Scope, photo_id: UUID) -> bool:
    """Whether a photo stands in a hazard this person may see, sent by somebody who may put it there."""
    stands = exists().where(
        HazardPhoto.photo_id == photo_id, Hazard.id == HazardPhoto.hazard_id, Photo.id == photo_id,
        senders.counts(HazardPhoto.senders), visible(scope),
    )  # fmt: skip
    return bool(db.session.scalar(select(stands)))


def row_of(hazard: Hazard, name: str, address: str, handler: str | None, today: date) -> Row:
    """A hazard, its place and who answers for it, as a list shows them."""
    return Row(
        id=hazard.id,
        number=hazard.number,
        title=hazard.title,
        place=name,
        address=address,
        grade=Grade(hazard.grade),
        state=State(hazard.state),
        due=view(hazard.due_on, today),
        handler=handler or "",
        last_step=hazard.last_step,
        last_at=hazard.last_event_at,
        version=hazard.version,
        unconfirmed=hazard.unconfirmed,
    )


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case_when((condition, 1), else_=0)


def _cursor(due: date | str, hazard_id: UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(due), str(hazard_id)]).encode()).decode()


def _read_cursor(after: str | None) -> tuple[date, UUID] | None:
    if not after:
        return None
    try:
        due, hazard_id = json.loads(base64.urlsafe_b64decode(after.encode()))
        return date.fromisoformat(due), UUID(hazard_id)
    except (ValueError, TypeError):
        raise NotThere from None


def found_in(scope: Scope, visit_id: UUID) -> Sequence[Hazard]:
    """Hazards a visit made, and those already open that it saw again, within scope."""
    seen_again = select(Sighting.hazard_id).where(Sighting.visit_id == visit_id)
    return db.session.scalars(
        select(Hazard)
        .where((Hazard.visit_id == visit_id) | Hazard.id.in_(seen_again), visible(scope))
        .order_by(Hazard.id)
    ).all()
