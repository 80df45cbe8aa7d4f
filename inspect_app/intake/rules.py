"""The shape of an operation as a phone sends it, every version ever shipped, and its hash. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import canonical_json, sha256_hex

MOST_OPERATIONS = 500
MOST_PAYLOAD = 64 * 1024
MOST_SEQ = 2**53  # what a phone can count exactly
VERSIONS = frozenset({1})


class Outcome(StrEnum):
    APPLIED = "applied"
    REFUSED = "refused"
    WAITING = "waiting"  # kept, a person or a later version decides
    LATER = "later"  # what it builds on has not arrived: not kept, the phone sends it again
    CONFLICT = "conflict"  # the same id was used for something else


class NotYet(Refused):
    """What the operation builds on has not arrived; the phone keeps it and sends it again."""


@dataclass(frozen=True)
class Operation:
    """One thing a phone wants written."""

    id: UUID
    kind: str
    version: int
    device: str
    seq: int
    captured_at: datetime
    payload: Mapping[str, Any]
    times: Mapping[str, Any]
    hash: str
    raw: Mapping[str, Any] = field(default_factory=dict)  # as it came, for the journal


@dataclass(frozen=True)
class Answer:
    """What became of an operation, in words for the phone where it was not applied."""

    outcome: Outcome
    words: str = ""


APPLIED = Answer(Outcome.APPLIED)


def parse(raw: Any) -> Operation:
    """An operation out of JSON; raises Refused when its shape is wrong."""
    if not isinstance(raw, dict):
        raise Refused("这一条读不懂，已留在手机里。")
    payload, times = raw.get("payload"), raw.get("times") or {}
    kind, device, seq, version = raw.get("kind"), raw.get("device"), raw.get("seq"), raw.get("v")
    if not isinstance(payload, dict) or not isinstance(times, dict):
        raise Refused("这一条里缺内容，已留在手机里。")
    if not isinstance(kind, str) or len(kind) > 40 or not isinstance(device, str) or not 8 <= len(device) <= 64:
        raise Refused("这一条里缺种类或手机编号，已留在手机里。")
    if type(seq) is not int or not 1 <= seq < MOST_SEQ or type(version) is not int or version not in VERSIONS:
        raise Refused("这一条里的序号或版本不对，已留在手机里。")
    try:
        identity = UUID(str(raw.get("id")))
        captured_at = datetime.fromisoformat(str(raw.get("captured_at")))
    except ValueError:
        raise Refused("这一条里的编号或时间不对，已留在手机里。") from None
    if captured_at.tzinfo is None:
        raise Refused("这一条里的时间没有时区，已留在手机里。")
    said = {"id": str(identity), "kind": kind, "v": version, "device": device, "seq": seq,
            "captured_at": raw["captured_at"], "payload": payload}  # fmt: skip
    body = _bytes(said)
    if len(body) > MOST_PAYLOAD or (times and len(_bytes(times)) > MOST_PAYLOAD):
        raise Refused("这一条太大，已留在手机里。")
    kept = said | {"times": times} if times else said
    return Operation(identity, kind, version, device, seq, captured_at, payload, times, sha256_hex(body), kept)


def _bytes(value: Mapping[str, Any]) -> bytes:
    """Canonical bytes; raises Refused for what no database keeps: half an emoji, NaN, the character NUL."""
    try:
        body = canonical_json(value)
    except ValueError:
        body = b"\\u0000"
    if b"\\u0000" in body:
        raise Refused("这一条里有读不懂的字符，已留在手机里。")
    return body
