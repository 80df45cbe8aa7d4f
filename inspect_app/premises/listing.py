"""The register of places as a list: what it is narrowed to, and its rows page by page in the order of names."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.hints import walking
from inspect_app.kernel.paging import Page
from inspect_app.kernel.spelling import folded
from inspect_app.people.rules import Scope

from .holders import unanswered
from .models import Premises
from .queries import is_maybe_double, load, named, visible
from .rules import STATUS_NAMES, PremisesKind

# What the desk has still to do at a place: the end of the address → what it is called.
ONLY = {"new": "还没核实的", "double": "可能重复的", "unknown": "责任主体待查的"}
# Of these there are few: they are read from their own index and ordered then; all others as they come in the order of names.
_FEW = {"new": "ix_premises_unconfirmed", "double": "ix_premises_maybe_double"}
FILTERS = ("q", "kind", "status", "only")  # as they stand in an address


@dataclass(frozen=True)
class PlaceFilters:
    """What the register is narrowed to; a value that it cannot have narrows nothing."""

    words: str = ""
    kind: str = ""
    status: str = ""
    only: str = ""  # one of ONLY

    @classmethod
    def of(cls, here: Mapping[str, str]) -> "PlaceFilters":
        """From what stands in an address."""
        return cls(*(here.get(name, "") for name in FILTERS))


def which(scope: Scope, filters: PlaceFilters) -> list[ColumnElement[bool]]:
    """The places that somebody sees and the filters find."""
    conditions = [visible(scope), Premises.merged_into_id.is_(None)]
    if folded(filters.words):
        conditions.append(named(filters.words))
    if filters.kind in set(PremisesKind):
        conditions.append(Premises.kind == filters.kind)
    if filters.status in STATUS_NAMES:
        conditions.append(Premises.status == filters.status)
    if filters.only == "new":
        conditions.append(Premises.confirmed.is_(False))
    if filters.only == "double":
        conditions.append(is_maybe_double())
    if filters.only == "unknown":
        conditions.append(unanswered())
    return conditions


def count(scope: Scope, filters: PlaceFilters, most: int) -> int:
    """How many places `which` finds, up to `most`."""
    found = select(Premises.id).where(*which(scope, filters)).limit(most).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def listed(scope: Scope, filters: PlaceFilters, after: str | None = None, size: int = 25) -> Page[Premises]:
    """One keyset page. Raises NotThere for an address that continues nothing."""
    statement = select(Premises).where(*which(scope, filters))
    statement = walking(statement, Premises, _FEW.get(filters.only, "ix_premises_name"))
    if after:
        last = load(scope, _cursor(after))
        statement = statement.where(tuple_(Premises.name, Premises.id) > tuple_(last.name, last.id))
    found = db.session.scalars(statement.order_by(Premises.name, Premises.id).limit(size + 1)).all()
    return Page(found[:size], str(found[size - 1].id) if len(found) > size else None)


def _cursor(after: str) -> UUID:
    try:
        return UUID(after)
    except ValueError:
        raise NotThere from None
