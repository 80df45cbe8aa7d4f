"""Reads of papers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from inspect_app.hazards.clocks import SERVICE_DAYS, before_working_days
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.queries import visible
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.workdays import published_calendar
from inspect_app.people.rules import Scope
from inspect_app.visits import queries as visits

from .kinds import codes
from .models import MOST_ATTEMPTS, Paper, PaperLine, Service
from .service import Result


def of_hazard(hazard_id: UUID) -> Sequence[Paper]:
    """The papers a hazard stands on, newest first."""
    return db.session.scalars(
        select(Paper)
        .join(PaperLine, PaperLine.paper_id == Paper.id)
        .where(PaperLine.hazard_id == hazard_id)
        .order_by(Paper.frozen_at.desc())
    ).all()


def load(scope: Scope, paper_id: UUID) -> Paper:
    """A paper on which a hazard stands that this person may see; one of a visit that found nothing, for whoever sees the
    visit. Raises NotThere."""
    paper = db.session.scalar(
        select(Paper)
        .where(Paper.id == paper_id)
        .where(
            select(PaperLine.paper_id)
            .join(Hazard, Hazard.id == PaperLine.hazard_id)
            .where(PaperLine.paper_id == Paper.id, visible(scope))
            .exists()
        )
    )
    return paper or _of_a_visit_without_findings(scope, paper_id)


def _of_a_visit_without_findings(scope: Scope, paper_id: UUID) -> Paper:
    paper = db.session.get(Paper, paper_id)
    if paper is None or paper.visit_id is None or lines(paper):
        raise NotThere
    visits.load(scope, paper.visit_id)
    return paper


def of_visit(visit_id: UUID) -> Sequence[Paper]:
    """The papers that were made of a visit, in the order in which they were."""
    return db.session.scalars(select(Paper).where(Paper.visit_id == visit_id).order_by(Paper.frozen_at)).all()


def lines(paper: Paper) -> Sequence[tuple[PaperLine, Hazard]]:
    """The lines of a paper in order, with their hazards."""
    rows = db.session.execute(
        select(PaperLine, Hazard)
        .join(Hazard, Hazard.id == PaperLine.hazard_id)
        .where(PaperLine.paper_id == paper.id)
        .order_by(PaperLine.position)
    )
    return [(row[0], row[1]) for row in rows]


def hazards_on(paper_id: UUID) -> Sequence[UUID]:
    """The ids of the hazards on a paper, in the order of its lines."""
    return db.session.scalars(
        select(PaperLine.hazard_id).where(PaperLine.paper_id == paper_id).order_by(PaperLine.position)
    ).all()


def stuck(limit: int = 50) -> Sequence[Paper]:
    """Papers whose drawing failed too often, the oldest first, of the whole installation."""
    return db.session.scalars(
        select(Paper)
        .where(Paper.state == "issuing", Paper.attempts >= MOST_ATTEMPTS)
        .order_by(Paper.frozen_at)
        .limit(limit)
    ).all()


def served(paper_id: UUID) -> Service | None:
    """The service of a paper that counts."""
    return next((row for row in services(paper_id) if row.counts), None)


# A service that counts, as SQL; Service.counts says the same of a row.
COUNTS = or_(Service.result.is_(None), Service.result == Result.SERVED) & Service.corrected_at.is_(None)


def services_of(papers: Sequence[Paper]) -> dict[UUID, list[Service]]:
    """What was recorded of bringing each paper, in the order of the record."""
    found: dict[UUID, list[Service]] = {paper.id: [] for paper in papers}
    if not found:
        return found
    rows = select(Service).where(Service.paper_id.in_(found)).order_by(Service.recorded_at, Service.id)
    for row in db.session.scalars(rows):
        found[row.paper_id].append(row)
    return found


def services(paper_id: UUID) -> Sequence[Service]:
    return db.session.scalars(select(Service).where(Service.paper_id == paper_id).order_by(Service.served_at)).all()


def unserved(scope: Scope) -> Select[UUID]:
    """Ids of open hazards within scope on an issued paper that nobody has served 5 working days after its date.

    Whatever was tried: an attempt or 告知 is no service. A kind from whose service nothing runs is not waited for.
    """
    cut = before_working_days(clock.today(), SERVICE_DAYS, published_calendar())
    lying = (
        select(PaperLine.hazard_id)
        .join(Paper, Paper.id == PaperLine.paper_id)
        .where(
            Paper.state == "issued",
            ~_replaced(),
            Paper.kind.in_(codes(lambda kind: kind.must_be_served)),
            Paper.issued_on <= cut,
            ~select(Service.id).where(Service.paper_id == Paper.id, COUNTS).exists(),
        )
    )
    return select(Hazard.id).where(Hazard.id.in_(lying), Hazard.settled_on.is_(None), visible(scope))


def _replaced() -> ColumnElement[bool]:
    newer = aliased(Paper)
    return select(newer.id).where(newer.replaces_id == Paper.id).exists()


def order_of(number: str) -> Paper | None:
    """The order of a number; None where it was made elsewhere."""
    orders = codes(lambda kind: kind.is_order)
    return db.session.scalar(select(Paper).where(Paper.number == number, Paper.kind.in_(orders)))


def by_mark(mark: str) -> Paper:
    """The paper behind a printed address. Raises NotThere."""
    paper = db.session.scalar(select(Paper).where(Paper.mark == mark.strip().upper()))
    if paper is None:
        raise NotThere("没有找到这张单子。请对照单子上的网址再输一次。")
    return paper
