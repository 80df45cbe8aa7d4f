"""发现, 再次看到, 回访补记, 当场整改, 重新立项."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from inspect_app.checklists import library
from inspect_app.evidence.senders import Senders, foreign
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, put, put_object, run
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.folding import fold
from inspect_app.kernel.ids import new_code, new_id
from inspect_app.kernel.workdays import published_calendar

from .. import offices, searching
from ..case import require_words
from ..clocks import ClockKind, due
from ..log import append
from ..models import Hazard, MendingRound
from ..own import NOT_OWN, own
from ..records import begins_as
from ..rules import CLOCK, Actor, Grade, Source, State, Step
from ..sightings import Sighting
from ..standing import current_round, desk_term, observations
from ..taken import StepTaken, tell
from .setting_clocks import ClockSetting, set_clock
from .steps import add_photos, take

_FIELD_LETTERS = {"fire": "X", "gas": "R", "site": "J"}


@dataclass(frozen=True)
class Finding:
    """What somebody found: everything the hazard freezes."""

    premises_id: UUID
    area_id: UUID
    field: str  # fire, gas, site, other
    title: str
    found_at: datetime
    party_id: UUID | None = None
    item_code: str | None = None
    checklist_version_id: UUID | None = None
    details: dict[str, Any] = dataclasses.field(default_factory=dict)
    spot: str = ""
    grade: Grade = Grade.GENERAL
    visit_id: UUID | None = None
    photo_ids: tuple[UUID, ...] = ()
    senders: Senders | None = None  # whose the photos must be where that is not who reports
    unconfirmed: bool = False
    device: dict[str, Any] | None = None
    reconciled: bool = False  # lost, and found again by the proof of visits
    source: Source = Source.VISIT
    told: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # facts of who told it; nothing of a person


def report(finding: Finding, actor: Actor) -> Hazard:
    """A new hazard in 待交办, its chain begun, its triage date set. Raises Refused without photo or reason for none, and
    for somebody else's photo: a finding is never lost over it, its caller leaves the photo out."""
    senders = _own_photos(finding, actor)
    triage = ClockSetting(ClockKind.TRIAGE, desk_term(ClockKind.TRIAGE), clock.today())
    hazard = _new_row(finding, actor)
    hazard.due_on = due(triage.term, triage.starts_on, published_calendar()).on
    hazard.folded = fold(hazard)
    db.session.flush()
    put_object(hazard)
    searching.write([hazard.id])
    put(MendingRound, begins_as(hazard))
    set_clock(hazard, triage, CLOCK)
    add_photos(hazard, senders, "before")
    facts: dict[str, Any] = {
        "checklist_version": finding.checklist_version_id,
        "photos": list(finding.photo_ids),
        "dates": {ClockKind.TRIAGE: hazard.due_on},
    }
    facts |= dict(finding.told) | ({"reconciled": True} if finding.reconciled else {})
    words = {"title": finding.title, "place": finding.spot, "details": finding.details}
    append(hazard, Step.REPORT, actor, facts=facts, words=words, device=finding.device, begins=True)
    tell(StepTaken(hazard, Step.REPORT, actor, facts, words))
    return hazard


def _own_photos(finding: Finding, actor: Actor) -> Senders:
    """The photos of a finding, with whose they must be; Refused without one and without a reason for none."""
    senders = finding.senders or own(finding.photo_ids, actor)
    if foreign(senders):
        raise Refused(NOT_OWN, field="photos")
    if not finding.photo_ids and not str(finding.details.get("no_photo_reason") or "").strip():
        raise Refused("请拍一张照片，没法拍的写一句为什么。", field="photos")
    return senders


