"""Which of many hazards somebody may close as they stand, for rows that are closed with one press."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from sqlalchemy import and_, select

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused

from .answering import Offices
from .case import from_row
from .models import Hazard, MendingRound
from .queries import photos_awaited
from .rules import Actor, Round, Step, decide


def closable(hazards: Sequence[Hazard], known: Offices, me: Actor) -> set[UUID]:
    """Those that a look-back confirmed and that this actor may close now: one statement for any number.

    Asked is what the rules of closing look at. Whoever presses is judged by the whole case again.
    """
    rows = db.session.execute(
        select(
            Hazard.id, MendingRound.verified_by_person_id, MendingRound.confirmed, photos_awaited().label("awaited")
        )
        .join(
            MendingRound, and_(MendingRound.hazard_id == Hazard.id, MendingRound.number == Hazard.round_number)
        )
        .where(Hazard.id.in_([hazard.id for hazard in hazards]))
    )  # fmt: skip
    rounds = {row.id: row for row in rows}
    found = set()
    for hazard in hazards:
        row = rounds.get(hazard.id)
        if row is None or not row.confirmed:
            continue
        case = replace(
            from_row(hazard),
            round=Round(verified_by_person=row.verified_by_person_id, confirmed=True),
            photos_awaited=int(row.awaited),
            closing_offices=known.closing(hazard.closing_office_id, hazard.area_id, row.verified_by_person_id),
        )
        with suppress(Refused):
            decide(case, Step.CLOSE, me)
            found.add(hazard.id)
    return found
