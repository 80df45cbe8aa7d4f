"""The shape of an operation as a phone sends it, every version ever shipped, and its hash; what a phone says of itself,
its gaps and its clocks. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
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


class OutsideRight(Refused):
    """What the operation is about is not within what the person may see now, or waits itself: it is kept, and somebody at
    the desk decides."""


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
    estimate: "Estimate | None" = None  # when by the server's clock; None where nobody asked

    @property
    def at(self) -> datetime:
        """When it was captured, as well as is known."""
        return self.estimate.at if self.estimate else self.captured_at


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
    if captured_at.tzinfo is None or not 1 < captured_at.year < 9999:  # whose turn into UTC would leave the calendar
        raise Refused("这一条里的时间没有时区或不对，已留在手机里。")
    said = {"id": str(identity), "kind": kind, "v": version, "device": device, "seq": seq,
            "captured_at": raw["captured_at"], "payload": payload}  # fmt: skip
    body = _bytes(said)
    if len(body) > MOST_PAYLOAD or (times and len(_bytes(times)) > MOST_PAYLOAD):
        raise Refused("这一条太大，已留在手机里。")
    kept = said | {"times": times} if times else said
    return Operation(identity, kind, version, device, seq, captured_at, payload, times, sha256_hex(body), kept)


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


# --- what a phone says of itself --------------------------------------------------------------------------------------

Range = tuple[int, int]
MOST_RANGES = 2000
MOST_DEVICE_WORDS = 64
SAME_CLOCK = timedelta(seconds=2)  # two readings further apart than this are two different times
UNREGISTERED = "urgent-"  # devices of the urgent page: a new name for each call


@dataclass(frozen=True)
class Phone:
    """What a phone says of itself with a request. Instants are aware; `mono_ms` counts within one opened page."""

    device: str
    sent_at: datetime | None = None
    mono_ms: float | None = None
    page_opened_ms: float | None = None
    counter: int = 0  # the last number it gave
    held: tuple[Range, ...] = ()  # numbers without a receipt, those of this request included, whoever's they are
    photos: int = 0  # waiting to be sent
    oldest_at: datetime | None = None  # since when the oldest of all that waits
    version: str = ""


class How(StrEnum):
    """What an estimate of an instant stands on."""

    AGREE = "clocks agree"
    MOVED = "clock was moved"
    OTHER_PAGE = "from another page"
    NONE = "no clocks"


@dataclass(frozen=True)
class Estimate:
    """When something was captured by the server's clock: give or take `uncertain_s` seconds, None if nobody can say."""

    at: datetime
    uncertain_s: int | None
    how: How

    def kept(self) -> dict[str, Any]:
        """As the journal and the chain keep it."""
        return {"at": self.at.isoformat(timespec="milliseconds"), "uncertain_s": self.uncertain_s, "how": str(self.how)}


def registered(device: str) -> bool:
    """Whether a device is one that comes again."""
    return 8 <= len(device) <= MOST_DEVICE_WORDS and device.isprintable() and not device.startswith(UNREGISTERED)


def read_phone(raw: Any) -> Phone | None:
    """The phone of a request; None where it says nothing that can be used. What it says wrong of itself never stops
    what it brings: each field that cannot be read is as if it had not been sent."""
    device = raw.get("device") if isinstance(raw, dict) else None
    if not isinstance(device, str) or not 8 <= len(device) <= MOST_DEVICE_WORDS or not device.isprintable():
        return None
    held = raw.get("held")
    return Phone(
        device=device,
        sent_at=instant(raw.get("sent_at")),
        mono_ms=_number(raw.get("mono_ms")),
        page_opened_ms=_number(raw.get("page_opened_ms")),
        counter=_count(raw.get("counter")),
        held=normal(_ranges(held)) if isinstance(held, list) else (),
        photos=min(_count(raw.get("photos")), 100_000),
        oldest_at=instant(raw.get("oldest_at")),
        version=str(raw.get("version") or "").replace("\x00", "")[:40],
    )


