"""The one place that asks what time it is.

Instants are aware datetimes in UTC; dates are plain dates in Asia/Shanghai.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present date in Shanghai."""
    return to_local(now()).date()


def to_local(instant: datetime) -> datetime:
    """An aware instant as Shanghai wall time, for showing only."""
    return instant.astimezone(SHANGHAI)


def local_date(instant: datetime) -> date:
    """The Shanghai date on which an instant falls."""
    return to_local(instant).date()
