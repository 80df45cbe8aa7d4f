"""Where something is: degrees that never go without the reference system they are counted in, and one system out of another. Pure.

Phones and EXIF say WGS-84. CGCS2000, the system of the state and of 天地图, differs from it by centimetres to decimetres: here the
two are one, to the metre. GCJ-02, which every other public map of the country is drawn in, lies 100 to 700 m beside them, BD-09 a
kilometre. The shift is not published by the state; what stands here is the approximation that is in general use (googollee's
eviltransform, wandergis' coordtransform, the constants of Krasovsky 1940). It holds to about a metre, and only inside the country:
outside nothing is shifted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import asin, atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Protocol


class ReferenceSystem(StrEnum):
    """What degrees are counted in, under the code it is stored with."""

    WGS84 = "WGS84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ02"
    BD09 = "BD09"


_EARTH_M = 6_371_000
Degrees = tuple[float, float]  # longitude, latitude


class Placed(Protocol):
    """What keeps a position in columns."""

    @property
    def lon(self) -> float | None: ...
    @property
    def lat(self) -> float | None: ...
    @property
    def crs(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Position:
    """A point on the earth: degrees, the system they are counted in, and where it is known how far it may be off, in metres."""

    lat: float
    lon: float
    system: ReferenceSystem = ReferenceSystem.WGS84
    accuracy_m: float | None = None

    def to(self, system: ReferenceSystem) -> "Position":
        """The same point in another system."""
        if system == self.system:
            return self
        lon, lat = _FROM_WGS84[system](*_TO_WGS84[self.system](self.lon, self.lat))
        return Position(lat=lat, lon=lon, system=system, accuracy_m=self.accuracy_m)

    def metres_to(self, other: "Position") -> int:
        """Metres to another point, whatever system it is in; on a sphere, which is right to half a per cent.

        >>> Position(lat=32.0, lon=118.0).metres_to(Position(lat=33.0, lon=118.0))
        111195
        """
        one, two = self.to(ReferenceSystem.WGS84), other.to(ReferenceSystem.WGS84)
        if self.system == other.system:
            one, two = self, other
        lon_1, lat_1, lon_2, lat_2 = map(radians, (one.lon, one.lat, two.lon, two.lat))
        half = sin((lat_2 - lat_1) / 2) ** 2 + cos(lat_1) * cos(lat_2) * sin((lon_2 - lon_1) / 2) ** 2
        return round(2 * _EARTH_M * asin(sqrt(min(half, 1.0))))


def position_of(row: Placed, accuracy_m: float | None = None) -> Position | None:
    """The position that a row keeps; None where it keeps none, half of one, one off the earth or of a system nobody knows."""
    return known_position(row.lon, row.lat, row.crs, accuracy_m)


def known_position(
    lon: float | None, lat: float | None, system: str | None, accuracy_m: float | None = None
) -> Position | None:
    """A position out of its parts; None where they make none."""
    if lon is None or lat is None or system not in set(ReferenceSystem):
        return None
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # also what is no number
        return None
    return Position(lat=lat, lon=lon, system=ReferenceSystem(system), accuracy_m=accuracy_m)


def on_map(lon: float | None, lat: float | None, system: str | None) -> tuple[float | None, float | None]:
    """(longitude, latitude) in WGS-84, as tables keep them beside what was said, for what is searched by place in SQL."""
    found = known_position(lon, lat, system)
    if found is None:
        return None, None
    there = found.to(ReferenceSystem.WGS84)
    return there.lon, there.lat


def _is_shifted(lon: float, lat: float) -> bool:
    """Whether a point lies within the rectangle around the country that the approximation is used in."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def _same(lon: float, lat: float) -> Degrees:
    return lon, lat


def _shift(lon: float, lat: float) -> Degrees:
    """How far GCJ-02 lies from WGS-84 at a point, in degrees: polynomials and waves around 105° E 35° N, in metres on the ellipsoid."""
    x, y = lon - 105.0, lat - 35.0
    waves = (20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20 * sin(pi * x) + 40 * sin(pi * x / 3) + 150 * sin(pi * x / 12) + 300 * sin(pi * x / 30)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20 * sin(pi * y) + 40 * sin(pi * y / 3) + 160 * sin(pi * y / 12) + 320 * sin(pi * y / 30)) * 2 / 3
    major, eccentricity_squared = 6_378_245.0, 0.00669342162296594323  # Krasovsky 1940
    flattened = 1 - eccentricity_squared * sin(radians(lat)) ** 2
    per_radian_north = major * (1 - eccentricity_squared) / flattened**1.5
    per_radian_east = major / sqrt(flattened) * cos(radians(lat))
    return east / per_radian_east * 180 / pi, north / per_radian_north * 180 / pi


def _gcj_of_wgs(lon: float, lat: float) -> Degrees:
    if not _is_shifted(lon, lat):
        return lon, lat
    east, north = _shift(lon, lat)
    return lon + east, lat + north


def _back(forth: Callable[[float, float], Degrees], lon: float, lat: float) -> Degrees:
    """The point that `forth` brings to this one: no formula leads back, but the shift changes so slowly that a few steps do."""
    found_lon, found_lat = lon, lat
    for _ in range(20):
        there_lon, there_lat = forth(found_lon, found_lat)
        off_lon, off_lat = there_lon - lon, there_lat - lat
        found_lon, found_lat = found_lon - off_lon, found_lat - off_lat
        if abs(off_lon) < 1e-10 and abs(off_lat) < 1e-10:
            break
    return found_lon, found_lat


def _wgs_of_gcj(lon: float, lat: float) -> Degrees:
    return _back(_gcj_of_wgs, lon, lat) if _is_shifted(lon, lat) else (lon, lat)


def _bd_of_gcj(lon: float, lat: float) -> Degrees:
    """Baidu's own: turned and stretched a little, in polar coordinates, then moved."""
    step = pi * 3000 / 180
    far = hypot(lon, lat) + 0.00002 * sin(lat * step)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * step)
    return far * cos(angle) + 0.0065, far * sin(angle) + 0.006


def _bd_of_wgs(lon: float, lat: float) -> Degrees:
    return _bd_of_gcj(*_gcj_of_wgs(lon, lat)) if _is_shifted(lon, lat) else (lon, lat)


def _wgs_of_bd(lon: float, lat: float) -> Degrees:
    return _wgs_of_gcj(*_back(_bd_of_gcj, lon, lat)) if _is_shifted(lon, lat) else (lon, lat)


_FROM_WGS84 = {
    ReferenceSystem.WGS84: _same,
    ReferenceSystem.CGCS2000: _same,
    ReferenceSystem.GCJ02: _gcj_of_wgs,
    ReferenceSystem.BD09: _bd_of_wgs,
}
_TO_WGS84 = {
    ReferenceSystem.WGS84: _same,
    ReferenceSystem.CGCS2000: _same,
    ReferenceSystem.GCJ02: _wgs_of_gcj,
    ReferenceSystem.BD09: _wgs_of_bd,
}
