"""Who lives in the demo district: areas, eight organisations of both sides, their people and accounts."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inspect_app.kernel.database import db
from inspect_app.people import actions
from inspect_app.people.models import Account, Area, Organisation, Station
from inspect_app.people.queries import scope_for
from inspect_app.people.rules import Power, Role, Scope, Side

PASSWORD = "liuyin-xuncha-2026"
SINCE = date(2026, 1, 1)
_LIST = "柳荫街道权责清单（演示数据）"

DEPUTIES = (
    "陈玉兰", "周国平", "吴秀英", "孙建军", "马春梅", "朱德明", "胡桂芳", "郭志强", "何丽华", "高文斌",
    "罗素芬", "梁永福", "宋雅琴", "郑海涛", "谢红霞", "韩立新", "唐美玲", "冯振华", "董淑珍", "程晓东",
)  # fmt: skip
# key → name, short, side, 代字, telephone, is the desk, powers
_OFFICES: dict[str, tuple[str, str, Side, str, str, bool, tuple[Power, ...]]] = {
    "district_congress": ("青江区人大常委会社会建设工作委员会", "区人大社建工委", Side.CONGRESS, "青人社", "025-55550101", False, ()),
    "street_congress": ("青江区人大常委会柳荫街道工作委员会", "柳荫人大工委", Side.CONGRESS, "青人柳", "025-55550120", True, ()),
    "street": ("青江区人民政府柳荫街道办事处", "柳荫街道", Side.GOVERNMENT, "柳街", "025-55550200", False, (Power.REINSPECT, Power.ORDER_NOTICE, Power.LIST_SUPERVISION)),
    "enforcement": ("柳荫街道综合行政执法大队", "街道执法队", Side.GOVERNMENT, "柳执", "025-55550230", False, (Power.ORDER_NOTICE, Power.REINSPECT, Power.TRANSFER_ENFORCEMENT)),
    "fire": ("青江区消防救援大队", "区消防大队", Side.GOVERNMENT, "青消", "025-55550119", False, (Power.ORDER_NOTICE, Power.REINSPECT, Power.DETERMINE_MAJOR, Power.TRANSFER_ENFORCEMENT)),
    "gas": ("青江区城市管理局燃气管理科", "区城管局燃气科", Side.GOVERNMENT, "青城燃", "025-55550300", False, (Power.ORDER_NOTICE, Power.REINSPECT, Power.DETERMINE_MAJOR)),
    "market": ("青江区市场监督管理局柳荫分局", "市场监管柳荫分局", Side.GOVERNMENT, "青市监柳", "025-55550400", False, ()),
    "housing": ("青江区住房和城乡建设局", "区住建局", Side.GOVERNMENT, "青建", "025-55550500", False, (Power.ORDER_NOTICE, Power.REINSPECT)),
}  # fmt: skip
# login, name, role, organisation
_STAFF = (
    ("du1", "林静", Role.SUPERVISOR, "street_congress"), ("du2", "沈卫东", Role.SUPERVISOR, "street_congress"),
    ("du3", "方敏", Role.SUPERVISOR, "district_congress"),
    ("zheng1", "曹磊", Role.SUPERVISOR, "street"), ("zheng2", "彭雪", Role.SUPERVISOR, "street"),
    ("jiedao1", "蒋涛", Role.HANDLER, "street"), ("jiedao2", "贾芳", Role.HANDLER, "street"),
    ("zhifa1", "魏强", Role.HANDLER, "enforcement"), ("zhifa2", "薛刚", Role.HANDLER, "enforcement"),
    ("xiaofang1", "叶辉", Role.HANDLER, "fire"), ("xiaofang2", "阎军", Role.HANDLER, "fire"),
    ("ranqi1", "余洁", Role.HANDLER, "gas"), ("shichang1", "潘宁", Role.HANDLER, "market"),
    ("zhujian1", "杜鹏", Role.HANDLER, "housing"),
    ("lingdao1", "江雪梅", Role.LEADER, "district_congress"), ("lingdao2", "任志远", Role.LEADER, "street_congress"),
    ("shenji1", "白桦", Role.AUDITOR, "district_congress"), ("shenji2", "石岚", Role.AUDITOR, "district_congress"),
    ("guanli1", "顾明", Role.ADMINISTRATOR, "district_congress"), ("guanli2", "侯燕", Role.ADMINISTRATOR, "district_congress"),
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """Ids of what was made, by the keys used in this folder."""

    street: UUID
    communities: tuple[UUID, ...]
    offices: dict[str, UUID]
    accounts: dict[str, UUID]
    persons: dict[str, UUID]

    def scope(self, login: str, on: date) -> Scope:
        found = scope_for(self.accounts[login], on)
        if found is None:
            raise LookupError(f"{login} holds no term on {on}")
        return found


def make() -> Cast:
    """Areas, organisations with powers, accounts with terms, duty and emergency numbers."""
    district = _area("320199", "青江区", "district", None)
    street = _area("320199004", "柳荫街道", "street", district.id)
    communities = tuple(
        _area(f"32019900400{n}", name, "community", street.id).id
        for n, name in enumerate(("柳荫桥社区", "东关头社区", "铁作坊社区", "望江里社区"), start=1)
    )
    actions.set_emergency_numbers(street, duty_phone="025-55550110", gas_phone="025-55550177")
    offices: dict[str, UUID] = {}
    for key, (name, short, side, letters, phone, is_desk, powers) in _OFFICES.items():
        area = district.id if key in ("district_congress", "fire", "gas", "market", "housing") else street.id
        row = actions.create_organisation(
            name=name, short_name=short, side=side, area_id=area, letter_code=letters, phone=phone, is_desk=is_desk
        )
        offices[key] = row.id
        for power in powers:
            actions.grant_power(row.id, power, since=SINCE, source=_LIST)
    db.session.add(Station(name="柳荫桥代表家站", kind="家站", area_id=street.id))
    accounts: dict[str, Account] = {}
    for number, name in enumerate(DEPUTIES, start=1):
        accounts[f"daibiao{number}"] = _account(
            f"daibiao{number}", name, Role.DEPUTY, offices["street_congress"], street.id
        )
    for login, name, role, office in _STAFF:
        organisation = db.session.get_one(Organisation, offices[office])
        accounts[login] = _account(login, name, role, organisation.id, organisation.area_id)
    persons = {login: account.person_id for login, account in accounts.items()}
    for login in ("du1", "du2", "zheng1"):
        actions.set_duty(street.id, persons[login], since=SINCE, until=date(2027, 12, 31))
    return Cast(street.id, communities, offices, {login: row.id for login, row in accounts.items()}, persons)


def accounts() -> list[dict[str, str]]:
    """Two demo accounts of each role (supervisors: of each side) as `flask demo accounts` prints them."""
    rows = [("deputy", "congress", "daibiao1"), ("deputy", "congress", "daibiao2")]
    wanted = (
        "du1",
        "du2",
        "zheng1",
        "zheng2",
        "jiedao1",
        "xiaofang1",
        "lingdao1",
        "lingdao2",
        "shenji1",
        "shenji2",
        "guanli1",
        "guanli2",
    )
    for login, _name, role, office in _STAFF:
        if login in wanted:
            rows.append((role.value, _OFFICES[office][2].value, login))
    return [{"role": role, "side": side, "login": login, "password": PASSWORD} for role, side, login in rows]


def _area(code: str, name: str, kind: str, parent_id: UUID | None) -> Area:
    row = Area(code=code, code_year=2026, name=name, kind=kind, parent_id=parent_id, valid_from=SINCE, valid_to=None)
    db.session.add(row)
    db.session.flush()
    return row


def _account(login: str, name: str, role: Role, organisation_id: UUID, area_id: UUID) -> Account:
    account, _ = actions.create_account(
        name=name, login=login, role=role, organisation_id=organisation_id, area_id=area_id, since=SINCE,
        password=PASSWORD, demo=True, level="区" if role is Role.DEPUTY else "",
    )  # fmt: skip
    return account
