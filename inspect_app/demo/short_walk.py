"""A short walk of the demo district: what is answered one by one, and the zones that are closed over the rest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any
from uuid import UUID

from inspect_app.checklists.rules import Checklist, Item
from inspect_app.checklists.walk import Depth, Zone, drawn, may_be_drawn, zones
from inspect_app.kernel import clock
from inspect_app.kernel.ids import new_id
from inspect_app.premises.models import Premises
from inspect_app.visits import checked
from inspect_app.visits.actions import ClosingTap
from inspect_app.visits.begun import Walked
from inspect_app.visits.closings import Closing
from inspect_app.visits.models import Visit

_NEVER_SEEN = "里间锁着，店家说没带钥匙"


def drawn_for(premises: Premises, versions: Sequence[UUID], lists: Sequence[Checklist]) -> Walked:
    """A short walk that begins today, with its deep checks drawn as a phone draws them."""
    today = clock.today()
    candidates = may_be_drawn(lists, premises.facts | {"kind": premises.kind})
    known = checked.really_checked(premises.id, today)
    weights = {code: (today - known[code]).days for code in candidates if code in known}
    return Walked(Depth.SHORT, drawn(premises.id, today, versions, candidates, weights), weights)


class PlannedWalk:
    """How a visit goes through its zones; a whole one (全查) has none. Who `left` early did not see the last two."""

    def __init__(
        self, visit: Visit, lists: Sequence[Checklist], facts: Mapping[str, Any], failed: Set[str], *, left: str
    ) -> None:
        self.visit, self.why = visit, left or _NEVER_SEEN
        self.zones = zones(lists, facts) if visit.depth == Depth.SHORT else []
        last = self.zones[-2:] if left else []
        self.unseen = {zone.code for zone in self.zones if zone in last or _locked(visit, zone)}
        seen = [zone for zone in self.zones if zone.code not in self.unseen]
        keys = {item.code for zone in seen for item in zone.keys}
        deep = {item.code for zone in seen for item in zone.others} & {*visit.deep}
        self.told = keys | deep | failed

    def answered(self, items: Iterable[Item]) -> list[Item]:
        """Those of the items that are answered by themselves."""
        return [item for item in items if item.code in self.told] if self.zones else [*items]

    def closings(self, device: str) -> Iterator[ClosingTap]:
        """The zones, each closed over what was not answered by itself."""
        for number, zone in enumerate(self.zones, 1):
            looked = zone.code not in self.unseen
            seen = [item.code for item in (*zone.keys, *zone.others) if item.code not in self.told]
            beyond = [item.code for item in zone.beyond_the_eye if item.code not in self.told]
            order, spent = (clock.now(), 500 + number), 35 + (17 * number + len(seen)) % 70
            reason = "" if looked else self.why
            closing = Closing(
                zone.code, device, order, looked, tuple(seen), tuple(beyond), reason, spent if looked else 4
            )
            yield ClosingTap(new_id(), self.visit.id, closing)


def _locked(visit: Visit, zone: Zone) -> bool:
    """On some walks a back room stays shut."""
    return zone.code == "upstairs" and visit.id.int % 4 == 0
