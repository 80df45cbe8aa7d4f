"""Reads of a hazard beside others: whether any was merged into it, which of many somebody sees."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import exists, select

from inspect_app.kernel.database import db
from inspect_app.people.rules import Scope

from .models import Hazard
from .queries import visible


def has_merged(hazard: Hazard) -> bool:
    """Whether others are merged into this one."""
    return bool(db.session.scalar(select(exists().where(Hazard.merged_into_id == hazard.id))))


def seen(scope: Scope, hazard_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some hazards that a person sees: one statement for any number."""
    wanted = set(hazard_ids)
    if not wanted:
        return set()
    return set(db.session.scalars(select(Hazard.id).where(Hazard.id.in_(wanted), visible(scope))))
