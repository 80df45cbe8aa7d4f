"""What became of the hazards of the demo district: scripts that sleep between the steps people took.

Each begins when the visit has just been handed in; one whose next step lies ahead of today waits there.
"""

from datetime import timedelta
from uuid import UUID

from inspect_app.hazards.actions import handing, mending, requesting, verifying
from inspect_app.hazards.clocks import TimeLimit
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.premises.models import Premises

from .history import Script, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def after(world: World, login: str, hazard: Hazard) -> tuple[UUID, ...]:
    """A photo of the place put right, as a tuple as steps take it."""
    premises = db.session.get_one(Premises, hazard.premises_id)
    return (world.photo(login, premises, hazard.item_code or "", wrong=False),)


def hand_over(world: World, hazard_id: UUID, office: str, by: str = "du1") -> None:
    """Hand it over to an office: 5 days to reply, 7 to mend, without a paper of its own."""
    handing.hand_over(
        lock(hazard_id),
        world.actor(by),
        handler_id=world.cast.offices[office],
        reply=TimeLimit(5),
        mending=TimeLimit(7),
        paper="",
        no_paper_reason="用交办清单转办",
    )


def untouched(world: World, hazard_id: UUID) -> Script:
    """Nobody has handed it over yet."""
    yield from ()


def fixed_on_spot(world: World, hazard_id: UUID) -> Script:
    """Mended before the deputy's eyes; somebody else looked two days later."""
    yield 2 * DAY
    verifying.verify(
        lock(hazard_id),
        world.actor("du2"),
        passed=True,
        way="photos",
        opinion="照片看得清，已经改好。",
    )


def handed_over(world: World, hazard_id: UUID) -> Script:
    """Waiting for the handler to take it."""
    yield 3 * HOUR
    hand_over(world, hazard_id, "market")


def declined(world: World, hazard_id: UUID) -> Script:
    """Handed over to an office that is not competent and names the one that is."""
    yield DAY
    hand_over(world, hazard_id, "market")
    yield DAY
    handing.decline(
        lock(hazard_id),
        world.actor("shichang1"),
        competent_id=world.cast.offices["gas"],
        competent="区城管局",
        reason="燃气设施由区城管局监管。",
    )


def accepted(world: World, hazard_id: UUID, office: str, officer: str) -> Script:
    """Handed over within the day and accepted a day later."""
    yield 4 * HOUR
    hand_over(world, hazard_id, office)
    yield DAY
    handing.accept(lock(hazard_id), world.actor(officer))


def mending_by_street(world: World, hazard_id: UUID) -> Script:
    """Taken over; urged once when it ran late."""
    yield from accepted(world, hazard_id, "street", "jiedao1")
    yield 13 * DAY
    handing.urge(
        lock(hazard_id),
        world.actor("du1"),
        to_organisation_id=world.cast.offices["street"],
        channel="phone",
        words="期限已过，请街道说明进度。",
    )


def extension_asked(world: World, hazard_id: UUID) -> Script:
    """Accepted, then asked for more time; nobody has answered yet."""
    yield from accepted(world, hazard_id, "street", "jiedao2")
    yield 3 * DAY
    requesting.ask_extension(
        lock(hazard_id),
        world.actor("jiedao2"),
        until=clock.today() + timedelta(days=20),
        reason="改造用的管材还没有到货。",
        interim="停用这一路线，每天打烊断电。",
    )


def _second_round(world: World, hazard_id: UUID) -> Script:
    yield from accepted(world, hazard_id, "enforcement", "zhifa1")
    yield 4 * DAY
    hazard = lock(hazard_id)
    mending.submit(hazard, world.actor("zhifa1"), photo_ids=after(world, "zhifa1", hazard), words="已督促整改。")
    yield DAY
    verifying.verify(
        lock(hazard_id), world.actor("daibiao4"), passed=False, way="on_site", opinion="只清了一半，通道还是走不通。"
    )
    yield 3 * DAY


def second_round(world: World, hazard_id: UUID) -> Script:
    """Verified as not mended; it goes round once more, now with a photo out of the album, older than the finding."""
    yield from _second_round(world, hazard_id)
    hazard = lock(hazard_id)
    premises = db.session.get_one(Premises, hazard.premises_id)
    shot = world.photo("zhifa1", premises, hazard.item_code or "", wrong=False, taken=hazard.found_at - 2 * DAY)
    mending.submit(hazard, world.actor("zhifa1"), photo_ids=(shot,), words="剩下的也清走了。")


def second_round_reused(world: World, hazard_id: UUID) -> Script:
    """The same, but what is shown as mended is the picture of another shop."""
    yield from _second_round(world, hazard_id)
    hazard = lock(hazard_id)
    premises = db.session.get_one(Premises, hazard.premises_id)
    elsewhere = (
        db.session.query(HazardPhoto.photo_id)
        .join(Hazard, Hazard.id == HazardPhoto.hazard_id)
        .filter(HazardPhoto.slot == "after", Hazard.premises_id != hazard.premises_id, Hazard.item_code.like("F-EXT-%"))
    )
    like = elsewhere.order_by(HazardPhoto.added_at, HazardPhoto.id).limit(1).scalar()
    shot = world.photo("zhifa1", premises, hazard.item_code or "", wrong=False, like=like)
    mending.submit(hazard, world.actor("zhifa1"), photo_ids=(shot,), words="换了新的。")


def seen_mended(world: World, hazard_id: UUID) -> Script:
    """A deputy who passed again saw it mended; it waits for somebody else to verify. The position had drifted."""
    yield from accepted(world, hazard_id, "street", "jiedao2")
    yield 5 * DAY
    hazard = lock(hazard_id)
    premises = db.session.get_one(Premises, hazard.premises_id)
    mending.look_back(
        hazard,
        world.actor("daibiao2"),
        mended=True,
        photo_ids=(world.photo("daibiao2", premises, hazard.item_code or "", wrong=False, north_m=880),),
        words="路过看到已经改好。",
    )
