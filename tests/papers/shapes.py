"""The papers that are measured: how many hazards and photos, whose names how long, what texts. Pairs for `make test`, all for `make long`."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any, NamedTuple

from inspect_app.papers import samples
from inspect_app.papers.sketch import LONG_NAME
from tests.papers.conftest import BODY, RARE

TEXTS = {
    "short": "门上了锁。",
    "punctuation": "（（《“‘现场’”》））。……——（见《〈条例〉》〔2026〕12号）！？" * 12 + "\n" + BODY * 2,
    "letters and digits": (
        "软管≤2.0m，浓度25%LEL，型号 JT-HA-2000/EX，依据 GB/T 50720-2011 与 XF 703-2007，电话0571-8765-4321转8002，"
        "网址https://www.example.gov.cn/gongkai/zc/art_17339_774253.html，编号92330105MA2KD1XY3Q，2026年12月10日前。"
        "负责人王　五、赵　六（代码92330105MA2KD1XY3Q ，见http://www.av.cn/ve/av_TAV_a_word_without_any_blank_in_it_0123456789）。"
    ) * 4,
    "rare characters": (RARE + "家具厂负责人𬴊𬺓䶮㙦，") * 10,
    "many paragraphs": "\n".join(f"{number}.楼梯间“飞线”充电，请在2026年12月{number}日前改好。" for number in range(1, 31)),
}  # fmt: skip
ISSUERS = {"short": "", "of 32 characters": "青澜区住房和城乡建设局建设工程质量安全监督服务中心柳荫街道工作站"}
NAMES = {
    "short": "",
    "long": LONG_NAME + "（原青澜区柳荫街道第二综合农贸批发市场管理服务有限责任公司第三经营门市部）",
    "without glyphs": "🔥火锅（王🐎🐴店）ئۇ",
}
HAZARDS, PHOTOS = (1, 2, 5, 14, 30), (0, 1, 2, 3, 7, 24, 30)
# Free texts of a paper that somebody types, by the names of their fields.
_TYPED = ("requirement", "interim", "opinion", "matter", "reason", "found", "protection", "result", "explanation")


class Shape(NamedTuple):
    """One paper to be drawn."""

    hazards: int
    photos: int
    issuer: str
    name: str
    text: str


def pairs() -> list[Shape]:
    """As few shapes as hold every pair of values of any two factors."""
    factors: Sequence[Sequence[Any]] = (HAZARDS, PHOTOS, list(ISSUERS), list(NAMES), list(TEXTS))
    places = list(combinations(range(len(factors)), 2))
    wanted = {(at, pair) for at in places for pair in product(factors[at[0]], factors[at[1]])}
    everything = [Shape(*values) for values in product(*factors)]
    chosen: list[Shape] = []
    while wanted:
        best = max(everything, key=lambda shape: len(_pairs_of(shape, places) & wanted))
        wanted -= _pairs_of(best, places)
        chosen.append(best)
    return chosen


def _pairs_of(shape: Shape, places: Sequence[tuple[int, int]]) -> set[Any]:
    return {((one, other), (shape[one], shape[other])) for one, other in places}


def for_kinds(kinds: Sequence[str]) -> Iterator[tuple[str, Shape]]:
    """The shapes of `pairs`, shared out over the kinds in turn; a kind gets at least two."""
    shapes = pairs()
    count = max(len(shapes), 2 * len(kinds))
    for at in range(count):
        yield kinds[at % len(kinds)], shapes[at % len(shapes)]


def content(kind: str, shape: Shape) -> Mapping[str, Any]:
    """The content of a paper of a kind in a shape."""
    made = samples.sample(kind, hazards=shape.hazards, photos=shape.photos)
    made |= {"issuer": ISSUERS[shape.issuer] or made["issuer"]}
    if NAMES[shape.name]:
        to_place = made.get("addressee") == made.get("place_name")
        made |= {"place_name": NAMES[shape.name]} | ({"addressee": NAMES[shape.name]} if to_place else {})
    text = TEXTS[shape.text]
    for line in (made.get("lines") or [])[:2]:
        line["words"] = text
    return made | {name: text for name in _TYPED if made.get(name)}
