"""The page of one hazard as a value: what the reader sees of a dossier and which buttons there are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar
from uuid import UUID

from inspect_app.casework.answering.receiving import takes_answers
from inspect_app.casework.dossier import case_standing, next_step, photo_questions
from inspect_app.casework.dossier import log_words as hazard_log
from inspect_app.casework.dossier.case_standing import NextStep
from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.casework.dossier.life import ClockShown, Point, clocks_shown, life
from inspect_app.hazards.chain import ChainFault
from inspect_app.hazards.flags import Looked
from inspect_app.hazards.gallery import Gallery
from inspect_app.hazards.models import Hazard, HazardRequest
from inspect_app.hazards.named import Names
from inspect_app.hazards.rules import (
    CONFIRMS,
    OF_THE_DATE,
    State,
    Step,
    named,
    open_steps,
    why_not_close,
    why_not_verify,
)
from inspect_app.kernel.errors import Refused
from inspect_app.papers.models import Paper, Service
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Role
from inspect_app.premises.models import Premises
from inspect_app.premises.rules import PARTY_ROLES

from ..access import TABLE, Permission
from . import service, steps
from .sheets import Sheets, corrected_after, sheets_shown
from .steps.inputs import OfferedForm
from .steps.on_behalf import OnBehalf

# The log's newest lines stand open, the older ones behind a fold.
_NEWEST_LINES = 6
_CRUMBS = {"desk": ("desk.hazards", "隐患"), "responder": ("responder.inbox", "交办给我们的")}
_DECIDED = (Step.DETERMINE, Step.LIST, Step.WATCH, Step.TRANSFER, Step.TRANSFER_RESULT)


@dataclass(frozen=True)
class PageMessage:
    """What is said at the top: that a step was taken, or why not, with which form stands open and what was typed."""

    message: str = ""
    refusal: Refused | None = None
    open_step: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """What the templates of a hazard's page show."""

    dossier: Dossier
    room: str
    said: PageMessage
    panel: NextStep
    groups: Sequence[tuple[str, Sequence[str]]]
    on_behalf: Mapping[str, OnBehalf]
    requests: Sequence[HazardRequest]  # those that the panel does not tell in full
    twins: Sequence[Hazard]
    log: Sequence[hazard_log.LogEntry]
    decided: Mapping[str, Sequence[hazard_log.Detail]]
    reads_chain: bool
    photo_questions: Sequence[photo_questions.QuestionLine]
    clocks: Sequence[ClockShown]
    sheets: Sheets
    corrected: bool
    life: Sequence[Point]
    choices: Callable[[str], list[tuple[str, str]]]

    party_roles = PARTY_ROLES
    forms: ClassVar[Mapping[str, OfferedForm]] = steps.FORMS
    newest_lines = _NEWEST_LINES

    @property
    def hazard(self) -> Hazard:
        return self.dossier.hazard

    @property
    def premises(self) -> Premises:
        return self.dossier.premises

    @property
    def names(self) -> Names:
        return self.dossier.names

    @property
    def gallery(self) -> Gallery:
        return self.dossier.gallery

    @property
    def put_away(self) -> bool:
        """Of what is void or merged nothing more is recorded; of what is settled a service still is."""
        return State(self.dossier.hazard.state).is_put_away

    @property
    def services(self) -> Mapping[UUID, list[Service]]:
        return self.dossier.services

    @property
    def fault(self) -> ChainFault | None:
        return self.dossier.fault if self.reads_chain else None

    @property
    def looked(self) -> Looked | None:
        """What about the photos is to be looked at: neither who took one nor who mended reads that it is asked about."""
        return self.dossier.looked if self.room == "desk" else None

    @property
    def looks_at_photos(self) -> bool:
        return self.dossier.scope.role in TABLE[Permission.DESK]

    @property
    def sees_register(self) -> bool:
        """Whether the pages of the place and of who answers for it open for who looks."""
        return self.dossier.scope.role in TABLE[Permission.PREMISES]

    @property
    def acts_on_papers(self) -> bool:
        return self.dossier.scope.role in TABLE[Permission.PAPERS]

    def asks_holder(self, paper: Paper) -> bool:
        """Whether whoever holds the paper answers it, and so needs its code."""
        return takes_answers(paper, self.dossier.standings[paper.id])

    @property
    def heard(self) -> str:
        """How the words of the finding are called: the desk was told them, or somebody saw it."""
        return "说的" if self.dossier.origins and self.hazard.visit_id is None else "看到"

    @property
    def sees_callers(self) -> bool:
        """Whether the person who called is shown: to the desk, which asks back; to nobody else."""
        return self.dossier.scope.role is Role.SUPERVISOR

    @property
    def still_answers(self) -> Organisation | None:
        """The office that accepted it first and answers until the next one accepts; None where that is the handler."""
        first = self.hazard.first_receiver_id
        handed_on = first != self.hazard.handler_id and self.hazard.state == State.RECTIFYING
        return self.office(first) if handed_on else None

    @property
    def handler(self) -> Organisation | None:
        return self.office(self.hazard.handler_id)

    def office(self, organisation_id: UUID | None) -> Organisation | None:
        return self.dossier.register.organisations[organisation_id] if organisation_id else None

    @property
    def crumb(self) -> tuple[str, str] | None:
        return _CRUMBS.get(self.room)

    @property
    def layout(self) -> str:
        return "layouts/field.html" if self.dossier.scope.role is Role.DEPUTY else "layouts/desk.html"

    def named(self, step: str) -> str:
        """What a step is called when the reader takes it."""
        return named(step, self.dossier.me.who)


