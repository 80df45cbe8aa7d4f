"""What about a short walk somebody at the desk may ask the deputy about. Pure.

A question with its numbers, never a verdict: a small shop is walked quickly, a phone may count wrong, and a place that was in
order is closed without an exception. It is asked only where a stated rule says that something stands out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from statistics import median
from uuid import UUID

from inspect_app.checklists.conditions import Verdict

ENOUGH = 5  # walks with such a number, before their median says anything
QUICK = 3  # so many times quicker than a median stands out
ZONES_QUICK = 2  # one zone may have had its reason
FEW_TAPS = 8  # below, a time for each tap says nothing
MANY_ZONES = 24  # closed without an exception, before that stands out
SHARE_OF_OTHERS = 0.10  # zones with an exception that others find, below which nothing is asked
SOON = timedelta(days=30)


class Asked(StrEnum):
    """What is asked about."""

    QUICK_ZONES = "quick_zones"
    QUICK_TAPS = "quick_taps"
    NO_EXCEPTION = "no_exception"
    FOUND_SINCE = "found_since"
    OTHER_DEEP = "other_deep"


@dataclass(frozen=True)
class WalkPace:
    """A short walk as it is held against others: how long each zone took, how much was answered one by one, which zones were
    closed as looked at, and in which of them something was wrong or uncertain."""

    person_id: UUID
    seconds: Mapping[str, int] = field(default_factory=dict)
    taps: int = 0
    closed: frozenset[str] = frozenset()
    exceptions: frozenset[str] = frozenset()

    @property
    def per_tap(self) -> float | None:
        """Seconds for each item answered one by one; nothing where there were few."""
        return sum(self.seconds.values()) / self.taps if self.seconds and self.taps >= FEW_TAPS else None


@dataclass(frozen=True)
class Compared:
    """A number of this walk beside the usual ones; None where too few walks say."""

    what: str  # a zone; empty: each tap
    here: float
    own: float | None
    others: float | None

    @property
    def stands_out(self) -> bool:
        """Whether it is a third or less of what is usual, of one's own walks or of others'."""
        return any(usual is not None and self.here * QUICK <= usual for usual in (self.own, self.others))


@dataclass(frozen=True)
class FoundSince:
    """Something another person found at the premises afterwards, and what this walk said of the same thing."""

    title: str
    on: date
    by: str
    by_person_id: UUID | None
    said_here: Verdict


@dataclass(frozen=True)
class VisitQuestion:
    """One question with what it rests on."""

    asked: Asked
    compared: tuple[Compared, ...] = ()
    zones: tuple[int, int] = (
        0,
        0,
    )  # closed by this deputy without an exception; of others: in a hundred zones one was found in
    found: tuple[FoundSince, ...] = ()
    drawn: tuple[str, ...] = ()


def usual(numbers: Iterable[float | None]) -> float | None:
    """The median; None of too few."""
    known = [number for number in numbers if number is not None]
    return median(known) if len(known) >= ENOUGH else None


def quick(walk: WalkPace, own: Sequence[WalkPace], others: Sequence[WalkPace]) -> list[VisitQuestion]:
    """Whether zones, or taps, were much quicker than usual."""
    zones = [
        Compared(
            zone,
            seconds,
            usual(one.seconds.get(zone) for one in own),
            usual(one.seconds.get(zone) for one in others),
        )
        for zone, seconds in walk.seconds.items()
        if zone in walk.closed
    ]
    out, found = tuple(one for one in zones if one.stands_out), []
    if len(out) >= ZONES_QUICK:
        found.append(VisitQuestion(Asked.QUICK_ZONES, out))
    if walk.per_tap is not None:
        taps = Compared("", walk.per_tap, usual(one.per_tap for one in own), usual(one.per_tap for one in others))
        found += [VisitQuestion(Asked.QUICK_TAPS, (taps,))] if taps.stands_out else []
    return found


def no_exception(walk: WalkPace, own: Sequence[WalkPace], others: Sequence[WalkPace]) -> list[VisitQuestion]:
    """Whether a deputy closes zone after zone without an exception where others find something."""
    mine = [walk, *own]
    closed, theirs = (sum(len(one.closed) for one in walks) for walks in (mine, others))
    wrong = sum(len(one.exceptions & one.closed) for one in others)
    if closed < MANY_ZONES or any(one.exceptions for one in mine) or theirs < MANY_ZONES:
        return []
    share = wrong / theirs
    return [VisitQuestion(Asked.NO_EXCEPTION, zones=(closed, round(share * 100)))] if share >= SHARE_OF_OTHERS else []


def found_since(team: Collection[UUID], on: date, found: Iterable[FoundSince]) -> list[VisitQuestion]:
    """What others found here soon afterwards, of what this walk called right or saw nothing wrong with."""
    soon = tuple(
        one
        for one in found
        if one.by_person_id not in team and on <= one.on <= on + SOON and one.said_here in (Verdict.PASS, Verdict.SEEN)
    )
    return [VisitQuestion(Asked.FOUND_SINCE, found=soon)] if soon else []


def other_deep(deep: Collection[str], expected: Sequence[Sequence[str]]) -> list[VisitQuestion]:
    """Whether the items checked deeply are others than those that were to be drawn. `expected` are all draws that the facts of
    the place, before or after the visit, could have given."""
    if not expected or any(set(deep) == set(one) for one in expected):
        return []
    return [VisitQuestion(Asked.OTHER_DEEP, drawn=tuple(expected[0]))]
