"""The columns of the sheet of accounts and terms, and a row of it in its one form; offices and stations by their names."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from inspect_app.kernel import spelling
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.people import district
from inspect_app.people.rules import DEPUTY_LEVELS, ROLE_NAMES, Role

from ..rules import TOLD, SheetColumn
from .named_areas import NamedAreas
from .sheet_days import read_day

COLUMNS = (
    SheetColumn("姓名", "name", "本人的姓名。", 12, True, ("陈玉兰", "蒋涛")),
    SheetColumn("账号", "login", "登录用，3 到 40 个字母或数字，一人一个。", 16, True, ("chenyulan", "jiangtao")),
    SheetColumn("手机号", "mobile", "11 位，也可以用来登录；没有就空着。", 16, examples=("13800000000", "")),
    SheetColumn("角色", "role", f"写一种：{'、'.join(ROLE_NAMES.values())}。", 10, True, ("代表", "承办人")),
    SheetColumn("单位", "organisation", "照系统里单位的全称或简称写。", 30, True, ("柳荫人大工委", "柳荫街道")),
    SheetColumn("片区", "area", "照系统里片区的名称写；两个街道有同名的社区时，连街道一起写。", 18, True),
    SheetColumn("哪一级", "level", "代表才写：区或市。空着算区。", 8, examples=("区", "")),
    SheetColumn("第几届", "congress_term", "代表才写，可以空着。", 12, examples=("第十九届", "")),
    SheetColumn("家站点", "station", "代表才写，照系统里的名称，可以空着。", 20),
    SheetColumn("从哪天起", "since", "任期的第一天，写成 2027-01-01。", 14, True, ("2027-01-01", "2026-12-01")),
    SheetColumn("到哪天止", "until", "任期的最后一天；没有定就空着。", 14, examples=("2031-12-31", "")),
    SheetColumn("哪里不对", TOLD, "系统退回来时写在这里，不用填，也不用删。", 40),
)  # fmt: skip
_ROLES = {spelling.folded(word): role for role, word in ROLE_NAMES.items()}


class NamedOffices:
    """Offices, stations and areas by their names, for reading rows."""

    def __init__(self, areas: NamedAreas) -> None:
        self.areas = areas
        self.names = {row.id: row.name for row in district.organisations()}
        self._offices: dict[str, set[UUID]] = {}
        for row in district.organisations():
            for word in (row.name, row.short_name):
                self._offices.setdefault(spelling.folded(word), set()).add(row.id)
        self._stations: dict[str, set[UUID]] = {}
        self.stations = {row.id: row.name for row, _ in district.stations()}
        for station_id, name in self.stations.items():
            self._stations.setdefault(spelling.folded(name), set()).add(station_id)

    def read(self, cells: Mapping[str, str], faults: Faults) -> dict[str, Any]:
        """The values that a row says, each in its one form; what is wrong goes into the faults under its column."""
        role = faults.of(_role, cells.get("role", ""))
        said: dict[str, Any] = {
            "name": faults.of(spelling.name, cells.get("name", ""), lack="请写姓名。", limit="person"),
            "login": faults.of(spelling.login, cells.get("login", "")),
            "mobile": faults.of(spelling.mobile, cells["mobile"]) if "mobile" in cells else None,
            "role": role,
            "organisation_id": faults.of(self._office, cells.get("organisation", "")),
            "area_id": faults.of(self.areas.find, cells.get("area", "")),
            "since": faults.of(_needed_day, cells, "since", "从哪天起"),
            "until": faults.of(read_day, cells["until"], "until", "到哪天止") if "until" in cells else None,
            "level": "", "congress_term": "", "station_id": None,
        }  # fmt: skip
        if role is Role.DEPUTY:
            said["level"] = faults.of(_level, cells.get("level", "区"))
            said["congress_term"] = spelling.plain(cells.get("congress_term", ""))
            said["station_id"] = faults.of(self._station, cells["station"]) if "station" in cells else None
        return said

    def _office(self, text: str) -> UUID:
        if not text:
            raise Refused("请写单位。", field="organisation")
        return _only(self._offices, text, "单位", "organisation")

    def _station(self, text: str) -> UUID:
        return _only(self._stations, text, "家站点", "station")


def _only(known: Mapping[str, set[UUID]], text: str, what: str, column: str) -> UUID:
    found, said = known.get(spelling.folded(text), set()), spelling.plain(text)
    said = said if len(said) <= 30 else "这个名称"
    if len(found) != 1:
        told = (
            f"有 {len(found)} 个{what}叫“{said}”，请写全称。"
            if found
            else f"没有“{said}”这个{what}，请照系统里的名称写。"
        )
        raise Refused(told, field=column)
    return next(iter(found))


def _role(text: str) -> Role:
    found = _ROLES.get(spelling.folded(text))
    if found is None:
        raise Refused(f"角色请写一种：{'、'.join(ROLE_NAMES.values())}。", field="role")
    return found


def _level(text: str) -> str:
    word = spelling.plain(text).removesuffix("代表")
    if word not in DEPUTY_LEVELS:
        raise Refused("哪一级要写区或市。", field="level")
    return word


def _needed_day(cells: Mapping[str, str], column: str, title: str) -> date:
    if column not in cells:
        raise Refused(f"请写{title}。", field=column)
    return read_day(cells[column], column, title)
