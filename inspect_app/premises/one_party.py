"""Which rows of `party` are one party: those with one credit code, and a row by itself where there is none.

Docs: docs/decisions/0050-who-holds-many-places.md.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from .models import Party


def one_party(party_ids: Any) -> Select[UUID]:
    """The ids of all rows that are one party with any of these, themselves among them: a list of ids, or a statement of them."""
    rows, own = aliased(Party), aliased(Party)
    codes = select(own.credit_code).where(own.id.in_(party_ids), own.credit_code.is_not(None))
    return select(rows.id).where(or_(rows.id.in_(party_ids), rows.credit_code.in_(codes)))
