"""The register of visits: what was handed in, newest first, and what was thrown away with its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select

from inspect_app.checklists.walk import Depth
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.paging import Page
from inspect_app.people.models import Person
from inspect_app.people.rules import Scope
from inspect_app.premises.merged import at_place, with_place
from inspect_app.premises.models import Premises
from inspect_app.premises.queries import visible

from .models import Visit
from .queries import load
from .rules import OUTCOME_NAMES, WAS_INSIDE, VisitOutcome, maybe_ident
from .tally import named

_HANDED_IN = and_(Visit.submitted_at.is_not(None), Visit.outcome != str(VisitOutcome.VOID))
_VOID: ColumnElement[bool] = Visit.outcome == str(VisitOutcome.VOID)
_INSIDE = and_(_HANDED_IN, Visit.outcome.in_(WAS_INSIDE))
# What the register can be narrowed to: the end of its address → what it is called, and which visits.
NARROWED: dict[str, tuple[str, Callable[[], ColumnElement[bool]]]] = {
    "short": ("短查", lambda: and_(_INSIDE, Visit.depth == str(Depth.SHORT))),
    "full": ("全查", lambda: and_(_INSIDE, Visit.depth == str(Depth.FULL))),
    "early": ("提前结束", lambda: and_(_HANDED_IN, Visit.outcome == str(VisitOutcome.ENDED_EARLY))),
    "outside": ("没能检查", lambda: and_(_HANDED_IN, Visit.outcome.not_in(WAS_INSIDE))),
    "void": (OUTCOME_NAMES[VisitOutcome.VOID], lambda: _VOID),
}


@dataclass(frozen=True)
class VisitRow:
    """A visit as a list shows it."""

    visit: Visit
    premises: Premises
    deputy: str
    found: int

    @property
    def name(self) -> str:
        """短查, 全查, what happened instead, with the reason where there is one."""
        return named(self.visit.depth, self.visit.outcome, self.visit.outcome_note)

    @property
    def is_void(self) -> bool:
        """Whether it was thrown away: it is no visit to the premises, only its record is kept."""
        return self.visit.outcome == VisitOutcome.VOID


_FOUND = select(func.count()).where(Hazard.visit_id == Visit.id).correlate(Visit).scalar_subquery()


def _rows() -> Select[Any]:
    return (
        with_place(select(Visit, Premises, Person.name, _FOUND).select_from(Visit), Visit.premises_id)
        .join(Person, Person.id == Visit.person_id)
        .order_by(Visit.started_at.desc(), Visit.id.desc())
    )


def listed(
    scope: Scope, only: str = "", premises_id: UUID | None = None, after: str | None = None, size: int = 25
) -> Page[VisitRow]:
    """The register page by page, the newest first. One that was thrown away stands in it, but never among the visits of
    premises."""
    narrowed = NARROWED[only][1]() if only in NARROWED else or_(_HANDED_IN, _VOID)
    statement = _rows().where(visible(scope), narrowed)
    if premises_id is not None:
        statement = statement.where(at_place(Visit.premises_id, premises_id), _HANDED_IN)
    if after:
        last = _cursor(scope, after)
        later = and_(Visit.started_at == last.started_at, Visit.id < last.id)
        statement = statement.where(or_(Visit.started_at < last.started_at, later))
    found = [VisitRow(*row) for row in db.session.execute(statement.limit(size + 1))]
    return Page(found[:size], str(found[size - 1].visit.id) if len(found) > size else None)


def _cursor(scope: Scope, after: str) -> Visit:
    visit_id = maybe_ident(after)
    if visit_id is None:
        raise NotThere
    return load(scope, visit_id)


def of_premises(premises_id: UUID, most: int = 5) -> list[VisitRow]:
    """The last visits of premises that were handed in."""
    statement = _rows().where(at_place(Visit.premises_id, premises_id), _HANDED_IN).limit(most)
    return [VisitRow(*row) for row in db.session.execute(statement)]


def number_at(premises_id: UUID) -> int:
    """How many visits of premises were handed in; what was thrown away is none."""
    counted = select(func.count(Visit.id)).where(at_place(Visit.premises_id, premises_id), _HANDED_IN)
    return db.session.scalar(counted) or 0


@dataclass(frozen=True)
class MadeOn:
    """How many visits of a day went how deep, and how many of them were ended early."""

    short: int = 0
    full: int = 0
    early: int = 0

    @property
    def words(self) -> str:
        """In a sentence; empty where nobody was inside anywhere."""
        counted = [f"短查 {self.short} 次" if self.short else "", f"全查 {self.full} 次" if self.full else ""]
        told = "，".join(one for one in counted if one)
        return f"{told}，其中提前结束 {self.early} 次" if told and self.early else told


def numbers_on(scope: Scope, day: date) -> dict[str, ScalarSelect[int]]:
    """The visits of a day in somebody's area, as parts of a statement: `short`, `full`, and how many of both ended `early`. What was
    thrown away, or ended at the door, is none."""
    begin = datetime.combine(day, time(), clock.SHANGHAI)
    here = select(Premises.id).where(Premises.id == Visit.premises_id, visible(scope)).correlate(Visit).exists()
    of_day = select(func.count()).where(
        Visit.started_at >= begin, Visit.started_at < begin + timedelta(days=1), here, _INSIDE
    )
    early = Visit.outcome == str(VisitOutcome.ENDED_EARLY)
    asked = {"short": Visit.depth == str(Depth.SHORT), "full": Visit.depth == str(Depth.FULL), "early": early}
    return {name: of_day.where(condition).scalar_subquery() for name, condition in asked.items()}
