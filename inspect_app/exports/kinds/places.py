"""The register of places as a table, in the order of names."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.columns import holds_on
from inspect_app.kernel.database import db
from inspect_app.kernel.paging import beyond
from inspect_app.people.models import Area
from inspect_app.people.rules import Scope
from inspect_app.premises.listing import PlaceFilters, which
from inspect_app.premises.models import Party, Premises, PremisesParty

_ORDER = (Premises.name, Premises.id)
_OWN = (
    Premises.name, Premises.id, Premises.code, Premises.kind, Premises.address, Premises.phone, Premises.facts, Premises.status,
    Premises.status_since,    Premises.confirmed, Premises.maybe_double_of_id, Premises.made_at, Area.name.label("area"),
)  # fmt: skip


class PlaceRows:
    """The places that the list is narrowed to, within scope."""

    def __init__(self, scope: Scope, here: Mapping[str, str]) -> None:
        self._which = which(scope, PlaceFilters.of(here))

    def read(self, after: Sequence[Any] | None, most: int) -> Sequence[tuple[Sequence[Any], Any]]:
        """Up to so many rows after the name and id of the last one, each with its own."""
        statement = select(*_OWN).join(Area, Area.id == Premises.area_id).where(*self._which)
        if after is not None:
            statement = statement.where(beyond(_ORDER, after, down=False))
        found = db.session.execute(statement.order_by(*_ORDER).limit(most)).all()
        parties = _parties([row.id for row in found])
        return [
            ((row.name, row.id), SimpleNamespace(**row._mapping, party="、".join(parties.get(row.id, ())) or "待查"))
            for row in found
        ]


def _parties(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Who answers for each of these places today, 经营者 first."""
    held = (
        select(PremisesParty.premises_id, Party.name)
        .join(Party, Party.id == PremisesParty.party_id)
        .where(PremisesParty.premises_id.in_(ids), holds_on(PremisesParty, clock.today()))
        .order_by(PremisesParty.role != "operator", PremisesParty.since, PremisesParty.id)
    )
    found: dict[UUID, list[str]] = {}
    for row in db.session.execute(held):
        found.setdefault(row.premises_id, []).append(row.name)
    return found
