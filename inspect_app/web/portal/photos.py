"""Photos of whoever holds a paper: theirs on the way in parts (tus), and the one of then beside which they take theirs."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from inspect_app.casework.answering import receiving
from inspect_app.evidence.rules import said_of
from inspect_app.evidence.senders import Sender
from inspect_app.evidence.shapes import SaidOfPhoto
from inspect_app.hazards import queries as hazards
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.papers.models import Paper
from inspect_app.premises.models import Premises

from .. import tus
from ..access import public
from ..fields import maybe_id
from ..files import copy_of
from ..photos import lines_of
from ..transaction import writes_late
from .holder import DATA, Holder, for_holder

CLAIMS = ("captured_at", "original_sha256", "position")  # not where it came from: a chat strips what a camera writes
pages = Blueprint(DATA, __name__)
pages.after_request(tus.say_version)


@pages.record_once
def _protocol_instead_of_token(state: BlueprintSetupState) -> None:
    """Only a script of ours speaks tus: another site's cannot send its header without being asked first, nor the cookie."""
    state.app.extensions["csrf"].exempt(pages)


@pages.post("/z/<mark>/photos")
@public
@writes_late
@for_holder
@tus.speaks_tus
def create(holder: Holder) -> ResponseReturnValue:
    """Begin the upload of a photo."""
    return tus.create(_door(holder.paper))


@pages.route("/z/<mark>/photos/<uuid:photo_id>", methods=["HEAD", "PATCH", "POST"])
@public
@writes_late
@for_holder
@tus.speaks_tus
def resource(holder: Holder, photo_id: UUID) -> ResponseReturnValue:
    """How far an upload has come, and more of it."""
    return tus.resource(_door(holder.paper), photo_id)


def _door(paper: Paper) -> tus.Door:
    """What the page read in a picture before it made it smaller is a claim, as if the picture itself had said it."""
    mark, premises_id = paper.mark, paper.premises_id

    def announced(meta: Mapping[str, str]) -> SaidOfPhoto:
        receiving.check_room(paper)
        return said_of({name: meta.get(name) for name in CLAIMS})

    return tus.Door(
        Sender(paper_id=paper.id),
        known=announced,
        lines=lambda said: lines_of(db.session.get_one(Premises, premises_id)),
        address=lambda photo_id: url_for("holder_photos.resource", mark=mark, photo_id=photo_id),
    )


@pages.get("/z/<mark>/<int:line>/then")
@public
@for_holder
def then(holder: Holder, line: int) -> Response:
    """The first photo that stands on a line of this paper, as it was frozen with it; no other."""
    hazard_id = receiving.hazard_of(holder.paper, line)
    lines = holder.paper.content.get("lines") or ()
    printed = [one for row in lines if row["hazard"] == str(hazard_id) for one in row.get("photos") or ()]
    photo = hazards.counted_photo(hazard_id, maybe_id(printed[0].get("photo"))) if printed else None
    if photo is None:
        raise NotThere("这一条没有照片。")
    return copy_of(photo, "thumb")
