"""What phones carry of the register: the whole of somebody's area, or what has changed there. Reads.

Triggers note for each place and area when it changed last in it (`PremisesChange`): a place that moves is noted in the area it
left as well, so that phones there learn that it is gone. Why nothing is skipped that is committed late: docs/decisions/0049.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, cast, func, select

from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import content_hash
from inspect_app.people.rules import Scope

from .compact import PlaceCarried
from .models import Premises, PremisesChange
from .queries import visible

_COLUMNS = (
    Premises.id, Premises.name, Premises.address, Premises.kind, Premises.status, Premises.code, Premises.door_code,
    Premises.map_lon, Premises.map_lat, Premises.facts,
)  # fmt: skip


@dataclass(frozen=True)
class Changes:
    """Places that are new or stand otherwise, and ids of those that are nobody's to see here any more."""

    rows: Sequence[PlaceCarried]
    gone: Sequence[UUID]


def area_key(scope: Scope) -> str:
    """What two people have in common who carry the same places."""
    return content_hash([scope.whole_district, sorted(str(area) for area in scope.area_ids)])


def next_mark() -> int:
    """From where on changes are to be told to whoever reads the register after this. Read it first.

    SQLite has one writer at a time: the mark after the highest. PostgreSQL marks changes with their transaction; whatever was
    under way when this was asked, and may be committed late, has at least this number.
    """
    if db.engine.dialect.name == "postgresql":
        lowest = cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text)
        return int(db.session.scalar(select(lowest)) or 0)
    return int(db.session.scalar(select(func.max(PremisesChange.changed))) or 0) + 1


def whole(scope: Scope) -> list[PlaceCarried]:
    """The places that somebody sees, in the order of their ids."""
    rows = db.session.execute(select(*_COLUMNS).where(visible(scope), Premises.merged_into_id.is_(None)))
    return sorted(map(_carried, rows), key=lambda place: place.id)


def changes(scope: Scope, since: int, most: int) -> Changes | None:
    """What has changed since a mark; None where that is more than `most` places. One statement, which sees one state of all."""
    stands = (Premises.id == PremisesChange.premises_id) & visible(scope) & Premises.merged_into_id.is_(None)
    statement = select(PremisesChange.premises_id, *_COLUMNS).outerjoin(Premises, stands).where(_since(scope, since))
    found = db.session.execute(statement.limit(most + 1)).all()
    if len(found) > most:
        return None
    rows = {row[0]: _carried(row[1:]) for row in found if row[1] is not None}
    return Changes(list(rows.values()), sorted({row[0] for row in found} - rows.keys()))


def anything(scope: Scope, since: int) -> bool:
    """Whether anything has changed since a mark."""
    return bool(db.session.scalar(select(select(PremisesChange.premises_id).where(_since(scope, since)).exists())))


def _since(scope: Scope, since: int) -> Any:
    later = PremisesChange.changed >= since
    return later if scope.whole_district else later & PremisesChange.area_id.in_(scope.area_ids)


def _carried(row: Row[Any] | Sequence[Any]) -> PlaceCarried:
    return PlaceCarried(*row)
