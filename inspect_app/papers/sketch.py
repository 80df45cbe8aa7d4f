"""What the samples of all kinds share: an office, a shop, its findings, their photos. People and places are invented. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from .content import HazardLine, Head, Plain

_LINES = [
    ("厨房", "没有安装燃气报警器", "没有安装", "请有资质的单位安装", ["《中华人民共和国安全生产法》第三十六条第四款"]),
    (
        "后门",
        "安全出口和通道堆放杂物",
        "堆了货物；放了桌椅",
        "清走杂物，通道不再放东西",
        ["《中华人民共和国消防法》第二十八条"],
    ),
    (
        "收银台后",
        "插排串接或带大功率电器",
        "插排接插排",
        "大功率电器各用固定插座",
        ["《中华人民共和国消防法》第二十七条第二款"],
    ),
]
LONG_NAME = "青澜区柳荫街道北关街老街口喆堃记传统手工牛肉拉面与家常小炒餐饮服务部（个体工商户）"
LONG_ADDRESS = "青澜区柳荫街道北关街二十一号老街口商业广场三期B座负一层至地上二层东侧B-107、B-108、B-109号商铺"
# By the side of who issues: the name of the office, its short name, its 机关代字.
_OFFICES = {
    "congress": ("青澜区人大常委会柳荫街道工作委员会", "柳荫人大工委", "青人柳"),
    "government": ("青澜区柳荫街道办事处", "柳荫街道", "柳街"),
}
HANDLER = "青澜区城市管理局"  # whom the samples of letters between offices are addressed to
LineOf = TypeVar("LineOf", bound=HazardLine)


@dataclass(frozen=True)
class Sketch:
    """What a sample is made from: how many hazards and photos it shows, and whether names and addresses are long ones."""

    side: str
    hazards: int
    shots: Sequence[Plain]
    long: bool = False

    @property
    def place_name(self) -> str:
        return LONG_NAME if self.long else "老街口面馆"

    @property
    def place_address(self) -> str:
        return LONG_ADDRESS if self.long else "北关街 21 号"

    def head(self, addressee: str = "") -> Head:
        """Who writes; to the shop, unless an addressee is named."""
        return Head(
            issuer=_OFFICES[self.side][0],
            side=self.side,
            addressee=addressee or self.place_name,
            place_name=self.place_name,
            place_address=self.place_address,
            phone="0000-1234567",
        )

    def lines(self, line: type[LineOf], **own: Any) -> list[LineOf]:
        """The findings as lines of a kind, with its `own` fields; the photos are shared out over them in turn."""
        return [self._line(line, number, own) for number in range(1, self.hazards + 1)]

    def _line(self, line: type[LineOf], number: int, own: Plain) -> LineOf:
        place, title, words, advice, basis = _LINES[(number - 1) % len(_LINES)]
        shown: dict[str, Any] = {
            "hazard": str(number),
            "number": f"20261109R{number}K7M3PQ",
            "title": title,
            "words": words,
            "place": place,
            "grade": "一般",
            "advice": advice,
            "basis": basis,
            "due_on": "2026-11-30",
            "photos": list(self.shots[number - 1 :: self.hazards]),
        }
        return line(**(shown | dict(own)))


def sketch(side: str, hazards: int, photos: int, *, long: bool = False) -> Sketch:
    """The sketch of a sample: so many hazards, so many photos."""
    shots: list[dict[str, Any]] = [
        {"photo": f"{number:032x}", "original": "0" * 64, "caption": f"2026年11月9日 15:{8 + number:02d}"}
        for number in range(photos)
    ]
    return Sketch("government" if side == "government" else "congress", hazards, shots, long)


def office(side: str) -> tuple[str, str]:
    """The short name and the 机关代字 of the office that a sample comes from."""
    _, short, letter = _OFFICES["government" if side == "government" else "congress"]
    return short, letter


def office_name(side: str) -> tuple[str, str]:
    """The whole and the short name of the same office."""
    name, short, _ = _OFFICES["government" if side == "government" else "congress"]
    return name, short
