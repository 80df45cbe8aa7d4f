"""Stamps that this machine wrote while its clock ran ahead: they are in the future, and for years perhaps. Pure.

Whatever waits for such an instant to pass would be switched off until then: it says nothing, and what counts from it begins
anew (docs/decisions/0012-one-time.md).
"""

from datetime import datetime, timedelta

SLACK = timedelta(minutes=5)  # a clock may be set right by so much without anybody noticing


def ahead(stamp: datetime, now: datetime, *, by: timedelta = timedelta(0)) -> bool:
    """Whether a stamp is further in the future than anything written now: at most `by`, where it says when to come again.

    >>> noon = datetime(2026, 11, 30, 12)
    >>> ahead(datetime(2030, 1, 1), noon), ahead(noon + timedelta(minutes=1), noon)
    (True, False)
    """
    return stamp > now + by + SLACK
