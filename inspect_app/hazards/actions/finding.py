"""发现, 再次看到, 当场整改."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_code, new_id

from ..case import current_round
from ..clocks import DEFAULT_TERMS, ClockKind, ClockStatus
from ..log import append
from ..models import Hazard, HazardPhoto, Sighting
from ..rules import Actor, Grade, State, Step
from .steps import set_clock, take

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
    place_within: str = ""
    grade: Grade = Grade.GENERAL
    visit_id: UUID | None = None
    photo_ids: tuple[UUID, ...] = ()
    device: dict[str, Any] | None = None


def report(finding: Finding, actor: Actor) -> Hazard:
    """A new hazard in 待交办, its chain begun, its triage date set."""
    letter = _FIELD_LETTERS.get(finding.field, "Q")
    hazard = Hazard(
        id=new_id(),
        number=f"{clock.to_local(finding.found_at):%Y%m%d}{letter}{new_code(7)}",
        area_id=finding.area_id,
        premises_id=finding.premises_id,
        party_id=finding.party_id,
        item_code=finding.item_code,
        checklist_version_id=finding.checklist_version_id,
        field=finding.field,
        title=finding.title,
        finding=finding.details,
        place_within=finding.place_within,
        grade=finding.grade,
        state=State.FOUND,
        version=1,
        round_number=1,
        found_at=finding.found_at,
        found_by_person_id=actor.person_id,
        visit_id=finding.visit_id,
        last_step=Step.REPORT,
        last_actor_name=actor.name,
        last_event_at=clock.now(),
        recurs_hazard_id=_earlier(finding),
    )
    db.session.add(hazard)
    db.session.flush()
    triage = set_clock(hazard, ClockKind.TRIAGE, DEFAULT_TERMS[ClockKind.TRIAGE], clock.today(), None, ClockStatus.SET)
    hazard.due_on = triage.due_on
    add_photos(hazard, finding.photo_ids, "before")
    facts = {
        "premises": finding.premises_id,
        "item": finding.item_code,
        "checklist_version": finding.checklist_version_id,
        "grade": finding.grade,
        "visit": finding.visit_id,
        "photos": list(finding.photo_ids),
        "found_at": finding.found_at,
        "recurs": hazard.recurs_hazard_id,
    }
    words = {"title": finding.title, "place": finding.place_within, "details": finding.details}
    append(hazard, Step.REPORT, actor, facts=facts, words=words, device=finding.device)
    return hazard


def open_at(premises_id: UUID, item_code: str) -> Hazard | None:
    """The open hazard of the same item at the same place, locked; the oldest where there are several."""
    return db.session.scalar(
        select(Hazard)
        .where(Hazard.premises_id == premises_id, Hazard.item_code == item_code, Hazard.settled_on.is_(None))
        .order_by(Hazard.found_at)
        .limit(1)
        .with_for_update()
    )


def sight(hazard: Hazard, finding: Finding, actor: Actor) -> Sighting:
    """The same item seen again while open: a sighting, not a second hazard. A graver grade is taken over."""
    sighting = Sighting(
        hazard_id=hazard.id, visit_id=finding.visit_id, seen_at=finding.found_at, person_id=actor.person_id
    )
    db.session.add(sighting)
    add_photos(hazard, finding.photo_ids, "look")
    change: dict[str, Any] = {}
    if hazard.grade == Grade.GENERAL and finding.grade is not Grade.GENERAL:
        change["grade"] = finding.grade
    facts = {"visit": finding.visit_id, "photos": list(finding.photo_ids), "grade": change.get("grade")}
    take(hazard, Step.SIGHT, actor, facts=facts, device=finding.device, change=change)
    return sighting


def fix_on_spot(hazard: Hazard, actor: Actor, *, photo_ids: tuple[UUID, ...], bundle_id: UUID | None = None) -> None:
    """当场整改: the party mended before the deputy's eyes; the deputy is the witness and will not verify.

    Which items allow it is said by the checklist item (消防安全检查中可当场改正的八类).
    """
    row = current_round(hazard)
    take(hazard, Step.FIX_ON_SPOT, actor, facts={"photos": list(photo_ids)})
    row.by_party, row.witness_person_id = True, actor.person_id
    row.submitted_at, row.bundle_id = clock.now(), bundle_id
    add_photos(hazard, photo_ids, "after")


def add_photos(hazard: Hazard, photo_ids: tuple[UUID, ...], place: str) -> None:
    """Link photos to the present round of a hazard; one already linked stays as it is."""
    have = set(db.session.scalars(select(HazardPhoto.photo_id).where(HazardPhoto.hazard_id == hazard.id)))
    for photo_id in dict.fromkeys(photo_ids):
        if photo_id not in have:
            db.session.add(
                HazardPhoto(
                    hazard_id=hazard.id,
                    photo_id=photo_id,
                    place=place,
                    round_number=hazard.round_number,
                    added_at=clock.now(),
                )
            )
    db.session.flush()


def _earlier(finding: Finding) -> UUID | None:
    if finding.item_code is None:
        return None
    return db.session.scalar(
        select(Hazard.id)
        .where(
            Hazard.premises_id == finding.premises_id,
            Hazard.item_code == finding.item_code,
            Hazard.state == State.CLOSED,
        )
        .order_by(Hazard.settled_on.desc(), Hazard.id.desc())
        .limit(1)
    )
