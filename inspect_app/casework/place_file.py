"""一店一档: what every room knows of one place, cut to what a page shows, with how much there is in all. Reads.

The same number of statements for ten hazards and for a thousand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inspect_app.hazards import register
from inspect_app.hazards.at_a_place import FoundThere, PlaceShot, found_there, newest_photos, settled_at
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.papers import listing
from inspect_app.papers.listing import PaperFilters, PaperRow
from inspect_app.papers.queries import services_of
from inspect_app.people.rules import Scope
from inspect_app.premises.models import Premises
from inspect_app.visits.checked import last_inside
from inspect_app.visits.place_reasons import OpenThere, reasons_for
from inspect_app.visits.staleness import FullWalkRule

OPEN_SHOWN, SETTLED_SHOWN, PHOTOS_SHOWN, PAPERS_SHOWN = 10, 5, 10, 6


@dataclass(frozen=True)
class PaperThere:
    """A paper of the place, and whether it was served."""

    row: PaperRow
    served: bool


@dataclass(frozen=True)
class FoundFile:
    """What was found at a place and came of it, as far as somebody sees it: the first of each, and how many there are. `fit` are as
    many open hazards as a paper holds, for what may be made of several at once."""

    there: FoundThere
    fit: Sequence[Hazard]
    settled: Sequence[Hazard]
    photos: Sequence[PlaceShot]
    papers: Sequence[PaperThere]
    papers_total: int

    @property
    def open(self) -> Sequence[Hazard]:
        """The most urgent of the open ones."""
        return self.fit[:OPEN_SHOWN]


def found_file(scope: Scope, place: Premises, fit: int) -> FoundFile:
    """What is shown of a place to whoever sees hazards there; a paper holds `fit` of them."""
    about = PaperFilters(premises_id=place.id)
    rows = listing.page(scope, about, size=PAPERS_SHOWN).rows
    services = services_of([row.paper for row in rows])
    return FoundFile(
        there=found_there(scope, place.id, clock.today()),
        fit=register.at_premises(scope, place.id, max(fit, OPEN_SHOWN)),
        settled=settled_at(scope, place.id, SETTLED_SHOWN),
        photos=newest_photos(scope, place.id, PHOTOS_SHOWN),
        papers=[PaperThere(row, any(one.counts for one in services[row.paper.id])) for row in rows],
        papers_total=listing.count(scope, about),
    )


def reasons_of(place: Premises, there: FoundThere, rule: FullWalkRule) -> list[str]:
    """Why the place should be gone to first, in words; the gravest first."""
    open_ones = OpenThere(there.grave, there.overdue, there.longest, there.came_back)
    return reasons_for(open_ones, place.facts, last_inside(place.id), rule, clock.today())
