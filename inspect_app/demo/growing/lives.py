"""The lives that a grown demo repeats: every state, grade and request, without papers of their own.

Each goes through the actions a user's button goes through. A life happens at whole hours, so that whoever casts it again may
move the minutes of all of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from inspect_app.hazards.actions import finding, flagging, handing, mending, ordering, requesting, settling, verifying
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Who
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people import powers
from inspect_app.premises.models import Premises

from .. import endings, majors
from ..fates import DAY, HOUR, accepted, after, hand_over
from ..history import Script, World

Lived = Callable[[World, UUID, "Office"], Script]


@dataclass(frozen=True)
class Office:
    """Who mends: the key of an office of the cast, one of its logins, and the field of law."""

    key: str
    login: str
    field: str


OFFICES = (
    Office("street", "jiedao1", "fire"),
    Office("fire", "xiaofang1", "fire"),
    Office("enforcement", "zhifa2", "fire"),
    Office("gas", "ranqi1", "gas"),
    Office("street", "jiedao2", "gas"),
    Office("market", "shichang1", "gas"),
    Office("housing", "zhujian1", "site"),
)


@dataclass(frozen=True)
class Life:
    """One way a hazard may go: how often among those that end alike, how many days it takes, and through whose hands."""

    lived: Lived
    often: float
    days: int
    through: tuple[Office, ...] = OFFICES
    today_only: bool = False  # what waits for a second person lapses: it is never older than it was lived
    found: dict[str, bool] = field(default_factory=dict)  # suspected, unconfirmed, on_the_spot, two


_ONE_OF_EACH = (OFFICES[0], OFFICES[3])
_FIRE = (OFFICES[1],)


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


def void_asked(world: World, hazard_id: UUID, office: Office) -> Script:
    """One supervisor asks to void it; the second has not answered."""
    yield from endings.void_asked(world, hazard_id)


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


_SUSPECTED = {"suspected": True}
OPEN = (
    Life(untouched, 13, 1),
    Life(untouched, 0.6, 1, _ONE_OF_EACH, found={"unconfirmed": True}),
    Life(sighted, 2, 2, _ONE_OF_EACH),
    Life(handed_over, 12, 2),
    Life(declined, 4, 3, _ONE_OF_EACH),
    Life(taken, 26, 3),
    Life(urged, 5, 16, _ONE_OF_EACH),
    Life(extension_asked, 4, 6, _ONE_OF_EACH),
    Life(disputed, 2, 3, _ONE_OF_EACH),
    Life(submitted, 11, 7),
    Life(seen_mended, 2, 8, _ONE_OF_EACH),
    Life(old_photo, 2, 7, _ONE_OF_EACH),
    Life(failed_once, 3, 8, _ONE_OF_EACH),
    Life(confirmed, 6, 9),
    Life(seen_too_late, 0.7, 10, _ONE_OF_EACH),
    Life(watched, 1.5, 5, _ONE_OF_EACH),
    Life(suspected, 3, 3, (OFFICES[1], OFFICES[3]), found=_SUSPECTED),
    Life(listed, 1, 12, _FIRE, found=_SUSPECTED),
    Life(void_asked, 0.5, 1, _ONE_OF_EACH, today_only=True),
    Life(reopened, 1, 17, _ONE_OF_EACH),
)
SETTLED = (
    Life(closed, 66, 12),
    Life(fixed_on_spot, 10, 4, (OFFICES[0],), found={"on_the_spot": True}),
    Life(closed_at_second_try, 7, 18, _ONE_OF_EACH),
    Life(extended_and_closed, 4, 22, (OFFICES[0], OFFICES[4])),
    Life(ordered_and_closed, 3, 16, (OFFICES[1], OFFICES[3], OFFICES[6])),
    Life(not_major, 1, 12, (OFFICES[1], OFFICES[3]), found=_SUSPECTED),
    Life(major_and_closed, 0.5, 16, _FIRE, found=_SUSPECTED),
    Life(ended, 3, 4, _ONE_OF_EACH),
    Life(voided, 2, 4, _ONE_OF_EACH),
    Life(merged, 2, 16, _ONE_OF_EACH, found={"two": True}),
)
