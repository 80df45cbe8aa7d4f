"""The only writers of organisations, areas and stations: what the district is made of. What stands on papers is set right
by a correction of its own; papers that were issued keep what they printed."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import spelling
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, Refused

from .acts import AdministratorAct
from .district import organisations, parents_for
from .models import Area, Organisation, Station
from .rules import AREA_ABOVE, AREA_DIGITS, STATION_KINDS, Side


def create_organisation(
    *,
    name: str,
    short_name: str,
    side: Side,
    area_id: UUID,
    letter_code: str,
    phone: str = "",
    is_desk: bool = False,
    parent_id: UUID | None = None,
    so_far: Faults | None = None,
) -> Organisation:
    """An office of one side of the house."""
    faults = so_far or Faults()
    name, letter_code = _checked_office(faults, name, letter_code, area_id)
    short_name, phone = spelling.plain(short_name), faults.of(spelling.telephone, phone) or ""
    faults.need(side, "请选是哪一侧。", "side")
    faults.refuse()
    row = Organisation(
        name=name, short_name=short_name or name, side=side, area_id=area_id, letter_code=letter_code, phone=phone
    )
    db.session.add(row)
    db.session.flush()
    put_under(row, is_desk=is_desk, parent_id=parent_id)
    return row


def _checked_office(
    faults: Faults, name: str, letter_code: str, area_id: UUID | None, own: Organisation | None = None
) -> tuple[str, str]:
    """Name and 代字, each of one office alone: two of one name are one to whoever reads, and of one 代字 give one number twice."""
    clean = faults.of(spelling.name, name, lack="请写单位的全称。")
    code = faults.of(
        spelling.name, letter_code, lack="请写机关代字，文号里要用。", field="letter_code", limit="letter_code"
    )
    faults.need(area_id and db.session.get(Area, area_id), "请选片区。", "area_id")
    others = [row for row in organisations() if own is None or row.id != own.id]
    for typed, field, words in (
        (clean, "name", "已经有一个同名的单位。"),
        (code, "letter_code", "这个代字别的单位在用，文号会重。"),
    ):
        if typed and spelling.folded(typed) in {spelling.folded(getattr(row, field)) for row in others}:
            faults.add(words, field)
    if code and spelling.folded(code) in _former_codes(own):
        faults.add("这个代字别的单位以前用过，它出过的文号还在，会重。请换一个。", "letter_code")
    return clean or "", code or ""


def _former_codes(own: Organisation | None) -> set[str]:
    """代字 that other offices had before they were corrected: papers with numbers under them may be in somebody's hand."""
    corrected = select(AdministratorAct.changes).where(
        AdministratorAct.subject_kind == "organisation",
        AdministratorAct.verb == "changed",
        AdministratorAct.subject_id != (str(own.id) if own else ""),
    )
    before = (changes.get("letter_code", [None])[0] for changes in db.session.scalars(corrected))
    return {spelling.folded(code) for code in before if code}


def correct_organisation(row: Organisation, *, name: str, letter_code: str, area_id: UUID | None) -> None:
    """Set right what an office is called, its 代字 and its area. Papers that were issued keep what they printed, and the
    numbers go on counting."""
    faults = Faults()
    name, letter_code = _checked_office(faults, name, letter_code, area_id, own=row)
    faults.refuse()
    if row.short_name == row.name:
        row.short_name = name
    row.name, row.letter_code = name, letter_code
    if area_id is not None:
        row.area_id = area_id
    db.session.flush()


def put_under(row: Organisation, *, is_desk: bool, parent_id: UUID | None) -> None:
    """Where an office stands: under which one, and whether it is the district desk (区级督办), which is the congress side's."""
    if parent_id is not None and parent_id not in {one.id for one in parents_for(row)}:
        raise Refused("上级单位要是同一侧的，也不能是它自己下面的单位。", field="parent_id")
    if is_desk and row.side != Side.CONGRESS:
        raise Refused("区级督办由人大侧的单位来当。", field="is_desk")
    row.parent_id, row.is_desk = parent_id, is_desk
    db.session.flush()


def change_organisation(
    row: Organisation, *, short_name: str, phone: str, is_desk: bool, parent_id: UUID | None
) -> None:
    """Change what may change of an office at any time; what stands on papers is corrected on its own."""
    faults = Faults()
    number = faults.of(spelling.telephone, phone) or ""
    faults.of(put_under, row, is_desk=is_desk, parent_id=parent_id)
    faults.refuse()
    row.short_name, row.phone = spelling.plain(short_name) or row.name, number
    db.session.flush()


def let_close_unopposed(row: Organisation, days: int | None) -> None:
    """到期自动销号 of what this office handed over and a look confirmed, after so many working days; None: off."""
    if days is not None and not 1 <= days <= 60:
        raise Refused("工作日要写 1 到 60 的数字。", field="close_unopposed_days")
    row.close_unopposed_days = days
    db.session.flush()


