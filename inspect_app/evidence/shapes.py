"""What a phone says of where it is, of a photo, and which it names. Pure."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from inspect_app.kernel.limits import LIMITS

_FARTHEST = 50_000_000  # metres; nothing on Earth is farther from anything
Photos = Annotated[tuple[UUID, ...], Meta(max_length=LIMITS["photos"])]


class PhonePosition(Struct, frozen=True):
    """A position as a phone sends it (WGS-84): both of it, or none. What it comes to is kernel.positions.Position."""

    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    accuracy_m: Annotated[float, Meta(ge=0, le=_FARTHEST)] | None = None
    crs: Annotated[str, Meta(max_length=20)] = "WGS84"


class SaidOfPhoto(Struct, frozen=True, kw_only=True):
    """What is said of a photo besides its bytes, through whatever door it comes (evidence.rules.said_of)."""

    captured_at: str | None = None  # as it was said
    source: str = "unknown"
    original_sha256: str | None = None
    position: PhonePosition | None = None
    times: Mapping[str, Any] = {}
    visit: UUID | None = None

    def kept(self) -> dict[str, Any]:
        """As it waits for the photo's bytes (evidence.rules.said_before)."""
        there = self.position
        position = {"lon": there.lon, "lat": there.lat, "accuracy_m": there.accuracy_m} if there else {}
        return {
            "captured_at": self.captured_at,
            "source": self.source,
            "original_sha256": self.original_sha256,
            "position": {name: value for name, value in position.items() if value is not None},
            "visit": str(self.visit or ""),
            "times": dict(self.times),
        }


NOTHING_SAID = SaidOfPhoto()
