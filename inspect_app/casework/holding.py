"""Holding what an intention adds to: one order for everybody, so that nobody waits in a circle (docs/decisions/0018)."""

from collections.abc import Iterable
from uuid import UUID

from inspect_app.hazards.case import places_of
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit


def hold(
    visit_ids: Iterable[UUID], *, place_ids: Iterable[UUID] = (), hazard_ids: Iterable[UUID] = ()
) -> tuple[list[Visit], list[Premises]]:
    """Visits, then their places, those named and those of the hazards named: as they are now, locked until the
    transaction ends. What is not there yet is left out. The session forgets rows that nobody keeps: keep what this returns.
    """
    held = visits.hold(visit_ids)
    places = {*place_ids, *(visit.premises_id for visit in held), *places_of(hazard_ids)}
    return held, premises.hold(places)
