"""The columns of the sheet of places, and a row of it in its one form. Pure."""

from collections.abc import Mapping
from typing import Any

from inspect_app.kernel import spelling
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.positions import ReferenceSystem
from inspect_app.premises.rules import (
    FACT_NAMES,
    GAS_KINDS,
    KIND_NAMES,
    PARTY_ROLES,
    STATUS_NAMES,
    YES_NO,
    check_credit_code,
    clean_facts,
)

from ..rules import TOLD, SheetColumn
from .sheet_days import read_day

SYSTEMS = {
    ReferenceSystem.WGS84: "手机、GPS", ReferenceSystem.CGCS2000: "国家大地坐标",
    ReferenceSystem.GCJ02: "高德、腾讯地图", ReferenceSystem.BD09: "百度地图",
}  # fmt: skip
_SYSTEM_OF = {spelling.folded(code).replace("-", ""): str(code) for code in SYSTEMS}
_YES, _NO = ("是", "有", "对", "✓", "√"), ("否", "不是", "没有", "无", "不", "×")
UNKNOWN = ("待查", "不知道", "不清楚", "未知")
UNLICENSED = ("无照", "无证", "未办照", "没有照", "无")
# What the whole country lies in, in degrees: whoever exchanges the two is told so.
_LON, _LAT = (73.0, 136.0), (3.0, 54.0)

COLUMNS = (
    SheetColumn("编号", "code", "登记过的场所才有，CS 开头。写了就改那一家；新的空着。", 13, examples=("", "")),
    SheetColumn("名称", "name", "招牌上的名称，没有招牌的写“无招牌”。", 24, True, ("老李面馆", "福来超市")),
    SheetColumn("类别", "kind", f"写一种：{'、'.join(KIND_NAMES.values())}。", 16, True, ("小餐饮", "小商店")),
    SheetColumn("地址", "address", "能找到就行。", 30, True, ("柳荫街 12 号", "柳荫街 14 号一楼")),
    SheetColumn("街道或社区", "area", "照系统里片区的名称写；两个街道有同名的社区时，连街道一起写。", 18, True),
    SheetColumn("电话", "phone", "场所的电话，没有就空着。", 16, examples=("13800000000", "")),
    SheetColumn("责任主体", "party", "执照上的名称，没有执照的写经营者姓名；不知道由谁负责就写“待查”。", 26, examples=("青江区老李面馆", "王福来")),
    SheetColumn("主体类别", "role", f"写一种：{'、'.join(PARTY_ROLES.values())}。空着算经营者。", 12, examples=("经营者", "")),
    SheetColumn("信用代码", "credit_code", "统一社会信用代码 18 位；没有执照的写“无照”。", 22, examples=("", "无照")),
    SheetColumn("主体电话", "party_phone", "责任主体的电话，没有就空着。", 16),
    SheetColumn("建筑面积", "floor_area", "平方米，写数字。", 10, examples=("80", "120")),
    SheetColumn("层数", "storeys", "写数字。", 8, examples=("1", "2")),
    SheetColumn("床位数", "beds", "写数字。", 8),
    SheetColumn("额定人数", "seats", "写数字。", 10, examples=("40", "")),
    SheetColumn("从业人数", "staff", "写数字。", 10, examples=("4", "2")),
    SheetColumn("有人住", "people_sleeping", "是或否；不清楚就空着。", 8, examples=("否", "是")),
    SheetColumn("用气", "gas_kind", f"写一种：{'、'.join(GAS_KINDS.values())}；不清楚就空着。", 10, examples=("瓶装气", "不用气")),
    SheetColumn("高层", "high_rise", "是或否；不清楚就空着。", 8),
    SheetColumn("地下或半地下", "below_ground", "是或否；不清楚就空着。", 14),
    SheetColumn("建成年份", "year_built", "四位数字。", 10, examples=("2005", "")),
    SheetColumn("经度", "lon", "度，写小数。和纬度、坐标系一起写，或都空着。", 12),
    SheetColumn("纬度", "lat", "度，写小数。", 12),
    SheetColumn("坐标系", "crs", f"写一种：{'、'.join(f'{code}（{said}）' for code, said in SYSTEMS.items())}。", 12),
    SheetColumn("现在", "status", f"写一种：{'、'.join(STATUS_NAMES.values())}。空着算在营业。", 12),
    SheetColumn("何时起", "status_since", "从哪天起停业、搬走或重新开张，写成 2026-11-30；空着算导入那天。", 12),
    SheetColumn("哪里不对", TOLD, "系统退回来时写在这里，不用填，也不用删。", 40),
)  # fmt: skip


def _by_word(names: Mapping[Any, str]) -> dict[str, str]:
    return {spelling.folded(word): str(key) for key, word in names.items()}


_KINDS, _ROLES, _STATUSES, _GAS = (_by_word(names) for names in (KIND_NAMES, PARTY_ROLES, STATUS_NAMES, GAS_KINDS))


def chosen(text: str, known: Mapping[str, str], column: str, title: str, words: Mapping[Any, str]) -> str:
    """The value behind one of a few words; raises Refused that names them all."""
    found = known.get(spelling.folded(text))
    if found is None:
        raise Refused(f"{title}“{_short(text)}”不认识，请写一种：{'、'.join(words.values())}。", field=column)
    return found


def _short(text: str) -> str:
    clean = spelling.plain(text)
    return clean if len(clean) <= 20 else clean[:19] + "…"


