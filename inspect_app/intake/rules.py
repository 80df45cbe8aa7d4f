"""The shape of an operation as a phone sends it, every version ever shipped, and its hash. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import canonical_json, sha256_hex

from .phones import MOST_NUMBER
from .times import Arrival, Estimate, PhoneTime, estimate

MOST_OPERATIONS = 500
MOST_PAYLOAD = 64 * 1024
VERSIONS = frozenset({1})


class Outcome(StrEnum):
    APPLIED = "applied"
    REFUSED = "refused"
    WAITING = "waiting"  # kept, a person or a later version decides
    LATER = "later"  # what it builds on has not arrived: not kept, the phone sends it again
    CONFLICT = "conflict"  # the same id was used for something else


class NotYet(Refused):
    """What the operation builds on has not arrived; the phone keeps it and sends it again."""


class OutsideRight(Refused):
    """What the operation is about is not within what the person may see now, or waits itself: it is kept, and somebody at
    the desk decides."""


@dataclass(frozen=True)
class Sent:
    """One thing a phone wants written, as it came. It has no time of ours yet: `dated` gives it one."""

    id: UUID
    kind: str
    version: int
    device: str
    seq: int
    captured_at: PhoneTime
    payload: Mapping[str, Any]
    times: Mapping[str, Any]
    hash: str
    raw: Mapping[str, Any] = field(default_factory=dict)  # as it came, for the journal


@dataclass(frozen=True)
class Operation(Sent):
    """The same past the door, with when it was by the server's clock."""

    estimate: Estimate = field(kw_only=True)

    @property
    def at(self) -> datetime:
        """When it was captured as well as is known: the only instant a room is given."""
        return self.estimate.at


@dataclass(frozen=True)
class Answer:
    """What became of an operation, in words for the phone where it was not applied."""

    outcome: Outcome
    words: str = ""


APPLIED = Answer(Outcome.APPLIED)
OUTSIDE = "outside"  # why something waits: what it is about is not within the deputy's area now


@dataclass(frozen=True)
class Hold:
    """An operation that is not applied now: what the phone is told, and what it waits for; no reason where it is refused."""

    answer: Answer
    reason: str = ""
    term_id: UUID | None = None  # the right it was captured under


def dated(sent: Sent, arrival: Arrival) -> Operation:
    """What was sent, with its estimate: made once, as it is taken in."""
    return Operation(**vars(sent), estimate=estimate(sent.captured_at, sent.times, arrival))


def parse(raw: Any) -> Sent:
    """What a phone sent, out of JSON; raises Refused when its shape is wrong."""
    if not isinstance(raw, dict):
        raise Refused("这一条读不懂，已留在手机里。")
    payload, times = raw.get("payload"), raw.get("times") or {}
    kind, device, seq, version = raw.get("kind"), raw.get("device"), raw.get("seq"), raw.get("v")
    if not isinstance(payload, dict) or not isinstance(times, dict):
        raise Refused("这一条里缺内容，已留在手机里。")
    if not isinstance(kind, str) or len(kind) > 40 or not isinstance(device, str) or not 8 <= len(device) <= 64:
        raise Refused("这一条里缺种类或手机编号，已留在手机里。")
    if type(seq) is not int or not 1 <= seq < MOST_NUMBER or type(version) is not int or version not in VERSIONS:
        raise Refused("这一条里的序号或版本不对，已留在手机里。")
    try:
        identity = UUID(str(raw.get("id")))
        captured_at = datetime.fromisoformat(str(raw.get("captured_at")))
    except ValueError:
        raise Refused("这一条里的编号或时间不对，已留在手机里。") from None
    if captured_at.tzinfo is None or not 1 < captured_at.year < 9999:  # whose turn into UTC would leave the calendar
        raise Refused("这一条里的时间没有时区或不对，已留在手机里。")
    said = {"id": str(identity), "kind": kind, "v": version, "device": device, "seq": seq,
            "captured_at": raw["captured_at"], "payload": payload}  # fmt: skip
    body = _bytes(said)
    if len(body) > MOST_PAYLOAD or (times and len(_bytes(times)) > MOST_PAYLOAD):
        raise Refused("这一条太大，已留在手机里。")
    kept = said | {"times": times} if times else said
    return Sent(identity, kind, version, device, seq, PhoneTime(captured_at), payload, times, sha256_hex(body), kept)


MOST_AFTER = 1000
WAITS_AT_MOST = timedelta(hours=24)  # for what it stands on: longer means that it was lost on the phone


def stands_on(op: Operation, now: datetime) -> frozenset[UUID]:
    """What an operation names in `after` and waits for; nothing once it is a day old, or where it names nothing."""
    named = op.payload.get("after")
    if not isinstance(named, list) or now - op.at > WAITS_AT_MOST:
        return frozenset()
    try:
        return frozenset(UUID(str(one)) for one in named[:MOST_AFTER]) - {op.id}
    except ValueError:
        return frozenset()  # what cannot be read holds nothing up


def _bytes(value: Mapping[str, Any]) -> bytes:
    """Canonical bytes; raises Refused for what no database keeps: half an emoji, NaN, the character NUL."""
    try:
        body = canonical_json(value)
    except ValueError:
        body = b"\\u0000"
    if b"\\u0000" in body:
        raise Refused("这一条里有读不懂的字符，已留在手机里。")
    return body
