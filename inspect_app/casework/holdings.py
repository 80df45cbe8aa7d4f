"""What hangs on a place in each room, counted: shown before two places are merged. Reads."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from inspect_app.premises.merged import at_place
from inspect_app.slips.models import BlankSlip
from inspect_app.visits.models import Visit


@dataclass(frozen=True)
class Holdings:
    """How many of each there are at a place, what was merged into it included."""

    open_hazards: int
    hazards: int
    visits: int
    papers: int
    slips: int

    def words(self) -> list[tuple[str, str]]:
        """What a page says of each, in its order."""
        return [
            ("没有销号的隐患", f"{self.open_hazards} 件"),
            ("全部隐患", f"{self.hazards} 件"),
            ("走访", f"{self.visits} 次"),
            ("文书", f"{self.papers} 份"),
            ("手写单", f"{self.slips} 张"),
        ]


def holdings_of(premises_id: UUID) -> Holdings:
    """Counted in one statement; scans hang on papers and slips and are counted with them."""
    open_ones = _number(Hazard.id, at_place(Hazard.premises_id, premises_id), Hazard.settled_on.is_(None))
    slips = (
        select(func.count(BlankSlip.id))
        .join(Visit, Visit.id == BlankSlip.visit_id)
        .where(at_place(Visit.premises_id, premises_id))
        .scalar_subquery()
    )
    row = db.session.execute(
        select(
            open_ones,
            _number(Hazard.id, at_place(Hazard.premises_id, premises_id)),
            _number(
                Visit.id,
                at_place(Visit.premises_id, premises_id),
                or_(Visit.outcome.is_(None), Visit.outcome != "void"),
            ),
            _number(Paper.id, at_place(Paper.premises_id, premises_id)),
            slips,
        )
    ).one()
    return Holdings(*(int(value or 0) for value in row))


def _number(column: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.count(column)).where(*conditions).scalar_subquery()
