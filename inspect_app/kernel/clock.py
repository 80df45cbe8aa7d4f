"""The one place that asks what time it is.

Instants are aware datetimes in UTC; dates are plain dates in Asia/Shanghai.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _stopped_at.get() or datetime.now(UTC)


@contextmanager
def stopped_at(instant: datetime) -> Iterator[None]:
    """Live at another instant, for loading a demo district with a past. Nothing that serves users calls this."""
    token = _stopped_at.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _stopped_at.reset(token)


def today() -> date:
    """The present date in Shanghai."""
    return to_local(now()).date()


def to_local(instant: datetime) -> datetime:
    """An aware instant as Shanghai wall time, for showing only."""
    return instant.astimezone(SHANGHAI)


def local_date(instant: datetime) -> date:
    """The Shanghai date on which an instant falls."""
    return to_local(instant).date()


def start_of(day: date) -> datetime:
    """The instant at which a Shanghai date begins."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
