"""Reads of who is to go where: the assignments of a deputy and of an area, and the premises to try again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.orm import aliased

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.people.models import Person
from inspect_app.people.rules import Scope
from inspect_app.premises.merged import with_place
from inspect_app.premises.models import Premises
from inspect_app.premises.queries import visible

from .models import Assignment, Visit
from .rules import VisitOutcome


def assignments_for(scope: Scope, day: date) -> Sequence[tuple[Assignment, Premises]]:
    """A deputy's own assignments of a day, premises attached; not yet visited first."""
    rows = db.session.execute(
        with_place(select(Assignment, Premises).select_from(Assignment), Assignment.premises_id)
        .where(Assignment.person_id == scope.person_id, Assignment.on_day == day, Assignment.cancelled_at.is_(None))
        .order_by(Assignment.visit_id.is_not(None), Premises.address)
    )
    return [(row[0], row[1]) for row in rows]


def retries_due(scope: Scope, day: date) -> Sequence[tuple[Visit, Premises]]:
    """Premises a deputy could not inspect and meant to try again by that day, not visited since."""
    any_visit, rows = aliased(Visit), aliased(Premises)
    newest = (
        select(func.max(any_visit.started_at))
        .where(
            any_visit.premises_id.in_(
                select(rows.id).where(or_(rows.id == Premises.id, rows.merged_into_id == Premises.id))
            ),
            any_visit.recused.is_(False),
            or_(any_visit.outcome.is_(None), any_visit.outcome != str(VisitOutcome.VOID)),
        )
        .scalar_subquery()
    )
    found = db.session.execute(
        with_place(select(Visit, Premises).select_from(Visit), Visit.premises_id)
        .where(
            Visit.person_id == scope.person_id,
            Visit.next_try_on <= day,
            Visit.submitted_at.is_not(None),
            Visit.started_at == newest,
        )
        .order_by(Visit.next_try_on, Premises.address)
        .limit(20)
    )
    return [(row[0], row[1]) for row in found]


@dataclass(frozen=True)
class Planned:
    """An assignment with its premises, the deputy's name and how far it is: visited only when the visit was handed in."""

    row: Assignment
    premises: Premises
    deputy: str
    visited: bool

    @property
    def under_way(self) -> bool:
        return self.row.visit_id is not None and not self.visited


def assignments_in(scope: Scope, since: date) -> Sequence[Planned]:
    """Assignments from a day on in a supervisor's area."""
    statement = (
        with_place(
            select(Assignment, Premises, Person.name, Visit.submitted_at).select_from(Assignment),
            Assignment.premises_id,
        )
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(Visit, Visit.id == Assignment.visit_id)
        .where(Assignment.on_day >= since, Assignment.cancelled_at.is_(None))
    )
    if not scope.whole_district:
        statement = statement.where(Premises.area_id.in_(scope.area_ids))
    rows = db.session.execute(statement.order_by(Assignment.on_day, Person.name).limit(200))
    return [Planned(row[0], row[1], row[2], row[3] is not None) for row in rows]


def numbers_on(scope: Scope, day: date) -> dict[str, ScalarSelect[int]]:
    """How many places of a supervisor's area are `assigned` for a day, how many of them were `visited` and handed in, and how many
    are `under_way`, as parts of a statement."""
    of_day = (
        with_place(select(func.count()).select_from(Assignment), Assignment.premises_id)
        .outerjoin(Visit, Visit.id == Assignment.visit_id)
        .where(Assignment.on_day == day, Assignment.cancelled_at.is_(None))
    )
    if not scope.whole_district:
        of_day = of_day.where(Premises.area_id.in_(scope.area_ids))
    begun = of_day.where(Visit.submitted_at.is_(None), Assignment.visit_id.is_not(None))
    handed_in = of_day.where(Visit.submitted_at.is_not(None))
    asked = {"assigned": of_day, "visited": handed_in, "under_way": begun}
    return {name: statement.scalar_subquery() for name, statement in asked.items()}


def load_assignment(scope: Scope, assignment_id: UUID) -> Assignment:
    """An assignment of premises in the supervisor's area. Raises NotThere."""
    row = db.session.scalar(
        select(Assignment)
        .join(Premises, Premises.id == Assignment.premises_id)
        .where(Assignment.id == assignment_id, visible(scope))
    )
    if row is None:
        raise NotThere
    return row