def view_of(dossier: Dossier, room: str, said: PageMessage) -> View:
    """The page of a hazard for somebody: the facts, the next step, and the buttons that they may press."""
    hazard, log, acts = dossier.hazard, dossier.log, dossier.scope.role in TABLE[Permission.HAZARD_STEPS]
    may = sorted(_may(dossier), key=lambda step: not steps.FORMS[step].loud) if acts else []
    panel = next_step.next_step(_standing(dossier, room, may))
    given_up = {row.number for row in dossier.sheets if row.state == "void"}
    unserved = service.unserved(dossier.sheets, dossier.services)
    return View(
        dossier=dossier,
        room=room,
        said=said,
        panel=panel,
        groups=next_step.groups(may, panel.steps),
        on_behalf=steps.may_record(dossier) if acts else {},
        requests=[row for row in dossier.requests if row is not panel.about],
        twins=dossier.twins if Step.ASK_MERGE in may else [],
        log=hazard_log.entries(log, dossier.names),
        decided=hazard_log.newest(log, dossier.names, *_DECIDED),
        reads_chain=dossier.scope.role in TABLE[Permission.CHAIN],
        photo_questions=photo_questions.lines(dossier.looked) if room == "desk" else [],
        clocks=clocks_shown(hazard, dossier.records.clocks, dossier.register, given_up),
        sheets=sheets_shown(dossier),
        corrected=corrected_after(dossier),
        life=life(hazard, dossier.records.rounds, log, unserved=unserved),
        choices=cache(lambda kind: steps.choices(kind, dossier)),
    )


def _may(dossier: Dossier) -> list[str]:
    """The steps that this reader may take now and that have a form."""
    return [step for step in open_steps(dossier.case, dossier.me) if step in steps.FORMS]


def _standing(dossier: Dossier, room: str, may: Sequence[str]) -> case_standing.CaseStanding:
    """How the hazard stands for who looks at it."""
    hazard, case, me, names = dossier.hazard, dossier.case, dossier.me, dossier.names
    verifies, closes = hazard.state == State.AWAITING_VERIFICATION, hazard.state == State.AWAITING_CLOSURE
    return case_standing.CaseStanding(
        hazard=hazard,
        case=case,
        me=me,
        may=frozenset(may),
        handler=dossier.register.short_name(hazard.handler_id),
        appointed=names.person(hazard.appointed_person_id),
        verified_by=names.person(case.round.verified_by_person),
        closes_after=dossier.records.round.closes_after_days,
        declined_words=_declined_words(dossier) if case.declined else "",
        photos=dossier.records.waiting,
        questions=dossier.looked.open if room == "desk" else 0,
        extension=_one(dossier.requests, Step.ASK_EXTENSION),
        request=_one(dossier.requests, *CONFIRMS),
        asked_of=_asked_of(dossier),
        why_not_verify=why_not_verify(case, me) if verifies else None,
        why_not_close=why_not_close(case, me) if closes else None,
    )


def _one(requests: Sequence[HazardRequest], *which: Step) -> HazardRequest | None:
    return next((row for row in requests if row.step in which), None)


def _asked_of(dossier: Dossier) -> str:
    """The office whose answer is waited for, the one about the date first."""
    asked = sorted((row for row in dossier.requests if row.asked_of_id), key=lambda row: row.step not in OF_THE_DATE)
    return dossier.register.short_name(asked[0].asked_of_id) if asked else ""


def _declined_words(dossier: Dossier) -> str:
    """Who is competent, in the words of the last decline."""
    line = dossier.newest(Step.DECLINE)
    return str((line.words or {}).get("competent", "")) if line else ""
