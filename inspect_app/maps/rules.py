"""Where the ground of a map comes from, and what an administrator may set. Pure.

Whoever serves the tiles learns from the addresses that are asked for where somebody looks and how closely; so nothing is asked for
before it is switched on, and only of the one host that the policy of the page names.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.limits import whole
from inspect_app.kernel.positions import ReferenceSystem


class MapSource(StrEnum):
    """Where tiles come from."""

    NONE = "none"
    TIANDITU = "tianditu"
    OWN = "own"


SOURCE_NAMES = {
    MapSource.NONE: "没有底图，只画方格和街道轮廓",
    MapSource.TIANDITU: "天地图",
    MapSource.OWN: "别的瓦片服务（单位自己的、高德等）",
}
# What a tile server may be drawn in; Baidu's has a projection of its own.
TILE_SYSTEMS = {
    ReferenceSystem.WGS84: "WGS84（国际通用的）",
    ReferenceSystem.CGCS2000: "CGCS2000（国家大地坐标，天地图）",
    ReferenceSystem.GCJ02: "GCJ02（高德、腾讯等）",
}
_TIANDITU = "https://t0.tianditu.gov.cn"
_LAYERS = ("vec", "cva")  # streets, and the names upon them
_KEY = re.compile(r"[0-9A-Za-z]{8,64}")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_HARMLESS = re.compile(r"[!-~]+")  # no blanks, nothing that is not ASCII
_PLACES = ("{z}", "{x}", "{y}")
DEEPEST = 18


@dataclass(frozen=True)
class MapGround:
    """Layers of tiles, the lowest first, as addresses with {z}, {x} and {y}; the one host they come from, their system."""

    layers: tuple[str, ...]
    host: str
    system: ReferenceSystem
    credit: str


@dataclass(frozen=True)
class MapSaid:
    """What an administrator has set, in its one form."""

    source: MapSource = MapSource.NONE
    key: str = ""
    address: str = ""
    system: ReferenceSystem = ReferenceSystem.WGS84
    credit: str = ""

    @property
    def ground(self) -> MapGround | None:
        """What the map asks for; None where it asks nobody."""
        if self.source is MapSource.TIANDITU:
            return MapGround(
                tuple(_tianditu(layer, self.key) for layer in _LAYERS),
                _TIANDITU,
                ReferenceSystem.CGCS2000,
                self.credit or "天地图",
            )
        if self.source is MapSource.OWN:
            return MapGround((self.address,), host_of(self.address), self.system, self.credit)
        return None


def _tianditu(layer: str, key: str) -> str:
    """A layer of 天地图 in the projection of the web (its WMTS, matrix set w)."""
    return (
        f"{_TIANDITU}/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default&TILEMATRIXSET=w"
        f"&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
    )


def read_map(source: str, key: str, address: str, system: str, credit: str) -> MapSaid:
    """What was typed, checked. Raises Refused with all that is wrong; what the chosen source does not need is not asked."""
    faults = Faults()
    if source not in set(MapSource):
        raise Refused("请选底图从哪里来。", field="map_source")
    chosen, own = MapSource(source), source == MapSource.OWN
    said_key = faults.of(_key, key) if chosen is MapSource.TIANDITU else ""
    said_address = faults.of(_address, address) if own else ""
    if own and system not in TILE_SYSTEMS:
        faults.add("请选底图的坐标系，选错了点会偏几百米。", "map_system")
    said_credit = faults.of(whole, credit, "line", "map_credit") or ""
    if own and not said_credit:
        faults.add("请写图上注明什么：地图的名称和审图号。", "map_credit")
    faults.refuse()
    if chosen is MapSource.NONE:
        return MapSaid()
    return MapSaid(
        chosen,
        said_key or "",
        said_address or "",
        ReferenceSystem(system) if own else ReferenceSystem.CGCS2000,
        said_credit,
    )


def _key(text: str) -> str:
    key = text.strip()
    if not _KEY.fullmatch(key):
        raise Refused("天地图的密钥是 8 到 64 位字母和数字，请看一下。", field="map_key")
    return key


def _address(text: str) -> str:
    address = whole(text, "line", "map_address")
    host_of(address)
    rest = address
    for place in _PLACES:
        if rest.count(place) != 1:
            raise Refused("地址里 {z}、{x}、{y} 各要写一次。", field="map_address")
        rest = rest.replace(place, "0")
    if "{" in rest or "}" in rest:
        raise Refused("除了 {z}、{x}、{y}，地址里不能有别的花括号；只能写一台服务器。", field="map_address")
    return address


def host_of(address: str) -> str:
    """The host of an address as a policy names it. Raises Refused where it is none that could be named: only https, a plain
    name, no account, nothing that would say more in a header than a host."""
    wrong = Refused(
        "地址要以 https:// 开头，后面是一台服务器的名称，例如 https://ditu.example.gov.cn/{z}/{x}/{y}.png。",
        field="map_address",
    )
    if not _HARMLESS.fullmatch(address) or any(mark in address for mark in "\"'<>;,\\^`|"):
        raise wrong
    try:
        parts = urlsplit(address)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        raise wrong from None
    at = f"{name}:{port}" if port else name
    if parts.scheme != "https" or not _HOST.fullmatch(name) or parts.netloc.lower() != at:
        raise wrong
    return f"https://{at}"
