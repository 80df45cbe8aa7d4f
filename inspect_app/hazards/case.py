"""What the rules need to know of a hazard for a step, and who acts. Locking it first: locking.py."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.checklists import queries as checklists
from inspect_app.evidence import queries as evidence
from inspect_app.evidence.senders import Senders, written
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.workdays import published_calendar
from inspect_app.people.rules import Scope

from . import records
from .answering import Offices
from .clocks import ClockKind, TimeLimit, due
from .events import Event
from .models import Hazard, HazardRequest, MendingRound
from .photos import PhotoFlag
from .records import Records
from .rules import CONFIRMS, PROPOSALS, Actor, Case, Grade, Request, Round, State, Step, who_is
from .standing import opinion_due, unopposed_days, who_sets

_VERIFIED = (State.AWAITING_VERIFICATION, State.AWAITING_CLOSURE)  # where somebody is to verify, or to close


def actor_of(me: Scope) -> Actor:
    """The person of a scope as one who acts on a hazard."""
    return Actor(
        who=who_is(me.role, me.side),
        person_id=me.person_id,
        organisation_id=me.organisation_id,
        side=me.side,
        powers=me.powers,
        account_id=me.account_id,
        term_id=me.term_id,
        name=me.person_name,
    )


def case_of(
    hazard: Hazard, *, announcing: Senders | None = None, read: Records | None = None, objected: bool | None = None
) -> Case:
    """The values the rules judge by, read inside the step. `announcing`: photos the step itself brings; `read`: its rows,
    and `objected`: whether anything speaks against closing it unasked, where they were just read."""
    read = records.read(hazard) if read is None else read
    row, mending, since = read.round, read.clock(ClockKind.MENDING), hazard.awaiting_closure_since
    request, extension = read.request(*CONFIRMS), read.request(Step.ASK_EXTENSION)
    proposal, dispute = read.request(*PROPOSALS), read.request(Step.DISPUTE)
    known = read.register.known if _somebody_is_asked(hazard, request, extension, proposal, dispute) else None
    date_office = who_sets(hazard, mending)
    return replace(
        from_row(hazard),
        may_fix_on_spot=_may_fix_on_spot(hazard),
        photos_awaited=_missing(read, announcing),
        request=_request(request),
        extension=_request(extension),
        proposal=_request(proposal),
        dispute=_request(dispute),
        date_answered_by=_answering(known, date_office, extension or proposal),
        dispute_answered_by=_answering(known, dispute.asked_of_id if dispute else None, dispute),
        answered_on_paper=_answered_on_paper(known, extension, proposal, dispute),
        heads_confirm=known.above_asker(request.asked_by_organisation_id, hazard.area_id) if known and request else (),
        observations_waiting=bool(read.sightings),
        round=_round(row),
        mending_set_by=date_office,
        closure_wait_over=since is not None and clock.today() > opinion_due(since, 2),
        closing_offices=_closing_offices(hazard, row, known),
        silence_over=_silence_over(hazard, row),
        objected=_objected(hazard) if objected is None else objected,
        recused=read.recused,
        insiders=read.insiders,
        absorbed=len(read.merged_in),
    )


def from_row(hazard: Hazard) -> Case:
    """What the hazard's own row says of its case, nothing asked: enough for what hangs on grade, order and list alone."""
    return Case(
        state=State(hazard.state),
        grade=Grade(hazard.grade),
        hazard_field=hazard.field,
        handler=hazard.handler_id,
        accepted=hazard.accepted_at is not None,
        declined=hazard.declined_at is not None,
        has_order=hazard.order_number is not None,
        order_reinspected=hazard.reinspected_on is not None,
        opinion_recorded=hazard.opinion_number is not None,
        listed=hazard.listed_at is not None,
        watched=hazard.watched_at is not None,
        referred=hazard.referred_at is not None and hazard.determined_at is None,
        transferred=hazard.transferred_at is not None and hazard.transfer_result_at is None,
        unconfirmed=hazard.unconfirmed,
        contested=hazard.contested,
        state_before=State(hazard.state_before) if hazard.state_before else None,
    )


