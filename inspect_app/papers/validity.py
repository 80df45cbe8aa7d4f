"""How papers stand today, which files want a stamp, and what a seal holds of a paper. Reads only."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, literal_column, or_, select
from sqlalchemy.orm import aliased

from inspect_app.hazards.events import IS_REOPENED, Event
from inspect_app.kernel.database import db

from .kinds import codes
from .models import Paper, PaperLine, PaperStamp
from .standing import STAMPS, PaperStanding, standing

# Literal SQL, so that SQLite uses the partial index: reopenings are few among all events.
IS_REOPENING: ColumnElement[bool] = literal_column(f"hazard_event.{IS_REOPENED}")


def _reports_end() -> ColumnElement[bool]:
    return Paper.kind.in_(codes(lambda kind: kind.reports_end))


def _reopened() -> ColumnElement[bool]:
    """Whether a paper that reported an end is about a hazard that was opened again since: read from the chains."""
    return (
        select(Event.id)
        .join(PaperLine, PaperLine.hazard_id == Event.hazard_id)
        .where(PaperLine.paper_id == Paper.id, IS_REOPENING, Event.at > Paper.frozen_at)
        .exists()
    )


def _replaced() -> ColumnElement[bool]:
    newer = aliased(Paper)
    return select(newer.id).where(newer.replaces_id == Paper.id).exists()


def is_now(how: PaperStanding) -> ColumnElement[bool]:
    """The condition under which a paper stands so today; `standing` says the same of one that is at hand."""
    void, replaced, lapsed = Paper.state == "void", _replaced(), and_(_reports_end(), _reopened())
    return {
        PaperStanding.REPLACED: replaced,
        PaperStanding.VOID: and_(void, ~replaced),
        PaperStanding.LAPSED: and_(lapsed, ~void, ~replaced),
        PaperStanding.STANDS: and_(~void, ~replaced, ~lapsed),
    }[how]


def standings(papers: Iterable[Paper]) -> dict[UUID, PaperStanding]:
    """How each of these papers stands today: two statements for any number of them."""
    rows = {paper.id: paper for paper in papers}
    if not rows:
        return {}
    replaced = set(db.session.scalars(select(Paper.replaces_id).where(Paper.replaces_id.in_(rows))))
    reopened = set(db.session.scalars(select(Paper.id).where(Paper.id.in_(rows), _reports_end(), _reopened())))
    return {
        identity: standing(paper.state, replaced=identity in replaced, reopened=identity in reopened)
        for identity, paper in rows.items()
    }


def replaced_by(paper: Paper) -> Paper | None:
    """The paper that took the place of this one."""
    return db.session.scalar(select(Paper).where(Paper.replaces_id == paper.id))


def stamp(paper_id: UUID, words: str) -> str | None:
    """The hash of the stamped copy of a paper's file; None while the worker has not made it."""
    return db.session.scalar(
        select(PaperStamp.file_sha256).where(PaperStamp.paper_id == paper_id, PaperStamp.words == words)
    )


def unstamped(limit: int) -> Sequence[tuple[UUID, str, str]]:
    """(paper, hash of its file, words) of papers that no longer stand and have no copy with these words yet."""
    replaced = _replaced()
    reopened = select(PaperLine.paper_id).join(Event, PaperLine.hazard_id == Event.hazard_id).where(IS_REOPENING)
    words = case(
        (replaced, STAMPS[PaperStanding.REPLACED]),
        (Paper.state == "void", STAMPS[PaperStanding.VOID]),
        else_=STAMPS[PaperStanding.LAPSED],
    )
    lapsed = and_(Paper.id.in_(reopened), _reports_end(), _reopened())
    rows = db.session.execute(
        select(Paper.id, Paper.file_sha256, words)
        .where(Paper.file_sha256.is_not(None), or_(replaced, Paper.state == "void", lapsed))
        .where(~select(PaperStamp.words).where(PaperStamp.paper_id == Paper.id, PaperStamp.words == words).exists())
        .order_by(Paper.frozen_at)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def sealed_facts(paper: Paper) -> dict[str, Any]:
    """What a seal holds of a paper, as it stands in the database now."""
    rows = db.session.execute(
        select(PaperLine.hazard_id, PaperLine.due_on).where(PaperLine.paper_id == paper.id).order_by(PaperLine.position)
    )
    return {
        "kind": paper.kind,
        "number": paper.number,
        "issuer": str(paper.issuer_id),
        "year": paper.year,
        "serial": paper.serial,
        "premises": str(paper.premises_id),
        "visit": str(paper.visit_id) if paper.visit_id else None,
        "issued_on": paper.issued_on.isoformat(),
        "mark": paper.mark,
        "code": paper.code,
        "content_sha256": paper.content_sha256,
        "lines": [[str(row.hazard_id), row.due_on.isoformat() if row.due_on else None] for row in rows],
        "replaces": str(paper.replaces_id) if paper.replaces_id else None,
        "file_sha256": paper.file_sha256,
    }
