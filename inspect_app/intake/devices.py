"""The register of phones: what each said of itself at its last contact, what is missing from it, and lost phones.

One row per phone, written once per request. The numbers of operations are given per phone, whoever is signed in on it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from inspect_app.kernel import clock, stamps
from inspect_app.kernel.database import db, run
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.limits import shortened, whole
from inspect_app.kernel.races import hold_or_insert
from inspect_app.people.rules import Scope

from . import phones, times
from .models import Device, DeviceGap
from .phones import Phone
from .queries import sees_account
from .rules import Operation, OperationAnswer, OperationOutcome

_TABLE = Device.__table__
_LEARNT = (
    "account_id", "agent", "version", "last_at", "counter", "received", "held", "missing", "missing_since", "photos",
    "oldest_at", "offset_ms",
)  # fmt: skip
_READ = select(_TABLE).where(_TABLE.c.id == bindparam("device")).with_for_update()
_WRITE = (
    update(_TABLE)  # type: ignore[arg-type]
    .where(_TABLE.c.id == bindparam("device"))
    .values({name: bindparam(name) for name in _LEARNT})
)
MOST_UNNAMED = 3  # phones that one request of an old page may name


def numbers_in(answers: Iterable[tuple[Operation, OperationAnswer]]) -> dict[str, set[int]]:
    """The numbers of each phone that need not come again."""
    found: dict[str, set[int]] = {}
    for operation, answer in answers:
        if answer.outcome is not OperationOutcome.LATER:
            found.setdefault(operation.device, set()).add(operation.seq)
    return {device: numbers for device, numbers in found.items() if phones.registered(device)}


def note_contact(
    account_id: UUID, agent: str, phone: Phone | None, numbers: Mapping[str, set[int]], now: datetime
) -> None:
    """Note that a phone has sent something. An old page names none: then it is the device its operations name."""
    if phone is not None and not phones.registered(phone.device):
        return
    for device_id in [phone.device] if phone else list(numbers)[:MOST_UNNAMED]:
        row = _as_it_is(device_id) or _first(device_id, account_id, now)
        row.account_id, row.agent, row.last_at = account_id, shortened(agent, "agent"), now
        _learn(row, numbers.get(device_id, set()), phone, now)
        if isinstance(row, Device):
            db.session.flush()
        else:
            run(_WRITE, {name: getattr(row, name) for name in _LEARNT} | {"device": device_id})


def _as_it_is(device_id: str) -> Any:
    """The columns of a phone's row, held. Every request of a phone reads and writes it: without an object it is half the
    work."""
    row = run(_READ, {"device": device_id}).first()
    return SimpleNamespace(**row._mapping) if row else None


def _row(device_id: str, account_id: UUID, now: datetime) -> Device:
    """The row of a phone, held: of two requests of a phone the second must see the numbers of the first."""
    return _held(device_id) or _first(device_id, account_id, now)


def _first(device_id: str, account_id: UUID, now: datetime) -> Device:
    """The row of a phone that has not been here, unless another request of it has just made it."""
    return hold_or_insert(
        Device,
        id=device_id,
        account_id=account_id,
        agent="",
        version="",
        first_at=now,
        last_at=now,
        counter=0,
        received=[],
        held=[],
        missing=[],
        excused=[],
        photos=0,
    )


def _held(device_id: str) -> Device | None:
    return db.session.get(Device, device_id, with_for_update=True, populate_existing=True)


def _learn(row: Any, numbers: set[int], phone: Phone | None, now: datetime) -> None:
    row.received = _plain(phones.with_numbers(row.received, numbers))
    # A request that was overtaken by a later one knows less: it adds what it brought and says nothing about the rest.
    if phone is not None and phone.counter >= row.counter:
        row.held, row.photos, row.oldest_at = _plain(phone.held), phone.photos, _since(phone, now)
        row.offset_ms, row.version = times.offset_ms(phone, now), phone.version
        row.counter = phone.counter
    row.held = _plain(phones.without(row.held, row.received))
    if not row.held and not row.photos:
        row.oldest_at = None
    row.counter = max([row.counter, *numbers])
    _count_missing(row, now)


def _since(phone: Phone, now: datetime) -> datetime | None:
    """Since when the oldest of all that waits on a phone has waited, by the server's clock."""
    if phone.oldest_at is None:
        return None
    return times.estimate(times.PhoneTime(phone.oldest_at), {}, times.Arrival(now, phone)).at


def _count_missing(row: Any, now: datetime) -> None:
    found = _plain(phones.missing(row.counter, row.received, row.held, row.excused))
    if found:
        row.missing_since = row.missing_since or now
    else:
        row.missing_since = None
    row.missing = found


def note_rescued(device_id: str, account_id: UUID, numbers: set[int]) -> None:
    """Numbers of a phone came by its backup file: they are not missing any more."""
    if numbers and phones.registered(device_id):
        row, now = _row(device_id, account_id, clock.now()), clock.now()
        _learn(row, numbers, None, now)
        db.session.flush()


def excuse(device_id: str, scope: Scope, reason: str) -> None:
    """Somebody looked into what is missing on a phone; the reason is kept, and the alarm ends. Raises Refused, NotThere."""
    row = _held(device_id)
    if row is None or not sees_account(scope, row.account_id):
        raise NotThere
    if not row.missing:
        raise Refused("这部手机现在不缺记录了。")
    if not reason.strip():
        raise Refused("请写一句是怎么回事。", field="reason")
    db.session.add(
        DeviceGap(
            device_id=row.id,
            ranges=row.missing,
            reason=whole(reason, "reason", "reason"),
            decided_at=clock.now(),
            decided_by_id=scope.person_id,
        )
    )
    row.excused = _plain(phones.normal([*row.excused, *row.missing]))
    _count_missing(row, clock.now())
    db.session.flush()


def report_lost(account_id: UUID) -> int:
    """挂失: every phone this account was the last to use is lost from now on; returns how many. Its sessions are ended
    by whoever calls this."""
    lost = select(Device.id).where(Device.account_id == account_id)
    found = db.session.scalars(lost).all()
    db.session.execute(
        update(Device).where(Device.account_id == account_id, Device.lost_at.is_(None)).values(lost_at=clock.now())
    )
    return len(found)


def found_again(device_id: str, account_id: UUID, signed_in_at: datetime) -> bool:
    """Whether the owner has signed in on a lost phone since it was lost: then it is lost no more. Reporting it ended all that
    was open: where it was reported by a clock that ran ahead, whoever is signed in there came later."""
    row = _held(device_id)
    if row is None or row.lost_at is None or row.account_id != account_id:
        return False
    if signed_in_at <= row.lost_at and not stamps.ahead(row.lost_at, clock.now()):
        return False
    row.lost_at = None
    db.session.flush()
    return True


def _plain(ranges: Iterable[tuple[int, int]]) -> list[list[int]]:
    return [list(pair) for pair in ranges]
