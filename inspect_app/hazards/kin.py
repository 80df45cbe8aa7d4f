"""Reads of a hazard beside others: its twins, what was merged into it, who may be asked to close it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select

from inspect_app.kernel.database import db
from inspect_app.people.rules import Role, Scope

from . import offices
from .events import Event
from .models import Hazard
from .queries import IS_OPEN, visible
from .rules import Step
from .standing import current_round


def twins(scope: Scope, hazard: Hazard) -> Sequence[Hazard]:
    """Other open hazards of the same item at the same place: the desk is asked to 并案."""
    if hazard.item_code is None or hazard.settled_on is not None:
        return []
    return db.session.scalars(
        select(Hazard)
        .where(
            Hazard.premises_id == hazard.premises_id, Hazard.item_code == hazard.item_code, IS_OPEN,
            Hazard.id != hazard.id, visible(scope),
        )
        .order_by(Hazard.found_at)
    ).all()  # fmt: skip


def merged_in(hazard: Hazard) -> Sequence[Hazard]:
    """The hazards merged into this one."""
    return db.session.scalars(select(Hazard).where(Hazard.merged_into_id == hazard.id).order_by(Hazard.id)).all()


def has_merged(hazard: Hazard) -> bool:
    """Whether others are merged into this one."""
    return bool(db.session.scalar(select(exists().where(Hazard.merged_into_id == hazard.id))))


def closers(hazard: Hazard) -> list[UUID]:
    """Who is asked to close: the supervisors of the office that handed over but for the verifier; where there is none,
    those above it."""
    verifier = current_round(hazard).verified_by_person_id
    known = offices.today()
    able = known.closing(hazard.closing_office_id, hazard.area_id, verifier)
    return sorted(known.holding(Role.SUPERVISOR, *able) - {verifier})


def named_competent(hazard: Hazard) -> UUID | None:
    """Whom the newest 退回 named as competent, where it named an organisation of ours."""
    body = db.session.scalar(
        select(Event.body)
        .where(Event.hazard_id == hazard.id, Event.step == Step.DECLINE)
        .order_by(Event.seq.desc())
        .limit(1)
    )
    named = body["facts"].get("competent") if body else None
    return UUID(named) if named else None
