"""The shape of an operation as a phone sends it, every version ever shipped, and its hash. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import astuple

from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import canonical_json, canonical_of_whole, sha256_hex
from inspect_app.kernel.limits import LIMITS
from inspect_app.kernel.shapes import Misfit, read, read_what_fits

from .phones import MOST_DEVICE_WORDS, MOST_NUMBER
from .times import Arrival, Estimate, PhoneTime, estimate

MOST_OPERATIONS = 500
MOST_CLOCKS = 20
MOST_PAYLOAD = 256 * 1024  # handing in names what it stands on: some ids for every item that was tapped


class OperationOutcome(StrEnum):
    """What became of an operation that a phone sent."""

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


class Envelope(Struct, frozen=True):
    """What every operation of every kind and version has; a payload has the shape of its kind."""

    id: UUID
    kind: Annotated[str, Meta(min_length=1, max_length=LIMITS["kind"])]
    v: Annotated[int, Meta(ge=1, lt=MOST_NUMBER)]
    device: Annotated[str, Meta(min_length=8, max_length=MOST_DEVICE_WORDS)]
    seq: Annotated[int, Meta(ge=1, lt=MOST_NUMBER)]
    captured_at: Annotated[str, Meta(max_length=MOST_DEVICE_WORDS)]
    payload: dict[str, Any]
    times: dict[str, Any] | None = None


class Subjects(Struct, frozen=True):
    """What an operation is about and what it stands on, under the names that every kind has for it. What cannot be read
    names nothing, and holds nothing up."""

    visit: UUID | None = None
    premises: UUID | None = None
    hazard: UUID | None = None
    after: tuple[UUID, ...] = ()


class Sent(Struct, frozen=True):
    """One thing a phone wants written, as it came. It has no time of ours yet: `dated` gives it one."""

    id: UUID
    kind: str
    version: int
    device: str
    seq: int
    captured_at: PhoneTime
    payload: Mapping[str, Any]
    about: Subjects
    times: Mapping[str, Any]
    hash: str
    raw: Mapping[str, Any]  # as it came, for the journal


@dataclass(frozen=True)
class Shape:
    """The typed value of a kind's payload in one version, and how strictly it is read; `read` raises Misfit."""

    value: type[Any]
    read: Callable[[Any, type[Any]], Any]


@dataclass(frozen=True)
class Unread:
    """An entry that is no operation at all: it is kept nowhere, and its line of the receipt says that it was refused.
    `id` and `hash` are the phone's, as far as they can be made out."""

    id: str
    hash: str
    words: str


class Operation(Sent, frozen=True, kw_only=True):
    """The same past the door, with when it was by the server's clock, and what it says as its kind's typed value."""

    estimate: Estimate
    said: Any = None  # the shape that was registered for its kind and version

    @property
    def at(self) -> datetime:
        """When it was captured as well as is known: the only instant a room is given."""
        return self.estimate.at


@dataclass(frozen=True)
class OperationAnswer:
    """What became of an operation, in words for the phone where it was not applied."""

    outcome: OperationOutcome
    words: str = ""


APPLIED = OperationAnswer(OperationOutcome.APPLIED)
OUTSIDE = "outside"  # why something waits: what it is about is not within the deputy's area now


@dataclass(frozen=True)
class Hold:
    """An operation that is not applied now: what the phone is told, and what it waits for; no reason where it is refused."""

    answer: OperationAnswer
    reason: str = ""
    term_id: UUID | None = None  # the right it was captured under


def dated(sent: Sent, arrival: Arrival) -> Operation:
    """What was sent, with its estimate: made once, as it is taken in."""
    return Operation(*astuple(sent), estimate=estimate(sent.captured_at, sent.times, arrival))


def read_all(batch: Sequence[Any], *, whole_numbers: bool = False) -> tuple[list[Sent], list[Unread]]:
    """The entries of a request: each by itself, so that one that cannot be read stops no other. `whole_numbers`: it is known
    that no number among them has a fraction, and canonical bytes are made in a sixth of the time."""
    encode = canonical_of_whole if whole_numbers else canonical_json
    sent: list[Sent] = []
    unread: list[Unread] = []
    for raw in batch:
        try:
            sent.append(parse(raw, encode))
        except Refused as refusal:
            unread.append(Unread(_id_in(raw), _hash_of(raw), refusal.message))
    return sent, unread


