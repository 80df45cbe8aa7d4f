"""Writes of what is set for maps."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.spelling import folded
from inspect_app.people.models import Area

from .models import MapOutlines, MapSetting
from .outlines import read_outlines
from .queries import outlines, setting
from .rules import MapSaid, MapSource, read_map


def set_map(by: UUID, *, source: str, key: str, address: str, system: str, credit: str, agreed: bool) -> MapSaid:
    """Say where the ground comes from. Raises Refused for what is wrong, and where nobody has said that the office behind the
    server may learn where one looks."""
    said = read_map(source, key, address, system, credit)
    if said.source is not MapSource.NONE and not agreed:
        raise Refused("请先勾选：知道地图服务会得知我们在看哪里。", field="agreed")
    row = setting()
    if row is None:
        row = MapSetting()
        db.session.add(row)
    row.map_source, row.map_key, row.map_address = said.source, said.key, said.address
    row.map_system, row.map_credit = said.system, said.credit
    row.set_by_person_id, row.set_at = by, clock.now()
    db.session.flush()
    return said


def set_outlines(by: UUID, raw: bytes, *, system: str) -> MapOutlines:
    """Take in the outlines of a file; those of before are gone. Raises Refused with what is wrong."""
    features, _points = read_outlines(raw, system, _streets())
    return keep_outlines(features, by)


def keep_outlines(features: list[dict[str, Any]], by: UUID | None, credit: str = "") -> MapOutlines:
    """Keep features that are already checked and in WGS-84."""
    row = outlines()
    if row is None:
        row = MapOutlines()
        db.session.add(row)
    row.content = json.dumps(features, ensure_ascii=False, separators=(",", ":"))
    row.number, row.sha256, row.credit = len(features), sha256_hex(row.content.encode()), credit
    row.set_by_person_id, row.set_at = by, clock.now()
    db.session.flush()
    return row


def drop_outlines() -> None:
    """Take the outlines away."""
    row = outlines()
    if row is not None:
        db.session.delete(row)
        db.session.flush()


def _streets() -> dict[str, str]:
    """What a shape may be called: the areas there are, by their folded names."""
    return {folded(name): name for name in db.session.scalars(select(Area.name).where(Area.valid_to.is_(None)))}
