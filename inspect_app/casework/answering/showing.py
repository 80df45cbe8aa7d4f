"""What stands behind the code of a paper: how each line is now, read for all lines at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.evidence.models import Photo
from inspect_app.hazards.events import Event, EventWords
from inspect_app.hazards.models import Hazard, HazardRequest, MendingRound
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.hazards.rules import State, Step
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.spoken_dates import date_cn, date_full, datetime_cn
from inspect_app.papers import queries, validity
from inspect_app.papers.holders import PaperAnswer
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.models import Paper
from inspect_app.papers.standing import PaperStanding

from .receiving import takes_answers
from .rules import Heading, HeadingWords, HolderAnswer, LineCase, LineStands, LookVerdict, heading, nearest_due, stands


@dataclass(frozen=True)
class LineShown:
    """One line as its holder sees it."""

    position: int
    title: str
    to_do: str
    until: str  # the day by which it is to be done, as it is said; empty where it is not to be done any more
    has_photo: bool
    seen_on: str  # what stands beneath the photo of then
    stands: LineStands


@dataclass(frozen=True)
class PaperShown:
    """A paper as its holder sees it today."""

    standing: PaperStanding
    answerable: bool
    lines: Sequence[LineShown] = ()
    heading: Heading | None = None
    gone: str = ""  # what was heard of the whole paper
    states: Mapping[str, State] = field(default_factory=dict)  # by the id of the hazard
    due: Mapping[str, date | None] = field(default_factory=dict)

    @property
    def waits_for_holder(self) -> bool:
        """Whether something on it is still to be done by its holder."""
        return any(line.stands.waits_for_holder for line in self.lines)


def show(paper: Paper) -> PaperShown:
    """Everything the page says; the same number of statements for any number of lines."""
    standing = validity.standings([paper])[paper.id]
    rows = queries.lines(paper)
    states = {str(hazard.id): State(hazard.state) for _, hazard in rows}
    printed = {str(hazard.id): line.due_on for line, hazard in rows}
    if not takes_answers(paper, standing):
        return PaperShown(standing, False, states=states, due=printed)
    hazards = {hazard.id: hazard for _, hazard in rows}
    answers = _answers(paper)
    verdicts, unreadable = _verdicts(hazards), _unreadable(paper)
    due = [_due(line.due_on, hazard) for line, hazard in rows]
    stand = [
        stands(
            LineCase(
                State(hazard.state),
                hazard.round_number,
                answers.get(hazard.id, ()),
                verdicts.get(hazard.id),
                unreadable.get(hazard.id, 0),
            )
        )
        for _, hazard in rows
    ]
    content = {line["hazard"]: line for line in paper.content.get("lines") or ()}
    kind = KINDS[paper.kind]
    words = HeadingWords(
        nearest=date_full(nearest_due(stand, due)),
        date=kind.public.date,
        done=kind.public.done.format(n=len(stand)),
        orders=paper.content["issuer"] if kind.is_order else "",
    )
    head = heading(stand, due, clock.today(), words)
    lines = [
        _line(row.position, content[str(hazard.id)], hazard, on, line)
        for (row, hazard), on, line in zip(rows, due, stand, strict=True)
    ]
    return PaperShown(standing, True, lines, head, _gone(answers.get(None, ())), states, printed)


def _due(printed: date | None, hazard: Hazard) -> date | None:
    """The printed day, or a later one that was agreed since: nobody is held to an earlier one than stands on their sheet."""
    return max((day for day in (printed, hazard.mending_on) if day), default=None)


def _line(position: int, content: Mapping[str, Any], hazard: Hazard, due: date | None, stand: LineStands) -> LineShown:
    return LineShown(
        position=position,
        title=content["title"],
        to_do=content.get("advice") or content.get("words") or "",
        until=date_full(due) if due and stand.waits_for_holder else "",
        has_photo=bool(content.get("photos")),
        seen_on=f"{date_cn(hazard.found_at)}看到的",
        stands=stand,
    )


def _gone(answers: Sequence[HolderAnswer]) -> str:
    said = next(iter(answers), None)
    return f"收到您的话了，{said.at}，回执 {said.receipt}：这里已经不归您管。会有人来核实。" if said else ""


def _answers(paper: Paper) -> dict[UUID | None, list[HolderAnswer]]:
    """The holder's answers by line, newest first, with what became of what they ask."""
    found: dict[UUID | None, list[HolderAnswer]] = {}
    rows = db.session.execute(
        select(PaperAnswer, HazardRequest)
        .outerjoin(HazardRequest, HazardRequest.id == PaperAnswer.request_id)
        .where(PaperAnswer.paper_id == paper.id)
        .order_by(PaperAnswer.answered_at.desc(), PaperAnswer.id.desc())
    )
    for answer, request in rows:
        found.setdefault(answer.hazard_id, []).append(
            HolderAnswer(
                answer.what,
                datetime_cn(answer.answered_at),
                answer.receipt,
                answer.round_number,
                date_cn(answer.until) if answer.until else "",
                asks=request is not None,
                outcome=(request.outcome or "") if request else "",
                reply=request.answer if request else "",
            )
        )
    return found


def _verdicts(hazards: Mapping[UUID, Hazard]) -> dict[UUID, LookVerdict]:
    """The newest verdict on each hazard; of one that passed and was sent back, why."""
    found: dict[UUID, LookVerdict] = {}
    rows = select(MendingRound).where(MendingRound.hazard_id.in_(hazards), MendingRound.outcome.is_not(None))
    for row in db.session.scalars(rows.order_by(MendingRound.number)):
        on = date_cn(row.verified_at)
        found[row.hazard_id] = LookVerdict(row.number, row.outcome == "pass", row.opinion, on)
    sent_back = [id for id, one in found.items() if one.passed and one.round_number == hazards[id].round_number - 1]
    for hazard_id, why in _why_sent_back(sent_back).items():
        one = found[hazard_id]
        found[hazard_id] = LookVerdict(one.round_number, True, why, one.on)
    return found


def _unreadable(paper: Paper) -> dict[UUID, int]:
    """How many photos of its holder that still count on each hazard the decoder could not open."""
    rows = db.session.execute(
        select(HazardPhoto.hazard_id, func.count().label("photos"))
        .join(Photo, Photo.id == HazardPhoto.photo_id)
        .where(Photo.paper_id == paper.id, Photo.refused_reason.is_not(None), HazardPhoto.dropped.is_(None))
        .group_by(HazardPhoto.hazard_id)
    )
    return {row.hazard_id: row.photos for row in rows}


def _why_sent_back(hazard_ids: Sequence[UUID]) -> dict[UUID, str]:
    if not hazard_ids:
        return {}
    rows = db.session.execute(
        select(Event.hazard_id, EventWords.words)
        .join(EventWords, EventWords.event_id == Event.id)
        .where(Event.hazard_id.in_(hazard_ids), Event.step == Step.RETURN)
        .order_by(Event.seq)
    )
    return {row.hazard_id: str((row.words or {}).get("reason") or "") for row in rows}
