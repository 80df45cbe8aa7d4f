"""Who lives in the demo district: areas, nine organisations of both sides, their people and accounts."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.people import actions, profile, structure
from inspect_app.people.models import Account, Area, Organisation, Station
from inspect_app.people.queries import scope_for
from inspect_app.people.rules import DEMO_PASSWORD, DEMO_SOURCE, LawField, Power, Role, Scope, Side

PASSWORD = DEMO_PASSWORD
SINCE = date(2026, 1, 1)
STREET = "柳荫街道"
SOURCE = DEMO_SOURCE

DEPUTIES = (
    "陈玉兰", "周国平", "吴秀英", "孙建军", "马春梅", "朱德明", "胡桂芳", "郭志强", "何丽华", "高文斌",
    "罗素芬", "梁永福", "宋雅琴", "郑海涛", "谢红霞", "韩立新", "唐美玲", "冯振华", "董淑珍", "程晓东",
)  # fmt: skip
# key → name, short, side, 代字, telephone, is the desk. Orders go out in the name of bodies with legal personality; the
# section that works on them (承办机构) is printed beside.
_OFFICES: dict[str, tuple[str, str, Side, str, str, bool]] = {
    "district_congress": ("青江区人大常委会社会建设工作委员会", "区人大社建工委", Side.CONGRESS, "青人社", "025-55550101", False),
    "street_congress": ("青江区人大常委会柳荫街道工作委员会", "柳荫人大工委", Side.CONGRESS, "青人柳", "025-55550120", True),
    "street": ("青江区人民政府柳荫街道办事处", "柳荫街道", Side.GOVERNMENT, "柳街", "025-55550200", False),
    "enforcement": ("柳荫街道综合行政执法大队", "街道执法队", Side.GOVERNMENT, "柳执", "025-55550230", False),
    "fire": ("青江区消防救援大队", "区消防大队", Side.GOVERNMENT, "青消", "025-55550119", False),
    "gas": ("青江区城市管理局", "区城管局", Side.GOVERNMENT, "青城", "025-55550300", False),
    "market": ("青江区市场监督管理局", "区市场监管局", Side.GOVERNMENT, "青市监", "025-55550400", False),
    "housing": ("青江区住房和城乡建设局", "区住建局", Side.GOVERNMENT, "青建", "025-55550500", False),
    "emergency": ("青江区应急管理局", "区应急局", Side.GOVERNMENT, "青应急", "025-55550600", False),
}  # fmt: skip
_WHOLE_DISTRICT = ("district_congress", "fire", "gas", "market", "housing", "emergency")
# The part of an office that another one answers for.
_PARENTS = {"enforcement": "street"}
_FIRE_LAW, _GAS_RULES = "中华人民共和国消防法", "城镇燃气管理条例"
SAFETY_LAW, _SITE_RULES = "中华人民共和国安全生产法", "建设工程安全生产管理条例"
# office, power, field, law, article
_POWERS: tuple[tuple[str, Power, LawField, str, str], ...] = (
    ("street", Power.ORDER_NOTICE, LawField.FIRE, SAFETY_LAW, "第九条第二款"),
    ("street", Power.REINSPECT, LawField.FIRE, SAFETY_LAW, "第九条第二款"),
    ("fire", Power.ORDER_NOTICE, LawField.FIRE, _FIRE_LAW, "第五十四条"),
    ("fire", Power.REINSPECT, LawField.FIRE, _FIRE_LAW, "第五十三条"),
    ("fire", Power.DETERMINE_MAJOR, LawField.FIRE, _FIRE_LAW, "第五十五条"),
    ("fire", Power.TRANSFER_ENFORCEMENT, LawField.FIRE, SAFETY_LAW, "第六十九条"),
    ("gas", Power.ORDER_NOTICE, LawField.GAS, _GAS_RULES, "第四十一条第二款"),
    ("gas", Power.REINSPECT, LawField.GAS, _GAS_RULES, "第四十一条第二款"),
    ("gas", Power.DETERMINE_MAJOR, LawField.GAS, "城镇燃气经营安全重大隐患判定标准", "第三条"),
    ("housing", Power.ORDER_NOTICE, LawField.SITE, _SITE_RULES, "第四十三条"),
    ("housing", Power.REINSPECT, LawField.SITE, _SITE_RULES, "第四十三条"),
    ("housing", Power.DETERMINE_MAJOR, LawField.SITE, "房屋市政工程生产安全重大事故隐患判定标准（2024版）", "第三条"),
    *(
        ("emergency", Power.LIST_SUPERVISION, field, SAFETY_LAW, "第四十一条第三款")
        for field in (LawField.FIRE, LawField.GAS, LawField.SITE)
    ),
)  # fmt: skip
# office → officers with certificates, 承办机构
_OFFICERS = {
    "street": (("蒋涛", "贾芳"), "应急管理和消防一体化工作站"), "fire": (("叶辉", "阎军"), "防火监督科"),
    "gas": (("余洁", "邵明"), "燃气管理科"), "housing": (("杜鹏", "严青"), "安全监督站"),
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
    ("zhujian1", "杜鹏", Role.HANDLER, "housing"), ("yingji1", "丁峰", Role.SUPERVISOR, "emergency"),
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
        """What somebody may see on a day; raises LookupError for a login without a term then."""
        found = scope_for(self.accounts[login], on)
        if found is None:
            raise LookupError(f"{login} holds no term on {on}")
        return found


def make() -> Cast:
    """Areas, organisations with powers, accounts with terms, duty and emergency numbers."""
    district = _area("320199", "青江区", "district", None)
    street = _area("320199004", STREET, "street", district.id)
    communities = tuple(
        _area(f"32019900400{n}", name, "community", street.id).id
        for n, name in enumerate(("柳荫桥社区", "东关头社区", "铁作坊社区", "望江里社区"), start=1)
    )
    structure.set_emergency_numbers(street, duty_phone="025-55550110", gas_phone="025-55550177")
    offices: dict[str, UUID] = {}
    for key, (name, short, side, letters, phone, is_desk) in _OFFICES.items():
        area = district.id if key in _WHOLE_DISTRICT else street.id
        row = structure.create_organisation(
            name=name,
            short_name=short,
            side=side,
            area_id=area,
            letter_code=letters,
            phone=phone,
            is_desk=is_desk,
            parent_id=offices.get(_PARENTS.get(key, "")),
        )
        offices[key] = row.id
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
    _profiles(offices, persons)
    for login in ("du1", "du2", "zheng1"):
        actions.set_duty(street.id, persons[login], since=SINCE, until=date(2027, 12, 31))
    return Cast(street.id, communities, offices, {login: row.id for login, row in accounts.items()}, persons)


def cast_of_demo() -> Cast:
    """The cast of a demo that was made before, by its logins and the names of its offices. Raises LookupError without one."""
    accounts = {
        row.login: row for row in db.session.scalars(select(Account).where(Account.is_demo, Account.active)).all()
    }
    street = db.session.scalar(select(Area).where(Area.name == STREET, Area.kind == "street"))
    if street is None or "du1" not in accounts:
        raise LookupError("the database holds no demo")
    named = {row.name: row.id for row in db.session.scalars(select(Organisation))}
    communities = db.session.scalars(select(Area.id).where(Area.parent_id == street.id).order_by(Area.code)).all()
    return Cast(
        street.id,
        tuple(communities),
        {key: named[name] for key, (name, *_) in _OFFICES.items()},
        {login: row.id for login, row in accounts.items()},
        {login: row.person_id for login, row in accounts.items()},
    )


def _profiles(offices: dict[str, UUID], persons: dict[str, UUID]) -> None:
    """Powers entered by one administrator and confirmed by the other, officers, what the orders print."""
    for office, power, law_field, document, article in _POWERS:
        basis = profile.Article(law_field, document, article, _OFFICES[office][1] + SOURCE)
        row = profile.grant_power(offices[office], power, basis, since=SINCE, entered_by=persons["guanli1"])
        profile.confirm_power(row, confirmed_by=persons["guanli2"])
    by_name = {name: persons[login] for login, name, _role, _office in _STAFF}
    for office, (names, section) in _OFFICERS.items():
        for number, name in enumerate(names, start=1):
            profile.add_officer(
                offices[office],
                name=name,
                card_number=f"演示{_OFFICES[office][3]}{number:03d}",
                since=SINCE,
                person_id=by_name.get(name),
                entered_by=persons["guanli1"],
            )
        profile.set_order_settings(
            db.session.get_one(Organisation, offices[office]),
            profile.OrderSettings(
                order_title="责令限期改正通知书",
                section=section,
                address=f"青江区柳荫路{len(section)}8号",
                consequence="逾期不改正的，我单位将依法处理。",
                review_body="青江区人民政府",
                court="青江区人民法院",
            ),
        )


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
        name=name,
        login=login,
        role=role,
        organisation_id=organisation_id,
        area_id=area_id,
        since=SINCE,
        password=PASSWORD,
        demo=True,
        level="区" if role is Role.DEPUTY else "",
    )
    return account
