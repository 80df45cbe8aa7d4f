"""What a phone sends: operations as JSON, what it says of itself, photos one per request (in parts: see uploads)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from msgspec.json import Decoder

from inspect_app.evidence import actions as evidence
from inspect_app.evidence.rules import MOST_BYTES, TOO_HEAVY, TooHeavy, said_of
from inspect_app.evidence.senders import Sender
from inspect_app.intake import devices, pending, uploads
from inspect_app.intake import queries as intake_queries
from inspect_app.intake.actions import take
from inspect_app.intake.dating import date_all
from inspect_app.intake.epochs import current_epoch, newest_epoch
from inspect_app.intake.phones import read_phone
from inspect_app.intake.receipts import sign_for_photos, signed
from inspect_app.intake.rules import MOST_OPERATIONS, read_all
from inspect_app.kernel import clock
from inspect_app.kernel.database import writing
from inspect_app.kernel.errors import Refused
from inspect_app.people import queries as people

from .. import photos
from ..access import Permission, allowed, for_the_same_account, scope
from ..fields import maybe_id
from ..signed_in import signed_in_at
from ..transaction import now_write, writes_late

pages = Blueprint("intake", __name__, url_prefix="/intake")
pages.before_request(for_the_same_account)


@pages.get("/token")
@allowed(Permission.INTAKE)
def token() -> ResponseReturnValue:
    """A fresh CSRF token for a page that has been open for hours, whose session it is, and what the phone should know of
    the server: its clock, its epoch, the key for backup files, and whether this phone was reported lost."""
    me, device = scope(), request.headers.get("X-Device", "")
    lost = device.isprintable() and intake_queries.is_lost(device)
    if lost:
        with writing():
            lost = not devices.found_again(device, me.account_id, signed_in_at())
    key_id, spki = current_app.extensions["keys"].rescue_key()
    return {
        "token": generate_csrf(),
        "account": str(me.account_id),
        "name": me.person_name,
        "epoch": str(_epoch()),
        "at": clock.now().isoformat(timespec="milliseconds"),
        "lost": lost,
        "rescue_key": {"id": key_id, "spki": spki},
        "version": current_app.config.get("SHELL_VERSION", ""),
    }


def _epoch() -> UUID:
    """The present epoch; the first phone that asks begins the first one."""
    found = newest_epoch()
    if found is None:
        with writing():
            return current_epoch()
    return found


@pages.post("/operations")
@writes_late
@allowed(Permission.INTAKE)
def operations() -> ResponseReturnValue:
    """Operations in, one signed receipt out that names each by id and hash. An entry that is none is refused alone."""
    raw, whole_numbers = _json()
    batch = raw.get("operations")
    if not isinstance(batch, list) or not 1 <= len(batch) <= MOST_OPERATIONS:
        raise Refused("没有收到可以读的内容，已留在手机里。")
    now, phone, me = clock.now(), read_phone(raw.get("phone")), scope()
    sent, unread = read_all(batch, whole_numbers=whole_numbers)
    dated = date_all(sent, me.account_id, now, phone)
    hold = pending.holder(me.account_id, pending.RIGHT_ENDED) if g.term_over else None
    now_write()
    taken = take(dated, me, current_app.extensions["appliers"], current_app.extensions["keys"], hold, unread)
    devices.note_contact(me.account_id, str(request.user_agent), phone, devices.numbers_in(taken.answers), now)
    return signed(taken.receipt)


def _json() -> tuple[dict[str, Any], bool]:
    """The body as JSON, empty where it is none, and whether it is known that its numbers are whole. What one entry may hold
    wrong (half an emoji, no number) stops no other."""
    fractions: list[float] = []

    def with_fraction(text: str) -> float:
        fractions.append(float(text))
        return fractions[-1]

    whole_numbers = False
    try:
        raw = Decoder(float_hook=with_fraction).decode(request.get_data()) if request.is_json else None
        whole_numbers = not fractions
    except (ValueError, RecursionError):
        try:
            raw = request.get_json(silent=True)
        except RecursionError:  # nested without end
            raw = None
    return (raw if isinstance(raw, dict) else {}), whole_numbers


@pages.post("/photos/receipts")
@writes_late
@allowed(Permission.INTAKE)
def photo_receipts() -> ResponseReturnValue:
    """A signed receipt that names photos: which are kept, which have to come again, which must be taken again."""
    raw, _ = _json()
    wanted = raw.get("photos")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= MOST_OPERATIONS:
        raise Refused("没有收到可以读的内容，已留在手机里。")
    ids = [maybe_id(item) if isinstance(item, str) else None for item in wanted]
    if None in ids:
        raise Refused("照片的编号不对，已留在手机里。")
    now, phone, me = clock.now(), read_phone(raw.get("phone")), scope()
    now_write()
    receipt = sign_for_photos(
        [one for one in ids if one], me, current_app.extensions["storage"], current_app.extensions["keys"]
    )
    devices.note_contact(me.account_id, str(request.user_agent), phone, {}, now)
    return signed(receipt)


@pages.put("/photos/<uuid:photo_id>")
@allowed(Permission.INTAKE)
def photo(photo_id: UUID) -> ResponseReturnValue:
    """One photo: its bytes as the body, what is known of it in headers; sending it twice changes nothing."""
    if (request.content_length or 0) > MOST_BYTES:
        raise TooHeavy(TOO_HEAVY)  # before a byte is read
    people.hold_account(scope().account_id)  # of two requests with one photo the second finds it
    names = ("captured_at", "source", "original_sha256", "position", "visit")
    said = said_of({name: request.headers.get("X-" + name.replace("_", "-")) for name in names})
    uploads.keep_off(photo_id, Sender(account_id=scope().account_id))
    row = evidence.receive_photo(
        current_app.extensions["storage"],
        request.get_data(),
        photo_id=photo_id,
        account_id=scope().account_id,
        said=said,
        lines=photos.lines_of_visit(said.visit, scope()),
        declared_sha256=request.headers.get("X-Sha256"),
    )
    return {"id": str(row.id), "sha256": row.sha256}
