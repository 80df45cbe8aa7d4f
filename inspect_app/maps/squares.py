"""How much of a map is told at once: every place by itself while there is room for its mark, else squares with a number. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, isfinite, radians

from inspect_app.kernel.errors import NotThere

MOST_PLACES = 2_000  # beyond that places stand together in squares, however large the screen
_ROOM = 1_600  # pixels that the mark of one place needs, so that it hides few others
_FEWEST = 60  # and a telephone shows so many by themselves
_SQUARE = 72  # pixels a side
_ACROSS = 60  # squares in a row and in a column, at most: an answer stays small whatever is asked for
_TILE = 256
_POLE = 85.0


@dataclass(frozen=True)
class MapView:
    """What a map shows, in degrees, and how closely (0 the whole earth in one tile, one more twice as close)."""

    west: float
    south: float
    east: float
    north: float
    zoom: int

    @property
    def square(self) -> tuple[float, float]:
        """(degrees of longitude, degrees of latitude) of one square. They stand still while the map is moved: only how closely
        one looks and the whole degree of latitude decide."""
        wide = 360 * _SQUARE / (_TILE * 2**self.zoom)
        high = wide * cos(radians(round((self.south + self.north) / 2)))
        while (self.east - self.west) / wide > _ACROSS or (self.north - self.south) / high > _ACROSS:
            wide, high = wide * 2, high * 2
        return wide, high

    @property
    def most_by_themselves(self) -> int:
        """How many places are shown each by itself."""
        per_degree = _TILE * 2**self.zoom / 360
        across = (self.east - self.west) * per_degree
        down = (self.north - self.south) * per_degree / cos(radians(min(abs(self.south + self.north) / 2, _POLE)))
        return min(MOST_PLACES, max(_FEWEST, int(across * down / _ROOM)))


def view_of(asked: Mapping[str, str]) -> MapView:
    """The view that an address names; the whole earth where it speaks of none. Raises NotThere where what it names is none."""
    if not {"west", "south", "east", "north", "zoom"} & set(asked):
        return MapView(-180.0, -_POLE, 180.0, _POLE, 0)
    try:
        west, south, east, north = (float(asked[name]) for name in ("west", "south", "east", "north"))
        zoom = int(asked["zoom"])
    except (KeyError, ValueError):
        raise NotThere from None
    whole = all(isfinite(side) for side in (west, south, east, north))
    if not whole or not (west < east and south < north) or not 0 <= zoom <= 22:
        raise NotThere
    inside = MapView(max(west, -180.0), max(south, -_POLE), min(east, 180.0), min(north, _POLE), zoom)
    if inside.west >= inside.east or inside.south >= inside.north:
        raise NotThere
    return inside