def instant(value: Any) -> datetime | None:
    """An aware instant as a phone writes it, in UTC; None for anything else."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _number(value: Any) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MOST_SEQ
    return float(value) if usable else None


def _count(value: Any) -> int:
    return value if type(value) is int and 0 <= value < MOST_SEQ else 0


def _ranges(value: Sequence[Any]) -> list[Range]:
    pairs = [pair for pair in value[:MOST_RANGES] if isinstance(pair, list) and len(pair) == 2]
    return [(low, high) for low, high in pairs if 1 <= _count(low) <= _count(high)]


def normal(ranges: Iterable[Sequence[int]]) -> tuple[Range, ...]:
    """Ranges in order, those that touch joined."""
    found: list[Range] = []
    for low, high in sorted((pair[0], pair[1]) for pair in ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def with_numbers(ranges: Iterable[Sequence[int]], numbers: Iterable[int]) -> tuple[Range, ...]:
    """Ranges and single numbers together."""
    return normal([*ranges, *((number, number) for number in numbers)])


def without(ranges: Iterable[Sequence[int]], taken: Iterable[Sequence[int]]) -> tuple[Range, ...]:
    """What is left of ranges when others are taken out."""
    left: list[Range] = []
    holes = normal(taken)
    for low, high in normal(ranges):
        for hole_low, hole_high in holes:
            if hole_high < low or hole_low > high:
                continue
            if hole_low > low:
                left.append((low, hole_low - 1))
            low = hole_high + 1
        if low <= high:
            left.append((low, high))
    return tuple(left)


def size(ranges: Iterable[Sequence[int]]) -> int:
    """How many numbers there are in ranges."""
    return sum(pair[1] - pair[0] + 1 for pair in ranges)


def missing(
    counter: int,
    received: Iterable[Sequence[int]],
    held: Iterable[Sequence[int]],
    excused: Iterable[Sequence[int]] = (),
) -> tuple[Range, ...]:
    """Numbers a phone gave that have neither arrived nor lie on it: lost on the phone. `excused` were looked into."""
    return without([(1, counter)] if counter else [], [*received, *held, *excused])


def offset_ms(phone: Phone | None, received_at: datetime) -> int | None:
    """How far the server's clock is ahead of the phone's; the way of the request counts into it."""
    if phone is None or phone.sent_at is None:
        return None
    return round((received_at - phone.sent_at) / timedelta(milliseconds=1))


def estimate(captured_at: datetime, times: Mapping[str, Any], phone: Phone | None, received_at: datetime) -> Estimate:
    """When something was captured by the server's clock; never later than it arrived.

    The wall clock is corrected by its offset now. Where the page that captured it is the one that sends it, the
    monotonic clock is a second witness. The two differ if the wall clock was moved, or if the phone slept, which stops
    the monotonic clock on many: less time on the wall than on the other cannot be sleep, so then the wall clock was put
    back and the other one is believed; else the wall clock. The distance of the two is the uncertainty.
    """
    if phone is None or phone.sent_at is None:
        return Estimate(min(captured_at.astimezone(UTC), received_at), None, How.NONE)
    by_wall = _earlier(received_at, phone.sent_at - captured_at)
    mono, page = _number(times.get("mono_ms")), _number(times.get("page_opened_ms"))
    if mono is None or page is None or phone.mono_ms is None or page != phone.page_opened_ms:
        return Estimate(by_wall, None, How.OTHER_PAGE)
    by_mono = _earlier(received_at, timedelta(milliseconds=phone.mono_ms - mono))
    apart = abs(by_wall - by_mono)
    if apart <= SAME_CLOCK:
        return Estimate(by_wall, round(SAME_CLOCK.total_seconds()), How.AGREE)
    put_back = phone.sent_at - captured_at < timedelta(milliseconds=phone.mono_ms - mono)
    return Estimate(by_mono if put_back else by_wall, round(apart.total_seconds()), How.MOVED)


def _earlier(instant: datetime, by: timedelta) -> datetime:
    """So much before an instant, never after it, and never outside what a calendar holds."""
    try:
        return min(instant - by, instant)
    except OverflowError:
        return instant
