"""Visits of a grown demo that found everything in order, over the past year, as phones would have handed them in."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.rules import Checklist, applicable
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, put, writing
from inspect_app.kernel.ids import new_id
from inspect_app.people.models import Account, Area, RoleTerm
from inspect_app.people.rules import Role
from inspect_app.premises.models import Premises
from inspect_app.visits.models import ItemChecked, Visit, VisitAnswers, VisitChecklist
from inspect_app.visits.rules import HowStarted, VisitOutcome

from ..filling import filled

Row = dict[str, Any]
_LONGEST = timedelta(minutes=25)
_AT_A_TIME = 200
# A kind of place has the same lists all over the district.
Asked = tuple[UUID, Checklist]


def visit_all(number: int, seed: int, say: Callable[[str], None]) -> None:
    """So many visits of the last year, each by a deputy of the street, at places nobody of these visits was at before."""
    chance = Random(seed)
    deputies = _deputies()
    places = db.session.scalars(select(Premises).where(Premises.status == "open").order_by(Premises.address)).all()
    known = set(db.session.scalars(select(ItemChecked.premises_id)))
    fresh = [place for place in places if place.id not in known]
    lists = {
        kind: [(row.id, checklists.asked(row.id, clock.today())) for row in checklists.current_for(kind)]
        for kind in {place.kind for place in fresh}
    }
    street_of = _streets_of({place.area_id for place in fresh})
    rows = (
        _visit(place, lists[place.kind], chance.choice(deputies[street_of[place.area_id]]), chance)
        for place in chance.sample(fresh, min(number, len(fresh)))
        if lists[place.kind]
    )
    made = 0
    while batch := list(islice(rows, _AT_A_TIME)):
        db.session.rollback()
        with writing():
            for model in (Visit, VisitChecklist, VisitAnswers, ItemChecked):
                put(model, [row for one in batch for row in one[model]])
        made += len(batch)
    say(f"demo: {made} visits more")


def _deputies() -> dict[UUID, list[tuple[UUID, UUID, UUID]]]:
    """Person, account and term of the deputies, by their street."""
    found: dict[UUID, list[tuple[UUID, UUID, UUID]]] = {}
    rows = db.session.execute(
        select(RoleTerm.area_id, RoleTerm.person_id, Account.id, RoleTerm.id)
        .join(Account, Account.person_id == RoleTerm.person_id)
        .where(RoleTerm.role == Role.DEPUTY, Account.is_demo)
        .order_by(Account.login)
    )
    for street, person, account, term in rows:
        found.setdefault(street, []).append((person, account, term))
    return found


def _streets_of(area_ids: set[UUID]) -> dict[UUID, UUID]:
    rows = db.session.scalars(select(Area).where(Area.id.in_(area_ids)))
    return {row.id: row.parent_id if row.kind == "community" and row.parent_id else row.id for row in rows}


def _visit(
    place: Premises, lists: Sequence[Asked], who: tuple[UUID, UUID, UUID], chance: Random
) -> dict[type[Any], list[Row]]:
    day = clock.today() - timedelta(days=chance.randrange(2, 365))
    began = datetime.combine(day, time(9 + chance.randrange(8), chance.randrange(60)), clock.SHANGHAI)
    person, account, term = who
    visit: Row = {
        "id": new_id(), "premises_id": place.id, "person_id": person, "account_id": account, "term_id": term,
        "how_started": HowStarted.WITH_CARD, "arranged_by": "", "companions": [], "recused": False, "started_at": began,
        "depth": "full", "deep": [], "weights": {}, "times": {}, "outcome": VisitOutcome.INSPECTED, "outcome_note": "",
        "outcome_photos": [], "next_try_on": None, "facts": dict(place.facts), "submitted_at": began + _LONGEST,
        "submitted_by_person_id": person, "text_sha256": None,
    }  # fmt: skip
    taps = list(_taps(visit, place, lists))
    answers = {
        "id": new_id(), "visit_id": visit["id"], "device_id": f"demo-{account.hex[-8:]}", "person_id": person,
        "late": False, "taps": taps,
    }  # fmt: skip
    return {
        Visit: [visit],
        VisitChecklist: [{"visit_id": visit["id"], "version_id": version, "asked_on": day} for version, _ in lists],
        VisitAnswers: [answers],
        ItemChecked: [_checked(visit, tap["item"], day) for tap in taps],
    }


def _checked(visit: Row, item: str, day: date) -> Row:
    return {
        "premises_id": visit["premises_id"], "item_code": item, "on_day": day, "earlier_on": None, "visit_id": visit["id"],
    }  # fmt: skip


def _taps(visit: Row, place: Premises, lists: Sequence[Asked]) -> Iterator[Row]:
    facts, seen = place.facts | {"kind": place.kind}, set()
    for _, checklist in lists:
        for item in applicable(checklist, facts):
            if item.code in seen:
                continue
            seen.add(item.code)
            at = visit["started_at"] + timedelta(seconds=20 * len(seen))
            body = {"visit": str(visit["id"]), "item": item.code} | filled(item, wrong=False)
            yield {
                "operation": str(new_id()), "item": item.code, "captured_at": at.astimezone(UTC).isoformat(),
                "seq": len(seen), "chosen": False, "body": body,
            }  # fmt: skip
