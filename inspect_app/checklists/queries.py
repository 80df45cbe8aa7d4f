"""Reads of checklists. A parsed version is kept in the process: it can never change."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere

from .models import ChecklistVersion
from .rules import Checklist

_parsed: dict[UUID, Checklist] = {}


def version(version_id: UUID) -> Checklist:
    """The list of a version, as it was published. Raises NotThere."""
    if version_id not in _parsed:
        row = db.session.get(ChecklistVersion, version_id)
        if row is None:
            raise NotThere
        _parsed[version_id] = Checklist.from_dict(row.content)
    return _parsed[version_id]


def current() -> Sequence[ChecklistVersion]:
    """The newest version of every list that is not withdrawn."""
    newest = (
        select(ChecklistVersion.code, func.max(ChecklistVersion.number).label("number"))
        .where(ChecklistVersion.withdrawn_at.is_(None))
        .group_by(ChecklistVersion.code)
        .subquery()
    )
    return db.session.scalars(
        select(ChecklistVersion)
        .join(newest, (newest.c.code == ChecklistVersion.code) & (newest.c.number == ChecklistVersion.number))
        .order_by(ChecklistVersion.code)
    ).all()


def current_for(kind: str) -> list[ChecklistVersion]:
    """The newest versions of the lists meant for a kind of place."""
    return [row for row in current() if kind in row.content["kinds"]]
