"""Places of a grown demo: names as signboards have them, an address of its own each, somebody who answers for it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from inspect_app.kernel import clock
from inspect_app.kernel.ids import CODE_ALPHABET, new_id
from inspect_app.kernel.spelling import folded
from inspect_app.premises.rules import PremisesKind as Kind
from inspect_app.premises.rules import twin_key

Row = dict[str, Any]
_SURNAMES = "陈李王张刘赵周吴徐孙马朱胡林郭何高罗郑梁宋谢唐韩冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
_GIVEN = (
    "建国",
    "秀兰",
    "明",
    "丽",
    "海",
    "桂英",
    "志强",
    "红梅",
    "小军",
    "春华",
    "国庆",
    "玉珍",
    "大勇",
    "文",
    "静",
    "福生",
)
_LUCK = ("福", "兴", "旺", "顺", "和", "祥", "瑞", "鑫", "源", "盛", "隆", "泰", "安", "康", "美", "佳")
_ROADS = (
    "柳荫街", "铁作坊巷", "东关头", "望江里", "桥北路", "石婆巷", "磨盘街", "长乐里", "打铁巷", "盐仓桥", "红土桥路", "菱角市",
    "大井巷", "小井巷", "荷花塘", "豆腐坊巷", "皮市街", "百子亭", "半山园路", "采石路", "洪武巷", "军械街", "来凤街", "仓顶路",
)  # fmt: skip
# kind → share of all places in per mille, and what its signboards say with the share of each
_KINDS: dict[Kind, tuple[int, tuple[tuple[str, int], ...]]] = {
    Kind.SMALL_RESTAURANT: (268, (("面馆", 25), ("小炒", 20), ("饺子馆", 12), ("鸭血粉丝", 14), ("盖浇饭", 14), ("火锅店", 15))),
    Kind.SMALL_SHOP: (250, (("便利店", 40), ("五金店", 20), ("粮油店", 20), ("水果店", 20))),
    Kind.SMALL_BEAUTY: (90, (("美发", 60), ("足浴", 40))),
    Kind.SMALL_WORKSHOP: (80, (("裁缝铺", 40), ("豆腐坊", 30), ("铝合金加工", 30))),
    Kind.RESIDENTIAL: (90, (("幢", 100),)),
    Kind.OTHER: (62, (("仓库", 50), ("快递点", 50))),
    Kind.CROWDED: (35, (("百货", 60), ("菜场", 40))),
    Kind.SMALL_INN: (35, (("客栈", 60), ("旅馆", 40))),
    Kind.SMALL_SCHOOL: (25, (("幼儿园", 60), ("托管班", 40))),
    Kind.SMALL_HOSPITAL: (20, (("诊所", 100),)),
    Kind.SITE: (20, (("翻修工地", 100),)),
    Kind.SMALL_ENTERTAINMENT: (12, (("棋牌室", 70), ("歌厅", 30))),
    Kind.SMALL_NETCAFE: (8, (("网吧", 100),)),
    Kind.GAS_OUTLET: (5, (("瓶装气供应站", 100),)),
}  # fmt: skip
_EARLIEST = timedelta(days=5 * 365)


class Register:
    """Makes places of one area after another; `taken` is how many each has already, so that no address comes twice."""

    def __init__(self, areas: Sequence[tuple[Any, str, int]], chance: Random) -> None:
        """`areas`: id, the name that stands before the road, how many places are there."""
        self._areas = [(area_id, name, count(taken)) for area_id, name, taken in areas]
        self._chance = chance
        self._kinds = [*_KINDS]
        self._shares = [share for share, _ in _KINDS.values()]
        self._made_at = clock.now() - _EARLIEST

    def places(self, number: int) -> Iterator[Row]:
        """Rows of premises, spread over the areas."""
        for at in range(number):
            yield self._place(at)

    def _place(self, at: int) -> Row:
        chance = self._chance
        area_id, street, numbers = self._areas[at % len(self._areas)]
        here = next(numbers)
        kind = chance.choices(self._kinds, self._shares)[0]
        address = f"{street}{_ROADS[here % len(_ROADS)]}{601 + here // len(_ROADS)}号"
        name = self._name(kind, address)
        return {
            "id": new_id(),
            "code": "CS" + "".join(chance.choices(CODE_ALPHABET, k=8)),
            "name": name,
            "kind": str(kind),
            "address": address,
            "area_id": area_id,
            "phone": f"025-55{chance.randrange(1_000_000):06}",
            "facts": self._facts(kind),
            "status": chance.choices(("open", "closed", "gone"), (95, 3, 2))[0],
            "lon": (lon := round(118.70 + chance.random() * 0.16, 6)),
            "lat": (lat := round(31.98 + chance.random() * 0.12, 6)),
            "map_lon": lon,
            "map_lat": lat,
            "crs": "WGS84",
            "accuracy_m": 10.0,
            "door_code": "".join(chance.choices(CODE_ALPHABET, k=12)),
            "merged_into_id": None,
            "confirmed": True,
            "twin_key": twin_key(name, address),
            "maybe_double_of_id": None,
            "made_at": self._made_at,
            "folded": f"{folded(name)}\n{folded(address)}",
        }

    def _name(self, kind: Kind, address: str) -> str:
        trades = _KINDS[kind][1]
        trade = self._chance.choices([name for name, _ in trades], [share for _, share in trades])[0]
        if kind in (Kind.RESIDENTIAL, Kind.SITE):
            return f"{address}{self._chance.randrange(1, 30)}幢" if trade == "幢" else f"{address}{trade}"
        surname = "尤" if self._chance.random() < 0.003 else self._chance.choice(_SURNAMES)
        return surname + self._chance.choice(("记", "家", "氏", *_LUCK)) + trade

    def _facts(self, kind: Kind) -> Row:
        chance = self._chance
        facts: Row = {
            "floor_area": chance.choice((30, 45, 60, 90, 130, 240)),
            "storeys": chance.choice((1, 1, 2)),
            "staff": chance.randint(1, 9),
        }
        if kind is Kind.SMALL_RESTAURANT:
            facts |= {"seats": chance.choice((16, 24, 40, 80)), "gas_kind": chance.choice(("piped", "bottled"))}
        elif kind is Kind.RESIDENTIAL:
            facts = {
                "storeys": chance.choice((5, 6, 7, 11)),
                "year_built": chance.randint(1975, 2015),
                "high_rise": False,
            }
        elif kind is Kind.CROWDED:
            facts |= {"floor_area": chance.choice((900, 1800, 3200)), "people_sleeping": False}
        return facts

    def party(self, place: Row) -> tuple[Row, Row]:
        """Who answers for a place, and from when."""
        boss = self._chance.choice(_SURNAMES) + self._chance.choice(_GIVEN)
        role = "manager" if place["kind"] in (Kind.RESIDENTIAL, Kind.SITE, Kind.CROWDED) else "operator"
        party = {"id": new_id(), "name": f"{place['name']}（{boss}）", "credit_code": None, "phone": place["phone"]}
        made_at: datetime = place["made_at"]
        link = {
            "id": new_id(),
            "premises_id": place["id"],
            "party_id": party["id"],
            "role": role,
            "since": made_at.date(),
            "until": None,
        }
        return party, link
