"""Outlines of streets as a district gives them: GeoJSON read, checked, brought into WGS-84 and down to what a map draws. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from inspect_app.kernel.errors import Refused
from inspect_app.kernel.positions import ReferenceSystem, known_position
from inspect_app.kernel.spelling import folded

MOST_BYTES = 2 * 1024 * 1024
MOST_SHAPES = 200
MOST_POINTS = 50_000
_COUNTRY = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north
_NAMES = ("name", "NAME", "名称", "街道", "XZJDMC")
_FIELD = "outlines"
Ring = list[list[float]]


def read_outlines(raw: bytes, system: str, streets: Mapping[str, str]) -> tuple[list[dict[str, Any]], int]:
    """(features, how many points) of a file. `streets`: the folded name of each street → as the district writes it; each shape
    must bear one of them, or the file's own 区 name. Raises Refused with what is wrong, in words."""
    if system not in set(ReferenceSystem):
        raise Refused("请选文件的坐标系。", field="system")
    if not raw:
        raise Refused("请选一个文件。", field=_FIELD)
    if len(raw) > MOST_BYTES:
        raise Refused(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请先简化轮廓。", field=_FIELD)
    try:
        told = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused("读不懂这个文件。要 GeoJSON，编码用 UTF-8。", field=_FIELD) from None
    shapes = told.get("features") if isinstance(told, dict) and told.get("type") == "FeatureCollection" else None
    if not isinstance(shapes, list) or not shapes:
        raise Refused("文件里没有轮廓（要 FeatureCollection，至少一块）。", field=_FIELD)
    if len(shapes) > MOST_SHAPES:
        raise Refused(f"最多 {MOST_SHAPES} 块轮廓，文件里有 {len(shapes)} 块。", field=_FIELD)
    reader = _Reader(ReferenceSystem(system))
    found = [reader.feature(shape, streets) for shape in shapes]
    return found, reader.points


def _no_number(word: str) -> float:
    raise ValueError(word)


class _Reader:
    """Reads shape by shape and counts the points of all."""

    def __init__(self, system: ReferenceSystem) -> None:
        self._system = system
        self.points = 0

    def feature(self, shape: Any, streets: Mapping[str, str]) -> dict[str, Any]:
        about = shape.get("properties") if isinstance(shape, dict) else None
        name = (
            next((about[key] for key in _NAMES if isinstance(about.get(key), str)), "")
            if isinstance(about, dict)
            else ""
        )
        street = streets.get(folded(name))
        if street is None:
            shown = name if 0 < len(name) <= 40 else "（没有名称，或名称太长）"
            raise Refused(f"轮廓“{shown}”不是系统里的街道。名称写在 name 里，要和片区里登记的一样。", field=_FIELD)
        outline = shape.get("geometry")
        kind = outline.get("type") if isinstance(outline, dict) else None
        if kind not in ("Polygon", "MultiPolygon"):
            raise Refused(f"“{street}”的轮廓要是面（Polygon 或 MultiPolygon）。", field=_FIELD)
        parts = [outline.get("coordinates")] if kind == "Polygon" else outline.get("coordinates")
        polygons = [[self._ring(ring, street) for ring in _list(part, street)] for part in _list(parts, street)]
        return {
            "type": "Feature",
            "properties": {"name": street},
            "geometry": {"type": "MultiPolygon", "coordinates": polygons},
        }

    def _ring(self, ring: Any, street: str) -> Ring:
        points = [self._point(point, street) for point in _list(ring, street)]
        self.points += len(points)
        if self.points > MOST_POINTS:
            raise Refused(f"轮廓一共最多 {MOST_POINTS} 个点，请先简化。", field=_FIELD)
        if len(points) < 4 or points[0] != points[-1]:
            raise Refused(f"“{street}”的轮廓没有围起来（首尾要是同一点，至少四个点）。", field=_FIELD)
        return points

    def _point(self, point: Any, street: str) -> list[float]:
        degrees = point[:2] if isinstance(point, list) and len(point) in (2, 3) else ()
        if len(degrees) != 2 or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in degrees):
            raise Refused(f"“{street}”的轮廓里有读不懂的点。", field=_FIELD)
        west, south, east, north = _COUNTRY
        if not (west <= degrees[0] <= east and south <= degrees[1] <= north):
            raise Refused(f"“{street}”有一点不在国内：{degrees[0]}，{degrees[1]}。要经度在前，单位是度。", field=_FIELD)
        there = known_position(float(degrees[0]), float(degrees[1]), self._system)
        assert there is not None
        moved = there.to(ReferenceSystem.WGS84)
        return [round(moved.lon, 6), round(moved.lat, 6)]


def _list(value: Any, street: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Refused(f"“{street}”的轮廓是空的。", field=_FIELD)
    return value


def in_system(features: list[dict[str, Any]], system: ReferenceSystem) -> list[dict[str, Any]]:
    """Stored features as a map of another system draws them."""
    return [
        one
        | {"geometry": {"type": "MultiPolygon", "coordinates": list(_moved(one["geometry"]["coordinates"], system))}}
        for one in features
    ]


def _moved(polygons: list[list[Ring]], system: ReferenceSystem) -> Iterator[list[Ring]]:
    for polygon in polygons:
        yield [[_to(point, system) for point in ring] for ring in polygon]


def _to(point: list[float], system: ReferenceSystem) -> list[float]:
    there = known_position(point[0], point[1], ReferenceSystem.WGS84)
    moved = there.to(system) if there else None
    return [round(moved.lon, 6), round(moved.lat, 6)] if moved else point
