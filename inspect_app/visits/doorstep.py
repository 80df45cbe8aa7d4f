"""What a colleague would tell at the door: the last visit of premises, what is open there, which items failed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, func, select

from inspect_app.checklists import library
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import State
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hints import walking
from inspect_app.people.rules import Scope
from inspect_app.premises.merged import at_place, standing_ids, with_place
from inspect_app.premises.models import Premises
from inspect_app.premises.queries import visible

from .models import Visit
from .queries import answers
from .rules import WAS_INSIDE, VisitOutcome

_COUNTS = (Visit.submitted_at.is_not(None), Visit.outcome != str(VisitOutcome.VOID), Visit.recused.is_(False))
LastVisit = Row[UUID, UUID, datetime, str | None]  # id, premises, when it began, outcome


@dataclass(frozen=True)
class AtTheDoor:
    """What a colleague would tell before one goes in."""

    last_on: date | None  # of the last visit that happened
    last_outcome: str
    found_then: int
    open: int
    to_verify: int
    due_on: date | None  # the nearest date of what is open


def at_the_door(premises_ids: Iterable[UUID]) -> dict[UUID, AtTheDoor]:
    """For each of the premises: the last visit and what it found, what is open and waits. Four statements for any number."""
    ids = set(premises_ids)
    rows = standing_ids(ids)  # those merged into one of them tell of it as well
    last: dict[UUID, LastVisit] = {}
    for row in sorted(_last_visits(set(rows)), key=lambda row: row.started_at):
        last[rows[row.premises_id]] = row
    found = _hazards_found_in({row.id for row in last.values()})
    opened: dict[UUID, list[tuple[str, date | None]]] = {}
    for place, hazards in _open_at(set(rows)).items():
        opened.setdefault(rows[place], []).extend(hazards)
    asked = {one: rows.get(one, one) for one in ids}
    return {one: _told(last.get(root), found, opened.get(root, [])) for one, root in asked.items()}


def _last_visits(premises_ids: set[UUID]) -> Sequence[LastVisit]:
    """The newest visit handed in of each of the premises; one that 回避 kept out of account, or that was thrown away, is none."""
    newest = (
        select(Visit.premises_id, func.max(Visit.started_at).label("at"))
        .where(Visit.premises_id.in_(premises_ids), *_COUNTS)
        .group_by(Visit.premises_id)
        .subquery()
    )
    return db.session.execute(
        select(Visit.id, Visit.premises_id, Visit.started_at, Visit.outcome)
        .join(newest, (newest.c.premises_id == Visit.premises_id) & (newest.c.at == Visit.started_at))
        .where(*_COUNTS)
    ).all()


def _hazards_found_in(visit_ids: set[UUID]) -> dict[UUID, int]:
    return {
        row.visit_id: row.n
        for row in db.session.execute(
            select(Hazard.visit_id, func.count().label("n"))
            .where(Hazard.visit_id.in_(visit_ids))
            .group_by(Hazard.visit_id)
        )
    }


def _open_at(premises_ids: set[UUID]) -> dict[UUID, list[tuple[str, date | None]]]:
    """State and due day of what is open at each of the premises."""
    opened: dict[UUID, list[tuple[str, date | None]]] = {}
    for premises_id, state, due_on in db.session.execute(
        select(Hazard.premises_id, Hazard.state, Hazard.due_on).where(
            Hazard.premises_id.in_(premises_ids), Hazard.settled_on.is_(None)
        )
    ):
        opened.setdefault(premises_id, []).append((state, due_on))
    return opened


def open_in(scope: Scope) -> Sequence[Row[UUID, int, int, date | None]]:
    """Each place of somebody's area where something is open: how much, how much of it waits to be verified, the nearest date.
    One statement over an index of what is open; what was found at a merged place counts at the one that stands."""
    waits = case((Hazard.state == str(State.AWAITING_VERIFICATION), 1), else_=0)
    statement: Any = with_place(
        select(Premises.id, func.count(), func.sum(waits), func.min(Hazard.due_on)).select_from(Hazard),
        Hazard.premises_id,
    ).where(Hazard.settled_on.is_(None), visible(scope))
    if not scope.whole_district:
        statement = statement.where(Hazard.area_id.in_(scope.area_ids))
    walked = walking(statement, Hazard.__table__, "ix_hazard_open_by_found")
    return db.session.execute(walked.group_by(Premises.id).order_by(Premises.id)).all()


def _told(last: LastVisit | None, found: Mapping[UUID, int], now_open: Sequence[tuple[str, date | None]]) -> AtTheDoor:
    return AtTheDoor(
        last_on=clock.local_date(last.started_at) if last else None,
        last_outcome=str(last.outcome or VisitOutcome.INSPECTED) if last else "",
        found_then=found.get(last.id, 0) if last else 0,
        open=len(now_open),
        to_verify=sum(state == State.AWAITING_VERIFICATION for state, _ in now_open),
        due_on=min((due for _, due in now_open if due), default=None),
    )


def failed_before(visit: Visit) -> dict[str, date]:
    """Item code → the day it last failed at these premises, of items whose newest earlier answer is 不合格."""
    return failed_at(visit.premises_id, visit.started_at, besides=visit.id)


def failed_at(
    premises_id: UUID, before: datetime, *, besides: UUID | None = None, visits_back: int = 3
) -> dict[str, date]:
    """The same for premises at an instant, whatever visit comes next."""
    earlier = db.session.execute(
        select(Visit.id, Visit.started_at)
        .where(
            at_place(Visit.premises_id, premises_id),
            Visit.submitted_at.is_not(None),
            Visit.started_at < before,
            Visit.outcome.in_(WAS_INSIDE),
            Visit.recused.is_(False),
            *([Visit.id != besides] if besides else []),
        )
        .order_by(Visit.started_at.desc())
        .limit(visits_back)
    ).all()
    seen: dict[str, tuple[str, date]] = {}
    for row in earlier:
        judged = {code: str(merged.answer.value) for code, merged in answers(row.id).items()}
        for value in ("fail", "pass"):  # of two items that became one, the one that failed
            for code in (code for code, said in judged.items() if said == value):
                for name in library.aliases().kin(code):
                    if judged.get(name, value) == value:  # answered by itself on that visit
                        seen.setdefault(name, (value, clock.local_date(row.started_at)))
    return {code: day for code, (value, day) in seen.items() if value == "fail"}
