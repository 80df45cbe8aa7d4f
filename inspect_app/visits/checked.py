"""When the items of premises were last really checked (合格, 不合格 or 不适用: somebody decided). 看过, 没看 and 看不准 are no
check. Written as a visit is handed in; whoever reads it reads premises, never their visits."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import Date, Insert, Text, Uuid, bindparam, case, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inspect_app.checklists import library
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.answers import verdict
from inspect_app.checklists.conditions import Verdict
from inspect_app.checklists.rules import Checklist, applicable
from inspect_app.checklists.walk import Depth
from inspect_app.kernel.bulk import each_of
from inspect_app.kernel.clock import local_date
from inspect_app.kernel.database import db, run
from inspect_app.premises.merged import ONE_PLACE
from inspect_app.premises.models import Premises

from .models import ItemChecked, Visit
from .rules import WAS_INSIDE, Merged, VisitOutcome
from .staleness import FullDue, FullWalkRule, full_due

DECIDED = (Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE)


def decided(lists: Iterable[Checklist], answers: Mapping[str, Merged]) -> set[str]:
    """Codes of the items that somebody really checked."""
    items = {item.code: item for checklist in lists for item in checklist.items if item.code in answers}
    return {code for code, item in items.items() if verdict(item, answers[code].answer.body) in DECIDED}


def record(visit: Visit, codes: Iterable[str]) -> None:
    """What a visit that counts has really checked, on the day it was made; saying it twice, or late, changes nothing. One
    statement for any number."""
    checked = sorted(codes)  # in one order: two who write at once wait for each other and not in a circle
    if checked and not visit.recused:
        shared = {"premises": visit.premises_id, "day": local_date(visit.started_at), "visit": visit.id}
        run(_recorded(db.engine.dialect.name), shared | {"codes": checked})


def whole_check_due(
    premises: Premises, rule: FullWalkRule, today: date, checked: Mapping[str, date] | None = None
) -> FullDue | None:
    """Whether premises are due for 全查, by what is asked there today. `checked` where that has been read already."""
    known = premises.facts | {"kind": premises.kind}
    lists = [checklists.asked(row.id, today) for row in checklists.current_for(premises.kind)]
    return full_due(
        rule,
        last_whole=last_whole(premises.id),
        asked={item.code for checklist in lists for item in applicable(checklist, known)},
        checked=really_checked(premises.id, today + timedelta(days=1)) if checked is None else checked,
        today=today,
    )


@cache
def _recorded(dialect: str) -> Insert:
    """The newest day and the one before it, in whatever order visits come."""
    table = ItemChecked.__table__
    rows = select(
        bindparam("premises", type_=Uuid()),
        each_of("codes", Text()),
        bindparam("day", type_=Date()),
        bindparam("visit", type_=Uuid()),
    ).where(true())  # SQLite would take ON CONFLICT for the ON of a join
    insert = (postgres_insert if dialect == "postgresql" else sqlite_insert)(table)  # type: ignore[arg-type]
    insert = insert.from_select(["premises_id", "item_code", "on_day", "visit_id"], rows)
    new, day, earlier = insert.excluded, table.c.on_day, table.c.earlier_on
    between = (new.on_day < day) & or_(earlier.is_(None), earlier < new.on_day)
    return insert.on_conflict_do_update(
        index_elements=["premises_id", "item_code"],
        set_={
            "on_day": case((new.on_day > day, new.on_day), else_=day),
            "earlier_on": case((new.on_day > day, day), (between, new.on_day), else_=earlier),
            "visit_id": case((new.on_day > day, new.visit_id), else_=table.c.visit_id),
        },
    )


_OF_PREMISES = select(ItemChecked.item_code, ItemChecked.on_day, ItemChecked.earlier_on).where(
    ItemChecked.premises_id.in_(ONE_PLACE)
)


def really_checked(premises_id: UUID, before: date) -> dict[str, date]:
    """Item code → the newest day before that one on which it was really checked here, under all its names."""
    found: dict[str, date] = {}
    aliases = library.aliases()
    for row in run(_OF_PREMISES, {"premises": premises_id}):
        day = row.on_day if row.on_day < before else row.earlier_on
        if day is None or day >= before:
            continue
        for code in aliases.kin(row.item_code):
            found[code] = max(found.get(code, day), day)
    return found


_WHOLE = select(func.max(Visit.started_at)).where(
    Visit.premises_id.in_(ONE_PLACE),
    Visit.submitted_at.is_not(None),
    Visit.outcome == str(VisitOutcome.INSPECTED),
    Visit.depth == str(Depth.FULL),
    Visit.recused.is_(False),
)


_INSIDE = select(func.max(Visit.started_at)).where(
    Visit.premises_id.in_(ONE_PLACE),
    Visit.submitted_at.is_not(None),
    Visit.outcome.in_([str(outcome) for outcome in WAS_INSIDE]),
    Visit.recused.is_(False),
)


def last_inside(premises_id: UUID) -> date | None:
    """The day of the last visit on which somebody was inside and looked."""
    at = run(_INSIDE, {"premises": premises_id}).scalar()
    return local_date(at) if at else None


def last_whole(premises_id: UUID) -> date | None:
    """The day of the last 全查 that was not broken off."""
    at = run(_WHOLE, {"premises": premises_id}).scalar()
    return local_date(at) if at else None
