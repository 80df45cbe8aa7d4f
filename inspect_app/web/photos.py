"""What a photo carries besides its bytes: where it was taken and the lines under its copies. One way for every page."""

from uuid import UUID

from flask import current_app

from inspect_app.evidence import actions as evidence
from inspect_app.evidence.senders import Sender
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.people.rules import Scope
from inspect_app.premises.models import Premises
from inspect_app.visits.models import Visit
from inspect_app.visits.rules import is_of_team


def keep_upload(data: bytes, premises: Premises, sender: Sender) -> UUID:
    """A photo that came with a form: the same lines under it as one from the phone; time and place are read from it.

    Raises Refused where the bytes are no photo.
    """
    storage = current_app.extensions["storage"]
    return evidence.receive_photo(
        storage,
        data,
        photo_id=new_id(),
        account_id=sender.account_id,
        paper_id=sender.paper_id,
        lines=lines_of(premises),
    ).id


def lines_of(premises: Premises) -> list[str]:
    """The watermark's lines about a place; time and position are added when the copy is made."""
    return [premises.name, premises.address]


def lines_of_visit(visit_id: UUID | None, me: Scope) -> list[str]:
    """The same for a photo of a visit, if it has arrived and is one's own or a companion's."""
    row = db.session.get(Visit, visit_id) if visit_id is not None else None
    if row is None or not is_of_team(me.person_id, row.person_id, row.companions):
        return []
    return lines_of(db.session.get_one(Premises, row.premises_id))
