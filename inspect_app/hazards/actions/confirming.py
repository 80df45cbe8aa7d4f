"""What the desk is asked about a finding before it counts on it: 待确认 and 待商定."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import update

from inspect_app.kernel.database import db

from ..models import Hazard
from ..rules import Actor, Step
from .steps import take


def confirm_finding(hazard: Hazard, actor: Actor, *, words: str = "") -> None:
    """确认发现: somebody at the desk has looked at what a person reported who is linked to the place, or has asked the two
    whose phones differ."""
    said = {"words": words} if words.strip() else None
    take(hazard, Step.CONFIRM_FINDING, actor, words=said, change={"unconfirmed": False, "contested": False})


def settle_contests(visit_id: UUID, contested: Mapping[UUID, bool]) -> None:
    """What the phones of a visit say since of its findings, by hazard: whether they differ on it. Of what was seen again the
    first visit decides."""
    for differs in (True, False):
        ids = [hazard_id for hazard_id, one in contested.items() if one is differs]
        if ids:
            db.session.execute(
                update(Hazard)
                .where(Hazard.id.in_(ids), Hazard.visit_id == visit_id, Hazard.contested.is_not(differs))
                .values(contested=differs)
            )
