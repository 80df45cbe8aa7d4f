"""送达, 告知, 更正送达: what the service of a paper does to the mending date."""

from datetime import date, datetime
from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.kernel.workdays import published_calendar

from ..case import require_words
from ..clocks import ClockKind, ClockStatus, DateOrigin, TimeLimit, due, late_service
from ..dates import Clock
from ..models import Hazard
from ..rules import Actor, State, Step
from ..standing import newest_clock
from .handing import offer_date, term_of
from .setting_clocks import ClockSetting
from .steps import take

_FROM_SERVICE = "从送达之日起算"  # the reason that a date from service had before it had an origin


def serve(
    hazard: Hazard,
    actor: Actor,
    *,
    paper_id: UUID,
    way: str,
    served_at: datetime,
    received: bool,
    words: dict[str, str] | None = None,
    starts_dates: bool = True,
) -> None:
    """送达 of one paper: a mending date stated in days now runs from service and is no longer provisional.

    A date that is fixed or printed is final: a late service offers a later day to who set it. Nothing is shortened.
    `words` enter the chain as a commitment. Without `starts_dates` that is all: the days ran from the order's own service.
    """
    facts: dict[str, object] = {"paper": paper_id, "way": way, "served_at": served_at, "received": received}
    if not starts_dates:
        take(hazard, Step.SERVE, actor, facts=facts, words=words)
        return
    mending, served_on = newest_clock(hazard, ClockKind.MENDING), clock.local_date(served_at)
    clocks: tuple[ClockSetting, ...] = ()
    offer: date | None = None
    if mending is not None and State(hazard.state) is State.RECTIFYING:
        if mending.awaits_service and not mending.printed:
            clocks = (_from_service(mending, served_on),)
        else:
            later = late_service(term_of(mending), mending.starts_on, mending.due_on, served_on, published_calendar())
            offer = later.on if later else None
    take(
        hazard,
        Step.SERVE,
        actor,
        facts=facts | {"offered": offer},
        words=words,
        change={"served_at": served_at},
        clocks=clocks,
    )
    if offer is not None:
        offer_date(hazard, offer, "送达晚了，按送达之日重新留足天数", DateOrigin.LATE_SERVICE)


def not_served(
    hazard: Hazard, actor: Actor, *, step: Step, paper_id: UUID, way: str, tried_at: datetime, reason: str
) -> None:
    """告知 (shown and refused) or 没有送到: what was tried stands in the chain; no date runs from it."""
    facts = {"paper": paper_id, "way": way, "tried_at": tried_at}
    take(hazard, step, actor, facts=facts, words={"reason": reason})


def unserve(
    hazard: Hazard,
    actor: Actor,
    *,
    paper_id: UUID,
    service_id: UUID,
    served_at: datetime,
    still: datetime | None,
    reason: str,
    starts_dates: bool = True,
) -> None:
    """更正送达: a recorded service of `served_at` does not count; `still` is the newest service that does.

    A mending date that ran from it is provisional again. It stays where it is until somebody serves: nothing is
    shortened, and the event of the service stays as it was.
    """
    clocks = _provisional_again(hazard, served_at) if starts_dates else ()
    take(
        hazard,
        Step.UNSERVE,
        actor,
        facts={"paper": paper_id, "service": service_id, "served_at": served_at},
        words={"reason": require_words(reason, "更正的理由", "reason")},
        change={"served_at": still},
        clocks=clocks,
    )


def _provisional_again(hazard: Hazard, served_at: datetime) -> tuple[ClockSetting, ...]:
    """The mending date as it stands, waiting for service again, where it ran from the service of `served_at`."""
    mending = newest_clock(hazard, ClockKind.MENDING)
    if mending is None or State(hazard.state) is not State.RECTIFYING or not _ran_from(mending, served_at):
        return ()
    return (
        ClockSetting(
            ClockKind.MENDING,
            term_of(mending),
            mending.starts_on,
            ClockStatus(mending.status),
            awaits_service=True,
            by=mending.set_by_organisation_id,
            origin=DateOrigin.UNSERVED,
        ),
    )


def _ran_from(mending: Clock, served_at: datetime) -> bool:
    return (
        mending.amount is not None
        and (mending.origin == DateOrigin.SERVICE or mending.reason == _FROM_SERVICE)
        and mending.starts_on == clock.local_date(served_at)
    )


def _from_service(mending: Clock, served_on: date) -> ClockSetting:
    """The same number of days counted from service; never an earlier day than the one that stood."""
    term, status = term_of(mending), ClockStatus(mending.status)
    counted = due(term, served_on, published_calendar()).on
    if counted < mending.due_on:
        return ClockSetting(
            ClockKind.MENDING,
            TimeLimit(fixed=mending.due_on),
            served_on,
            status,
            by=mending.set_by_organisation_id,
            origin=DateOrigin.NOT_SHORTENED,
        )
    return ClockSetting(
        ClockKind.MENDING, term, served_on, status, by=mending.set_by_organisation_id, origin=DateOrigin.SERVICE
    )
