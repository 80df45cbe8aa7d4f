"""Whether a hazard may be closed with one press as its row shows it, judged without its whole case."""

from dataclasses import replace

from inspect_app.kernel.errors import Refused

from .answering import Offices
from .case import from_row
from .rules import Actor, Round, Step, decide
from .worklist import PileItem


def closable(item: PileItem, known: Offices, me: Actor) -> bool:
    """Whether a look-back confirmed it and this actor may close it now; asks nothing.

    It gives the rules what those of closing look at. Whoever presses is judged by the whole case again.
    """
    hazard, row = item.hazard, item.round
    if row is None or not row.confirmed:
        return False
    case = replace(
        from_row(hazard),
        round=Round(verified_by_person=row.verified_by_person_id, confirmed=True),
        photos_awaited=int(item.awaits_photos),
        closing_offices=known.closing(hazard.closing_office_id, hazard.area_id, row.verified_by_person_id),
    )
    try:
        decide(case, Step.CLOSE, me)
    except Refused:
        return False
    return True
