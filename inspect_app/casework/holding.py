"""Holding what an intention adds to: one order for everybody, so that nobody waits in a circle (docs/decisions/0018)."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from inspect_app.hazards.case import places_of
from inspect_app.kernel.database import db
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit

Row = TypeVar("Row", Visit, Premises)


class Held:
    """Visits and places that a request adds to, as they are now and locked until its transaction ends. The session forgets
    rows that nobody keeps: here they are kept."""

    def __init__(self, rows: Iterable[Visit | Premises]) -> None:
        self._rows = {row.id: row for row in rows}

    def keep(self, row: Row) -> Row:
        """A row that was begun, or came into sight, on the way."""
        self._rows[row.id] = row
        return row

    def visit(self, visit_id: UUID) -> Visit | None:
        """A visit that is held, or is held now: another request may just have begun it. None where there is none."""
        known = self._rows.get(visit_id)
        if isinstance(known, Visit) and known in db.session:
            return known
        found = visits.hold([visit_id])
        return self.keep(found[0]) if found else None


def hold(visit_ids: Iterable[UUID], *, place_ids: Iterable[UUID] = (), hazard_ids: Iterable[UUID] = ()) -> Held:
    """Visits, then their places, those named and those of the hazards named: as they are now, locked until the
    transaction ends. What is not there yet is left out. Keep what this returns.
    """
    held = visits.hold(visit_ids)
    places = {*place_ids, *(visit.premises_id for visit in held), *places_of(hazard_ids)}
    return Held([*held, *premises.hold(places)])