def _checked_area(
    faults: Faults, name: str, code: str, code_year: int | None, kind: str, parent: Area | None, own: Area | None = None
) -> tuple[str, str]:
    clean = faults.of(spelling.name, name, lack="请写名称。", limit="area") or ""
    code = spelling.folded(code)
    digits = AREA_DIGITS.get(kind)
    if digits is None:
        return clean, code
    if not code.isascii() or not code.isdigit() or len(code) != digits:
        faults.add(f"代码应是 {digits} 位数字。", "code")
    elif parent is not None and not code.startswith(parent.code):
        faults.add(f"代码要以上一级的 {parent.code} 开头。", "code")
    same = select(Area.id).where(Area.code == code, Area.code_year == code_year)
    if own is not None:
        same = same.where(Area.id != own.id)
        below = db.session.scalars(select(Area).where(Area.parent_id == own.id)).all()
        if any(not one.code.startswith(code) for one in below):
            faults.add(f"它下面的 {len(below)} 处代码要以它开头，请看一下是不是写错了。", "code")
    faults.need(db.session.scalar(same) is None, "这个代码已经有了。", "code")
    return clean, code


def correct_area(row: Area, *, name: str, code: str, code_year: int | None, so_far: Faults | None = None) -> None:
    """Set right what an area is called and its code. Places, people and papers are tied to the area, not to its name."""
    faults = so_far or Faults()
    parent = db.session.get(Area, row.parent_id) if row.parent_id else None
    name, code = _checked_area(faults, name, code, code_year, row.kind, parent, own=row)
    faults.refuse()
    row.name, row.code, row.code_year = name, code, code_year or row.code_year
    db.session.flush()


def create_area(
    *,
    name: str,
    code: str,
    code_year: int,
    kind: str,
    parent_id: UUID | None,
    valid_from: date,
    so_far: Faults | None = None,
) -> Area:
    """A street or community under its parent (GB/T 2260: 6, 9 or 12 digits, with the year of the table)."""
    faults = so_far or Faults()
    parent = db.session.get(Area, parent_id) if parent_id else None
    faults.need(kind in AREA_ABOVE, "请选是街道还是社区。", "kind")
    if kind in AREA_ABOVE and (parent is None or AREA_ABOVE[kind] != parent.kind):
        faults.add("请选它上面的那一级。", "parent_id")
        parent = None
    name, code = _checked_area(faults, name, code, code_year, kind, parent)
    faults.need(valid_from, "请选从哪天起。", "valid_from")
    faults.refuse()
    row = Area(
        code=code,
        code_year=code_year,
        name=name,
        kind=kind,
        parent_id=parent.id if parent else None,
        valid_from=valid_from,
    )
    db.session.add(row)
    db.session.flush()
    return row


def merge_area(row: Area, *, successor_id: UUID, on: date) -> None:
    """End an area and let another follow it: its people, places and papers stay where they are and are seen from there."""
    successor = db.session.get(Area, successor_id)
    if successor is None or successor.kind != row.kind or successor.id == row.id:
        raise Refused("请选接替它的那一个，要是同一级的。", field="successor_id")
    if successor.valid_to is not None or successor.successor_id is not None:
        raise Refused("接替它的那一个自己也已经并走了。", field="successor_id")
    if on < row.valid_from:
        raise Refused("结束日期不能早于开始日期。", field="on")
    row.valid_to, row.successor_id = on, successor.id
    db.session.flush()


def _checked_station(name: str, kind: str, area_id: UUID | None) -> str:
    faults = Faults()
    clean = faults.of(spelling.name, name, lack="请写名称。", limit="station") or ""
    faults.need(kind in STATION_KINDS, "请选是哪一种。", "kind")
    faults.need(area_id and db.session.get(Area, area_id), "请选片区。", "area_id")
    faults.refuse()
    return clean


def correct_station(row: Station, *, name: str, kind: str, area_id: UUID | None) -> None:
    """Set right what a station is called, its kind and where it lies; who belongs to it stays with it."""
    row.name, row.kind = _checked_station(name, kind, area_id), kind
    if area_id is not None:
        row.area_id = area_id
    db.session.flush()


def create_station(*, name: str, kind: str, area_id: UUID | None) -> Station:
    """家站点 and the like: where deputies meet citizens."""
    row = Station(name=_checked_station(name, kind, area_id), kind=kind, area_id=area_id)
    db.session.add(row)
    db.session.flush()
    return row


def set_emergency_numbers(area: Area, *, duty_phone: str, gas_phone: str) -> None:
    """Set the numbers behind the red button."""
    faults = Faults()
    duty = faults.of(spelling.telephone, duty_phone, "duty_phone")
    gas = faults.of(spelling.telephone, gas_phone, "gas_phone")
    faults.refuse()
    area.duty_phone, area.gas_phone = duty or "", gas or ""
    db.session.flush()