def _new_row(finding: Finding, actor: Actor) -> Hazard:
    """The row of a new hazard, with its number: the day, the letter of its field, and a code."""
    letter = _FIELD_LETTERS.get(finding.field, "Q")
    return Hazard(
        id=new_id(),
        number=f"{clock.to_local(finding.found_at):%Y%m%d}{letter}{new_code(7)}",
        area_id=finding.area_id,
        premises_id=finding.premises_id,
        source=finding.source,
        party_id=finding.party_id,
        item_code=finding.item_code,
        checklist_version_id=finding.checklist_version_id,
        field=finding.field,
        title=finding.title,
        finding=finding.details,
        spot=finding.spot,
        grade=finding.grade,
        state=State.FOUND,
        version=1,
        round_number=1,
        reopened_count=0,
        found_at=finding.found_at,
        found_by_person_id=actor.person_id,
        visit_id=finding.visit_id,
        unconfirmed=finding.unconfirmed,
        contested=bool(finding.details.get("contested")),
        last_step=Step.REPORT,
        last_actor_name=actor.name,
        last_event_at=clock.now(),
        recurs_hazard_id=_earlier(finding),
        closing_office_id=offices.desk_of(finding.area_id),
    )


_OPEN_AT = (
    select(Hazard)
    .where(
        Hazard.premises_id == bindparam("place"),
        Hazard.item_code.in_(bindparam("codes", expanding=True)),
        Hazard.settled_on.is_(None),
        Hazard.id != bindparam("but"),
    )
    .order_by(Hazard.found_at)
    .limit(1)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_NONE = UUID(int=0)  # no hazard's id
_LAST_CLOSED_AT = (
    select(Hazard.id)
    .where(
        Hazard.premises_id == bindparam("place"),
        Hazard.item_code.in_(bindparam("codes", expanding=True)),
        Hazard.state == str(State.CLOSED),
    )
    .order_by(Hazard.settled_on.desc(), Hazard.id.desc())
    .limit(1)
)


def open_at(premises_id: UUID, item_code: str, but: UUID | None = None) -> Hazard | None:
    """The open hazard of the same item at the same place, under whatever code, locked; the oldest where there are several.
    The caller holds the place: a row that is not there yet cannot be locked."""
    asked = {"place": premises_id, "codes": library.aliases().kin(item_code), "but": but or _NONE}
    return db.session.scalar(_OPEN_AT, asked)


def sight(
    hazard: Hazard,
    actor: Actor,
    *,
    seen_at: datetime,
    photo_ids: tuple[UUID, ...] = (),
    senders: Senders | None = None,
    grade: Grade = Grade.GENERAL,
    visit_id: UUID | None = None,
    words: str = "",
    reopens: UUID | None = None,
    device: dict[str, Any] | None = None,
    reconciled: bool = False,
    told: Mapping[str, Any] | None = None,
) -> Sighting:
    """再次看到 while open: a sighting, not a second hazard. A graver grade is taken over.

    `reopens` names the closed hazard somebody wanted to reopen while this one was already open.
    """
    change: dict[str, Any] = {}
    if hazard.grade == Grade.GENERAL and grade is not Grade.GENERAL:
        change["grade"] = Grade.SUSPECTED_MAJOR
    facts = {"visit": visit_id, "seen_at": seen_at, "reopens": reopens} | dict(told or {})
    facts |= {"reconciled": True} if reconciled else {}
    take(
        hazard,
        Step.SIGHT,
        actor,
        facts=facts,
        words={"words": words} if words else None,
        device=device,
        photos=photo_ids,
        senders=senders,
        change=change,
    )
    return _keep(
        Sighting(hazard_id=hazard.id, visit_id=visit_id, seen_at=seen_at, person_id=actor.person_id, words=words)
    )


def _keep(row: Sighting) -> Sighting:
    db.session.flush()
    put_object(row)
    return row


def observe(
    hazard: Hazard,
    actor: Actor,
    *,
    mended: bool,
    seen_at: datetime,
    photo_ids: tuple[UUID, ...],
    words: str,
    seen_version: int | None,
    senders: Senders | None = None,
    why: str = "",
    device: dict[str, Any] | None = None,
) -> Sighting:
    """回访补记: a look-back that cannot be a step is kept as what it is, and waits at the desk with the reason.

    Both versions are kept: the one the deputy looked at and the one that stood when it arrived. Photos that are somebody
    else's are named in the chain and not linked.
    """
    seen: dict[str, Any] = {"mended": mended, "seen_at": seen_at}
    seen |= {"seen_version": seen_version, "now_version": hazard.version}
    named = senders or own(photo_ids, actor)
    left_out = foreign(named)
    brought = {photo_id: accounts for photo_id, accounts in named.items() if photo_id not in left_out}
    take(
        hazard,
        Step.OBSERVE,
        actor,
        facts=seen | ({"not_own": sorted(left_out)} if left_out else {}),
        words={"words": words},
        device=device,
        photos=tuple(brought),
        senders=brought,
    )
    return _keep(Sighting(hazard_id=hazard.id, person_id=actor.person_id, words=words, waits=True, why=why, **seen))


def note_observed(hazard: Hazard, actor: Actor, *, words: str) -> None:
    """看过补记: the desk has looked at what came late and says what follows."""
    words = require_words(words, "怎么处理", "words")
    waiting = observations(hazard)
    facts = {"observations": [row.id for row in waiting]}
    take(hazard, Step.NOTE_OBSERVED, actor, facts=facts, words={"words": words})
    for row in waiting:
        row.looked_at, row.looked_by_person_id = clock.now(), actor.person_id
    db.session.flush()


def fix_on_spot(
    hazard: Hazard,
    actor: Actor,
    *,
    photo_ids: tuple[UUID, ...],
    senders: Senders | None = None,
    seen_at: datetime | None = None,
    device: dict[str, Any] | None = None,
) -> None:
    """当场整改: the party mended before the deputy's eyes; the deputy is the witness and will not verify. `seen_at` is when,
    where that was before now.

    Which items allow it is said by the checklist item (消防安全检查中可当场改正的八类).
    """
    if not photo_ids:
        raise Refused("请拍一张改好以后的照片。", field="photos")
    row = current_round(hazard)
    take(hazard, Step.FIX_ON_SPOT, actor, photos=photo_ids, senders=senders, slot="after", device=device)
    row.by_party, row.witnessed, row.witness_person_id = True, True, actor.person_id
    row.submitted_at = seen_at or clock.now()
    db.session.flush()


def rearm(hazard: Hazard, actor: Actor, *, visit_id: UUID | None = None, words: str = "") -> None:
    """重新立项 of what was ended because its place was gone: the place is open again.

    Not a reopening in the figures: an end never counted as mended.
    """
    change = begun_anew(hazard)
    take(hazard, Step.REARM, actor, facts={"visit": visit_id}, words={"words": words} if words else None, change=change)


ENDED_AT = (
    select(Hazard.id).where(Hazard.premises_id == bindparam("premises"), Hazard.state == str(State.ENDED)).limit(1)
)


def rearm_at(premises_id: UUID, visit_id: UUID) -> list[Hazard]:
    """Re-arm everything ended at a place that a visit found open again; returns what stands again. Mostly nothing is: ask
    ENDED_AT first."""
    rows = db.session.scalars(
        select(Hazard)
        .where(Hazard.premises_id == premises_id, Hazard.state == State.ENDED)
        .order_by(Hazard.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        rearm(row, CLOCK, visit_id=visit_id)
    return list(rows)


def begun_anew(hazard: Hazard) -> dict[str, Any]:
    """Columns of a hazard that starts anew: a new round, nobody answerable yet, the last handler proposed."""
    return {
        "accepted_at": None,
        "declined_at": None,
        "reinspected_on": None,
        "opinion_number": None,
        "order_number": None,  # it was carried out; another may be made, and the old one stands in the log
        "round_number": hazard.round_number + 1,
        "first_receiver_id": hazard.handler_id or hazard.first_receiver_id,
        "handler_id": None,
        "reply_on": None,
        "mending_on": None,
    }


def _earlier(finding: Finding) -> UUID | None:
    if finding.item_code is None:
        return None
    asked = {"place": finding.premises_id, "codes": library.aliases().kin(finding.item_code)}
    found: UUID | None = run(_LAST_CLOSED_AT, asked).scalar()
    return found
