"""Which open hazards stand on which items of the checklists: for review when a legal basis ends or changes.

A finding freezes the basis it was made under, and that is the basis of its item in the version it was found with: counting by
version and item says the same as reading every finding, in one statement.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select, tuple_

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Scope
from inspect_app.premises.models import Premises

from .models import Hazard
from .queries import IS_OPEN, visible
from .register import HazardRow, row_of

Found = tuple[UUID, str]  # version, code of the item


def open_by_item(scope: Scope) -> dict[Found, int]:
    """How many open hazards within scope were found under each item of each version."""
    rows = db.session.execute(
        select(Hazard.checklist_version_id, Hazard.item_code, func.count())
        .where(IS_OPEN, visible(scope), Hazard.checklist_version_id.is_not(None), Hazard.item_code.is_not(None))
        .group_by(Hazard.checklist_version_id, Hazard.item_code)
    )
    return {(row[0], row[1]): row[2] for row in rows if row[0] is not None and row[1] is not None}


def open_under(scope: Scope, found: Collection[Found], limit: int = 50) -> Sequence[HazardRow]:
    """Open hazards within scope that were found under these items, the most urgent first."""
    if not found:
        return []
    rows = db.session.execute(
        select(Hazard, Premises.name, Premises.address, Organisation.short_name)
        .join(Premises, Premises.id == Hazard.premises_id)
        .outerjoin(Organisation, Organisation.id == Hazard.handler_id)
        .where(IS_OPEN, visible(scope), tuple_(Hazard.checklist_version_id, Hazard.item_code).in_(list(found)))
        .order_by(Hazard.due_on.is_(None), Hazard.due_on, Hazard.id)
        .limit(limit)
    )
    today = clock.today()
    return [row_of(row[0], row[1], row[2], row[3], today) for row in rows]
