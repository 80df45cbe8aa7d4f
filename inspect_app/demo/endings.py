"""How hazards of the demo district ended: closed, made void, merged, gone, and one that was found open again."""

from datetime import timedelta
from uuid import UUID

from inspect_app.casework import delivering
from inspect_app.casework import papers as paperwork
from inspect_app.hazards.actions import mending, merging, settling, verifying
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Step
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.kinds import printable_bases
from inspect_app.papers.models import Paper
from inspect_app.papers.service import Delivery
from inspect_app.people import powers
from inspect_app.people.models import Organisation
from inspect_app.premises.models import Premises

from .fates import DAY, HOUR, accepted, after
from .history import Script, World


def ordered(world: World, hazard_id: UUID) -> Script:
    """A 整改通知书 within the powers, served, then re-inspected, verified and closed."""
    yield from accepted(world, hazard_id, "fire", "xiaofang1")
    yield 5 * HOUR
    paper = _notice(world, hazard_id, "xiaofang1")
    yield DAY
    _serve(world, paper, "xiaofang2")
    yield 9 * DAY
    hazard = lock(hazard_id)
    mending.submit(
        hazard, world.actor("xiaofang1"), photo_ids=after(world, "xiaofang1", hazard), words="店里已按通知书改好。"
    )
    yield DAY
    verifying.verify(
        lock(hazard_id), world.actor("daibiao7"), passed=True, way="on_site", opinion="到现场看过，已经改好。"
    )
    yield 2 * DAY
    verifying.reinspect(
        lock(hazard_id),
        world.actor("xiaofang2"),
        authority="青江区消防救援大队",
        number="青消复〔2026〕12号",
        on=clock.today(),
        passed=True,
        conclusion="复查合格",
    )
    yield DAY
    settling.close(lock(hazard_id), world.actor("du1"), words="同意销号")
    yield HOUR
    _closure_report(world, hazard_id)


def mended_and_closed(world: World, hazard_id: UUID) -> Script:
    """The common way: handed over, mended, confirmed by a deputy, closed by the office with a report."""
    yield from accepted(world, hazard_id, "street", "jiedao1")
    yield 4 * DAY
    hazard = lock(hazard_id)
    mending.submit(
        hazard, world.actor("jiedao1"), photo_ids=after(world, "jiedao1", hazard), words="店里已改好，照片是今天拍的。"
    )
    yield 2 * DAY
    verifying.verify(
        lock(hazard_id), world.actor("daibiao9"), passed=True, way="on_site", opinion="到店里看过，改好了。"
    )
    yield 2 * HOUR
    settling.close(lock(hazard_id), world.actor("du1"))
    yield HOUR
    _closure_report(world, hazard_id)


def ended(world: World, hazard_id: UUID) -> Script:
    """The shop is gone; two persons agreed."""
    yield DAY
    settling.ask(lock(hazard_id), world.actor("du1"), Step.ASK_END, reason="店已关门，设备搬走。")
    yield DAY
    settling.confirm(lock(hazard_id), world.actor("du2"))


def void_asked(world: World, hazard_id: UUID) -> Script:
    """One supervisor asks to void it; the second has not answered."""
    yield 5 * HOUR
    settling.ask(lock(hazard_id), world.actor("du2"), Step.ASK_VOID, reason="同一张照片点了两次，这一条是点错的。")


def voided(world: World, hazard_id: UUID) -> Script:
    """A void asked for by one supervisor and confirmed by another."""
    yield from void_asked(world, hazard_id)
    yield DAY
    settling.confirm(lock(hazard_id), world.actor("du1"))


def merged(world: World, hazard_id: UUID) -> Script:
    """Reported under another item of the same place; put together with the older one."""
    yield DAY
    hazard = lock(hazard_id)
    target = db.session.query(Hazard.id).filter(
        Hazard.premises_id == hazard.premises_id, Hazard.id != hazard.id, Hazard.settled_on.is_(None)
    )
    target_id = target.order_by(Hazard.found_at).limit(1).scalar()
    merging.ask_merge(hazard, world.actor("du1"), target_id=target_id, reason="两条说的是同一处。")
    yield 3 * HOUR
    merging.merge(lock(hazard_id), world.actor("du2"))


def reopened(world: World, hazard_id: UUID) -> Script:
    """Closed, then found open again by a deputy who passed by."""
    yield from mended_and_closed(world, hazard_id)
    yield 5 * DAY
    hazard = lock(hazard_id)
    premises = db.session.get_one(Premises, hazard.premises_id)
    shot = world.photo("daibiao3", premises, hazard.item_code or "", wrong=True)
    settling.reopen(hazard, world.actor("daibiao3"), reason="又堆上了。", photo_ids=(shot,))


def _notice(world: World, hazard_id: UUID, login: str) -> UUID:
    """An order of the officer's own office, on its inspection of the day before."""
    hazard, office = lock(hazard_id), world.scope(login).organisation_id
    premises = db.session.get_one(Premises, hazard.premises_id)
    first, second = powers.officers(office, clock.today())[:2]
    typed = {
        "officer_1": str(first.id),
        "officer_2": str(second.id),
        "due_on": (clock.today() + timedelta(days=10)).isoformat(),
        "inspected_on": clock.today().isoformat(),
        "inspected_at": f"{premises.address}，{premises.name}",
        "record": f"检〔{clock.today().year}〕{hazard.number[-4:]}号",
        "basis": "\n".join(printable_bases(hazard.finding.get("basis") or [])),
        "requirement": "；".join(hazard.finding.get("advice") or []) or "立即消除上述隐患。",
        "identity": "个体工商户，营业执照号演示 0001",
        "section": db.session.get_one(Organisation, office).section,
        "interim": "整改完成前派人看守，打烊断电断气。",
    }
    paper = paperwork.issue_for_hazard(
        "notice", hazard, world.scope(login), world.actor(login), address=world.address, typed=typed
    )
    return paper.id


def _serve(world: World, paper_id: UUID, login: str) -> None:
    said = Delivery("in_person", clock.now(), received_by="店长")
    delivering.serve(db.session.get_one(Paper, paper_id), world.scope(login), world.actor(login), said)


def _closure_report(world: World, hazard_id: UUID) -> None:
    paperwork.issue_for_hazard(
        "closure", lock(hazard_id), world.scope("du1"), world.actor("du1"), address=world.address, typed={}
    )
