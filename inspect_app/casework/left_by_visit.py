"""What a visit has left among the hazards: those it made, those it saw again, and the events that say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.checklists import library
from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Step
from inspect_app.hazards.sightings import Sighting
from inspect_app.kernel.database import db

_TOLD = (Step.REPORT, Step.SIGHT, Step.FIX_ON_SPOT)


@dataclass(frozen=True)
class Told:
    """One event in which a visit told of a hazard. `item` is how the item was called then: 更正 may have changed it."""

    hazard_id: UUID
    event_id: UUID
    step: Step
    item: str | None
    photos: tuple[UUID, ...]


@dataclass(frozen=True)
class Left:
    """Rows and events of one visit."""

    made: dict[UUID, Hazard]
    seen: Sequence[Sighting]
    told: Sequence[Told]
    called_now: dict[UUID, str | None]  # hazard → its item as it is called today

    @cached_property
    def items(self) -> dict[str, UUID]:
        """Item → the hazard that this visit made of it or saw again: as it is called now, as it was called then, and under the
        other codes of the same thing, for a visit sees under a newer code what was found under one given up."""
        now = {item: hazard_id for hazard_id, item in self.called_now.items() if item}
        named = now | {one.item: one.hazard_id for one in reversed(self.told) if one.item}
        return {other: hazard_id for item, hazard_id in named.items() for other in library.aliases().kin(item)} | named


def left_by(visit_id: UUID) -> Left:
    """What is there of a visit. Three statements, each by an index."""
    made = {row.id: row for row in db.session.scalars(select(Hazard).where(Hazard.visit_id == visit_id))}
    seen = db.session.scalars(select(Sighting).where(Sighting.visit_id == visit_id).order_by(Sighting.id)).all()
    ids = {*made, *(row.hazard_id for row in seen)}
    rows = (
        db.session.execute(
            select(Event.id, Event.hazard_id, Event.step, Event.body, Hazard.item_code)
            .join(Hazard, Hazard.id == Event.hazard_id)
            .where(Event.hazard_id.in_(ids), Event.step.in_(_TOLD))
            .order_by(Event.hazard_id, Event.seq)
        ).all()
        if ids
        else []
    )
    told = [
        Told(row.hazard_id, row.id, Step(row.step), _then(row.body), _photos(row.body))
        for row in rows
        if _of_visit(row.step, row.body, visit_id, row.hazard_id in made)
    ]
    return Left(
        made, seen, told, {row.hazard_id: row.item_code for row in rows} | {i: h.item_code for i, h in made.items()}
    )


def _of_visit(step: str, body: dict[str, Any], visit_id: UUID, is_own: bool) -> bool:
    return is_own if step != Step.SIGHT else body["facts"].get("visit") == str(visit_id)


def _then(body: dict[str, Any]) -> str | None:
    found: str | None = body.get("standing", {}).get("item_code")
    return found


def _photos(body: dict[str, Any]) -> tuple[UUID, ...]:
    return tuple(UUID(photo) for photo in body["facts"].get("photos") or ())
