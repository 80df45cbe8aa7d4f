"""The list of papers: what it is narrowed to, its rows page by page, and all of them for a printer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from inspect_app.hazards.filters import Filters, chosen
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.queries import visible
from inspect_app.hazards.register import MOST_COUNTED
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.hints import by_id
from inspect_app.kernel.paging import Page
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Scope
from inspect_app.premises.merged import at_place, with_place
from inspect_app.premises.models import Premises

from . import validity
from .models import Paper, PaperLine, PaperSeries
from .standing import PaperStanding

BEING_MADE = "making"  # beside the standings: it has its number and no file yet


@dataclass(frozen=True)
class PaperFilters:
    """What the list is narrowed to. `hazards`: only papers on which one of those stands."""

    kind: str = ""
    since: date | None = None
    until: date | None = None
    issuer_id: UUID | None = None
    premises_id: UUID | None = None
    standing: str = ""
    hazards: Filters | None = None


@dataclass(frozen=True)
class PaperRow:
    """A paper as a list shows it."""

    paper: Paper
    place: str
    issuer: str
    standing: PaperStanding
    hazard_id: UUID  # one on it that the reader may see


def page(scope: Scope, filters: PaperFilters, after: str | None = None, size: int = 25) -> Page[PaperRow]:
    """One keyset page, the newest first. Raises NotThere for an address that continues nothing."""
    statement = _found(scope, filters)
    if after:
        statement = statement.where(Paper.id < _cursor(after))
    rows = _rows(scope, statement.order_by(Paper.id.desc()).limit(size + 1))
    return Page(rows[:size], str(rows[size - 1].paper.id) if len(rows) > size else None)


def all_of(scope: Scope, filters: PaperFilters, most: int) -> Sequence[PaperRow]:
    """Up to `most` of them in the order of their numbers, as a stack is checked against a list."""
    order = (Organisation.name, Paper.kind, Paper.year, Paper.serial)
    return _rows(scope, _found(scope, filters).order_by(*order).limit(most))


def count(scope: Scope, filters: PaperFilters) -> int:
    """How many papers a filter finds; MOST_COUNTED + 1 stands for more than can be counted at once."""
    found = select(Paper.id).where(*_conditions(scope, filters)).limit(MOST_COUNTED + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def issuers() -> Sequence[Organisation]:
    """The offices that have issued anything."""
    numbered = select(PaperSeries.organisation_id)
    return db.session.scalars(
        select(Organisation).where(Organisation.id.in_(numbered)).order_by(Organisation.name)
    ).all()


def _found(scope: Scope, filters: PaperFilters) -> Select[Paper, str, str]:
    return (
        with_place(select(Paper, Premises.name, Organisation.short_name).select_from(Paper), Paper.premises_id)
        .join(Organisation, Organisation.id == Paper.issuer_id)
        .where(*_conditions(scope, filters))
    )


def _rows(scope: Scope, statement: Select[Paper, str, str]) -> list[PaperRow]:
    found = db.session.execute(statement).all()
    papers = [row[0] for row in found]
    how = validity.standings(papers)
    lines = (
        select(PaperLine.paper_id, PaperLine.hazard_id)
        .where(PaperLine.paper_id.in_([paper.id for paper in papers]), _of_a_hazard(visible(scope)))
        .order_by(PaperLine.position.desc())
    )
    first: dict[UUID, UUID] = {row.paper_id: row.hazard_id for row in db.session.execute(by_id(lines, Hazard))}
    return [PaperRow(paper, place, issuer, how[paper.id], first[paper.id]) for paper, place, issuer in found]


def _of_a_hazard(*seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the hazard of a line is one of those: asked line by line, or SQLite reads all hazards of the reader's area first."""
    return select(Hazard.id).where(Hazard.id == PaperLine.hazard_id, *seen).correlate(PaperLine).exists()


def _conditions(scope: Scope, filters: PaperFilters) -> list[ColumnElement[bool]]:
    """Whoever may see a hazard on a paper may see the paper, as where one is opened (queries.load)."""
    seen = (visible(scope),) if filters.hazards is None else chosen(scope, filters.hazards).conditions
    lines = select(PaperLine.paper_id).where(_of_a_hazard(*seen))
    # Each paper is held against its own lines, and not against all lines that there are.
    parts: list[ColumnElement[bool]] = [lines.where(PaperLine.paper_id == Paper.id).correlate(Paper).exists()]
    if filters.kind:
        parts.append(Paper.kind == filters.kind)
    if filters.since:
        parts.append(Paper.issued_on >= filters.since)
    if filters.until:
        parts.append(Paper.issued_on <= filters.until)
    if filters.issuer_id:
        parts.append(Paper.issuer_id == filters.issuer_id)
    if filters.premises_id:
        parts.append(at_place(Paper.premises_id, filters.premises_id))
    if filters.standing == BEING_MADE:
        parts.append(Paper.state == "issuing")
    elif filters.standing in set(PaperStanding):
        parts += [Paper.state != "issuing", validity.is_now(PaperStanding(filters.standing))]
    return parts


def _cursor(after: str) -> UUID:
    try:
        return UUID(after)
    except ValueError:
        raise NotThere from None
