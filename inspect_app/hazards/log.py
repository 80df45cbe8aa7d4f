"""Appending to a hazard's chain, and reading it back. The only writer of events."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import commitment
from inspect_app.kernel.ids import new_id

from .chain import ALGORITHM, GENESIS, Link, event_hash
from .models import Event, EventWords, Hazard
from .rules import Actor, Step


def append(
    hazard: Hazard,
    step: Step,
    actor: Actor,
    *,
    facts: dict[str, Any] | None = None,
    words: dict[str, Any] | None = None,
    device: dict[str, Any] | None = None,
) -> Event:
    """Add one event to the chain of a hazard whose row the caller holds locked.

    `facts` are ids, codes, dates and numbers in clear; `words` (names, free text) enter only as a salted commitment
    and are kept beside the chain; `device` is the phone's own time with its uncertainty.
    """
    last = db.session.execute(
        select(Event.seq, Event.hash).where(Event.hazard_id == hazard.id).order_by(Event.seq.desc()).limit(1)
    ).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    at, salt = clock.now(), secrets.token_hex(16)
    body: dict[str, Any] = {
        "hazard": str(hazard.id),
        "seq": seq,
        "step": str(step),
        "state": str(hazard.state),
        "round": hazard.round_number,
        "at": _stamp(at),
        "actor": _actor(actor),
        "facts": _plain(facts or {}),
        "device": device,
        "words": commitment(salt, words) if words else None,
    }
    event = Event(
        id=new_id(),
        hazard_id=hazard.id,
        seq=seq,
        step=step,
        person_id=actor.person_id,
        at=at,
        body=body,
        algorithm=ALGORITHM,
        previous=previous,
        hash=event_hash(body, previous),
    )
    db.session.add(event)
    db.session.flush()
    if words:
        db.session.add(EventWords(event_id=event.id, salt=salt, words=words, withheld_reason=None))
    return event


def links(hazard_id: UUID) -> list[Link]:
    """The stored chain of one hazard, in order."""
    rows = db.session.scalars(select(Event).where(Event.hazard_id == hazard_id).order_by(Event.seq))
    return [Link(row.seq, row.body, row.previous, row.hash, _shown(row)) for row in rows]


def _shown(row: Event) -> dict[str, Any]:
    """What pages read from columns, in the form the body holds it."""
    return {"hazard": str(row.hazard_id), "seq": row.seq, "step": row.step, "at": _stamp(row.at)}


def _actor(actor: Actor) -> dict[str, Any]:
    ids = {
        "person": actor.person_id,
        "organisation": actor.organisation_id,
        "term": actor.term_id,
        "party": actor.party_id,
        "recorded_by": actor.recorded_by,
    }
    return {"who": str(actor.who)} | {name: str(value) for name, value in ids.items() if value}


def _plain(value: Any) -> Any:
    """Values of a fact as JSON: ids and dates become text, containers are walked."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return _stamp(value)
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)


def _stamp(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds")
