"""The list of an office's slips: narrowed, page by page, its pads, and the visits that a slip may be bound to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from inspect_app.hazards.models import Hazard
from inspect_app.hazards.queries import visible as hazard_visible
from inspect_app.kernel import clock
from inspect_app.kernel.columns import names_id
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.paging import Page
from inspect_app.kernel.spoken_dates import datetime_cn
from inspect_app.people.models import Person
from inspect_app.people.rules import Role, Scope
from inspect_app.premises.models import Premises
from inspect_app.premises.queries import visible as premises_visible
from inspect_app.visits.models import Visit
from inspect_app.visits.rules import VisitOutcome

from .models import BlankSlip, SlipPad
from .queries import SlipRow, rows, visible
from .rules import SlipState, read_number

MOST_VISITS = 40
_RECENT = timedelta(days=60)
_PADS = 30


@dataclass(frozen=True)
class SlipFilters:
    """What the list is narrowed to: a number as typed, a state, the slips of a pad."""

    number: str = ""
    state: str = ""
    pad_id: UUID | None = None


@dataclass(frozen=True)
class PadRow:
    """A pad with how many of its slips are still blank, and who asked for it."""

    pad: SlipPad
    made_by: str
    given_to: str
    blank: int


def _conditions(scope: Scope, filters: SlipFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [visible(scope)]
    if filters.number:
        asked = read_number(filters.number)
        found.append(BlankSlip.serial == (asked.serial if asked else -1))
        if asked and asked.year:
            found.append(BlankSlip.year == asked.year)
    if filters.state in set(SlipState):
        found.append(BlankSlip.state == filters.state)
    if filters.pad_id is not None:
        found.append(BlankSlip.pad_id == filters.pad_id)
    return found


def page(scope: Scope, filters: SlipFilters, after: str | None = None, size: int = 25) -> Page[SlipRow]:
    """One keyset page, the newest number first. Raises NotThere for an address that continues nothing."""
    statement = rows(scope).where(*_conditions(scope, filters))
    if after:
        statement = statement.where(BlankSlip.id < _cursor(after))
    read = db.session.execute(statement.order_by(BlankSlip.id.desc()).limit(size + 1)).all()
    found = [SlipRow(row[0], row[1], row[2], row[3] or "", row[4] or "", row[5]) for row in read]
    return Page(found[:size], str(found[size - 1].slip.id) if len(found) > size else None)


def count(scope: Scope, filters: SlipFilters) -> int:
    """How many slips a filter finds."""
    found = select(func.count()).select_from(BlankSlip).where(*_conditions(scope, filters))
    return db.session.scalar(found) or 0


def _cursor(after: str) -> UUID:
    try:
        return UUID(after)
    except ValueError:
        raise NotThere from None


def pads(scope: Scope) -> Sequence[PadRow]:
    """The newest pads of one's own office, the newest first."""
    asked, given = select(Person.name), select(Person.name)
    blank = select(func.count()).where(BlankSlip.pad_id == SlipPad.id, BlankSlip.state == SlipState.BLANK)
    read = db.session.execute(
        select(
            SlipPad,
            asked.where(Person.id == SlipPad.made_by_person_id).correlate(SlipPad).scalar_subquery(),
            given.where(Person.id == SlipPad.given_to_person_id).correlate(SlipPad).scalar_subquery(),
            blank.correlate(SlipPad).scalar_subquery(),
        )
        .where(SlipPad.issuer_id == scope.organisation_id)
        .order_by(SlipPad.made_at.desc(), SlipPad.id.desc())
        .limit(_PADS)
    )
    return [PadRow(row[0], row[1] or "", row[2] or "", row[3]) for row in read]


def recent_visits(scope: Scope) -> list[tuple[str, str]]:
    """(id, words) of the visits of two months that somebody may bind a slip to, the newest first: a deputy those of their own."""
    read = db.session.execute(
        select(Visit.id, Visit.started_at, Premises.name, Person.name)
        .join(Premises, Premises.id == Visit.premises_id)
        .join(Person, Person.id == Visit.person_id)
        .where(_own(scope), Visit.started_at > clock.now() - _RECENT)
        .where(or_(Visit.outcome.is_(None), Visit.outcome != str(VisitOutcome.VOID)))
        .order_by(Visit.started_at.desc(), Visit.id.desc())
        .limit(MOST_VISITS)
    )
    return [(str(row[0]), f"{datetime_cn(row[1])} {row[2]}（{row[3]}）") for row in read]


def _own(scope: Scope) -> ColumnElement[bool]:
    if scope.role is Role.DEPUTY:
        return or_(Visit.person_id == scope.person_id, names_id(Visit.companions, scope.person_id))
    return premises_visible(scope)


def visit_of_hazard(scope: Scope, number: str) -> UUID:
    """The visit on which a hazard was found whose number somebody typed. Raises Refused naming the field."""
    found = db.session.execute(
        select(Hazard.visit_id).where(hazard_visible(scope), Hazard.number == "".join(number.split()).upper())
    ).first()
    if found is None:
        raise Refused("没有找到这个隐患编号，请对照隐患那一页再写一次。", field="hazard_number")
    if found.visit_id is None:
        raise Refused("这件隐患不是走访时登记的，空白单记不上去。请选一次走访。", field="hazard_number")
    visit_id: UUID = found.visit_id
    return visit_id
