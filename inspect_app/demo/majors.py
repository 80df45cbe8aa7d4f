"""What became of the demo district's suspected major hazards: referred, determined, listed, or still waiting."""

from uuid import UUID

from inspect_app.hazards.actions import flagging, handing, mending, verifying
from inspect_app.hazards.locking import lock
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.premises.models import Premises

from .fates import DAY, HOUR, accepted, after, hand_over
from .history import Script, World


def suspected_major(world: World, hazard_id: UUID) -> Script:
    """Referred, determined, listed; verified, now waiting for the authority before it may be closed."""
    yield HOUR
    hand_over(world, hazard_id, "fire", by="du2")
    flagging.refer(
        lock(hazard_id),
        world.actor("du2"),
        authority_id=world.cast.offices["fire"],
        reason="可能达到重大隐患判定情形，请认定。",
    )
    yield 2 * HOUR
    handing.accept(lock(hazard_id), world.actor("xiaofang1"))
    yield 2 * DAY
    _determine_and_list(world, hazard_id)
    yield 6 * DAY
    hazard = lock(hazard_id)
    mending.submit(
        hazard, world.actor("xiaofang1"), photo_ids=after(world, "xiaofang1", hazard), words="隔间已拆除，人员已搬离。"
    )
    yield 2 * DAY
    verifying.verify(
        lock(hazard_id),
        world.actor("du1"),
        passed=True,
        way="on_site",
        opinion="现场看过，隔间已拆。",
    )


def _determine_and_list(world: World, hazard_id: UUID) -> None:
    """The authority says that it is one; the government puts it on its list, with the five measures."""
    hazard = lock(hazard_id)
    premises = db.session.get_one(Premises, hazard.premises_id)
    flagging.determine(
        hazard,
        world.actor("zheng1"),
        major=True,
        authority_id=world.cast.offices["fire"],
        number="青消认〔2026〕3号",
        on=clock.today(),
        scans=(world.photo("zheng1", premises, hazard.item_code or "", wrong=True),),
    )
    flagging.put_under_list(
        lock(hazard_id),
        world.actor("yingji1"),
        authority_id=world.cast.offices["emergency"],
        number="青应急督〔2026〕2号",
        on=clock.today(),
        measures={
            "责任": "柳荫街道办事处",
            "措施": "清空库房，改造隔间",
            "资金": "店里自筹",
            "时限": "三十日",
            "预案": "停业期间专人看守",
        },
    )


def suspected_waiting(world: World, hazard_id: UUID) -> Script:
    """Referred to the authority of its field, not yet answered; mending goes on."""
    yield HOUR
    hazard = lock(hazard_id)
    office, officer = ("gas", "ranqi1") if hazard.field == "gas" else ("fire", "xiaofang1")
    reason = f"现场看到“{hazard.title}”，请认定。"
    flagging.refer(hazard, world.actor("du1"), authority_id=world.cast.offices[office], reason=reason)
    yield from accepted(world, hazard_id, office, officer)