def _missing(read: Records, announcing: Senders | None) -> int:
    """How many photos are announced and not in, those among them that the step itself brings."""
    waiting = read.waiting
    known = {link.row.photo_id for link in read.announced}
    more = {photo_id: written(accounts) for photo_id, accounts in (announcing or {}).items() if photo_id not in known}
    return waiting.missing + evidence.waiting(more).missing


def require_words(text: str, what: str, field: str) -> str:
    """Words that must not be empty; raises Refused that says what is missing and names its field."""
    stripped = text.strip()
    if not stripped:
        raise Refused(f"还差{what}，写一句就行。", field=field)
    return stripped


def _round(row: MendingRound) -> Round:
    return Round(
        number=row.number,
        mended_by_organisation=row.mended_by_organisation_id,
        submitted_by_person=row.submitted_by_person_id,
        submitted_by_organisation=row.submitted_by_organisation_id,
        witness_person=row.witness_person_id,
        by_party=row.by_party,
        witnessed=row.witnessed,
        verified_by_person=row.verified_by_person_id,
        confirmed=row.confirmed,
    )


def _somebody_is_asked(hazard: Hazard, *requests: HazardRequest | None) -> bool:
    """Whether offices matter to the case: something is asked, or it is to be verified or closed."""
    return any(row is not None for row in requests) or State(hazard.state) in _VERIFIED


def _request(row: HazardRequest | None) -> Request | None:
    if row is None:
        return None
    asked_on = clock.local_date(row.asked_at)
    return Request(Step(row.step), row.asked_by_person_id, asked_on, row.asked_by_organisation_id)


def _may_fix_on_spot(hazard: Hazard) -> bool:
    """Only items whose checklist says so (domain.md 2.2: 消防安全检查中可当场改正的八类)."""
    if hazard.state != State.FOUND or hazard.checklist_version_id is None:
        return False
    items = checklists.version(hazard.checklist_version_id).items
    return any(item.code == hazard.item_code and item.on_the_spot for item in items)


def _answering(known: Offices | None, office: UUID | None, request: HazardRequest | None) -> tuple[UUID, ...]:
    """Whose people answer a request; an extension and a proposal of one date are asked of the same office."""
    return known.answering(office, request.asked_by_person_id) if known and request else ()


def _answered_on_paper(known: Offices | None, *requests: HazardRequest | None) -> bool:
    """Whether an office that is asked has nobody to answer here, so that the desk records what it wrote."""
    return known is not None and any(_nobody_left(known, row) for row in requests if row is not None)


def _nobody_left(known: Offices, row: HazardRequest) -> bool:
    asker = row.asked_by_person_id
    return not known.anybody(*known.answering(row.asked_of_id, asker)) - {asker}


def _closing_offices(hazard: Hazard, row: MendingRound, known: Offices | None) -> tuple[UUID, ...]:
    if known is None or State(hazard.state) not in _VERIFIED:
        return ()
    return known.closing(hazard.closing_office_id, hazard.area_id, row.verified_by_person_id)


def _silence_over(hazard: Hazard, row: MendingRound) -> bool:
    """By the rule that stood when it was confirmed; an office that switched it off since stops it."""
    days, since = row.closes_after_days, hazard.awaiting_closure_since
    if days is None or since is None or unopposed_days(hazard) is None:
        return False
    return clock.today() > due(TimeLimit(days), clock.local_date(since), published_calendar()).on


def _objected(hazard: Hazard) -> bool:
    """Whether it was seen again or seen unmended since it waits to be closed, or a photo of it is asked about."""
    since = hazard.awaiting_closure_since
    if since is None:
        return False
    asked = select(PhotoFlag.id).where(PhotoFlag.hazard_id == hazard.id, PhotoFlag.looked_at.is_(None)).limit(1)
    seen = select(Event.body).where(
        Event.hazard_id == hazard.id, Event.at >= since, Event.step.in_((Step.SIGHT, Step.OBSERVE))
    )
    return db.session.scalar(asked) is not None or any(map(shows_unmended, db.session.scalars(seen)))


def shows_unmended(body: Mapping[str, Any]) -> bool:
    """Whether the body of a 再次看到 or of a late look-back says that it was not mended."""
    return not body["facts"].get("mended")
