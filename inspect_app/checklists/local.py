"""Rules of a district: what "small" means there and which requirements are its own. Dated, with source, switchable.

Of the 九小场所 a national text fixes the size of small restaurants only (domain-review.md 2); districts fix others, or none
(domain.md 1.3, domain-local.md 0.12).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from .conditions import holds, is_number
from .rules import Basis, BasisMark, Checklist, Item, as_date, in_force
from .suspicion import SuspicionRule


@dataclass(frozen=True)
class Threshold:
    """Up to which size a kind of place counts as small (以下 includes the number itself)."""

    kind: str
    fact: str
    at_most: float
    source: str
    mark: BasisMark
    per_storey: bool = False  # the number is for each floor

    def passed(self, facts: Mapping[str, Any]) -> bool:
        """Whether a place is known to be larger. Of a limit for each floor only the whole is known: over it on all floors
        together is over it on one."""
        value = facts.get(self.fact)
        storeys: Any = facts.get("storeys") if self.per_storey else 1
        return is_number(value) and is_number(storeys) and value > self.at_most * storeys


@dataclass(frozen=True)
class LocalRules:
    """One district's configuration; `place` and `province` are what items and bases name as theirs."""

    code: str
    place: str
    province: str
    source: str
    since: date | None = None
    until: date | None = None
    thresholds: tuple[Threshold, ...] = ()

    @classmethod
    def from_dict(cls, code: str, raw: Mapping[str, Any]) -> "LocalRules":
        """A district as its file writes it."""
        thresholds = tuple(
            Threshold(
                kind=one["kind"],
                fact=one["fact"],
                at_most=one["at_most"],
                source=one["source"],
                mark=BasisMark(one["mark"]),
                per_storey=one.get("per_storey", False),
            )
            for one in raw.get("thresholds") or ()
        )
        return cls(
            code=code,
            place=raw.get("place") or "",
            province=raw["province"],
            source=raw["source"],
            since=as_date(raw.get("since")),
            until=as_date(raw.get("until")),
            thresholds=thresholds,
        )

    def covers(self, place: str, day: date) -> bool:
        """Whether what names this place holds here on a day."""
        return place in (self.place, self.province) and in_force(self.since, self.until, day)

    def exceeded(self, kind: str, facts: Mapping[str, Any]) -> list[Threshold]:
        """The thresholds of "small" that a place of a kind is known to be over."""
        return [one for one in self.thresholds if one.kind == kind and one.passed(facts)]

    def sizes(self, kind: str, day: date) -> bool:
        """Whether these rules say on a day how large a place of a kind may be."""
        return in_force(self.since, self.until, day) and any(one.kind == kind for one in self.thresholds)


def sizing(kind: str, day: date, *rules: LocalRules | None) -> LocalRules | None:
    """Whose sizes hold for a kind of place on a day: the first of these that has any, the district before the country."""
    return next((one for one in rules if one is not None and one.sizes(kind, day)), None)


def holds_here(place: str, local: LocalRules | None, day: date) -> bool:
    """Whether something of a place (empty: the whole country) holds under the rules that are switched on."""
    return not place or (local is not None and local.covers(place, day))


def item_here(item: Item, local: LocalRules | None, day: date, kinds: Sequence[str] = ()) -> Item | None:
    """The item with the bases that hold here, for places of these kinds; None where the item itself is another
    district's."""
    if not holds_here(item.place, local, day):
        return None
    bases = tuple(basis for basis in item.bases if holds_here(basis.place, local, day) and _for_some(basis, kinds))
    return item if len(bases) == len(item.bases) else replace(item, bases=bases)


def _for_some(basis: Basis, kinds: Sequence[str]) -> bool:
    """Whether a basis may bind a place of one of these kinds; none named: of any."""
    return not kinds or any(holds(basis.when, {"kind": kind}) is not False for kind in kinds)


def within(checklist: Checklist, local: LocalRules | None, day: date) -> Checklist:
    """The list as it is asked, shown and printed here: without items and bases of other places."""
    kept = (item_here(item, local, day, checklist.kinds) for item in checklist.items)
    return replace(checklist, items=tuple(item for item in kept if item is not None))


def rule_here(rule: SuspicionRule, local: LocalRules | None, day: date) -> bool:
    """Whether a suspicion rule rests on what holds here."""
    return rule.basis is None or holds_here(rule.basis.place, local, day)


def requirements(items: Mapping[str, Item], local: LocalRules) -> list[Item]:
    """The items that are asked only because of this district."""
    return [item for item in items.values() if item.place and item.place in (local.place, local.province)]
