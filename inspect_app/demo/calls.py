"""What became of the demo district's urgent calls: one ended with a reason, one turned into a hazard."""

from datetime import timedelta
from uuid import UUID

from inspect_app.casework import urgent
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.premises.models import Premises
from inspect_app.urgent_calls import actions as calls
from inspect_app.urgent_calls.models import UrgentCall

from .fates import DAY, hand_over
from .history import Script, World


def urgent_calls(world: World, premises_id: UUID) -> Script:
    """One call acknowledged and ended with a reason, one turned into a hazard."""
    first = _call(world, "daibiao5", "gas", "铁作坊巷口，闻到燃气味")
    yield timedelta(minutes=2)
    calls.acknowledge(db.session.get_one(UrgentCall, first), world.scope("du1"))
    yield timedelta(minutes=50)
    calls.end_urgent(
        db.session.get_one(UrgentCall, first), world.scope("du1"), reason="燃气公司到场，是隔壁的下水道味，没有漏气。"
    )
    yield 3 * DAY
    second = _call(world, "daibiao6", "locked_in", "卷帘门从外面锁着，二楼有人")
    yield timedelta(minutes=4)
    premises = db.session.get_one(Premises, premises_id)
    hazard = urgent.make_hazard(
        db.session.get_one(UrgentCall, second), premises, world.scope("du2"), world.actor("du2")
    )
    hand_over(world, hazard.id, "fire", by="du2")


def _call(world: World, login: str, danger: str, where: str) -> UUID:
    call, _ = calls.report_urgent(
        new_id(),
        world.scope(login),
        area_id=world.cast.street,
        danger=danger,
        where=where,
        captured_at=clock.now(),
    )
    urgent.tell_duty(call)
    return call.id
