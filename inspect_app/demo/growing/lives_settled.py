"""Lives that have come to an end: closed in several ways, ended, void, merged; and one that began again."""

from datetime import timedelta
from uuid import UUID

from inspect_app.hazards.actions import finding, flagging, mending, ordering, requesting, settling, verifying
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people import powers
from inspect_app.premises.models import Premises

from .. import endings
from ..fates import DAY, HOUR, after
from ..history import Script, World
from .life import Office
from .lives_open import confirmed, extension_asked, failed_once, listed, suspected, taken


def not_major(world: World, hazard_id: UUID, office: Office) -> Script:
    """The authority says that it is none; it goes on as any other and is closed."""
    yield from suspected(world, hazard_id, office)
    yield 2 * DAY
    hazard = lock(hazard_id)
    place = db.session.get_one(Premises, hazard.premises_id)
    flagging.determine(
        hazard,
        world.actor("du1"),
        major=False,
        authority_id=world.cast.offices[office.key],
        number=f"认〔{clock.today().year}〕7号",
        on=clock.today(),
        scans=(world.photo("du1", place, hazard.item_code or "", wrong=True),),
    )
    yield 2 * DAY
    hazard = lock(hazard_id)
    mending.submit(hazard, world.actor(office.login), photo_ids=after(world, office.login, hazard), words="已经改好。")
    yield from _verified_and_closed(world, hazard_id)


def closed(world: World, hazard_id: UUID, office: Office) -> Script:
    """The common way: handed over, mended, confirmed by a deputy, closed by the office."""
    yield from confirmed(world, hazard_id, office)
    yield 3 * HOUR
    settling.close(lock(hazard_id), world.actor("du1"))


def closed_at_second_try(world: World, hazard_id: UUID, office: Office) -> Script:
    """Failed once, mended again, closed."""
    yield from failed_once(world, hazard_id, office)
    yield 4 * DAY
    hazard = lock(hazard_id)
    mending.submit(
        hazard, world.actor(office.login), photo_ids=after(world, office.login, hazard), words="剩下的也改了。"
    )
    yield from _verified_and_closed(world, hazard_id)


def extended_and_closed(world: World, hazard_id: UUID, office: Office) -> Script:
    """More time was granted; mended within it."""
    yield from extension_asked(world, hazard_id, office)
    yield DAY
    colleague = world.actor("jiedao1" if office.login == "jiedao2" else "jiedao2")
    requesting.decide_extension(lock(hazard_id), colleague, grant=True, reason="同意，请抓紧。")
    yield 9 * DAY
    hazard = lock(hazard_id)
    mending.submit(hazard, world.actor(office.login), photo_ids=after(world, office.login, hazard), words="已经改好。")
    yield from _verified_and_closed(world, hazard_id)


def ordered_and_closed(world: World, hazard_id: UUID, office: Office) -> Script:
    """An order made outside this system, re-inspected by who made it, then closed."""
    yield from taken(world, hazard_id, office)
    yield 5 * HOUR
    hazard, year = lock(hazard_id), clock.today().year
    officers = powers.officers(world.cast.offices[office.key], clock.today())[:2]
    made = ordering.Order(
        title="责令限期改正通知书",
        number=f"演示责改字〔{year}〕{hazard.number[-4:]}号",
        due_on=clock.today() + timedelta(days=10),
        officers=[row.id for row in officers],
        inspection=ordering.Inspection(clock.today(), "店内", f"检〔{year}〕{hazard.number[-4:]}号"),
        requirement="按检查记录改正。",
    )
    ordering.order(hazard, world.actor(office.login), made)
    yield 8 * DAY
    hazard = lock(hazard_id)
    mending.submit(
        hazard, world.actor(office.login), photo_ids=after(world, office.login, hazard), words="已按要求改好。"
    )
    yield DAY
    verifying.verify(
        lock(hazard_id), world.actor("daibiao7"), passed=True, way="on_site", opinion="到现场看过，已经改好。"
    )
    yield DAY
    verifying.reinspect(
        lock(hazard_id),
        world.actor(office.login),
        authority="出具文书的单位",
        number=f"演示复〔{year}〕{hazard.number[-4:]}号",
        on=clock.today(),
        passed=True,
        conclusion="复查合格",
    )
    yield DAY
    settling.close(lock(hazard_id), world.actor("du1"), words="同意销号")


def fixed_on_spot(world: World, hazard_id: UUID, office: Office) -> Script:
    """Mended before the deputy's eyes; somebody else looked two days later."""
    hazard = lock(hazard_id)
    login = "daibiao1"
    finding.fix_on_spot(hazard, world.actor(login), photo_ids=after(world, login, hazard))
    yield 2 * DAY
    verifying.verify(lock(hazard_id), world.actor("du2"), passed=True, way="photos", opinion="照片看得清，已经改好。")
    yield DAY
    hazard = lock(hazard_id)
    if hazard.settled_on is None:
        settling.close(hazard, world.actor("du1"))


def ended(world: World, hazard_id: UUID, office: Office) -> Script:
    """The shop is gone; two persons agreed."""
    yield from endings.ended(world, hazard_id)


def voided(world: World, hazard_id: UUID, office: Office) -> Script:
    """A void asked for by one supervisor and confirmed by another."""
    yield from endings.voided(world, hazard_id)


def merged(world: World, hazard_id: UUID, office: Office) -> Script:
    """Put together with an older one of the same place, which is mended and closed."""
    yield from endings.merged(world, hazard_id)
    yield 3 * HOUR
    target_id = db.session.get_one(Hazard, hazard_id).merged_into_id
    assert target_id is not None
    yield from closed(world, target_id, office)


def reopened(world: World, hazard_id: UUID, office: Office) -> Script:
    """Closed, then found open again by a deputy who passed by."""
    yield from closed(world, hazard_id, office)
    yield 5 * DAY
    hazard = lock(hazard_id)
    place = db.session.get_one(Premises, hazard.premises_id)
    shot = world.photo("daibiao3", place, hazard.item_code or "", wrong=True)
    settling.reopen(hazard, world.actor("daibiao3"), reason="又是老样子。", photo_ids=(shot,))


def major_and_closed(world: World, hazard_id: UUID, office: Office) -> Script:
    """Determined, listed, mended, taken off the list with the authority's opinion, closed."""
    yield from listed(world, hazard_id, office)
    yield DAY
    year = clock.today().year
    settling.record_opinion(
        lock(hazard_id),
        world.actor("du2"),
        authority="区消防大队",
        number=f"青消意〔{year}〕5号",
        on=clock.today(),
        agrees=True,
        opinion="同意销号。",
    )
    yield DAY
    flagging.lift_from_list(
        lock(hazard_id),
        world.actor("yingji1"),
        authority_id=world.cast.offices["emergency"],
        number=f"青应急解〔{year}〕2号",
        on=clock.today(),
    )
    yield DAY
    settling.close(lock(hazard_id), world.actor("du2"), words="同意销号")


def _verified_and_closed(world: World, hazard_id: UUID) -> Script:
    yield DAY
    verifying.verify(
        lock(hazard_id), world.actor("daibiao8"), passed=True, way="on_site", opinion="到店里看过，改好了。"
    )
    yield DAY
    settling.close(lock(hazard_id), world.actor("du1"))
