"""Appending to a hazard's chain, and reading it back. The only writer of events."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, put, run
from inspect_app.kernel.hashing import commitment
from inspect_app.kernel.ids import new_id

from .chain import ALGORITHM, GENESIS, ChainFault, ChainLink, check, event_hash
from .events import Event, EventWords
from .models import Hazard
from .rules import Actor
from .table import EVENTS, strange

# Columns of a hazard as its newest event froze them, so that a column changed beside the chain is found.
STANDING = (
    "number", "state", "grade", "premises_id", "area_id", "party_id", "item_code", "field", "source", "round_number", "found_at",
    "found_by_person_id", "visit_id", "unconfirmed", "handler_id", "first_receiver_id", "closing_office_id", "accepted_at", "declined_at", "order_number",
    "reinspected_on", "opinion_number", "listed_at", "watched_at", "referred_at", "determined_at", "determined_by_id",
    "listed_by_id", "transferred_at",
    "transfer_result_at", "served_at", "awaiting_closure_since", "appointed_person_id", "reply_on", "mending_on",
    "merged_into_id", "settled_on", "recurs_hazard_id", "reopened_count", "version",
)  # fmt: skip


def standing(hazard: Hazard) -> dict[str, Any]:
    """The columns above as an event holds them."""
    return {name: _plain(getattr(hazard, name)) for name in STANDING}


class Appended(NamedTuple):
    """The number of an event in its chain, and its instant."""

    seq: int
    at: datetime


_LAST = select(Event.seq, Event.hash).where(Event.hazard_id == bindparam("hazard")).order_by(Event.seq.desc()).limit(1)


def append(
    hazard: Hazard,
    step: str,
    actor: Actor,
    *,
    round_number: int | None = None,
    facts: dict[str, Any] | None = None,
    words: dict[str, Any] | None = None,
    device: dict[str, Any] | None = None,
    at: datetime | None = None,
    begins: bool = False,
) -> Appended:
    """Add one event to the chain of a hazard whose row, written as it is now, the caller holds locked; `at` is now.

    `facts` are ids, codes, dates and numbers in clear; `words` (names, free text) enter only as a salted commitment, kept
    beside the chain; `device` is the phone's own time. `round_number` is the round of a step that has begun the next one.

    `begins`: the hazard has no chain yet. Raises ValueError for a fact or word that the step's row does not name: its log would lose it.
    """
    _refuse_unnamed(step, facts or {}, words or {})
    seq, previous = (1, GENESIS) if begins else _next_in_line(hazard)
    at, salt = at or clock.now(), secrets.token_hex(16)
    body: dict[str, Any] = {
        "hazard": str(hazard.id),
        "seq": seq,
        "step": str(step),
        "state": str(hazard.state),
        "round": round_number or hazard.round_number,
        "at": _stamp(at),
        "actor": _actor(actor),
        "facts": _plain(facts or {}),
        "device": device,
        "words": commitment(salt, words) if words else None,
        "standing": standing(hazard),
    }
    link = _link(body, previous)
    put(Event, {"hazard_id": hazard.id, "seq": seq, "step": step, "person_id": actor.person_id, "at": at} | link)
    if words:
        put(EventWords, {"event_id": link["id"], "salt": salt, "words": words, "withheld_reason": None})
    return Appended(seq, at)


def _refuse_unnamed(step: str, facts: dict[str, Any], words: dict[str, Any]) -> None:
    unnamed = strange(step, frozenset(facts), frozenset(words))
    if unnamed:
        raise ValueError(f"the row of {step} names no {', '.join(unnamed)}")


def _next_in_line(hazard: Hazard) -> tuple[int, str]:
    """The number of the next event of a chain, and the hash it stands on."""
    last = run(_LAST, {"hazard": hazard.id}).first()
    return (last.seq + 1, last.hash) if last else (1, GENESIS)


def _link(body: dict[str, Any], previous: str) -> dict[str, Any]:
    """The columns that bind a body to the one before it."""
    digest = event_hash(body, previous)
    return {"id": new_id(), "body": body, "algorithm": ALGORITHM, "previous": previous, "hash": digest}


def links(hazard_id: UUID) -> list[ChainLink]:
    """The stored chain of one hazard, in order."""
    rows = db.session.scalars(select(Event).where(Event.hazard_id == hazard_id).order_by(Event.seq))
    return links_of(rows)


def links_of(rows: Iterable[Event]) -> list[ChainLink]:
    """Events in order as links to be checked."""
    return [ChainLink(row.seq, row.body, row.previous, row.hash, _shown(row)) for row in rows]


def exported(hazard: Hazard) -> dict[str, Any]:
    """The whole chain as a file for whoever checks it without us: bodies, hashes, and the words with their salts.

    How to check stands in it, and what the names in the bodies mean. Words withheld by a decision are left out; hash and event stay.
    """
    rows = db.session.execute(
        select(Event, EventWords)
        .outerjoin(EventWords, EventWords.event_id == Event.id)
        .where(Event.hazard_id == hazard.id)
        .order_by(Event.seq)
    )
    events = [_exported(event, words) for event, words in rows]
    head = {"hazard": str(hazard.id), "number": hazard.number, "algorithm": ALGORITHM, "check": _HOW}
    return head | {"labels": _labels(), "events": events}


def _exported(event: Event, words: EventWords | None) -> dict[str, Any]:
    return {
        "body": event.body,
        "previous": event.previous,
        "hash": event.hash,
        "salt": words.salt if words and words.words is not None else None,
        "words": words.words if words else None,
        "withheld": words.withheld_reason if words else None,
    }


def _labels() -> dict[str, Any]:
    """What steps, facts and words are called, by their names in the chain."""
    return {
        step: {
            "step": row.label,
            "facts": {fact.name: fact.label for fact in row.facts if fact.label},
            "words": {word.name: word.label for word in row.words if word.label},
        }
        for step, row in EVENTS.items()
    }


_HOW = (
    "canonical JSON: UTF-8, keys sorted, no white space. "
    "hash = SHA-256 of the canonical JSON of {algorithm, body, previous}; previous = the hash before, 64 zeros at first. "
    "body.words = HMAC-SHA-256 with the salt (hex) as key over the canonical JSON of words."
)


def _shown(row: Event) -> dict[str, Any]:
    """What pages read from columns, in the form the body holds it."""
    shown: dict[str, Any] = {"hazard": str(row.hazard_id), "seq": row.seq, "step": row.step, "at": _stamp(row.at)}
    actor = row.body.get("actor") or {}
    # The body names nobody where the column is empty; compared as one, so that a person cannot be swapped or removed.
    return shown | {"actor": actor | {"person": str(row.person_id)} if row.person_id else _nobody(actor)}


def _nobody(actor: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in actor.items() if name != "person"}


def _actor(actor: Actor) -> dict[str, Any]:
    ids = {
        "person": actor.person_id,
        "organisation": actor.organisation_id,
        "term": actor.term_id,
        "party": actor.party_id,
        "recorded_by": actor.recorded_by,
        "paper": actor.paper_id,
        "receipt": actor.receipt,
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
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")


def fault_in(hazard: Hazard, chain: Sequence[ChainLink]) -> ChainFault | None:
    """The first fault of a chain, or a column of the hazard that was changed beside it."""
    fault = check(chain)
    if fault is not None:
        return fault
    if not chain:
        return ChainFault(1, "第 1 条不见了")
    last = chain[-1]
    for name, value in standing(hazard).items():
        if name in last.body.get("standing", {}) and last.body["standing"][name] != value:
            return ChainFault(last.seq, f"现在的“{name}”和第 {last.seq} 条存证的不一样")
    return None
