"""The one place where what phones sent is given its time by the server's clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import bindparam, select

from inspect_app.evidence.shapes import SaidOfPhoto
from inspect_app.kernel.database import db, run
from inspect_app.people.models import Account

from .models import Device
from .phones import Phone, instant
from .rules import Operation, Sent, dated
from .times import LONGEST_WAIT, Arrival, How, PhoneTime, estimate

_OFFSETS = select(Device.id, Device.offset_ms).where(
    Device.id.in_(bindparam("devices", expanding=True)), Device.offset_ms.is_not(None)
)


def date_all(
    sent: Sequence[Sent], account_id: UUID, at: datetime, phone: Phone | None = None, *, confirmed: bool = False
) -> list[Operation]:
    """What an account sent, each with its estimate. `confirmed`: somebody at the desk confirms it before it counts, so
    that it may have waited however long."""
    earliest = db.session.get_one(Account, account_id).made_at  # who is signed in is there already
    if not confirmed:
        earliest = max(earliest, at - LONGEST_WAIT)
    behind = {} if phone is not None else _last_heard({one.device for one in sent})
    arrivals = {device: Arrival(at, phone, behind.get(device), earliest) for device in {one.device for one in sent}}
    return [dated(one, arrivals[one.device]) for one in sent]


def date_photo(
    said: SaidOfPhoto, account_id: UUID, at: datetime, phone: Phone | None = None, *, device: str = ""
) -> SaidOfPhoto:
    """What is known of a photo, with when it was taken by the server's clock where the clocks of the phone that took it
    can tell. EXIF is what another clock said once: it stays a claim, like what cannot be so."""
    captured = instant(said.captured_at)
    if said.source != "camera" or captured is None:
        return said
    earliest = db.session.get_one(Account, account_id).made_at
    behind = None if phone is not None else _last_heard({device}).get(device)
    found = estimate(PhoneTime(captured), said.times, Arrival(at, phone, behind, earliest))
    if found.how in (How.NONE, How.RECEIPT):
        return said
    as_said = {"captured_at": said.captured_at, "estimate": found.kept()}
    return replace(said, captured_at=found.at.isoformat(), times={**said.times, **as_said})


def _last_heard(devices: set[str]) -> dict[str, timedelta]:
    """How far each phone's clock was behind when it last spoke of itself: all there is to go by for a backup file."""
    named = [device for device in devices if device]
    rows = run(_OFFSETS, {"devices": named}) if named else ()
    return {row.id: timedelta(milliseconds=row.offset_ms) for row in rows}
