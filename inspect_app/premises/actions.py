"""The only writers of places and parties."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.evidence.shapes import PhonePosition
from inspect_app.kernel import clock, spelling
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, NotThere, Refused
from inspect_app.kernel.positions import known_position
from inspect_app.people.areas import hold_area
from inspect_app.people.rules import Scope

from .holders import Namesake, held_at, namesakes
from .models import Party, Premises, PremisesParty, PremisesStatus
from .queries import hold, load, twin_of
from .rules import PARTY_ROLES, STATUS_NAMES, PremisesKind, check_credit_code, clean_facts, twin_key


class Registered(Refused):
    """A place of the same name and address is there; which one."""

    def __init__(self, premises_id: UUID, name: str, address: str) -> None:
        super().__init__(
            f"{name}（{address}）已经登记过了。是同一家就打开那一家；真的是另一家，请勾选下面那一行再登记。",
            field="another",
        )
        self.premises_id = premises_id


def register(
    scope: Scope,
    *,
    name: str,
    kind: str,
    address: str,
    area_id: UUID | None,
    facts: Mapping[str, Any],
    phone: str = "",
    premises_id: UUID | None = None,
    position: PhonePosition | None = None,
    confirmed: bool = True,
    another: bool = False,
) -> Premises:
    """A new place. With an id made on the phone, registering twice changes nothing. Raises NotThere for the id of a place
    that whoever registers does not see.

    Where one stands in the register under the same name and address, who registers at the desk is asked (Registered), and
    says with `another` that this is one more; what comes from a phone is taken and marked 可能重复.
    """
    if premises_id is not None and db.session.get(Premises, premises_id) is not None:
        return load(scope, premises_id)
    name, address, phone, known = _checked(scope, name, kind, address, area_id, phone, facts, typed_here=confirmed)
    assert area_id is not None  # within what whoever registers sees
    hold_area(area_id)  # of two who register the same at once the second finds what the first has registered
    twin = None if another else _twin_marked(scope, name, address, ask=confirmed)
    row = Premises(
        twin_key=twin_key(name, address),
        maybe_double_of_id=twin.id if twin else None,
        name=name,
        kind=kind,
        address=address,
        area_id=area_id,
        phone=phone,
        facts=known,
        confirmed=confirmed,
        made_at=clock.now(),
    )
    _add_place(row, premises_id, position)
    return row


def _twin_marked(scope: Scope, name: str, address: str, *, ask: bool) -> Premises | None:
    """The place that has this name and address already; raises Registered where whoever registers can be asked."""
    twin = twin_of(scope, name, address)
    if twin is not None and ask:
        raise Registered(twin.id, twin.name, twin.address)
    return twin


def _add_place(row: Premises, premises_id: UUID | None, position: PhonePosition | None) -> None:
    if premises_id is not None:
        row.id = premises_id
    if position is not None and known_position(
        position.lon, position.lat, position.crs
    ):  # else of a system nobody knows
        row.lon, row.lat, row.accuracy_m, row.crs = position.lon, position.lat, position.accuracy_m, position.crs
    db.session.add(row)
    db.session.flush()


def _checked(
    scope: Scope,
    name: str,
    kind: str,
    address: str,
    area_id: UUID | None,
    phone: str,
    facts: Mapping[str, Any],
    status: str = "open",
    typed_here: bool = True,
    since: date | None = None,
) -> tuple[str, str, str, dict[str, Any]]:
    """Name, address, telephone number and facts in their one form; raises Refused with everything that is wrong."""
    faults = Faults()
    clean = faults.of(spelling.name, name, lack="请写场所名称，没有招牌的写“无招牌”。")
    where = faults.of(spelling.name, address, lack="请写地址，能找到就行。", field="address", limit="address")
    number = faults.of(spelling.telephone, phone)
    known = faults.of(clean_facts, facts, this_year=clock.today().year if typed_here else None)
    faults.need(kind in set(PremisesKind), "请选场所的类别。", "kind")
    faults.need(status in STATUS_NAMES, "请选这家现在怎么样。", "status")
    faults.need(since is None or since <= clock.today(), "这一天还没到，请看看日期；到了那天再改。", "status_since")
    inside = area_id is not None and (scope.whole_district or area_id in scope.area_ids)
    faults.need(inside, "请选街道或社区，要在您的片区里。", "area_id")
    faults.refuse()
    return clean or "", where or "", number or "", known or {}


def check(scope: Scope, name: str, kind: str, address: str, area_id: UUID | None, phone: str) -> None:
    """What registering a place would refuse of what was typed; raises Refused with all of it."""
    _checked(scope, name, kind, address, area_id, phone, {})


def correct(
    scope: Scope,
    row: Premises,
    *,
    name: str,
    kind: str,
    address: str,
    area_id: UUID | None,
    phone: str,
    status: str,
    facts: Mapping[str, Any],
    status_since: date | None = None,
) -> None:
    """Set a place right, as the desk does, which also confirms one made in the field. A fact left empty is not known.

    Hazards and papers keep what they were made under. Another status holds from today, or from `status_since`; how it was before
    stays in its history.
    """
    row.name, row.address, row.phone, row.facts = _checked(
        scope, name, kind, address, area_id, phone, facts, status, since=status_since
    )
    row.twin_key = twin_key(row.name, row.address)
    row.kind, row.area_id, row.confirmed = kind, area_id or row.area_id, True
    _set_status(scope, row, status, status_since)
    db.session.flush()


def _set_status(scope: Scope, row: Premises, status: str, since: date | None) -> None:
    """What the place is, from which day, and who said so when; the same again changes nothing."""
    if status == row.status and since in (None, row.status_since):
        return
    row.status, row.status_since = status, since or clock.today()
    db.session.add(
        PremisesStatus(
            premises_id=row.id, status=status, since=row.status_since, told_at=clock.now(), person_id=scope.person_id
        )
    )


def confirm(row: Premises) -> None:
    """Confirm a place that was made in the field, once the desk has looked at it."""
    row.confirmed = True
    db.session.flush()


def is_another(row: Premises) -> None:
    """Note that a place is not the one whose name and address it shares, once the desk has looked."""
    row.maybe_double_of_id = None
    db.session.flush()


def correct_facts(row: Premises, facts: Mapping[str, Any]) -> None:
    """New readings of a place's facts; what is not named stays."""
    hold([row.id])
    row.facts = row.facts | clean_facts(facts)
    db.session.flush()


