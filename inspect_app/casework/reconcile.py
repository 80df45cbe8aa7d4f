"""Proving that nothing was lost: each answer that fails, of each visit handed in, has its hazard or its sighting there,
once, with its photos, its events, and its line on the paper of the visit.

What is missing is made as 签后补充, what is not linked is linked, each with an event that says so; nothing is rewritten.
What a person must decide is reported in words. A visit is looked at without a lock; only one with a gap is held, looked
at again, and mended, in a transaction of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, tuple_

from inspect_app.checklists import library
from inspect_app.evidence.senders import Senders, foreign
from inspect_app.hazards.actions import reconciling
from inspect_app.hazards.case import actor_of, lock
from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.hazards.rules import Actor, State, Step, Who
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, run, writing
from inspect_app.kernel.errors import NotThere
from inspect_app.papers import queries as papers
from inspect_app.papers.models import PaperLine
from inspect_app.people import queries as people
from inspect_app.premises.models import Premises
from inspect_app.visits import elsewhere
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit
from inspect_app.visits.photos import photo_senders
from inspect_app.visits.rules import WAS_INSIDE

from . import visit_submission
from .holding import HeldRows, hold
from .left_by_visit import Left, Told, left_by
from .papers import tip

BATCH = 200
# What is missing longer is for a person to decide: a hazard of last year that turns up in today's list helps nobody.
MENDED_BY_ITSELF = timedelta(days=60)
Place = tuple[datetime, UUID]  # where a walk through all visits stands: the last one looked at

_WALK = select(Visit.id, Visit.submitted_at).where(Visit.submitted_at.is_not(None))
_FIRST = _WALK.order_by(Visit.submitted_at, Visit.id).limit(BATCH)
_NEXT = (
    _WALK.where(
        tuple_(Visit.submitted_at, Visit.id)
        > tuple_(bindparam("at", type_=Visit.submitted_at.type), bindparam("id", type_=Visit.id.type))
    )
    .order_by(Visit.submitted_at, Visit.id)
    .limit(BATCH)
)


@dataclass
class Report:
    """How many visits were proved and how many answers that fail they hold; what was mended, what is left to people."""

    visits: int = 0
    failing: int = 0
    mended: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Unlinked:
    """Photos that an answer or an event names and that are not linked to its hazard."""

    hazard_id: UUID
    place: str
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


def prove(report: Report, after: Place | None = None, *, older: bool = False) -> Place | None:
    """Prove the next visits in the order they were handed in, and add to the report; where to go on, None at the end.

    `older`: also mend what has been missing for longer than two months.
    """
    rows = run(_NEXT, {"at": after[0], "id": after[1]}).all() if after else run(_FIRST).all()
    wrong = []
    for row in rows:
        gaps = look(db.session.get_one(Visit, row.id))
        report.visits += 1
        report.failing += gaps.failing
        if gaps:
            wrong.append(row.id)
    db.session.rollback()
    for visit_id in wrong:
        with writing():
            _settle(visit_id, report, older=older)
    return (rows[-1].submitted_at, rows[-1].id) if len(rows) == BATCH else None


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
            place = "before" if hazard_id in left.made else "look"
            named.setdefault((hazard_id, place), {}).update(dict.fromkeys(_ids(body.get("photos"))))
    places = {Step.REPORT: "before", Step.SIGHT: "look", Step.FIX_ON_SPOT: "after"}
    for one in left.told:
        named.setdefault((one.hazard_id, places[one.step]), {}).update(dict.fromkeys(one.photos))
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
    for (hazard_id, place), photos in named.items():
        lacking = {photo: senders.get(photo, lead) for photo in photos if (hazard_id, photo) not in linked}
        # Somebody else's photo was left out, and the finding says so.
        if left_out := foreign(lacking) if lacking else set():
            lacking = {photo: accounts for photo, accounts in lacking.items() if photo not in left_out}
        if lacking:
            yield Unlinked(hazard_id, place, tuple(lacking), lacking)


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


# --- mending ----------------------------------------------------------------------------------------------------------


def _settle(visit_id: UUID, report: Report, *, older: bool) -> None:
    """Hold the visit, look again, mend what may be mended."""
    held = hold([visit_id])
    visit = held.visit(visit_id)
    if visit is None or visit.submitted_at is None:  # only those that are handed in are looked at
        raise NotThere
    gaps, name = look(visit), _name(visit)
    if (gaps.unmade or gaps.unlinked) and not older and clock.now() - visit.submitted_at > MENDED_BY_ITSELF:
        left = [*(f"{code} 不合格，没有隐患" for code in gaps.unmade), *(_words(one) for one in gaps.unlinked)]
        report.left += [f"{name}：{words}（超过两个月，用 --older 补）" for words in left]
        report.left += [f"{name}：{words}" for words in gaps.faults]
        return
    if gaps.unmade:
        report.mended += [f"{name}：{words}" for words in _make(visit, held, gaps.unmade)]
    for one in look(visit).unlinked:
        reconciling.link_photos(lock(one.hazard_id), one.senders, place=one.place, visit_id=visit.id)
        report.mended.append(f"{name}：{_words(one)}，已连上")
    rest = look(visit)
    report.left += [f"{name}：{code} 不合格，没有隐患，也补不上" for code in rest.unmade]
    report.left += [f"{name}：{words}" for words in rest.faults]


def _make(visit: Visit, held: HeldRows, codes: Sequence[str]) -> Iterator[str]:
    """What is missing of a visit: a sighting whose event stands is written down again, all else is found as 签后补充."""
    for told in _seen_here(visit, codes):
        hazard = lock(told.hazard_id)
        reconciling.write_sighting_again(hazard, told.event_id, visit_id=visit.id)
        yield f"“再次看到” {hazard.number} 的记录补上了"
    made = visit_submission.late_answers(visit, _deputy(visit), held, device=None, reconciled=True)
    yield from (f"{hazard.item_code} 补成隐患 {hazard.number}" for hazard in made.hazards)
    yield from (f"{hazard.item_code} 补记“再次看到” {hazard.number}" for hazard in made.sighted)


def _seen_here(visit: Visit, codes: Sequence[str]) -> Iterator[Told]:
    """Events that say this visit saw one of the items again, whose row is gone."""
    names = {name for code in codes for name in library.aliases().kin(code)}
    rows = db.session.execute(
        select(Event.id, Event.hazard_id, Event.body)
        .join(Hazard, Hazard.id == Event.hazard_id)
        .where(Hazard.premises_id == visit.premises_id, Event.step == Step.SIGHT)
    )
    for row in rows.all():
        item = row.body.get("standing", {}).get("item_code")
        if item in names and row.body["facts"].get("visit") == str(visit.id):
            yield Told(row.hazard_id, row.id, Step.SIGHT, item, ())


def _deputy(visit: Visit) -> Actor:
    """Who found it: the deputy of the visit, under the term it was made under."""
    day = clock.local_date(visit.started_at)
    scope = people.scope_under(visit.account_id, visit.term_id, day) if visit.term_id else None
    scope = scope or people.scope_for(visit.account_id, day)
    return actor_of(scope) if scope else Actor(Who.DEPUTY, person_id=visit.person_id)


def _name(visit: Visit) -> str:
    place = db.session.get_one(Premises, visit.premises_id)
    return f"走访 {visit.id}（{clock.local_date(visit.started_at)}，{place.name}）"


def _words(one: Unlinked) -> str:
    return f"隐患 {one.hazard_id} 没有连上照片 {'、'.join(map(str, one.photos))}"


def _ids(value: Any) -> tuple[UUID, ...]:
    """Ids of photos as an answer names them; what is none was never a photo."""
    found = []
    for one in value if isinstance(value, list) else ():
        try:
            found.append(UUID(str(one)))
        except ValueError:
            continue
    return tuple(found)
