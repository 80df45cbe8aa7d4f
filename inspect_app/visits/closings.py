"""A zone of a short walk that was closed, as it lies in the taps of a visit, and what it says of its items. Pure.

Closings only ever add up, like answers: each is kept as it came, and two phones may close the same zone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from inspect_app.checklists.zones import ZONES

from .rules import Answer, Elsewhere, Value, maybe_ident, photos_named
from .shapes import stored_answer

_A_DAY = 86_400


@dataclass(frozen=True)
class Closing:
    """One zone as one phone closed it. `items` were seen where somebody `looked`, `not_looked` were not in any case."""

    zone: str  # as it came: a newer list may know others
    device_id: str
    order: tuple[datetime, int]
    looked: bool
    items: tuple[str, ...] = ()
    not_looked: tuple[str, ...] = ()
    reason: str = ""
    seconds: int | None = None
    photos: tuple[UUID, ...] = ()

    @property
    def rank(self) -> tuple[tuple[datetime, int], str]:
        """Later first; the device decides between two of the same instant."""
        return self.order, self.device_id

    def glances(self) -> Iterator[Answer]:
        """What it says of each of its items: 看过 or 没看, never 合格."""
        seen = self.items if self.looked else ()
        for code in seen:
            yield self._glance(code, Value.SEEN)
        for code in dict.fromkeys((*self.items, *self.not_looked)):
            if code not in seen:
                yield self._glance(code, Value.NOT_LOOKED)

    def _glance(self, code: str, value: Value) -> Answer:
        return Answer(code, self.device_id, self.order, {"value": str(value), "zone": self.zone})

    def kept(self, operation_id: UUID) -> dict[str, Any]:
        """The same among the taps of a visit."""
        at, seq = self.order
        return {
            "operation": str(operation_id),
            "zone": self.zone,
            "looked": self.looked,
            "items": list(self.items),
            "not_looked": list(self.not_looked),
            "reason": self.reason,
            "seconds": self.seconds,
            "photos": [str(photo) for photo in self.photos],
            "captured_at": at.isoformat(),
            "seq": seq,
        }


@dataclass(frozen=True)
class ClosedZone:
    """A zone as all phones together left it: somebody looked, or nobody did and why."""

    zone: str
    looked: bool
    items: tuple[str, ...]
    not_looked: tuple[str, ...]
    reason: str
    seconds: int | None  # that somebody spent in it; of two phones the longer
    photos: tuple[UUID, ...]
    at: datetime


def seconds_of(said: Any) -> int | None:
    """How long somebody was in a zone; nothing where a phone's clock jumped or it is no number."""
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= _A_DAY:
        return None
    return round(said)


def closing_in(tap: Mapping[str, Any], device_id: str) -> Closing | None:
    """A zone that was closed; None for an answer."""
    if "zone" not in tap:
        return None
    return Closing(
        tap["zone"],
        device_id,
        (datetime.fromisoformat(tap["captured_at"]), tap["seq"]),
        tap["looked"],
        tuple(tap["items"]),
        tuple(tap["not_looked"]),
        tap["reason"],
        tap["seconds"],
        tuple(photo for one in tap["photos"] if (photo := maybe_ident(one)) is not None),
    )


def said_in(taps: Iterable[Mapping[str, Any]], device_id: str) -> Iterator[Answer]:
    """The answers of one phone, and what its closed zones say of their items."""
    for tap in taps:
        closing = closing_in(tap, device_id)
        if closing is not None:
            yield from closing.glances()
            continue
        order = datetime.fromisoformat(tap["captured_at"]), tap["seq"]
        yield Answer(tap["item"], device_id, order, stored_answer(tap["body"]), tap["chosen"], _elsewhere_in(tap))


def _elsewhere_in(tap: Mapping[str, Any]) -> Elsewhere | None:
    """The list that holds an item which the visit does not ask; taps of before name none."""
    version, on = tap.get("elsewhere") or ("", "")
    return Elsewhere(UUID(version), date.fromisoformat(on)) if version else None


def photos_in(tap: Mapping[str, Any]) -> tuple[UUID, ...]:
    """The photos that a tap names: those of an answer, or the wide ones of a zone."""
    return photos_named(tap) if "zone" in tap else photos_named(stored_answer(tap["body"]))


def together(closings: Iterable[Closing]) -> dict[str, ClosedZone]:
    """Each zone once, in walking order: of each phone its newest word counts, and whoever looked, looked."""
    newest: dict[str, dict[str, Closing]] = {}
    for one in closings:
        by_phone = newest.setdefault(one.zone, {})
        known = by_phone.get(one.device_id)
        if known is None or known.order[::-1] < one.order[::-1]:  # the counter before the clock, as with answers
            by_phone[one.device_id] = one
    walked = [code for code in ZONES if code in newest] + sorted(set(newest) - set(ZONES))
    return {code: _settled(sorted(newest[code].values(), key=lambda one: one.rank)) for code in walked}


def _settled(of_each_phone: Sequence[Closing]) -> ClosedZone:
    counts = [one for one in of_each_phone if one.looked] or of_each_phone
    last = counts[-1]
    seen = dict.fromkeys(code for one in counts if one.looked for code in one.items)
    rest = dict.fromkeys(code for one in of_each_phone for code in (*one.items, *one.not_looked) if code not in seen)
    return ClosedZone(
        last.zone,
        last.looked,
        tuple(seen),
        tuple(rest),
        "" if last.looked else last.reason,
        max((one.seconds for one in counts if one.seconds is not None), default=None),
        tuple(dict.fromkeys(photo for one in of_each_phone for photo in one.photos)),
        last.order[0],
    )
