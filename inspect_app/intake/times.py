"""When something happened on a phone, by the server's clock. Pure. See docs/decisions/0012.

A phone's own clock may be days wrong, put back by hand, or from another century. What it says is kept and shown as a
remark; the estimate made here is the only instant that leaves the intake.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct

from .phones import Phone, number

SAME_CLOCK = timedelta(seconds=2)  # two readings further apart than this are two different times
_SAME_SECONDS = round(SAME_CLOCK.total_seconds())
LONGEST_WAIT = timedelta(days=60)  # what says it waited longer on a phone is not believed


class PhoneTime(Struct, frozen=True):
    """An instant by a phone's own clock. No datetime on purpose: whoever needs one takes the operation's `at`."""

    wall: datetime  # aware


class How(StrEnum):
    """What an estimate of an instant stands on."""

    AGREE = "clocks agree"
    MOVED = "clock was moved"
    OTHER_PAGE = "from another page"
    LAST_HEARD = "clock as last heard"
    NONE = "no clocks"
    RECEIPT = "time of receipt"  # what the clocks said cannot be


class Estimate(Struct, frozen=True):
    """When something was captured by the server's clock: give or take `uncertain_s` seconds, None if nobody can say."""

    at: datetime
    uncertain_s: int | None
    how: How

    def kept(self) -> dict[str, Any]:
        """As the journal and the chain keep it."""
        return {"at": self.at.isoformat(timespec="milliseconds"), "uncertain_s": self.uncertain_s, "how": str(self.how)}


@dataclass(frozen=True)
class Arrival:
    """What the server knows as something arrives: when, what the phone says of itself, how far its clock was behind when
    it was last heard, and before which instant nothing can have happened."""

    at: datetime
    phone: Phone | None = None
    behind: timedelta | None = None
    earliest: datetime | None = None


def offset_ms(phone: Phone | None, received_at: datetime) -> int | None:
    """How far the server's clock is ahead of the phone's; the way of the request counts into it."""
    if phone is None or phone.sent_at is None:
        return None
    return round((received_at - phone.sent_at) / timedelta(milliseconds=1))


def estimate(captured_at: PhoneTime, times: Mapping[str, Any], arrival: Arrival) -> Estimate:
    """When something was captured by the server's clock; never later than it arrived.

    What lies after the arrival or before the earliest instant cannot be: then it is the time of receipt.
    """
    try:
        found = _by_clocks(captured_at.wall, times, arrival)
    except OverflowError:  # outside what a calendar holds
        return Estimate(arrival.at, None, How.RECEIPT)
    if arrival.earliest is not None and found.at < arrival.earliest:
        return Estimate(arrival.at, None, How.RECEIPT)
    if found.at <= arrival.at:
        return found
    if found.at > arrival.at + SAME_CLOCK:
        return Estimate(arrival.at, None, How.RECEIPT)
    return Estimate(arrival.at, found.uncertain_s, found.how)


def _by_clocks(captured: datetime, times: Mapping[str, Any], arrival: Arrival) -> Estimate:
    """What the clocks say, whether or not it can be.

    The wall clock is corrected by its offset now. Where the page that captured it is the one that sends it, the
    monotonic clock is a second witness. The two differ if the wall clock was moved, or if the phone slept, which stops
    the monotonic clock on many: less time on the wall than on the other cannot be sleep, so then the wall clock was put
    back and the other one is believed; else the wall clock. The distance of the two is the uncertainty.
    """
    phone = arrival.phone
    if phone is None or phone.sent_at is None:
        if arrival.behind is None:
            return Estimate(captured.astimezone(UTC), None, How.NONE)
        return Estimate(captured.astimezone(UTC) + arrival.behind, None, How.LAST_HEARD)
    on_the_wall = phone.sent_at - captured
    by_wall = arrival.at - on_the_wall
    then, page = number(times.get("mono_ms")), number(times.get("page_opened_ms"))
    if then is None or page is None or phone.mono_ms is None or page != phone.page_opened_ms:
        return Estimate(by_wall, None, How.OTHER_PAGE)
    counted = timedelta(milliseconds=phone.mono_ms - then)
    apart = abs(on_the_wall - counted)
    if apart <= SAME_CLOCK:
        return Estimate(by_wall, _SAME_SECONDS, How.AGREE)
    by_mono = arrival.at - counted
    return Estimate(by_mono if on_the_wall < counted else by_wall, round(apart.total_seconds()), How.MOVED)
