"""Holding a hazard for a step: lock its row, see that the page was fresh, and read what the rules need to know."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused, Stale
from inspect_app.people.models import Recusal
from inspect_app.people.rules import Scope

from .clocks import DEFAULT_TERMS, ClockKind
from .models import Clock, Hazard, HazardRequest, MendingRound
from .rules import STEP_NAMES, Actor, Case, Grade, Request, Round, State, Step, who_is

TWO_PERSON_STEPS = frozenset({Step.ASK_END, Step.ASK_VOID, Step.ASK_MERGE, Step.ASK_CLOSE_WITHOUT_OPINION})


def actor_of(me: Scope) -> Actor:
    """The person of a scope as one who acts on a hazard."""
    return Actor(
        who=who_is(me.role, me.side),
        person_id=me.person_id,
        organisation_id=me.organisation_id,
        side=me.side,
        powers=frozenset(str(power) for power in me.powers),
        account_id=me.account_id,
        term_id=me.term_id,
        name=me.person_name,
    )


def lock(hazard_id: UUID, seen_version: int | None = None) -> Hazard:
    """The hazard's row, locked until the transaction ends.

    Raises NotThere if there is none, Stale if it changed since `seen_version` was drawn.
    """
    hazard = db.session.scalar(
        select(Hazard).where(Hazard.id == hazard_id).with_for_update().execution_options(populate_existing=True)
    )
    if hazard is None:
        raise NotThere
    if seen_version is not None and seen_version != hazard.version:
        when = clock.to_local(hazard.last_event_at)
        name = STEP_NAMES[Step(hazard.last_step)]
        raise Stale(
            f"刚才{hazard.last_actor_name or '有人'} {when:%H:%M} 改过这一件：{name}。您填的没有丢，请看过最新情况再决定。"
        )
    return hazard


def current_round(hazard: Hazard) -> MendingRound:
    """The row of the present round; made when the round begins."""
    row = db.session.scalar(
        select(MendingRound).where(MendingRound.hazard_id == hazard.id, MendingRound.number == hazard.round_number)
    )
    if row is None:
        row = MendingRound(hazard_id=hazard.id, number=hazard.round_number)
        db.session.add(row)
        db.session.flush()
    return row


def open_request(hazard: Hazard, *steps: Step) -> HazardRequest | None:
    """The undecided request of one of the steps, if there is one."""
    return db.session.scalar(
        select(HazardRequest).where(
            HazardRequest.hazard_id == hazard.id,
            HazardRequest.step.in_([str(step) for step in steps]),
            HazardRequest.outcome.is_(None),
        )
    )


def newest_clock(hazard: Hazard, kind: ClockKind) -> Clock | None:
    """The clock of a kind that is in force."""
    return db.session.scalar(
        select(Clock)
        .where(Clock.hazard_id == hazard.id, Clock.kind == kind)
        .order_by(Clock.set_at.desc(), Clock.id.desc())
    )


def case_of(hazard: Hazard, *, evidence_complete: bool = True) -> Case:
    """The values the rules judge by, read inside the step."""
    row = current_round(hazard)
    mending = newest_clock(hazard, ClockKind.MENDING)
    wait = timedelta(days=2 * (DEFAULT_TERMS[ClockKind.CLOSURE].amount or 30))
    since = hazard.awaiting_closure_since
    return Case(
        state=State(hazard.state),
        grade=Grade(hazard.grade),
        handler=hazard.handler_id,
        first_receiver=hazard.first_receiver_id,
        accepted=hazard.accepted_at is not None,
        declined=hazard.declined_at is not None,
        has_order=hazard.order_number is not None,
        order_reinspected=hazard.reinspected_on is not None,
        opinion_recorded=hazard.opinion_number is not None,
        listed=hazard.listed_at is not None,
        referred=hazard.referred_at is not None and hazard.determined_at is None,
        evidence_complete=evidence_complete,
        request=_request(open_request(hazard, *TWO_PERSON_STEPS)),
        disputed=open_request(hazard, Step.DISPUTE) is not None,
        extension=_request(open_request(hazard, Step.ASK_EXTENSION)),
        round=Round(
            number=row.number,
            mended_by_organisation=row.mended_by_organisation_id,
            submitted_by_person=row.submitted_by_person_id,
            submitted_by_organisation=row.submitted_by_organisation_id,
            witness_person=row.witness_person_id,
            by_party=row.by_party,
            verified_by_person=row.verified_by_person_id,
            verified_by_organisation=row.verified_by_organisation_id,
        ),
        state_before=State(hazard.state_before) if hazard.state_before else None,
        mending_set_by=mending.set_by_organisation_id if mending else None,
        closure_wait_over=since is not None and clock.now() - since >= wait,
        linked_persons=_recused(hazard),
        found_by_person=hazard.found_by_person_id,
    )


def require_words(text: str, what: str) -> str:
    """Words that must not be empty; raises Refused naming what is missing."""
    stripped = text.strip()
    if not stripped:
        raise Refused(f"还差{what}，写一句就行。", field=what)
    return stripped


def _request(row: HazardRequest | None) -> Request | None:
    if row is None:
        return None
    return Request(Step(row.step), row.asked_by_person_id, clock.local_date(row.asked_at))


def _recused(hazard: Hazard) -> frozenset[UUID]:
    rows = db.session.scalars(
        select(Recusal.person_id).where(
            (Recusal.premises_id == hazard.premises_id)
            | (Recusal.party_id == hazard.party_id if hazard.party_id else False)
        )
    )
    return frozenset(rows)
