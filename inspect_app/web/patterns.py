"""/patterns: every component in each of its states, drawn from the macros that the pages use. Only where it is developed."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from inspect_app.hazards.clocks import DueView, view
from inspect_app.hazards.rules import Ask, Grade, State, Step
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
    address: str = "示例路 1 号"
    version: int = 1

    @property
    def last_event_at(self) -> object:
        """As the row of a hazard calls it."""
        return self.last_at


@dataclass(frozen=True)
class PatternVerb:
    """A line of the card of verbs, and what is done about a row."""

    name: str
    count: int
    current: bool = False
    in_place: bool = False
    href: str = "#"

    @property
    def label(self) -> str:
        """As a row says it."""
        return self.name


@dataclass(frozen=True)
class PatternItem:
    """What a row that waits says beside what every list says."""

    hazard: PatternRow
    questioned: bool


@dataclass(frozen=True)
class PatternWaiting:
    """A hazard that waits, as its row shows it."""

    row: PatternRow
    item: PatternItem
    note: str
    verb: PatternVerb
    picked: bool
    pair: tuple[object, object]
    value: str = ""


@dataclass(frozen=True)
class PatternBatch:
    """What the bar above rows asks."""

    label: str
    asks: tuple[Ask, ...]
    options: dict[str, list[tuple[str, str]]]
    typed: dict[str, str]


VERBS = (PatternVerb("交办", 71, current=True), PatternVerb("催办", 6, in_place=True), PatternVerb("盯着别人的", 0))
BATCH = PatternBatch(
    "交办",
    (Ask("handler_id", "承办单位", "handler"), Ask("reply_days", "几个工作日内答复", "days"),
     Ask("mending_on", "建议整改期限", "date", needed=False, hint="不选就各按建议的日期"), Ask("no_paper", "理由"), Ask("words", "说一句", "area")),
    {"handler": [("1", "示例街道办事处")]},
    {"reply_days": "5"},
)  # fmt: skip


@pages.get("/patterns")
@allowed(Permission.ADMINISTER)
def gallery() -> ResponseReturnValue:
    """The page; in production the route is not there."""
    one = Refused("请写名称。", field="one-refused")
    several = together(
        [one, Refused("请选一个。", field="pick-refused"), Refused("请写清楚些。", field="more-refused")]
    )
    dues = _dues()
    rows = _rows(dues)
    return render_template(
        "patterns/gallery.html",
        one=one,
        several=several,
        dues=dues,
        rows=rows,
        verbs=VERBS,
        batch=BATCH,
        waiting=_waiting(rows),
        urged_lately=lambda hazard: hazard.number.endswith("1"),
    )


def _waiting(rows: list[PatternRow]) -> list[PatternWaiting]:
    """Rows with a link, with a button, urged lately, with a note, ticked."""
    return [
        PatternWaiting(
            row,
            PatternItem(row, questioned=number == 3),
            "等示例街道改好" if number % 2 else "",
            VERBS[number % 2],
            picked=number == 2,
            pair=(new_id(), new_id()),
        )
        for number, row in enumerate(rows[:6])
    ]


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
