"""/patterns: every component in each of its states, drawn from the macros that the pages use. Only where it is developed."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from inspect_app.hazards.clocks import DueView, view
from inspect_app.hazards.rules import Grade, State, Step
from inspect_app.hazards.vocabulary import GRADE_NAMES
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused, together
from inspect_app.kernel.ids import new_id

from .access import Permission, allowed

pages = Blueprint("patterns", __name__)
DAYS_LEFT = (-6, 0, 2, 30, None)  # one for each way in which a deadline is told


@dataclass(frozen=True)
class PatternRow:
    """A hazard as a list shows it."""

    id: object
    number: str
    title: str
    premises_name: str
    grade: Grade
    grade_name: str
    state: State
    due: DueView
    unconfirmed: bool
    handler: str
    last_at: object
    last_step: Step
    settled_on: object


@pages.get("/patterns")
@allowed(Permission.ADMINISTER)
def gallery() -> ResponseReturnValue:
    """The page; in production the route is not there."""
    one = Refused("请写名称。", field="one-refused")
    several = together(
        [one, Refused("请选一个。", field="pick-refused"), Refused("请写清楚些。", field="more-refused")]
    )
    dues = _dues()
    return render_template("patterns/gallery.html", one=one, several=several, dues=dues, rows=_rows(dues))


def _dues() -> list[DueView]:
    today = clock.today()
    return [view(None if left is None else today + timedelta(days=left), today) for left in DAYS_LEFT]


def _rows(dues: list[DueView]) -> list[PatternRow]:
    grades = tuple(Grade)
    return [
        PatternRow(
            id=new_id(),
            number=f"HZ-{number:04}",
            title="灭火器过期没有换" if number % 2 else "安全出口上了锁，门前还堆着货，推不开也绕不过去",
            premises_name="示例面馆",
            grade=grades[number % len(grades)],
            grade_name=GRADE_NAMES[grades[number % len(grades)]],
            state=state,
            due=dues[number % len(dues)],
            unconfirmed=number == 0,
            handler="" if number == 0 else "示例街道办事处",
            last_at=clock.now(),
            settled_on=clock.today(),
            last_step=Step.REPORT,
        )
        for number, state in enumerate(State)
    ]
