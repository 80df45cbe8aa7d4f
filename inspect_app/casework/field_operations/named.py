"""What an operation names, within the right of who sent it: the visit, the premises, the hazard, the day on the screen."""

from datetime import date
from typing import Any
from uuid import UUID

from inspect_app.casework.holding import HeldRows
from inspect_app.evidence.rules import read_times
from inspect_app.hazards import queries as hazards
from inspect_app.hazards.models import Hazard
from inspect_app.intake import chains
from inspect_app.intake.rules import Operation, OutsideRight
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.people import queries as people
from inspect_app.people.rules import Scope
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.visits.models import Visit
from inspect_app.visits.rules import is_of_team


def day_shown(op: Operation, said: Any) -> date:
    """The day that stood on the screen: as the phone says, else that of its own clock, by which older pages went."""
    try:
        return date.fromisoformat(said)
    except (TypeError, ValueError):
        return clock.local_date(op.captured_at.wall)


def device_of(op: Operation) -> dict[str, Any]:
    """The phone's own time, and the same by the server's clock with its uncertainty, as the chain keeps it."""
    said = {"id": op.device, "seq": op.seq, "captured_at": op.captured_at.wall.isoformat()}
    return read_times(op.times) | said | {"estimate": op.estimate.kept()}


def own_visit(visit_id: UUID, me: Scope, held: HeldRows) -> Visit:
    """The visit of whoever sent it. Raises NotYet while its beginning has not come, Refused where they are not of its team."""
    visit = held.visit(visit_id)
    if visit is None:
        raise chains.absent(visit_id, "这次走访")
    if not is_of_team(me.person_id, visit.person_id, visit.companions):
        raise Refused("这次走访的人员里没有您，这一条没有收。请告诉督办员。")
    return visit


def premises_named(premises_id: UUID, me: Scope, held: HeldRows) -> Premises:
    """The premises to begin a visit at, as the phone names them: where another row stands for it by now, the visit stays with
    this one and is read through that. Raises NotYet while its registration has not come, OutsideRight where it is another
    area's by now: a visit was made there, and the desk decides."""
    try:
        return held.place(premises.load_row(me, premises_id).id)
    except NotThere:
        if db.session.get(Premises, premises_id) is None:
            raise chains.absent(premises_id, "这家场所") from None
        raise OutsideRight("这家场所现在不在您的片区，走访收好了，督办员确认后接着办。") from None


def see_hazard(hazard_id: UUID, me: Scope) -> None:
    """Refuse what its sender may not see: raises NotThere, and OutsideRight where it lies in another area by now."""
    try:
        hazards.load(me, hazard_id)
    except NotThere:
        if db.session.get(Hazard, hazard_id) is None:
            raise
        raise OutsideRight("这一件现在不在您的片区，您看到的收好了，督办员确认后接着办。") from None


def area_then(op: Operation, me: Scope) -> UUID:
    """Where somebody was a deputy on the day they registered a place; it is registered there, or the desk decides."""
    day = clock.local_date(op.at)
    term = people.deputy_on(me.account_id, day)
    then = people.scope_under(me.account_id, term, day) if term is not None and term != me.term_id else None
    if then is not None and then.area_id not in me.area_ids:
        raise OutsideRight("登记这一家的时候您在另一个片区，收好了，督办员确认后接着办。")
    return then.area_id if then else me.area_id
