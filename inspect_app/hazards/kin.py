"""Reads of a hazard beside others: whether any was merged into it, which of many somebody sees, who may be asked to close it."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import exists, select

from inspect_app.kernel.database import db
from inspect_app.people.rules import Role, Scope

from . import offices
from .models import Hazard
from .queries import visible
from .records import Records
from .standing import current_round


def has_merged(hazard: Hazard) -> bool:
    """Whether others are merged into this one."""
    return bool(db.session.scalar(select(exists().where(Hazard.merged_into_id == hazard.id))))


def seen(scope: Scope, hazard_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some hazards that a person sees: one statement for any number."""
    wanted = set(hazard_ids)
    if not wanted:
        return set()
    return set(db.session.scalars(select(Hazard.id).where(Hazard.id.in_(wanted), visible(scope))))


def closers(hazard: Hazard, read: Records | None = None) -> list[UUID]:
    """Who is asked to close: the supervisors of the office that handed over but for the verifier; where there is none,
    those above it. `read` is what the caller has just read of it."""
    verifier = (read.round if read else current_round(hazard)).verified_by_person_id
    known = read.register.known if read else offices.today()
    able = known.closing(hazard.closing_office_id, hazard.area_id, verifier)
    return sorted(known.holding(Role.SUPERVISOR, *able) - {verifier})
