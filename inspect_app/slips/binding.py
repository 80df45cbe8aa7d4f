"""On which visit a slip was left: said at the desk or by the deputy's phone, and taken back where the number was wrong."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.limits import whole
from inspect_app.people.rules import Scope
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit
from inspect_app.visits.rules import VisitOutcome

from . import queries
from .actions import give_up, held, note
from .models import BlankSlip
from .rules import SlipDeed, SlipState, read_number, why_not_bind, why_not_take_off

NO_SUCH_VISIT = "没有找到这次走访。手机里还没发出去的，请先发出去再记。"
NO_REASON = "请写一句为什么拿下来。"


def bind(scope: Scope, slip_id: UUID, visit_id: UUID, *, field: str = "slip_number") -> BlankSlip:
    """A slip of one's own office was left on a visit that one may see: it is bound to it, once. Raises Refused with the reason:
    void, bound already, another office's, no such visit; then nothing is written."""
    slip = _held(scope, slip_id, field)
    visit = _visit(scope, visit_id)
    if slip.is_left_on(visit.id):
        raise Refused(f"{slip.short} 已经记在这次走访上了，不用再记。", field=field)
    return _bound(scope, slip, visit, field)


def left(scope: Scope, visit: Visit, typed: str) -> BlankSlip:
    """The same as a phone says it, of a visit that is held and one's own, by the number that was typed there. Said twice, by two
    phones of a team as well, it is said once. Raises Refused with a sentence for whoever typed it."""
    slip = _held(scope, queries.find(scope, typed).id)
    if visit.outcome == VisitOutcome.VOID:
        raise Refused(f"这次走访作废了，{slip.short} 没有记在上面，还可以用在别的走访上。")
    return slip if slip.is_left_on(visit.id) else _bound(scope, slip, visit)


def not_left(scope: Scope, visit: Visit, typed: str, reason: str, *, written: bool) -> BlankSlip:
    """A phone takes a number off its visit again: `written` where the sheet itself was written on and is no use any more, else it
    stays blank. One that is not on this visit, or not any more, is left as it is. Raises Refused."""
    slip = _held(scope, queries.find(scope, typed).id)
    if not slip.is_left_on(visit.id):
        return slip
    return _taken_off(scope, slip, reason, written=written)


def take_off(scope: Scope, slip_id: UUID, reason: str) -> BlankSlip:
    """The desk takes a slip off its visit because the number was wrong: it is blank again, its log and the visit's say why. Raises
    Refused, NotThere."""
    slip = _held(scope, queries.load(scope, slip_id).slip.id, "reason")
    if not slip.takes_scans:
        raise Refused(f"{slip.short} 现在没有记在走访上。", field="reason")
    return _taken_off(scope, slip, reason, written=False)


def hold_all(scope: Scope, typed: Iterable[str]) -> None:
    """Lock the slips of these numbers in one order (ADR 18), before they are bound in the order in which they were typed."""
    serials = {asked.serial for asked in map(read_number, typed) if asked}
    own = select(BlankSlip.id).where(BlankSlip.issuer_id == scope.organisation_id, BlankSlip.serial.in_(serials))
    if serials:
        db.session.execute(own.order_by(BlankSlip.id).with_for_update(key_share=True))


def _held(scope: Scope, slip_id: UUID, field: str = "slip_number") -> BlankSlip:
    slip = held(slip_id)
    if slip.issuer_id != scope.organisation_id:
        raise Refused(queries.foreign(slip), field=field)
    return slip


def _visit(scope: Scope, visit_id: UUID) -> Visit:
    try:
        visit = visits.load(scope, visit_id)
    except NotThere:
        raise Refused(NO_SUCH_VISIT, field="visit") from None
    if visit.outcome == VisitOutcome.VOID:
        raise Refused("这次走访作废了，不能把空白单记在上面。", field="visit")
    return visit


def _bound(scope: Scope, slip: BlankSlip, visit: Visit, field: str = "slip_number") -> BlankSlip:
    if why := why_not_bind(slip.state, slip.short, queries.where(slip)):
        raise Refused(why, field=field)
    slip.state, slip.visit_id = SlipState.BOUND, visit.id
    note(slip.pad_id, slip.id, SlipDeed.BOUND, scope.person_id, queries.where(slip), visit.id)
    return slip


def _taken_off(scope: Scope, slip: BlankSlip, reason: str, *, written: bool) -> BlankSlip:
    reason = whole(reason, "short_reason", "reason")
    if not reason:
        raise Refused(NO_REASON, field="reason")
    if why := why_not_take_off(slip.state, slip.short):
        raise Refused(why, field="reason")
    if written:
        give_up(scope, slip, reason)
    else:
        visit_id, place = slip.visit_id, queries.where(slip)
        slip.state, slip.visit_id = SlipState.BLANK, None
        note(slip.pad_id, slip.id, SlipDeed.TAKEN_OFF, scope.person_id, f"{place}：{reason}", visit_id)
    return slip