def parse(raw: Any, encode: Callable[[Any], bytes] = canonical_json) -> Sent:
    """What a phone sent, out of JSON, its hash over the canonical bytes that `encode` makes; raises Refused when its shape is
    wrong."""
    if not isinstance(raw, dict):
        raise Refused("这一条读不懂，已留在手机里。")
    hashed = _hashed(raw)
    body = _bytes(hashed, encode)
    plain = _is_plain(raw.get("times"))
    if len(body) > MOST_PAYLOAD or not (plain or len(_bytes(raw["times"], encode)) <= MOST_PAYLOAD):
        raise Refused("这一条太大，已留在手机里。")
    try:
        op = read(raw, Envelope)
    except Misfit as misfit:
        raise Refused(f"这一条里的{_PARTS.get(misfit.field or '', '内容')}不对，已留在手机里。") from None
    captured_at = _instant(op.captured_at)
    own_id = raw["id"] if _OWN_ID.fullmatch(raw["id"]) else str(op.id)
    said = hashed if raw["id"] == own_id else hashed | {"id": own_id}
    return Sent(
        op.id,
        op.kind,
        op.v,
        op.device,
        op.seq,
        PhoneTime(captured_at),
        op.payload,
        read_what_fits(op.payload, Subjects),
        op.times or {},
        sha256_hex(body if said is hashed else _bytes(said, encode)),
        said | {"times": op.times} if op.times else said,
    )


def _hashed(raw: dict[str, Any]) -> dict[str, Any]:
    """What the hash of an entry covers; what is missing as null."""
    try:
        return {name: raw[name] for name in _HASHED}
    except KeyError:
        return {name: raw.get(name) for name in _HASHED}


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if (
        found is None or found.tzinfo is None or not 1 < found.year < 9999
    ):  # whose turn into UTC would leave the calendar
        raise Refused("这一条里的时间没有时区或不对，已留在手机里。")
    return found


_OWN_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # an id as we write it
_HASHED = ("id", "kind", "v", "device", "seq", "captured_at", "payload")
_PARTS = {
    "id": "编号", "kind": "种类", "v": "版本", "device": "手机编号", "seq": "序号", "captured_at": "时间",
    "payload": "内容", "times": "时间",
}  # fmt: skip


def _id_in(raw: Any) -> str:
    """By what the phone will know the line of the receipt; empty where it said nothing usable."""
    said = raw.get("id") if isinstance(raw, dict) else None
    return said if isinstance(said, str) and len(said) <= MOST_DEVICE_WORDS and said.isprintable() else ""


def _hash_of(raw: Any) -> str:
    """The hash that the phone makes of the same entry; empty where none can be made."""
    if not isinstance(raw, dict):
        return ""
    try:
        return sha256_hex(canonical_json({name: raw[name] for name in _HASHED if name in raw}))
    except (ValueError, RecursionError):
        return ""


WAITS_AT_MOST = timedelta(hours=24)  # for what it stands on: longer means that it was lost on the phone


def stands_on(op: Operation, now: datetime) -> frozenset[UUID]:
    """What an operation names in `after` and waits for; nothing once it is a day old, or where it names nothing."""
    after = op.about.after
    return frozenset(after) - {op.id} if after and now - op.at <= WAITS_AT_MOST else frozenset()


_CLOCKS = frozenset({"mono_ms", "page_opened_ms", "zone_minutes"})  # what every phone says


def _is_plain(times: Any) -> bool:
    """Whether clocks are what phones send, a few numbers: such need no second look."""
    if times is None:
        return True
    if not isinstance(times, dict) or len(times) > MOST_CLOCKS:
        return False
    for name, value in times.items():
        if name not in _CLOCKS and not (name.isidentifier() and len(name) <= MOST_DEVICE_WORDS):
            return False
        if type(value) not in (int, float) or not -MOST_NUMBER < value < MOST_NUMBER:
            return False
    return True


def _bytes(value: Any, encode: Callable[[Any], bytes]) -> bytes:
    """Canonical bytes; raises Refused for what no database keeps: half an emoji, NaN, the character NUL, nesting without
    end."""
    try:
        body = encode(value)
    except (ValueError, RecursionError):
        body = b"\\u0000"
    if b"\\u0000" in body or (
        body.count(b"[") + body.count(b"{") > LIMITS["depth"] and _is_deep(value, LIMITS["depth"])
    ):
        raise Refused("这一条里有读不懂的字符，已留在手机里。")
    return body


def _is_deep(value: Any, most: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return most == 0 or any(_is_deep(one, most - 1) for one in inner)