class SameName(Refused):
    """Somebody of this name answers for other places: only who knows can say whether it is the same one."""

    def __init__(self, found: Sequence[Namesake]) -> None:
        super().__init__("登记过同名的，管着别的场所。是同一位，还是正好同名？请选一下。", field="same_as")
        self.found = found


ANOTHER = "another"  # said of a namesake: it is somebody else


def set_party(
    row: Premises,
    *,
    name: str,
    role: str,
    credit_code: str = "",
    phone: str = "",
    asked: Scope | None = None,
    same_as: str = "",
) -> Party:
    """Let a party answer for the place from today; the one before in the same part ends yesterday, history stays.

    A credit code says by itself who it is. Of one without, who can be asked (`asked`: whose register it is) is asked about
    namesakes (SameName), and says in `same_as` the id of the one that it is, or ANOTHER: then, and never by its name, one party
    holds both places.
    """
    faults = Faults()
    faults.need(role in PARTY_ROLES, "请选责任主体是哪一类。", "role")
    clean = faults.of(spelling.name, name, lack="请写责任主体的名称。", limit="organisation") or ""
    code = faults.of(check_credit_code, credit_code) if credit_code.strip() else None
    number = faults.of(spelling.telephone, phone) or ""
    faults.refuse()
    hold([row.id])  # of two who set it at once the second ends what the first has set
    known = _known(row, clean, code, number, asked, same_as)
    for old in db.session.scalars(
        select(PremisesParty).where(
            PremisesParty.premises_id == row.id, PremisesParty.role == role, PremisesParty.until.is_(None)
        )
    ):
        _end(old)
    party = known or Party(name=clean, credit_code=code, phone=number)
    db.session.add(party)
    db.session.flush()
    db.session.add(PremisesParty(premises_id=row.id, party_id=party.id, role=role, since=clock.today(), until=None))
    db.session.flush()
    return party


def _known(row: Premises, name: str, code: str | None, phone: str, asked: Scope | None, same_as: str) -> Party | None:
    """The row of a party that says just this already, or the one that whoever was asked has named."""
    if code is not None:
        said = select(Party).where(Party.credit_code == code, Party.name == name, Party.phone == phone)
        return db.session.scalar(said.order_by(Party.id).limit(1))
    if asked is None or same_as == ANOTHER:
        return None
    found = namesakes(asked, name, row.id)
    chosen = next((one.party for one in found if str(one.party.id) == same_as), None)
    if chosen is None and found:
        raise SameName(found)
    if chosen is None and same_as:
        raise Refused("没有这一位，请看看姓名，再选一次。", field="name")
    return chosen


def end_party(row: Premises, link_id: UUID) -> PremisesParty:
    """From today a party no longer answers for the place, and nobody is known in its part: 待查. What it answered for stays.
    Raises NotThere for what is no holding of this place, or has ended."""
    hold([row.id])
    link = held_at(row.id, link_id)
    if link is None:
        raise NotThere
    _end(link)
    db.session.flush()
    return link


def _end(link: PremisesParty) -> None:
    today = clock.today()
    if link.since >= today:
        db.session.delete(link)  # set today and set right today: it never answered for the place
    else:
        link.until = today - timedelta(days=1)
