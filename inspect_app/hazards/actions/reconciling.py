"""对账补记: what the proof of visits found missing beside a whole chain is written again, with an event that says so."""

from datetime import datetime
from uuid import UUID

from inspect_app.evidence.senders import Senders
from inspect_app.kernel.database import db

from ..events import Event, EventWords
from ..models import Hazard
from ..rules import CLOCK, Step
from ..sightings import Sighting
from .steps import take


def link_photos(hazard: Hazard, senders: Senders, *, slot: str, visit_id: UUID) -> None:
    """Photos that a visit named for this hazard and that are not linked to it."""
    facts = {"visit": visit_id, "reconciled": True}
    take(hazard, Step.RECONCILE, CLOCK, facts=facts, photos=tuple(senders), senders=senders, slot=slot)


def write_sighting_again(hazard: Hazard, event_id: UUID, *, visit_id: UUID) -> None:
    """Write the row of a 再次看到 that only its event still knows."""
    event, words = db.session.get_one(Event, event_id), db.session.get(EventWords, event_id)
    facts = {"visit": visit_id, "event": event.seq, "reconciled": True}
    take(hazard, Step.RECONCILE, CLOCK, facts=facts)
    said = (words.words if words else None) or {}
    db.session.add(
        Sighting(
            hazard_id=hazard.id,
            visit_id=visit_id,
            seen_at=datetime.fromisoformat(event.body["facts"]["seen_at"]),
            person_id=event.person_id,
            words=str(said.get("words") or ""),
        )
    )
    db.session.flush()
