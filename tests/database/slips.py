"""Blank slips as tests make them: a pad, a visit to bind one to, the sheet filled in by hand."""

from uuid import UUID

from inspect_app.casework import handing_in
from inspect_app.casework.holding import hold
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.people.models import Organisation
from inspect_app.printing.drawing import draw
from inspect_app.printing.kinds import slip as slip_kind
from inspect_app.slips import actions, queries
from inspect_app.slips.models import BlankSlip
from inspect_app.visits import actions as visits
from inspect_app.visits.models import Visit
from tests.support import District

ADDRESS = "http://127.0.0.1:8000"


def pad_of(district: District, count: int, login: str = "du1", given_to: UUID | None = None) -> list[BlankSlip]:
    """The slips of a new pad, in the order of their numbers."""
    pad = actions.ask_pad(district.scope(login), count, given_to, ADDRESS)
    return list(queries.slips_of(pad.id))


def visited(district: District, place: int = 0, login: str = "daibiao1", *, finds: bool = True) -> Visit:
    """A visit that was handed in, with one hazard and its 提示单 or with nothing found."""
    scope, visit_id = district.scope(login), new_id()
    visits.start(
        visit_id, scope, premises_id=district.places[place], captured_at=clock.now(),
        asked_on=dict.fromkeys(district.versions, clock.today()), times={},
    )  # fmt: skip
    row = db.session.get_one(Visit, visit_id)
    if finds:
        body = {
            "visit": str(visit_id), "item": "F-EXIT-01", "value": "fail", "wordings": ["门上了锁"], "no_photo_reason": "不让拍",
        }  # fmt: skip
        visits.add_taps([visits.Tap(new_id(), visit_id, "device-1", 1, clock.now(), body)], scope, {visit_id: row})
    handing_in.hand_in(row, scope, hold([visit_id]), text_sha256=None, device=None, address=ADDRESS)
    return row


def sheet_of(slip: BlankSlip) -> bytes:
    """The PDF of a slip as it is printed."""
    return draw(slip_kind.sheet(slip, db.session.get_one(Organisation, slip.issuer_id)))
