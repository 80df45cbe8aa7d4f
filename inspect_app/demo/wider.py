"""The other eleven streets of the whole demo district: their communities, offices, stations, people and accounts.

Names are put together at random and stand for nobody. Every account has the password of the demo; it is hashed once for all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, put
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.spelling import folded, login_key
from inspect_app.people import actions, profile, structure
from inspect_app.people.models import Account, Area, Organisation, Person, RoleTerm, Station
from inspect_app.people.rules import LawField, Power, Role, Side

from .people import SAFETY_LAW, SINCE, SOURCE, Cast

STREETS = (
    "明月湖", "望江门", "石榴园", "钟鼓楼", "老槐树", "白塔", "双桥", "清水塘", "南浦", "菱湖", "梧桐",
)  # fmt: skip
_COMMUNITIES = ("桥东", "桥西", "水关", "文昌里", "新村")
DEPUTIES = 220  # in all streets together, those of the first street among them
_OF_THE_CITY = 7  # every so-many-th is a deputy of the city
STATIONS = {"家站": 142, "联络站": 6, "观察点": 13}
_SURNAMES = "陈李王张刘赵周吴徐孙马朱胡林郭何高罗郑梁宋谢唐韩冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
_GIVEN = "建玉国春秀志文桂海晓立振淑明永德素雅红美丽军"
_SECOND = "兰平英军梅明芳强华斌芬福琴涛霞新玲珍东山宁云"
# Of each street: login, role, office
_STAFF = (
    ("du", Role.SUPERVISOR, "congress", 2), ("lingdao", Role.LEADER, "congress", 1), ("zheng", Role.SUPERVISOR, "street", 2),
    ("jiedao", Role.HANDLER, "street", 2), ("zhifa", Role.HANDLER, "part", 2),
)  # fmt: skip
# Offices of the district that the small demo has no use for: name, short, 代字, telephone, login
_MORE_OFFICES = (
    ("青江区教育局", "区教育局", "青教", "025-55550710", "jiaoyu"),
    ("青江区卫生健康委员会", "区卫健委", "青卫", "025-55550720", "weijian"),
    ("青江区商务局", "区商务局", "青商", "025-55550730", "shangwu"),
    ("青江区文化和旅游局", "区文旅局", "青文旅", "025-55550740", "wenlv"),
)


_ACCOUNT, _TERM = Account.__table__.columns.keys(), RoleTerm.__table__.columns.keys()


@dataclass(frozen=True)
class _Street:
    """One street that was made: its number, its area and its offices."""

    number: int
    area: Area
    offices: dict[str, Organisation]


def make(cast: Cast) -> None:
    """Make the streets beside that of the cast, the stations of all, and whoever works there."""
    names = _names(Random(220))
    district = db.session.scalars(select(Area).where(Area.kind == "district")).one()
    password = db.session.scalars(select(Account.password).where(Account.is_demo).limit(1)).one()
    streets = [_street(district, cast, number, name) for number, name in enumerate(STREETS, start=11)]
    crowd = _Crowd(password, names)
    for street in streets:
        for prefix, role, office, number in _STAFF:
            organisation = street.offices[office]
            for at in range(1, number + 1):
                crowd.add(f"{prefix}{street.number}{at:02}", role, organisation.id, street.area.id)
    for name, short, letters, phone, login in _MORE_OFFICES:
        bureau = structure.create_organisation(
            name=name, short_name=short, side=Side.GOVERNMENT, area_id=district.id, letter_code=letters, phone=phone,
            is_desk=False, parent_id=None,
        )  # fmt: skip
        crowd.add(f"{login}1", Role.HANDLER, bureau.id, district.id)
    stations = _stations([db.session.get_one(Area, cast.street), *(street.area for street in streets)])
    _deputies(crowd, streets, stations)
    crowd.write()
    _settle(cast, crowd, streets)


def _street(district: Area, cast: Cast, number: int, name: str) -> _Street:
    area = _area(f"320199{number:03}", f"{name}街道", "street", district.id)
    for at, part in enumerate(_COMMUNITIES, start=1):
        _area(f"320199{number:03}{at:03}", f"{name}{part}社区", "community", area.id)
    structure.set_emergency_numbers(area, duty_phone=f"025-5556{number:02}10", gas_phone="025-55550177")
    letter = name[:2]
    wanted = (
        ("congress", f"青江区人大常委会{name}街道工作委员会", f"{name}人大工委", Side.CONGRESS, f"青人{letter}"),
        ("street", f"青江区人民政府{name}街道办事处", f"{name}街道", Side.GOVERNMENT, f"{letter}街"),
        ("part", f"{name}街道综合行政执法大队", f"{name}执法队", Side.GOVERNMENT, f"{letter}执"),
    )
    offices: dict[str, Organisation] = {}
    for at, (key, full, short, side, letters) in enumerate(wanted):
        offices[key] = structure.create_organisation(
            name=full, short_name=short, side=side, area_id=area.id, letter_code=letters,
            phone=f"025-5556{number:02}{20 + at}", is_desk=key == "congress",
            parent_id=offices["street"].id if key == "part" else None,
        )  # fmt: skip
    return _Street(number, area, offices)


def _area(code: str, name: str, kind: str, parent_id: UUID) -> Area:
    row = Area(code=code, code_year=2026, name=name, kind=kind, parent_id=parent_id, valid_from=SINCE, valid_to=None)
    db.session.add(row)
    db.session.flush()
    return row


def _stations(areas: list[Area]) -> dict[UUID, list[UUID]]:
    """Stations spread over the streets; those where deputies meet citizens by street."""
    there = db.session.scalar(select(func.count()).select_from(Station)) or 0
    found: dict[UUID, list[UUID]] = {area.id: [] for area in areas}
    for kind, number in STATIONS.items():
        for at in range(number - (there if kind == "家站" else 0)):
            area = areas[at % len(areas)]
            name = f"{area.name.removesuffix('街道')}第{at // len(areas) + 1}代表{kind}"
            found[area.id].append(structure.create_station(name=name, kind=kind, area_id=area.id).id)
    return found


def _deputies(crowd: "_Crowd", streets: list[_Street], stations: dict[UUID, list[UUID]]) -> None:
    there = db.session.scalar(select(func.count()).select_from(RoleTerm).where(RoleTerm.role == Role.DEPUTY)) or 0
    for number in range(there + 1, DEPUTIES + 1):
        street = streets[number % len(streets)]
        at = stations[street.area.id]
        level = "市" if number % _OF_THE_CITY == 0 else "区"
        office = street.offices["congress"].id
        crowd.add(f"daibiao{number}", Role.DEPUTY, office, street.area.id, level, at[number % len(at)])


class _Crowd:
    """People with accounts and terms, written in one go."""

    def __init__(self, password: str, names: Iterator[str]) -> None:
        self._password, self._names = password, names
        self.persons: dict[str, UUID] = {}
        self.names: dict[str, str] = {}
        self._rows: dict[type[Person] | type[Account] | type[RoleTerm], list[dict[str, object]]] = {
            Person: [], Account: [], RoleTerm: [],
        }  # fmt: skip

    def add(
        self, login: str, role: Role, office_id: UUID, area_id: UUID, level: str = "", station_id: UUID | None = None
    ) -> None:
        """One more."""
        name, person = next(self._names), new_id()
        self.persons[login], self.names[login] = person, name
        self._rows[Person].append({"id": person, "name": name, "phone": "", "folded": folded(name)})
        account = Account(
            id=new_id(), person_id=person, login=login, mobile=None, password=self._password, active=True,
            fs_uniquifier=new_id().hex + new_id().hex, must_change_password=False, is_demo=True, made_at=clock.now(),
        )  # fmt: skip
        self._rows[Account].append(
            {name: getattr(account, name) for name in _ACCOUNT} | {"login_key": login_key(login)}
        )
        term = RoleTerm(
            id=new_id(), person_id=person, role=role, organisation_id=office_id, area_id=area_id, level=level,
            congress_term="", station_id=station_id, since=SINCE, until=None,
        )  # fmt: skip
        self._rows[RoleTerm].append({name: getattr(term, name) for name in _TERM})

    def write(self) -> None:
        """Write them all."""
        for model, rows in self._rows.items():
            put(model, rows)


def _settle(cast: Cast, crowd: _Crowd, streets: list[_Street]) -> None:
    """Duty, the power to order that a street holds by the general law, and the two officers an order names."""
    for street in streets:
        office = street.offices["street"]
        for login in (f"du{street.number}01", f"du{street.number}02", f"zheng{street.number}01"):
            actions.set_duty(street.area.id, crowd.persons[login], since=SINCE, until=date(2027, 12, 31))
        for power in (Power.ORDER_NOTICE, Power.REINSPECT):
            basis = profile.Article(LawField.FIRE, SAFETY_LAW, "第九条第二款", office.short_name + SOURCE)
            row = profile.grant_power(office.id, power, basis, since=SINCE, entered_by=cast.persons["guanli1"])
            profile.confirm_power(row, confirmed_by=cast.persons["guanli2"])
        for at in (1, 2):
            login = f"jiedao{street.number}{at:02}"
            profile.add_officer(
                office.id, name=crowd.names[login], card_number=f"演示{office.letter_code}{at:03d}", since=SINCE,
                person_id=crowd.persons[login], entered_by=cast.persons["guanli1"],
            )  # fmt: skip
        profile.set_order_settings(
            office,
            profile.OrderSettings(
                order_title="责令限期改正通知书", section="应急管理和消防一体化工作站",
                address=f"青江区{street.area.name}办事处", consequence="逾期不改正的，我单位将依法处理。",
                review_body="青江区人民政府", court="青江区人民法院",
            ),
        )  # fmt: skip


def _names(chance: Random) -> Iterator[str]:
    """Names nobody of the demo has yet."""
    taken = set(db.session.scalars(select(Person.name)))
    while True:
        name = chance.choice(_SURNAMES) + chance.choice(_GIVEN) + chance.choice(_SECOND)
        if name not in taken:
            taken.add(name)
            yield name