def read_place(cells: Mapping[str, str], this_year: int, faults: Faults) -> dict[str, Any]:
    """The values that a row says, each in its one form; what it leaves empty is left out. What is wrong goes into the faults,
    each under the name of its column."""
    said: dict[str, Any] = {
        "name": faults.of(spelling.name, cells.get("name", ""), lack="请写场所名称，没有招牌的写“无招牌”。"),
        "address": faults.of(
            spelling.name, cells.get("address", ""), lack="请写地址，能找到就行。", field="address", limit="address"
        ),
        "kind": faults.of(_required, cells, "kind", "类别", _KINDS, KIND_NAMES),
        "phone": faults.of(spelling.telephone, cells.get("phone", "")),
        "status": faults.of(_optional, cells, "status", "现在", _STATUSES, STATUS_NAMES),
        "status_since": faults.of(_since, cells),
        "facts": _facts(cells, this_year, faults),
    }
    said |= faults.of(_position, cells) or {}
    party = _party(cells, faults)
    return {name: value for name, value in said.items() if value not in (None, "", {})} | (
        {"party": party} if party else {}
    )


def _since(cells: Mapping[str, str]) -> str | None:
    if "status_since" not in cells:
        return None
    if "status" not in cells:
        raise Refused("写了从哪天起，请把“现在”也写上。", field="status")
    return read_day(cells["status_since"], "status_since", "何时起").isoformat()


def _required(
    cells: Mapping[str, str], column: str, title: str, known: Mapping[str, str], words: Mapping[Any, str]
) -> str:
    if column not in cells:
        raise Refused(f"请写{title}。", field=column)
    return chosen(cells[column], known, column, title, words)


def _optional(
    cells: Mapping[str, str], column: str, title: str, known: Mapping[str, str], words: Mapping[Any, str]
) -> str | None:
    return chosen(cells[column], known, column, title, words) if column in cells else None


def _facts(cells: Mapping[str, str], this_year: int, faults: Faults) -> dict[str, Any]:
    raw: dict[str, Any] = {name: cells[name] for name in FACT_NAMES if name in cells}
    for name in YES_NO & set(raw):
        raw[name] = faults.of(_yes_no, name, raw[name])
    if "gas_kind" in raw:
        raw["gas_kind"] = faults.of(_optional, raw, "gas_kind", "用气", _GAS, GAS_KINDS)
    return faults.of(clean_facts, raw, this_year=this_year) or {}


def _yes_no(column: str, text: str) -> bool:
    word = spelling.folded(text)
    if word not in (*_YES, *_NO):
        raise Refused(f"{FACT_NAMES[column]}要写是或否，不清楚就空着。", field=column)
    return word in _YES


def _position(cells: Mapping[str, str]) -> dict[str, Any]:
    given = [name for name in ("lon", "lat", "crs") if name in cells]
    if not given:
        return {}
    if len(given) < 3:
        lacking = next(name for name in ("lon", "lat", "crs") if name not in cells)
        raise Refused("经度、纬度、坐标系要么都写，要么都空着。", field=lacking)
    system = _SYSTEM_OF.get(spelling.folded(cells["crs"]).replace("-", ""))
    if system is None:
        raise Refused(f"坐标系“{_short(cells['crs'])}”不认识，请写一种：{'、'.join(SYSTEMS)}。", field="crs")
    lon, lat = _degrees("lon", "经度", cells["lon"]), _degrees("lat", "纬度", cells["lat"])
    if _LON[0] <= lat <= _LON[1] and _LAT[0] <= lon <= _LAT[1]:
        raise Refused("经度和纬度写反了。", field="lon")
    if not _LON[0] <= lon <= _LON[1]:
        raise Refused("经度不在国内，请看一下。", field="lon")
    if not _LAT[0] <= lat <= _LAT[1]:
        raise Refused("纬度不在国内，请看一下。", field="lat")
    return {"lon": lon, "lat": lat, "crs": system}


def _degrees(column: str, title: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Refused(f"{title}要写小数，例如 118.78。", field=column) from None


def _party(cells: Mapping[str, str], faults: Faults) -> dict[str, Any] | None:
    """Who answers, or that nobody is known to (待查): name and part, with code (empty: none, of one without a licence) and telephone where they are said."""
    about = [name for name in ("role", "credit_code", "party_phone") if name in cells]
    if "party" not in cells:
        if about:
            faults.add("写了责任主体的情况，请把责任主体的名称也写上。", "party")
        return None
    if spelling.folded(cells["party"]) in UNKNOWN:
        if "credit_code" in cells or "party_phone" in cells:
            faults.add("责任主体写了待查，信用代码和主体电话请空着。", "party")
        return {
            "role": faults.of(_optional, cells, "role", "主体类别", _ROLES, PARTY_ROLES) or "operator",
            "unknown": True,
        }
    said: dict[str, Any] = {
        "name": faults.of(
            spelling.name, cells["party"], lack="请写责任主体的名称。", field="party", limit="organisation"
        ),
        "role": faults.of(_optional, cells, "role", "主体类别", _ROLES, PARTY_ROLES) or "operator",
    }
    if "credit_code" in cells:
        unlicensed = spelling.folded(cells["credit_code"]) in UNLICENSED
        said["credit_code"] = "" if unlicensed else faults.of(check_credit_code, cells["credit_code"])
    if "party_phone" in cells:
        said["phone"] = faults.of(spelling.telephone, cells["party_phone"], "party_phone")
    return said
