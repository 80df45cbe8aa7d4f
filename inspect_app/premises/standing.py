"""Places as the register has them, thousands at once: plain values with who answers for them today. Reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, select, true

from inspect_app.kernel import clock
from inspect_app.kernel.bulk import each_of
from inspect_app.kernel.columns import holds_on
from inspect_app.kernel.database import db, run, slices
from inspect_app.kernel.hashing import content_hash
from inspect_app.people.rules import Scope

from .models import Party, Premises, PremisesParty
from .queries import visible


@dataclass(frozen=True)
class StandingParty:
    """Who answers today in one part."""

    name: str
    credit_code: str | None
    phone: str


@dataclass(frozen=True)
class StandingPlace:
    """A place as the register has it."""

    id: UUID
    code: str
    name: str
    kind: str
    address: str
    area_id: UUID
    phone: str
    status: str
    status_since: date | None
    facts: Mapping[str, Any]
    lon: float | None
    lat: float | None
    crs: str | None
    confirmed: bool
    twin_key: str
    parties: Mapping[str, StandingParty]  # role → who

    def seal(self) -> str:
        """A hash of all of it: the same as long as nobody has changed anything."""
        return content_hash(
            asdict(self) | {"id": str(self.id), "area_id": str(self.area_id), "status_since": str(self.status_since)}
        )


_COLUMNS = (
    Premises.id, Premises.code, Premises.name, Premises.kind, Premises.address, Premises.area_id, Premises.phone, Premises.status, Premises.status_since,
    Premises.facts, Premises.lon, Premises.lat, Premises.crs, Premises.confirmed, Premises.twin_key,
)  # fmt: skip


def standing(scope: Scope) -> list[StandingPlace]:
    """Every place somebody sees, those that were merged into another left out."""
    return _read(visible(scope), true())


@dataclass(frozen=True)
class FormerName:
    """Under what a merged place was registered, and the place that stands for it."""

    code: str
    twin_key: str
    stands_id: UUID


def former_names(scope: Scope) -> list[FormerName]:
    """Under what the places were registered that others somebody sees stand for."""
    rows = select(Premises.code, Premises.twin_key, Premises.merged_into_id).where(
        Premises.merged_into_id.is_not(None), visible(scope)
    )
    return [FormerName(code, key, stands) for code, key, stands in db.session.execute(rows) if stands is not None]


def standing_of(premises_ids: Iterable[UUID]) -> dict[UUID, StandingPlace]:
    """Certain places by their ids; one that was merged into another is not there."""
    found: dict[UUID, StandingPlace] = {}
    for some in slices(premises_ids):
        found |= {row.id: row for row in _read(Premises.id.in_(some), PremisesParty.premises_id.in_(some))}
    return found


def _read(places: ColumnElement[bool], links: ColumnElement[bool]) -> list[StandingPlace]:
    parties: dict[UUID, dict[str, StandingParty]] = {}
    answering = (
        select(PremisesParty.premises_id, PremisesParty.role, Party.name, Party.credit_code, Party.phone)
        .join(Party, Party.id == PremisesParty.party_id)
        .where(holds_on(PremisesParty, clock.today()), links)
        .order_by(PremisesParty.since, PremisesParty.id)
    )
    for premises_id, role, name, code, phone in db.session.execute(answering):
        parties.setdefault(premises_id, {})[role] = StandingParty(name, code, phone)
    rows = db.session.execute(select(*_COLUMNS).where(places, Premises.merged_into_id.is_(None)))
    return [StandingPlace(**row._mapping, parties=parties.get(row[0], {})) for row in rows]


_IDS = select(each_of("ids", Premises.id.type))
# Rows as the driver reads them, and locked where the database has locks of rows; who answers is written under its place's lock.
_ROWS = (
    select(
        *(column for column in _COLUMNS if column.key != "facts"), cast(Premises.facts, Text), Premises.merged_into_id
    )
    .where(Premises.id.in_(_IDS))
    .order_by(Premises.id)
    .with_for_update(key_share=True, of=Premises)
)
_LINKS = (
    select(PremisesParty.id, PremisesParty.until)
    .where(PremisesParty.premises_id.in_(_IDS))
    .order_by(PremisesParty.id)
)  # fmt: skip
_TWINS = select(Premises.twin_key).where(
    Premises.twin_key.in_(select(each_of("keys", Premises.twin_key.type))), Premises.merged_into_id.is_(None)
)


def as_they_stand(premises_ids: Sequence[UUID]) -> list[Any]:
    """The rows of certain places and of who answers for them, to be held against themselves a moment later: nothing else is made
    of them, and the places are locked until the transaction ends, in the order of their ids (ADR 18)."""
    if not premises_ids:
        return []
    given = {"ids": list(premises_ids)}
    return [*map(tuple, run(_ROWS, given)), *map(tuple, run(_LINKS, given))]


def twins_there(scope: Scope, keys: Sequence[str]) -> bool:
    """Whether one of some twin keys stands in the part of the register that somebody sees."""
    if not keys:
        return False
    return run(_TWINS.where(visible(scope)).limit(1), {"keys": list(keys)}).first() is not None
