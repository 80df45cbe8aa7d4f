"""The uploads of a deputy's phone: its own photos, with what its clocks and its visit say of them."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from inspect_app.evidence.rules import said_of
from inspect_app.evidence.senders import Sender
from inspect_app.evidence.shapes import SaidOfPhoto
from inspect_app.intake.dating import date_photo
from inspect_app.intake.phones import Phone, read_phone
from inspect_app.kernel import clock

from .. import photos, tus
from ..access import Permission, allowed, for_the_same_account, scope
from ..transaction import writes_late

pages = Blueprint("uploads", __name__, url_prefix="/intake/uploads")
pages.before_request(for_the_same_account)
pages.after_request(tus.say_version)


@pages.route("", methods=["OPTIONS"], provide_automatic_options=False)
@allowed(Permission.INTAKE)
def abilities() -> ResponseReturnValue:
    """What this server can do, for a client that asks before it begins."""
    return tus.abilities()


@pages.post("")
@writes_late
@allowed(Permission.INTAKE)
@tus.speaks_tus
def create() -> ResponseReturnValue:
    """Begin the upload of a photo."""
    return tus.create(_door())


@pages.route("/<uuid:photo_id>", methods=["HEAD", "PATCH", "POST"])
@writes_late
@allowed(Permission.INTAKE)
@tus.speaks_tus
def resource(photo_id: UUID) -> ResponseReturnValue:
    """How far an upload has come, and more of it."""
    return tus.resource(_door(), photo_id)


def _door() -> tus.Door:
    me = scope()
    return tus.Door(
        Sender(account_id=me.account_id),
        known=lambda meta: date_photo(_said(meta), me.account_id, clock.now(), _clocks(meta.get("clocks", ""))),
        lines=lambda said: photos.lines_of_visit(said.visit, me),
        address=lambda photo_id: url_for("uploads.resource", photo_id=photo_id),
    )


def _said(meta: Mapping[str, str]) -> SaidOfPhoto:
    """What is known of the photo besides its bytes, as evidence takes it."""
    return said_of({**meta, "times": tus.json_of(meta.get("times", ""))})


def _clocks(text: str) -> Phone | None:
    """What the phone's clocks show as it announces the photo."""
    said = tus.json_of(text)
    return read_phone(said | {"device": "of-a-photo"}) if isinstance(said, dict) and "sent_at" in said else None
