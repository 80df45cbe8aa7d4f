"""What an urgent call is about, which of them ring together, and when one is told again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from inspect_app.kernel.stamps import ahead


class Danger(StrEnum):
    """What kind of danger somebody calls about."""

    GAS = "gas"
    FIRE = "fire"
    LOCKED_IN = "locked_in"
    COLLAPSE = "collapse"
    OTHER = "other"


DANGER_NAMES = {
    Danger.GAS: "闻到燃气味",
    Danger.FIRE: "着火或冒烟",
    Danger.LOCKED_IN: "有人被锁在里面",
    Danger.COLLAPSE: "要塌、要倒",
    Danger.OTHER: "别的危险",
}

URGE_EVERY = timedelta(minutes=3)


RINGS_ALONE = 3  # calls of one person in BUNDLES_WITHIN: from the next one on they ring together
BUNDLES_WITHIN = timedelta(minutes=10)
PRESSED_AGAIN = timedelta(minutes=2)


@dataclass(frozen=True)
class Rung:
    """An urgent call as far as ringing goes. `bundle` is the call it rings together with, which may be itself."""

    id: UUID
    said: tuple[str, str]  # danger and where
    received_at: datetime
    bundle: UUID | None = None


def rings_with(call: Rung, earlier: Sequence[Rung]) -> tuple[UUID | None, bool]:
    """Which call a new one rings together with, and whether it rings at all. `earlier` are those of the same person within
    BUNDLES_WITHIN, the oldest first. The same said again at once is a second press: it is taken and rings nothing. Whatever
    came by a clock that ran ahead is not of these minutes."""
    earlier = [one for one in earlier if not ahead(one.received_at, call.received_at)]
    for one in reversed(earlier):
        if one.said == call.said and call.received_at - one.received_at < PRESSED_AGAIN:
            return one.bundle or one.id, False
    alone = [one.id for one in earlier if one.bundle is None]
    if len(alone) < RINGS_ALONE:
        return None, True
    together = [one.bundle for one in earlier if one.bundle is not None and one.bundle not in alone]
    return (together[-1] if together else call.id), True


def urge_due(
    reported_at: datetime, last_urged_at: datetime | None, now: datetime, every: timedelta = URGE_EVERY
) -> bool:
    """Whether an unacknowledged urgent call must be urged again."""
    since = last_urged_at or reported_at
    return now - since >= every or ahead(since, now)
