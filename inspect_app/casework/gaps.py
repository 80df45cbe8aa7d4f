"""What is missing or twice of a visit that was handed in. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.evidence.senders import Senders, foreign
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.hazards.rules import State, Step
from inspect_app.kernel.database import db
from inspect_app.papers import queries as papers
from inspect_app.papers.models import PaperLine
from inspect_app.visits import elsewhere
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit
from inspect_app.visits.photos import photo_senders
from inspect_app.visits.rules import WAS_INSIDE

from . import visit_submission
from .left_by_visit import Left, left_by
from .papers import tip


@dataclass(frozen=True)
class Unlinked:
    """Photos that an answer or an event names and that are not linked to its hazard."""

    hazard_id: UUID
    slot: str
    photos: tuple[UUID, ...]
    senders: Senders


@dataclass(frozen=True)
class Gaps:
    """What is wrong with one visit. `unmade`: items that fail and have neither hazard nor sighting."""

    failing: int
    unmade: tuple[str, ...] = ()
    unlinked: tuple[Unlinked, ...] = ()
    faults: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.unmade or self.unlinked or self.faults)


def look(visit: Visit) -> Gaps:
    """What is missing or twice of a visit that was handed in. Reads only."""
    if visit.outcome not in WAS_INSIDE:
        return Gaps(0)
    answers = visits.answers(visit.id)
    failing = visit_submission.failing(elsewhere.with_found(visits.lists_of(visit), answers), answers)
    left = left_by(visit.id)
    bodies = {item.code: merged.answer.body for _, _, item, merged in failing}
    faults = (*_without_event(left), *_twice(left), *_not_on_paper(visit, left))
    return Gaps(
        len(failing),
        tuple(code for code in bodies if code not in left.items),
        tuple(_unlinked(visit, left, bodies)),
        faults,
    )


def _unlinked(visit: Visit, left: Left, bodies: dict[str, Any]) -> Iterator[Unlinked]:
    named: dict[tuple[UUID, str], dict[UUID, None]] = {}
    for code, body in bodies.items():
        if (hazard_id := left.items.get(code)) is not None:
            slot = "before" if hazard_id in left.made else "look"
            named.setdefault((hazard_id, slot), {}).update(dict.fromkeys(_ids(body.get("photos"))))
    slots = {Step.REPORT: "before", Step.SIGHT: "look", Step.FIX_ON_SPOT: "after"}
    for one in left.told:
        named.setdefault((one.hazard_id, slots[one.step]), {}).update(dict.fromkeys(one.photos))
    links = (
        db.session.execute(
            select(HazardPhoto.hazard_id, HazardPhoto.photo_id).where(
                HazardPhoto.hazard_id.in_({key[0] for key in named})
            )
        ).all()
        if any(named.values())
        else []
    )
    linked = {(row.hazard_id, row.photo_id) for row in links}
    senders, lead = photo_senders(visit.id), frozenset({visit.account_id})
    for (hazard_id, slot), photos in named.items():
        lacking = {photo: senders.get(photo, lead) for photo in photos if (hazard_id, photo) not in linked}
        # Somebody else's photo was left out, and the finding says so.
        if left_out := foreign(lacking) if lacking else set():
            lacking = {photo: accounts for photo, accounts in lacking.items() if photo not in left_out}
        if lacking:
            yield Unlinked(hazard_id, slot, tuple(lacking), lacking)


def _without_event(left: Left) -> Iterator[str]:
    """Rows that no event speaks of: somebody wrote beside the chain, or cut it."""
    reported = {one.hazard_id for one in left.told if one.step is Step.REPORT}
    sighted = {one.hazard_id for one in left.told if one.step is Step.SIGHT}
    for hazard_id, hazard in left.made.items():
        if hazard_id not in reported:
            yield f"隐患 {hazard.number} 缺“发现”的存证"
    for row in left.seen:
        if row.hazard_id not in sighted:
            yield f"“再次看到”（{row.id}）缺存证"


def _twice(left: Left) -> Iterator[str]:
    items: dict[str, list[str]] = {}
    for one in left.told:
        hazard = left.made.get(one.hazard_id)
        if (
            one.step is Step.REPORT
            and one.item
            and hazard is not None
            and hazard.state not in (State.VOID, State.MERGED)
        ):
            items.setdefault(one.item, []).append(hazard.number)
    for item, numbers in items.items():
        if len(numbers) > 1:
            yield f"{item} 这一项记成了 {len(numbers)} 件：{'、'.join(numbers)}，请并案"
    for hazard_id in {row.hazard_id for row in left.seen}:
        rows = sum(row.hazard_id == hazard_id for row in left.seen)
        events = sum(one.hazard_id == hazard_id and one.step is Step.SIGHT for one in left.told)
        if rows > max(events, 1):
            yield f"隐患 {hazard_id} 的“再次看到”记了 {rows} 条，存证只有 {events} 条"


def _not_on_paper(visit: Visit, left: Left) -> Iterator[str]:
    """Each hazard made when the visit was handed in stands on its paper; what came later is 签后补充 and on none, and who
    is to keep away from the place hands out none."""
    first = [hazard for hazard in left.made.values() if not hazard.finding.get("late")]
    if not first or visit.recused:
        return
    tips = [paper for paper in papers.of_visit(visit.id) if paper.kind == tip.ENTRY.code]
    if not tips:
        yield "有隐患，没有提示单"
        return
    wanted = select(PaperLine.hazard_id).where(PaperLine.paper_id.in_([paper.id for paper in tips]))
    standing = set(db.session.scalars(wanted))
    for hazard in first:
        if hazard.id not in standing:
            yield f"隐患 {hazard.number} 不在提示单 {tips[0].number} 上"
    live = [paper.number for paper in tips if paper.state != "void"]
    if len(live) > 1:
        yield f"提示单出了 {len(live)} 张：{'、'.join(live)}，请作废多出的"


def _ids(value: Any) -> tuple[UUID, ...]:
    """Ids of photos as an answer names them; what is none was never a photo."""
    found = []
    for one in value if isinstance(value, list) else ():
        try:
            found.append(UUID(str(one)))
        except ValueError:
            continue
    return tuple(found)
