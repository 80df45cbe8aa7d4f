"""The lists of hazards: what one is narrowed to, its rows page by page, how many stand under each tab."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy import case as case_when

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, slices
from inspect_app.kernel.hints import walking
from inspect_app.kernel.paging import Cursor, Page, beyond, read_cursor
from inspect_app.people.areas import areas_below
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Scope
from inspect_app.premises.merged import at_place, by_place, with_place
from inspect_app.premises.models import Premises

from . import searching
from .clocks import DueView, view
from .filters import BY_PLACE, DUE_KEY, Filters, Sort, chosen, of_tab
from .list_orders import BY_DAY, ORDERS, ListOrder
from .models import Hazard, MendingRound
from .queries import IS_OPEN, visible
from .rules import GRADE_NAMES, STATE_NAMES, Grade, State
from .sightings import Sighting
from .tally import tallied


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
    settled_on: date | None

    @property
    def state_name(self) -> str:
        """What the state is called on a page."""
        return STATE_NAMES[self.state]

    @property
    def grade_name(self) -> str:
        """What the grade is called on a page."""
        return GRADE_NAMES[self.grade]


OPEN_ONES = Filters()
MOST_COUNTED = 10_000  # beyond that a list says 多于


def page(
    scope: Scope,
    filters: Filters,
    after: str | None = None,
    size: int = 25,
    *,
    before: str | None = None,
    sort: Sort = Sort.DUE,
) -> Page[HazardRow]:
    """One keyset page after a cursor, or before one; what is settled stands by the day it ended. Raises NotThere for a cursor
    of another order."""
    order = order_of(filters, sort)
    back = read_cursor(before, len(order.columns))
    forth = back or read_cursor(after, len(order.columns))
    down = order.down is not bool(back)
    statement = walked(scope, filters, order)
    if forth:
        statement = statement.where(beyond(order.columns, order.values_of(forth), down=down))
    by = [column.desc() if down else column.asc() for column in order.columns]
    found = _with_rows(statement.order_by(*by).limit(size + 1), down)
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    return _page_of(found, len(order.columns), more, forth, back is not None)


def order_of(filters: Filters, sort: Sort) -> ListOrder:
    """The order in which a list stands: what is settled by the day it ended, whatever is asked."""
    return BY_DAY if filters.settled else ORDERS[sort]


def walked(scope: Scope, filters: Filters, order: ListOrder) -> Select[Any]:
    """The values of the order of each hazard that is chosen, read from the index of that order alone where there is one."""
    found = chosen(scope, filters)
    keys = [column.label(f"key_{number}") for number, column in enumerate(order.columns)]
    statement = select(*keys).select_from(Hazard).where(*found.conditions)
    if found.by:
        statement = walking(statement, Hazard, found.by)
    if order is ORDERS[Sort.PLACE]:
        by_name = by_place(statement, Hazard.premises_id)
        return by_name if found.by else walking(by_name, Premises, "ix_premises_name")
    if order.index and not (found.few or found.by) and filters.settled is not None:
        return walking(statement, Hazard, order.index)
    return statement


def _with_rows(chosen_keys: Select[Any], down: bool) -> list[Row[Any]]:
    """What was walked, each with the row that a list shows of it: the wide rows are opened for these alone."""
    keys = chosen_keys.subquery("walked")
    ordered = [column.desc() if down else column.asc() for column in keys.columns]
    shown = (Premises.name.label("place"), Premises.address, Organisation.short_name.label("handler"))
    return list(
        db.session.execute(
            with_place(
                select(*keys.columns, *_SHOWN, *shown).join(Hazard, Hazard.id == list(keys.columns)[-1]),
                Hazard.premises_id,
            )
            .outerjoin(Organisation, Organisation.id == Hazard.handler_id)
            .order_by(*ordered)
        )
    )


def _page_of(found: Sequence[Row[Any]], keys: int, more: bool, came: Cursor | None, back: bool) -> Page[HazardRow]:
    passed = came.passed if came else 0
    first = max(passed - len(found), 0) if back else passed
    today = clock.today()
    goes_on, goes_back = (True, more) if back else (more, came is not None)
    return Page(
        [row_of(row, row.place, row.address, row.handler, today) for row in found],
        str(Cursor(tuple(found[-1][:keys]), first + len(found))) if found and goes_on else None,
        str(Cursor(tuple(found[0][:keys]), first)) if found and goes_back else None,
        first + 1,
    )


_SHOWN = (
    Hazard.id, Hazard.number, Hazard.title, Hazard.grade, Hazard.state, Hazard.due_on, Hazard.last_step, Hazard.last_event_at,
    Hazard.version, Hazard.unconfirmed, Hazard.settled_on,
)  # fmt: skip


def count(scope: Scope, filters: Filters) -> int:
    """How many hazards a filter finds within scope; MOST_COUNTED + 1 stands for more than can be counted at once."""
    if _is_kept(scope, filters) and filters.tab in _KEPT:
        return min(_kept(scope, filters)[filters.tab], MOST_COUNTED + 1)
    if filters.words and filters.only_words and scope.role in searching.BY_AREA:
        return searching.search(scope, filters.words, filters.area_id).number(
            settled=filters.settled, most=MOST_COUNTED + 1
        )
    return db.session.scalar(_capped(scope, filters)) or 0


def _capped(scope: Scope, filters: Filters) -> Select[int]:
    order = order_of(filters, Sort.DUE)
    some = walked(scope, filters, order).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(some)


def counted(number: int) -> str:
    """A count as a list says it."""
    return f"{number:,}" if number <= MOST_COUNTED else f"多于 {MOST_COUNTED:,}"


# What is kept of each area: which tab a state, a grade and 被退回 count under.
_KEPT: dict[str, Callable[[str, str], bool]] = {
    "all": lambda state, grade: State(state).is_open,
    "major": lambda state, grade: State(state).is_open and grade != Grade.GENERAL,
    "found": lambda state, grade: state == State.FOUND,
    "verify": lambda state, grade: state == State.AWAITING_VERIFICATION,
    "close": lambda state, grade: state == State.AWAITING_CLOSURE,
    "settled": lambda state, grade: not State(state).is_open,
}


def _is_kept(scope: Scope, filters: Filters) -> bool:
    return scope.role in searching.BY_AREA and filters.only_sorts


def _kept(scope: Scope, filters: Filters) -> dict[str, int]:
    areas = None if scope.whole_district else scope.area_ids
    if filters.area_id:
        below = areas_below(filters.area_id)
        areas = below if areas is None else areas & below
    sums = dict.fromkeys(_KEPT, 0)
    for state, grade, n in tallied(areas):
        for tab, belongs in _KEPT.items():
            sums[tab] += int(n) if belongs(state, grade) else 0
    return sums


def counts(scope: Scope, filters: Filters = OPEN_ONES) -> dict[str, int]:
    """How many open hazards stand under each tab, each as `count` counts it. Where more than an area narrows the list of an
    office, nothing is kept of it and no tab has a number; who handles has few enough to be counted at once."""
    alike = replace(filters, tab="all", narrowed=None)
    if _is_kept(scope, alike):
        soon = {tab: _capped(scope, replace(alike, tab=tab)).scalar_subquery() for tab in ("overdue", "soon")}
        row = db.session.execute(select(*(number.label(tab) for tab, number in soon.items()))).one()
        kept = _kept(scope, alike) | dict(row._mapping)
        return {tab: min(number, MOST_COUNTED + 1) for tab, number in kept.items()}
    return {} if scope.role in searching.BY_AREA else _counts_at_once(scope, alike)


def counts_found(scope: Scope, filters: Filters) -> dict[str, int]:
    """How many stand under each tab of a list that more than an area narrows, out of one walk over what it finds; nothing but
    `all` where that is too much to be counted at once. Read after the page: nobody waits for it."""
    alike = replace(filters, tab="all", narrowed=None)
    today, tabs = clock.today(), ("overdue", "soon", "major", "found", "verify", "close")
    marks = [_one(and_(*of_tab(tab, today))).label(tab) for tab in tabs]
    found = walked(scope, alike, ORDERS[Sort.DUE]).add_columns(*marks).limit(MOST_COUNTED + 1).subquery()
    row = db.session.execute(select(func.count(), *(func.sum(found.c[tab]) for tab in tabs)).select_from(found)).one()
    under = {tab: int(number or 0) for tab, number in zip(tabs, row[1:], strict=True)}
    return {"all": row[0]} | (under if row[0] <= MOST_COUNTED else {})


def _counts_at_once(scope: Scope, filters: Filters) -> dict[str, int]:
    today, found = clock.today(), chosen(scope, filters)
    columns = {"all": func.count()} | {
        tab: func.sum(_one(and_(*of_tab(tab, today))))
        for tab in ("overdue", "soon", "major", "verify", "close", "found")
    }
    statement: Any = (
        select(*[column.label(tab) for tab, column in columns.items()]).select_from(Hazard).where(*found.conditions)
    )
    if found.by or not found.few:
        statement = walking(statement, Hazard, found.by or ORDERS[Sort.DUE].index)
    row = db.session.execute(statement).one()
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
    order = order_of(filters, Sort.OLDEST)
    keys = walked(scope, filters, order).order_by(*order.columns).limit(most)
    return [row[-1] for row in db.session.execute(keys)]


def registered(scope: Scope, hazard_ids: Iterable[UUID]) -> list[RegisterRow]:
    """Those of the hazards that somebody sees, in the order in which they were found."""
    rows: list[RegisterRow] = []
    for some in slices(hazard_ids):
        found = (
            with_place(
                select(Hazard, Premises.name, Premises.address, Organisation.short_name).select_from(Hazard),
                Hazard.premises_id,
            )
            .outerjoin(Organisation, Organisation.id == Hazard.handler_id)
            .where(Hazard.id.in_(some), visible(scope))
        )
        rows += [RegisterRow(*row) for row in db.session.execute(found)]
    return sorted(rows, key=lambda row: (row.hazard.found_at, row.hazard.id))


def ever_at(scope: Scope, premises_id: UUID, most: int) -> Sequence[Hazard]:
    """The hazards that were ever found at a place, open and settled, within scope, the newest first."""
    found = walking(select(Hazard).where(at_place(Hazard.premises_id, premises_id), visible(scope)), Hazard, BY_PLACE)
    return db.session.scalars(found.order_by(Hazard.found_at.desc(), Hazard.id.desc()).limit(most)).all()


def at_premises(scope: Scope, premises_id: UUID, most: int | None = None) -> Sequence[Hazard]:
    """Open hazards of a place that this person may see, the most urgent first; all of them, or `most`."""
    found = select(Hazard).where(at_place(Hazard.premises_id, premises_id), IS_OPEN, visible(scope))
    return db.session.scalars(walking(found, Hazard, BY_PLACE).order_by(DUE_KEY, Hazard.id).limit(most)).all()


def to_look_at(scope: Scope, most: int = 12) -> Sequence[Hazard]:
    """What a deputy may be asked to look at again: reported mended first, then what should be mended by now.

    Whom somebody was appointed to verify is asked alone; who saw it mended is not asked to verify it.
    """
    keys = union_all(
        *(
            _first_of(scope, state, rank, most)
            for rank, state in enumerate((State.AWAITING_VERIFICATION, State.RECTIFYING))
        )
    ).subquery("first_ones")
    return db.session.scalars(
        select(Hazard).join(keys, keys.c.id == Hazard.id).order_by(keys.c.rank, DUE_KEY, Hazard.id).limit(most)
    ).all()


def _first_of(scope: Scope, state: State, rank: int, most: int) -> Select[Any]:
    """The first of a state by their dates: each walked until there are enough, and no more."""
    found = select(Hazard.id.label("id")).where(visible(scope), IS_OPEN, Hazard.state == state, _asked_to_look(scope))
    first = walking(found, Hazard, ORDERS[Sort.DUE].index).order_by(DUE_KEY, Hazard.id).limit(most).subquery()
    return select(first.c.id, literal(rank).label("rank"))


def _asked_to_look(scope: Scope) -> ColumnElement[bool]:
    witnessed = exists().where(
        MendingRound.hazard_id == Hazard.id,
        MendingRound.number == Hazard.round_number,
        MendingRound.witness_person_id == scope.person_id,
    )
    mine = or_(Hazard.appointed_person_id.is_(None), Hazard.appointed_person_id == scope.person_id)
    return or_(Hazard.state != State.AWAITING_VERIFICATION, and_(mine, ~witnessed))


def row_of(hazard: Any, name: str, address: str, handler: str | None, today: date) -> HazardRow:
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
        settled_on=hazard.settled_on,
    )


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case_when((condition, 1), else_=0)


def found_in(scope: Scope, visit_id: UUID) -> Sequence[Hazard]:
    """Hazards a visit made, and those already open that it saw again, within scope."""
    seen_again = select(Sighting.hazard_id).where(Sighting.visit_id == visit_id)
    return db.session.scalars(
        select(Hazard)
        .where((Hazard.visit_id == visit_id) | Hazard.id.in_(seen_again), visible(scope))
        .order_by(Hazard.id)
    ).all()
