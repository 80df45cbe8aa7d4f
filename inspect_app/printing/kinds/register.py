"""隐患台账: every hazard of a selection in one table, A3 across."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from inspect_app.hazards import register
from inspect_app.hazards.register import RegisterRow
from inspect_app.hazards.rules import GRADE_NAMES, STATE_NAMES, STEP_NAMES, Grade, State, Step
from inspect_app.kernel import clock
from inspect_app.papers.kinds import Geometry
from inspect_app.people.rules import Scope

from ..entry import LeftOut, PartAsked, PrintKind, SheetToDraw

MOST_ROWS = 5000  # 250 sheets of A3


def part(hazard_ids: Sequence[UUID], words: str) -> PartAsked:
    """The part that prints these hazards; `words` say what they have in common."""
    about = {"hazards": [str(one) for one in hazard_ids], "words": words}
    return PartAsked(ENTRY.code, about, "隐患台账", day=clock.today())


def make(scope: Scope, about: Mapping[str, Any]) -> SheetToDraw:
    """The register as its hazards stand now; those that are out of sight by now are not in it."""
    rows = register.registered(scope, [UUID(one) for one in about["hazards"]])
    if not rows:
        raise LeftOut("这些隐患现在不在您能看的范围里了")
    values = {
        "office": scope.organisation_name,
        "words": about["words"],
        "total": len(rows),
        "on": clock.today().isoformat(),
    }
    return SheetToDraw("register", values, Geometry.WIDE, [_row(row) for row in rows])


def _row(row: RegisterRow) -> dict[str, str]:
    hazard = row.hazard
    return {
        "number": hazard.number,
        "place": row.place,
        "address": row.address,
        "title": hazard.title,
        "spot": hazard.spot,
        "grade": GRADE_NAMES[Grade(hazard.grade)],
        "found": clock.local_date(hazard.found_at).isoformat(),
        "office": row.handler or "未定",
        "due": hazard.due_on.isoformat() if hazard.due_on else "",
        "state": STATE_NAMES[State(hazard.state)],
        "step": f"{STEP_NAMES[Step(hazard.last_step)]} {clock.local_date(hazard.last_event_at).isoformat()}",
        "settled": hazard.settled_on.isoformat() if hazard.settled_on else "",
    }


ENTRY = PrintKind(code="register", unit="份", make=make)
