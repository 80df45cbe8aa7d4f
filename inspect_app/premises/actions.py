"""The only writers of places and parties."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.evidence.shapes import Position
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.limits import whole
from inspect_app.people.queries import hold_area
from inspect_app.people.rules import Scope

from .models import Party, Premises, PremisesParty
from .queries import hold, load, twin_of
from .rules import PARTY_ROLES, STATUS_NAMES, Kind, check_credit_code, clean_facts, twin_key


class Registered(Refused):
    """A place of the same name and address is there; which one."""

    def __init__(self, premises_id: UUID, name: str, address: str) -> None:
        super().__init__(
            f"{name}（{address}）已经登记过了。是同一家就打开那一家；真的是另一家，请勾选下面那一行再登记。",
            field="another",
        )
        self.premises_id = premises_id


def register(
    scope: Scope, *, name: str, kind: str, address: str, area_id: UUID, facts: Mapping[str, Any], phone: str = "",
    premises_id: UUID | None = None, position: Position | None = None, confirmed: bool = True,
    another: bool = False,
) -> Premises:  # fmt: skip
    """A new place. With an id made on the phone, registering twice changes nothing. Raises NotThere for the id of a place
    that whoever registers does not see.

    Where one stands in the register under the same name and address, who registers at the desk is asked (Registered), and
    says with `another` that this is one more; what comes from a phone is taken and marked 可能重复.
    """
    if premises_id is not None and db.session.get(Premises, premises_id) is not None:
        return load(scope, premises_id)
    name, address = _checked(scope, name, kind, address, area_id)
    hold_area(area_id)  # of two who register the same at once the second finds what the first has registered
    twin = None if another else twin_of(scope, name, address)
    if twin is not None and confirmed:
        raise Registered(twin.id, twin.name, twin.address)
    row = Premises(
        twin_key=twin_key(name, address), maybe_double_of_id=twin.id if twin else None,
        name=name, kind=kind, address=address, area_id=area_id, phone=whole(phone, "phone", "phone"), facts=clean_facts(facts),
        confirmed=confirmed, made_at=clock.now(),
    )  # fmt: skip
    if premises_id is not None:
        row.id = premises_id
    if position is not None:
        row.lon, row.lat, row.accuracy_m, row.crs = position.lon, position.lat, position.accuracy_m, position.crs
    db.session.add(row)
    db.session.flush()
    return row


def _checked(scope: Scope, name: str, kind: str, address: str, area_id: UUID) -> tuple[str, str]:
    name, address = whole(name, "place", "name"), whole(address, "address", "address")
    if not name:
        raise Refused("请写场所名称，没有招牌的写“无招牌”。", field="name")
    if not address:
        raise Refused("请写地址，能找到就行。", field="address")
    if kind not in set(Kind):
        raise Refused("请选场所的类别。", field="kind")
    if not scope.whole_district and area_id not in scope.area_ids:
        raise Refused("这个地方不在您的片区，请选片区里的街道或社区。", field="area_id")
    return name, address


def correct(
    scope: Scope, row: Premises, *, name: str, kind: str, address: str, area_id: UUID, phone: str, status: str,
    facts: Mapping[str, Any],
) -> None:  # fmt: skip
    """The desk sets a place right, which also confirms one that was made in the field. A fact left empty is not known.

    Hazards and papers keep what they were made under.
    """
    row.name, row.address = _checked(scope, name, kind, address, area_id)
    row.twin_key = twin_key(row.name, row.address)
    if status not in STATUS_NAMES:
        raise Refused("请选这家现在怎么样。", field="status")
    row.kind, row.area_id, row.phone, row.status = kind, area_id, whole(phone, "phone", "phone"), status
    row.facts, row.confirmed = clean_facts(facts), True
    db.session.flush()


def confirm(row: Premises) -> None:
    """The desk has looked at a place that was made in the field."""
    row.confirmed = True
    db.session.flush()


def is_another(row: Premises) -> None:
    """The desk has looked: it is not the place whose name and address it shares."""
    row.maybe_double_of_id = None
    db.session.flush()


def correct_facts(row: Premises, facts: Mapping[str, Any]) -> None:
    """New readings of a place's facts; what is not named stays."""
    hold([row.id])
    row.facts = row.facts | clean_facts(facts)
    db.session.flush()


def set_party(row: Premises, *, name: str, role: str, credit_code: str = "", phone: str = "") -> Party:
    """A party answers for the place from today; the one before in the same part ends yesterday, history stays."""
    if role not in PARTY_ROLES:
        raise Refused("请选责任主体是哪一类。", field="role")
    name, phone = whole(name, "organisation", "name"), whole(phone, "phone", "phone")
    if not name:
        raise Refused("请写责任主体的名称。", field="name")
    code = check_credit_code(credit_code) if credit_code.strip() else None
    today = clock.today()
    hold([row.id])  # of two who set it at once the second ends what the first has set
    for old in db.session.scalars(
        select(PremisesParty).where(
            PremisesParty.premises_id == row.id, PremisesParty.role == role, PremisesParty.until.is_(None)
        )
    ):
        if old.since >= today:
            db.session.delete(old)  # set today and set right today: it never answered for the place
        else:
            old.until = today - timedelta(days=1)
    party = Party(name=name, credit_code=code, phone=phone)
    db.session.add(party)
    db.session.flush()
    db.session.add(PremisesParty(premises_id=row.id, party_id=party.id, role=role, since=today, until=None))
    db.session.flush()
    return party
