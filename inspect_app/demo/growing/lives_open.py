"""Lives that have not come to their end: every open state, grade and request, without papers of their own."""

from datetime import timedelta
from uuid import UUID

from inspect_app.hazards.actions import finding, flagging, handing, mending, requesting, verifying
from inspect_app.hazards.locking import lock
from inspect_app.hazards.rules import Actor, Who
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.premises.models import Premises

from .. import endings, majors
from ..fates import DAY, HOUR, accepted, after, hand_over
from ..history import Script, World
from .life import Office


def untouched(world: World, hazard_id: UUID, office: Office) -> Script:
    """Nobody has handed it over yet."""
    yield from ()


def sighted(world: World, hazard_id: UUID, office: Office) -> Script:
    """Seen again by another deputy before anybody handed it over."""
    yield DAY
    finding.sight(lock(hazard_id), world.actor("daibiao6"), seen_at=clock.now(), words="又看到一次，还没有动。")


def handed_over(world: World, hazard_id: UUID, office: Office) -> Script:
    """Waiting for the handler to take it."""
    yield 3 * HOUR
    hand_over(world, hazard_id, office.key)


def declined(world: World, hazard_id: UUID, office: Office) -> Script:
    """Handed over to an office that is not competent and names the one that is."""
    yield from handed_over(world, hazard_id, office)
    yield DAY
    other = "market" if office.key != "market" else "street"
    handing.decline(
        lock(hazard_id),
        world.actor(office.login),
        competent_id=world.cast.offices[other],
        competent="",
        reason="按权责清单不归我们管，请转给有职权的单位。",
    )


def taken(world: World, hazard_id: UUID, office: Office) -> Script:
    """Taken over by the handler, being mended."""
    yield from accepted(world, hazard_id, office.key, office.login)


def urged(world: World, hazard_id: UUID, office: Office) -> Script:
    """Taken over, late, urged once."""
    yield from taken(world, hazard_id, office)
    yield 13 * DAY
    handing.urge(
        lock(hazard_id),
        world.actor("du1"),
        to_organisation_id=world.cast.offices[office.key],
        channel="phone",
        words="期限已过，请说明进度。",
    )


def extension_asked(world: World, hazard_id: UUID, office: Office) -> Script:
    """Asked for more time; nobody has answered."""
    yield from taken(world, hazard_id, office)
    yield 3 * DAY
    requesting.ask_extension(
        lock(hazard_id),
        world.actor(office.login),
        until=clock.today() + timedelta(days=25),
        reason="改造用的材料还没有到货。",
        interim="停用这一处，每天打烊断电断气。",
    )


def disputed(world: World, hazard_id: UUID, office: Office) -> Script:
    """The party disagrees; the desk has written it down."""
    yield from handed_over(world, hazard_id, office)
    yield DAY
    hazard = lock(hazard_id)
    desk = world.actor("du1")
    party = Actor(Who.PARTY, party_id=hazard.party_id, recorded_by=desk.person_id, name="场所负责人")
    requesting.dispute(hazard, party, reason="这个位置不属于我们店，请再看一下。")


def submitted(world: World, hazard_id: UUID, office: Office) -> Script:
    """Mended as the handler says; waits to be verified."""
    yield from taken(world, hazard_id, office)
    yield 4 * DAY
    hazard = lock(hazard_id)
    mending.submit(hazard, world.actor(office.login), photo_ids=after(world, office.login, hazard), words="已经改好。")


def seen_mended(world: World, hazard_id: UUID, office: Office) -> Script:
    """A deputy who passed again saw it mended; somebody else is to verify."""
    yield from taken(world, hazard_id, office)
    yield 5 * DAY
    hazard = lock(hazard_id)
    photos = after(world, "daibiao2", hazard)
    mending.look_back(hazard, world.actor("daibiao2"), mended=True, photo_ids=photos, words="路过看到已经改好。")


def old_photo(world: World, hazard_id: UUID, office: Office) -> Script:
    """What is shown as mended was taken before the finding: a question to the desk."""
    yield from taken(world, hazard_id, office)
    yield 4 * DAY
    hazard = lock(hazard_id)
    place = db.session.get_one(Premises, hazard.premises_id)
    shot = world.photo(
        office.login, place, hazard.item_code or "", wrong=False, taken=hazard.found_at - 2 * DAY, north_m=900
    )
    mending.submit(hazard, world.actor(office.login), photo_ids=(shot,), words="已督促整改。")


def failed_once(world: World, hazard_id: UUID, office: Office) -> Script:
    """Verified as not mended; it goes round once more."""
    yield from submitted(world, hazard_id, office)
    yield DAY
    verifying.verify(
        lock(hazard_id), world.actor("daibiao4"), passed=False, way="on_site", opinion="只改了一半，还是老样子。"
    )


def confirmed(world: World, hazard_id: UUID, office: Office) -> Script:
    """A deputy has looked and confirmed; the office is to close it."""
    yield from submitted(world, hazard_id, office)
    yield 2 * DAY
    verifying.verify(
        lock(hazard_id), world.actor("daibiao9"), passed=True, way="on_site", opinion="到店里看过，改好了。"
    )


def seen_too_late(world: World, hazard_id: UUID, office: Office) -> Script:
    """A look-back that came when the hazard had gone on: it waits at the desk with what it says."""
    yield from confirmed(world, hazard_id, office)
    yield DAY
    hazard = lock(hazard_id)
    finding.observe(
        hazard,
        world.actor("daibiao5"),
        mended=False,
        seen_at=clock.now() - 3 * DAY,
        photo_ids=(),
        words="前几天看到的时候还没有改。",
        seen_version=hazard.version - 1,
        why="这一件已经往下办了",
    )


def watched(world: World, hazard_id: UUID, office: Office) -> Script:
    """Watched by decision of the congress side."""
    yield from taken(world, hazard_id, office)
    yield 2 * DAY
    flagging.watch(
        lock(hazard_id),
        world.actor("du3"),
        meeting="区人大常委会主任会议（演示数据）",
        on=clock.today(),
        leader="江雪梅",
        reason="群众反映多，请重点跟踪。",
    )


def suspected(world: World, hazard_id: UUID, office: Office) -> Script:
    """Referred to the authority of its field, not yet answered; mending goes on."""
    yield from majors.suspected_waiting(world, hazard_id)


def listed(world: World, hazard_id: UUID, office: Office) -> Script:
    """Determined, listed, verified, waiting for the authority."""
    yield from majors.suspected_major(world, hazard_id)


def void_asked(world: World, hazard_id: UUID, office: Office) -> Script:
    """One supervisor asks to void it; the second has not answered."""
    yield from endings.void_asked(world, hazard_id)
