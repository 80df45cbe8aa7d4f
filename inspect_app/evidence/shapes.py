"""Where a phone is and which photos it names, as it says so. Pure."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from inspect_app.kernel.limits import LIMITS

_FARTHEST = 50_000_000  # metres; nothing on Earth is farther from anything
Photos = Annotated[tuple[UUID, ...], Meta(max_length=LIMITS["photos"])]


class Position(Struct, frozen=True):
    """A position: both of it, or none."""

    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    accuracy_m: Annotated[float, Meta(ge=0, le=_FARTHEST)] | None = None
    crs: Annotated[str, Meta(max_length=20)] = "WGS84"
