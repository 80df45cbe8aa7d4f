"""What a phone says of itself with a request, and the gaps in its numbers. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from msgspec import Meta, Struct

from inspect_app.kernel.shapes import read_what_fits

MOST_NUMBER = 2**53  # what a phone can count exactly

Range = tuple[int, int]
MOST_DEVICE_WORDS = 64
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


def registered(device: str) -> bool:
    """Whether a device is one that comes again."""
    return 8 <= len(device) <= MOST_DEVICE_WORDS and device.isprintable() and not device.startswith(UNREGISTERED)


Count = Annotated[int, Meta(ge=0, lt=MOST_NUMBER)]


class _Said(Struct, frozen=True):
    """What a phone says of itself, as JSON."""

    device: str = ""
    sent_at: Any = None
    mono_ms: Any = None
    page_opened_ms: Any = None
    counter: Count = 0
    held: tuple[tuple[Count, Count], ...] = ()
    photos: Count = 0
    oldest_at: Any = None
    version: str = ""


def read_phone(raw: Any) -> Phone | None:
    """The phone of a request; None where it says nothing that can be used. What it says wrong of itself never stops
    what it brings: each field that cannot be read is as if it had not been sent."""
    said = read_what_fits(raw, _Said)
    if not 8 <= len(said.device) <= MOST_DEVICE_WORDS or not said.device.isprintable():
        return None
    return Phone(
        device=said.device,
        sent_at=instant(said.sent_at),
        mono_ms=number(said.mono_ms),
        page_opened_ms=number(said.page_opened_ms),
        counter=said.counter,
        held=normal((low, high) for low, high in said.held if 1 <= low <= high),
        photos=min(said.photos, 100_000),
        oldest_at=instant(said.oldest_at),
        version=said.version if said.version.isprintable() and len(said.version) <= MOST_DEVICE_WORDS else "",
    )


def instant(value: Any) -> datetime | None:
    """An aware instant as a phone writes it, in UTC; None for anything else."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def number(value: Any) -> float | None:
    """A number as a clock counts milliseconds; None for anything else."""
    usable = type(value) in (int, float) and -MOST_NUMBER < value < MOST_NUMBER
    return float(value) if usable else None


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
