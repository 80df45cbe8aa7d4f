"""Reads of what is set for maps."""

import json

from inspect_app.kernel.database import db
from inspect_app.kernel.positions import ReferenceSystem

from .models import ONLY, MapOutlines, MapSetting
from .outlines import in_system
from .rules import MapGround


def setting() -> MapSetting | None:
    """Where the ground comes from, if anybody ever said."""
    return db.session.get(MapSetting, ONLY)


def ground() -> MapGround | None:
    """What the map asks for; None while it is switched off."""
    row = setting()
    return row.said.ground if row is not None else None


def outlines() -> MapOutlines | None:
    """The outlines of streets, if the district gave any."""
    return db.session.get(MapOutlines, ONLY)


def drawn(row: MapOutlines, system: ReferenceSystem) -> str:
    """The outlines as a map of a system draws them, as GeoJSON."""
    features = in_system(json.loads(row.content), system)
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
