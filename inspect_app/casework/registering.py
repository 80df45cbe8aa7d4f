"""登记隐患 at the desk: what was told by telephone, work order, audit or press becomes a hazard like any other, without a visit
(docs/decisions/0046). Words, grade and basis come of the same item, rules and facts as on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from inspect_app.checklists import lookup
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.conditions import Verdict
from inspect_app.checklists.rules import Checklist, Item, field_of
from inspect_app.hazards import origins
from inspect_app.hazards.actions import finding
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Grade
from inspect_app.hazards.told import ToldAtDesk
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.people.rules import Scope
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.urgent_calls import actions as urgent_calls
from inspect_app.urgent_calls.rules import Danger
from inspect_app.visits.rules import Answer, Merged

from . import urgent
from .suspicions import FoundSuspicion, found_in
from .visit_submission import DEFAULT_MENDING_DAYS, KEPT_AWAY, frozen_finding, graded

NO_PHOTO = "登记时没有照片"
MOST_ITEMS = 12


@dataclass(frozen=True)
class OfferedItem:
    """An item of a checklist as it is offered: with the version that judges it, whose list is of the item's own field where
    there is one."""

    version_id: UUID
    checklist: Checklist
    item: Item


@dataclass(frozen=True)
class Registering:
    """What the desk writes down. Without an item `title` and `field` are its own words; `danger` where it cannot wait."""

    told: ToldAtDesk
    title: str = ""
    field: str = ""
    item: OfferedItem | None = None
    spot: str = ""
    lasting: str = ""
    words: str = ""
    suspected_reason: str = ""
    danger: Danger | None = None
    photo_ids: tuple[UUID, ...] = ()
    another_part: bool = False  # of a work order that was registered before


@dataclass(frozen=True)
class RegisteredHazard:
    """The hazard, and whether it is new or was open there already and was told of once more."""

    hazard: Hazard
    is_new: bool


def items_found(words: str) -> list[OfferedItem]:
    """Items of the lists in force that hold all of the words, each once."""
    if not words.strip():
        return []
    versions = _lists()
    found = lookup.items([checklist for _, checklist in versions], words, MOST_ITEMS)
    return [_offered(one.item.code, versions) for one in found]


def item_of(code: str) -> OfferedItem | None:
    """The item of a code in the lists in force; None where no list asks it."""
    versions = _lists()
    known = any(item.code == code for _, checklist in versions for item in checklist.items)
    return _offered(code, versions) if known else None


def _lists() -> list[tuple[UUID, Checklist]]:
    return [(row.id, checklists.asked(row.id, clock.today())) for row in checklists.current()]


def _offered(code: str, versions: Sequence[tuple[UUID, Checklist]]) -> OfferedItem:
    """Under a list of its own field: that decides whose the hazard will be."""
    holding = [
        OfferedItem(version_id, checklist, item)
        for version_id, checklist in versions
        for item in checklist.items
        if item.code == code
    ]
    return min(holding, key=lambda one: one.checklist.field != field_of(code))


def register(place: Premises, said: Registering, scope: Scope, actor: Actor) -> RegisteredHazard:
    """A hazard at a place, with who told of it; a sighting of the one that is open there of the same item. What cannot wait
    rings everybody on duty in the same transaction. Raises Refused for a work order that was registered before."""
    premises.hold([place.id])
    party_id = premises.party_on(place.id, clock.today())
    kept_away = actor.person_id in premises.recused(place.id, party_id)
    found = _finding(place, party_id, said, kept_away=kept_away)
    stands = finding.open_at(place.id, said.item.item.code) if said.item else None
    if stands is None:
        hazard = finding.report(found, actor)
    else:
        hazard = stands
        _tell_again(hazard, found, said, actor, kept_away=kept_away)
    origins.note(hazard, said.told, scope.person_id, another=said.another_part)
    if said.danger is not None:
        _ring(hazard, place, said, said.danger, scope)
    return RegisteredHazard(hazard, stands is None)


def _finding(place: Premises, party_id: UUID | None, said: Registering, *, kept_away: bool) -> finding.Finding:
    offered = said.item
    body = _body(said)
    suspected = _suspected(place, offered, body) if offered else []
    grade = graded(offered.item if offered else None, body, suspected)
    return finding.Finding(
        premises_id=place.id,
        area_id=place.area_id,
        party_id=party_id,
        field=str(offered.checklist.field) if offered else said.field,
        title=offered.item.title if offered else said.title,
        found_at=clock.now(),
        item_code=offered.item.code if offered else None,
        checklist_version_id=offered.version_id if offered else None,
        details=_details(place, said, body, suspected),
        spot=said.spot,
        grade=Grade.SUSPECTED_MAJOR if said.danger else grade,
        photo_ids=said.photo_ids,
        unconfirmed=kept_away,
        source=said.told.source,
        told=said.told.facts,
    )


def _body(said: Registering) -> dict[str, Any]:
    """What was told, as an answer of a phone would say it."""
    return {
        "value": str(Verdict.FAIL),
        "wordings": [text for text in (said.title if said.item else "", said.words) if text],
        "suspected_reason": said.suspected_reason,
        "photos": [str(photo) for photo in said.photo_ids],
        "no_photo_reason": "" if said.photo_ids else NO_PHOTO,
    }


def _details(
    place: Premises, said: Registering, body: dict[str, Any], suspected: Sequence[FoundSuspicion]
) -> dict[str, Any]:
    told = {"lasting": said.lasting, "work_order": said.told.work_order or ""}
    if said.item is None:
        days = 1 if said.danger else DEFAULT_MENDING_DAYS
        own = {name: body[name] for name in ("wordings", "suspected_reason", "no_photo_reason")}
        return own | {"advice": [], "basis": [], "days": days} | told
    item = said.item.item
    days = 1 if said.danger else item.mending_days or DEFAULT_MENDING_DAYS
    frozen = frozen_finding(item, body, days, _facts(place), contested=False)
    return frozen | {"suspicion": [one.frozen() for one in suspected]} | told


def _facts(place: Premises) -> dict[str, Any]:
    return place.facts | {"kind": place.kind}


def _suspected(place: Premises, offered: OfferedItem, body: dict[str, Any]) -> list[FoundSuspicion]:
    """What the rules suspect of this one item, by what is known of the place."""
    code, now = offered.item.code, clock.now()
    answers = {code: Merged(Answer(code, "", (now, 0), body), contested=False)}
    rules = checklists.rules_on(clock.today())
    found = found_in([offered.checklist], answers, _facts(place), rules)
    return [one for one in found if code in one.suspicion.items]


def _tell_again(hazard: Hazard, found: finding.Finding, said: Registering, actor: Actor, *, kept_away: bool) -> None:
    parts = [said.title, said.words, said.lasting, KEPT_AWAY if kept_away else ""]
    finding.sight(
        hazard,
        actor,
        seen_at=found.found_at,
        photo_ids=said.photo_ids,
        grade=Grade.GENERAL if kept_away else found.grade,
        words="；".join(part for part in parts if part),
        told=found.told,
    )


def _ring(hazard: Hazard, place: Premises, said: Registering, danger: Danger, scope: Scope) -> None:
    """紧急上报 of what the desk was told: told to everybody on duty at once, and again until somebody answers."""
    where = "，".join(part for part in (place.name, place.address, said.spot) if part)
    call, _ = urgent_calls.report_urgent(
        new_id(),
        scope,
        area_id=place.area_id,
        captured_at=clock.now(),
        danger=danger,
        where=where,
        photos=said.photo_ids,
        hazard_id=hazard.id,
    )
    urgent.tell_duty(call)
    db.session.flush()
