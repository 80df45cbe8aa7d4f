"""Reads of other short walks at premises of a kind, as honesty.py holds one against them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from inspect_app.checklists.answers import verdict
from inspect_app.checklists.conditions import Verdict
from inspect_app.checklists.rules import Item
from inspect_app.checklists.walk import Depth
from inspect_app.kernel.database import db
from inspect_app.premises.models import Premises

from .closings import ClosedZone, closing_in, said_in, together
from .honesty import WalkPace
from .models import Visit, VisitAnswers
from .rules import WAS_INSIDE, Merged, merge

OWN, OTHERS = 20, 60  # walks that are read: what is usual does not need more
LATELY = timedelta(days=180)
WRONG = (Verdict.FAIL, Verdict.UNSURE)


def walk_of(
    person_id: UUID, zones: Mapping[str, ClosedZone], answers: Mapping[str, Merged], items: Mapping[str, Item]
) -> WalkPace:
    """One walk in numbers. What other lists asked than these is left out."""
    said = {code: verdict(items[code], merged.answer.body) for code, merged in answers.items() if code in items}
    tapped = {code: value for code, value in said.items() if value is not Verdict.NONE and not value.is_glance}
    return WalkPace(
        person_id,
        {code: zone.seconds for code, zone in zones.items() if zone.seconds is not None},
        len(tapped),
        frozenset(code for code, zone in zones.items() if zone.looked),
        frozenset(items[code].zone for code, value in tapped.items() if value in WRONG),
    )


def walks_beside(visit: Visit, kind: str, items: Mapping[str, Item]) -> tuple[list[WalkPace], list[WalkPace]]:
    """The short walks of lately at premises of this kind: those of the same deputy, and others'. One statement."""
    own, others = Visit.person_id == visit.person_id, Visit.person_id != visit.person_id
    rows = db.session.execute(
        select(VisitAnswers.visit_id, VisitAnswers.device_id, VisitAnswers.taps, Visit.person_id)
        .join(Visit, Visit.id == VisitAnswers.visit_id)
        .where(
            or_(
                Visit.id.in_(_lately(visit, kind).where(own).limit(OWN)),
                Visit.id.in_(_lately(visit, kind).where(others).limit(OTHERS)),
            )
        )
        .order_by(VisitAnswers.id)
    ).all()
    taps: dict[UUID, list[tuple[str, list[dict[str, object]]]]] = {}
    who = {row.visit_id: row.person_id for row in rows}
    for row in rows:
        taps.setdefault(row.visit_id, []).append((row.device_id, row.taps))
    walks = [_walk(who[visit_id], said, items) for visit_id, said in taps.items()]
    mine = [walk for walk in walks if walk.person_id == visit.person_id]
    return mine, [walk for walk in walks if walk.person_id != visit.person_id]


def _lately(visit: Visit, kind: str) -> Select[Any]:
    return (
        select(Visit.id)
        .join(Premises, Premises.id == Visit.premises_id)
        .where(
            Visit.id != visit.id,
            Visit.depth == str(Depth.SHORT),
            Visit.submitted_at.is_not(None),
            Visit.outcome.in_(WAS_INSIDE),
            Visit.started_at > visit.started_at - LATELY,
            Visit.started_at < visit.started_at + LATELY,
            Premises.kind == kind,
        )
        .order_by(Visit.started_at.desc(), Visit.id)
    )


def _walk(person_id: UUID, said: Iterable[tuple[str, list[dict[str, object]]]], items: Mapping[str, Item]) -> WalkPace:
    phones = list(said)
    closings = (closing_in(tap, device) for device, taps in phones for tap in taps)
    zones = together(one for one in closings if one is not None)
    return walk_of(person_id, zones, merge(one for device, taps in phones for one in said_in(taps, device)), items)
