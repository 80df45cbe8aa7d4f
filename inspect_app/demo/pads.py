"""A pad of blank slips in the demo: some were left at shops, one got lost, the rest is still with the deputy."""

from datetime import date

from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.slips import actions, binding, queries
from inspect_app.visits.models import Visit

from .people import Cast

_SLIPS, _LEFT = 12, 2


def make(cast: Cast, today: date, address: str) -> None:
    """Twelve slips for the first deputy; the first two were left on her newest visits, the third is lost."""
    scope, deputy = cast.scope("du1", today), cast.scope("daibiao1", today)
    pad = actions.ask_pad(scope, _SLIPS, deputy.person_id, address)
    slips = queries.slips_of(pad.id)
    own = select(Visit.id).where(Visit.person_id == deputy.person_id, Visit.submitted_at.is_not(None))
    visits = own.order_by(Visit.started_at.desc(), Visit.id).limit(_LEFT)
    for slip, visit_id in zip(slips, db.session.scalars(visits).all(), strict=False):
        binding.bind(deputy, slip.id, visit_id)
    actions.void(scope, slips[_LEFT].short, "在路上丢了")
