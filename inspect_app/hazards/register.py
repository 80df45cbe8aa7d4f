"""The lists of hazards: what one is narrowed to, its rows page by page, how many stand under each tab."""

import base64
import dataclasses
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy import case as case_when

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, slices
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.paging import Page
from inspect_app.kernel.spelling import folded
from inspect_app.people.areas import areas_below
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Scope
from inspect_app.premises.models import Premises

from .clocks import DueView, view
from .models import Hazard, MendingRound
from .queries import IS_EXCEPTIONAL, IS_OPEN, IS_QUESTIONED, visible
from .rules import GRADE_NAMES, STATE_NAMES, Grade, State
from .sightings import Sighting


@dataclass(frozen=True)
class HazardRow:
    """A hazard as a list shows it."""

    id: UUID
    number: str
    title: str
    premises_name: str
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
        """What the state is called on a page."""
        return STATE_NAMES[self.state]

    @property
    def grade_name(self) -> str:
        """What the grade is called on a page."""
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


def page(scope: Scope, filters: Filters, after: str | None = None, size: int = 25) -> Page[HazardRow]:
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


@dataclass(frozen=True)
class RegisterRow:
    """A hazard as a printed register shows it."""

    hazard: Hazard
    place: str
    address: str
    handler: str | None


def found_ids(scope: Scope, filters: Filters, most: int) -> Sequence[UUID]:
    """Up to `most` of the hazards that a filter finds within scope."""
    found = select(Hazard.id).where(visible(scope), *filters.conditions(clock.today()))
    return db.session.scalars(found.order_by(Hazard.found_at, Hazard.id).limit(most)).all()


def registered(scope: Scope, hazard_ids: Iterable[UUID]) -> list[RegisterRow]:
    """Those of the hazards that somebody sees, in the order in which they were found."""
    rows: list[RegisterRow] = []
    for some in slices(hazard_ids):
        found = (
            select(Hazard, Premises.name, Premises.address, Organisation.short_name)
            .join(Premises, Premises.id == Hazard.premises_id)
            .outerjoin(Organisation, Organisation.id == Hazard.handler_id)
            .where(Hazard.id.in_(some), visible(scope))
        )
        rows += [RegisterRow(*row) for row in db.session.execute(found)]
    return sorted(rows, key=lambda row: (row.hazard.found_at, row.hazard.id))


def ever_at(scope: Scope, premises_id: UUID, most: int) -> Sequence[Hazard]:
    """The hazards that were ever found at a place, open and settled, within scope, the newest first."""
    found = select(Hazard).where(Hazard.premises_id == premises_id, visible(scope))
    return db.session.scalars(found.order_by(Hazard.found_at.desc(), Hazard.id.desc()).limit(most)).all()


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
        select(Hazard)
        .where(visible(scope), IS_OPEN, Hazard.state.in_(states), _asked_to_look(scope))
        .order_by(awaiting, _KEY, Hazard.id)
        .limit(most)
    ).all()


def _asked_to_look(scope: Scope) -> ColumnElement[bool]:
    witnessed = exists().where(
        MendingRound.hazard_id == Hazard.id,
        MendingRound.number == Hazard.round_number,
        MendingRound.witness_person_id == scope.person_id,
    )
    mine = or_(Hazard.appointed_person_id.is_(None), Hazard.appointed_person_id == scope.person_id)
    return or_(Hazard.state != State.AWAITING_VERIFICATION, and_(mine, ~witnessed))


def row_of(hazard: Hazard, name: str, address: str, handler: str | None, today: date) -> HazardRow:
    """A hazard, its place and who answers for it, as a list shows them."""
    return HazardRow(
        id=hazard.id,
        number=hazard.number,
        title=hazard.title,
        premises_name=name,
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
