"""Proving that nothing was lost: each answer that fails, of each visit handed in, has its hazard or its sighting there,
once, with its photos, its events, and its line on the paper of the visit.

What is missing is made as 签后补充, what is not linked is linked, each with an event that says so; nothing is rewritten.
What a person must decide is reported in words. A visit is looked at without a lock; only one with a gap is held, looked
at again, and mended, in a transaction of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, tuple_

from inspect_app.checklists import library
from inspect_app.hazards.actions import reconciling
from inspect_app.hazards.case import actor_of
from inspect_app.hazards.events import Event
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Step, Who
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, run, writing
from inspect_app.kernel.errors import NotThere
from inspect_app.people import queries as people
from inspect_app.premises.models import Premises
from inspect_app.visits.models import Visit

from . import visit_submission
from .gaps import Unlinked, look
from .holding import HeldRows, hold
from .left_by_visit import Told

BATCH = 200
# What is missing longer is for a person to decide: a hazard of last year that turns up in today's list helps nobody.
MENDED_BY_ITSELF = timedelta(days=60)
Reached = tuple[datetime, UUID]  # where a walk through all visits stands: the last one looked at

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


def prove(report: Report, after: Reached | None = None, *, older: bool = False) -> Reached | None:
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
        reconciling.link_photos(lock(one.hazard_id), one.senders, slot=one.slot, visit_id=visit.id)
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
    premises = db.session.get_one(Premises, visit.premises_id)
    return f"走访 {visit.id}（{clock.local_date(visit.started_at)}，{premises.name}）"


def _words(one: Unlinked) -> str:
    return f"隐患 {one.hazard_id} 没有连上照片 {'、'.join(map(str, one.photos))}"
