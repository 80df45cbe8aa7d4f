"""Handing in a visit: what failed becomes hazards or sightings, and the deputy's paper is frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.answers import measured, verdict
from inspect_app.checklists.conditions import Verdict
from inspect_app.checklists.rules import Checklist, Item, field_of
from inspect_app.evidence.senders import foreign
from inspect_app.hazards import own
from inspect_app.hazards.actions import confirming, finding
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Grade
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.people.rules import Scope
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.visits import actions, checked, elsewhere, queries
from inspect_app.visits.begun import Begun
from inspect_app.visits.models import Visit
from inspect_app.visits.photos import begun_senders, photo_senders
from inspect_app.visits.rules import WAS_INSIDE, Merged, photos_named

from .holding import HeldRows
from .left_by_visit import left_by
from .replay import sighting_words
from .suspicions import FoundSuspicion, found_in

DEFAULT_MENDING_DAYS = 7
NO_PHOTO = "提交时没有照片，也没有写原因"
NOT_OWN = "提交的照片不是这次走访的人拍的，没有收进来"


@dataclass(frozen=True)
class Judged:
    """What a visit was judged by: its lists as they were asked, the present answers, and what is known of the place."""

    lists: Sequence[Checklist]
    answers: Mapping[str, Merged]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Submitted:
    """What a visit became: hazards made, hazards seen again, and those mended on the spot."""

    hazards: tuple[Hazard, ...]
    sighted: tuple[Hazard, ...]
    before: bool = False  # it had been handed in already
    judged: Judged = Judged((), {}, {})


@dataclass(frozen=True)
class Brought:
    """The photos that the answers of a visit name: whose each must be, and which show how it was."""

    by: Mapping[UUID, frozenset[UUID | None]]
    shows_before: frozenset[UUID]

    @classmethod
    def to(cls, visit: Visit, answers: Mapping[str, Merged], begun: Begun | None) -> "Brought":
        before = (photo for merged in answers.values() for photo in photos_named(merged.answer.body, "photos"))
        return cls(begun_senders(begun) if begun else photo_senders(visit.id), frozenset(before))

    def senders(self, photo_ids: Sequence[UUID]) -> dict[UUID, frozenset[UUID | None]]:
        return {photo_id: self.by[photo_id] for photo_id in photo_ids}


def submit(
    visit: Visit, scope: Scope, actor: Actor, held: HeldRows, *, text_sha256: str | None, device: dict[str, Any] | None
) -> Submitted:
    """Hand in a visit; doing it twice makes nothing twice, also from two phones at one moment."""
    held.place(visit.premises_id)
    if not actions.mark_submitted(visit, scope, text_sha256=text_sha256):
        before = select(Hazard).where(Hazard.visit_id == visit.id).order_by(Hazard.id)
        return Submitted(tuple(db.session.scalars(before)), (), before=True)
    held.write()
    if visit.outcome not in WAS_INSIDE:
        return Submitted((), ())
    # What was ended because the place was gone stands again: somebody is there.
    if not visit.recused and held.met(visit.premises_id).was_gone:
        finding.rearm_at(visit.premises_id, visit.id)
    return _take_findings(visit, actor, held, device)


def late_answers(
    visit: Visit, actor: Actor, held: HeldRows, *, device: dict[str, Any] | None, reconciled: bool = False
) -> Submitted:
    """签后补充: what fails by now on a visit that was handed in, and did not when it was, becomes a hazard or a sighting.
    The papers stay as they are; the finding says that it came late. `reconciled`: it was lost, and made by the proof.

    A late answer that no longer fails takes no hazard back: it may have been handed over already. The desk voids it,
    with a reason.
    """
    held.place(visit.premises_id)
    if visit.submitted_at is None or visit.outcome not in WAS_INSIDE:
        return Submitted((), ())
    return _take_findings(visit, actor, held, device, late=True, reconciled=reconciled)


def _take_findings(
    visit: Visit,
    actor: Actor,
    held: HeldRows,
    device: dict[str, Any] | None,
    *,
    late: bool = False,
    reconciled: bool = False,
) -> Submitted:
    """Each item that fails and is not known of this visit yet: a new hazard, or a sighting of one that is open here."""
    place, begun, day = held.place(visit.premises_id), held.begun.get(visit.id), clock.local_date(visit.started_at)
    answers = begun.answers() if begun else queries.answers(visit.id)
    lists = elsewhere.with_found(queries.lists_asked(begun.asked_on) if begun else queries.lists_of(visit), answers)
    judged = Judged([checklist for _, checklist in lists], answers, queries.facts_at(visit, place))
    checked.record(visit, checked.decided(judged.lists, answers))
    failed = _not_known_yet(visit, failing(lists, answers), begun)
    if not failed:
        return Submitted((), ())
    brought = Brought.to(visit, answers, begun)
    suspected = found_in(judged.lists, answers, judged.facts, checklists.rules_on(day))
    party_id = premises.party_on(place.id, day)
    made: list[Hazard] = []
    sighted: list[Hazard] = []
    for version_id, checklist, item, merged in failed:
        over = [one for one in suspected if item.code in one.suspicion.items]
        found = _finding(visit, place, party_id, version_id, checklist, item, merged, over, device, brought)
        if late:
            found = replace(found, details=found.details | {"late": True}, reconciled=reconciled)
        stands = finding.open_at(place.id, item.code)
        if stands is not None:
            _see_again(stands, visit, found, over, actor, reconciled=reconciled)
            sighted.append(stands)
            continue
        hazard = finding.report(found, actor)
        made.append(hazard)
        _fix_on_spot(hazard, item, merged, actor, device, brought)
    return Submitted(tuple(made), tuple(sighted), judged=judged)


def _not_known_yet(
    visit: Visit, failed: list[tuple[UUID, Checklist, Item, Merged]], begun: Begun | None
) -> list[tuple[UUID, Checklist, Item, Merged]]:
    """Those that the visit has left nothing of; one that begins here has left nothing yet. Of what it has left, the phones may
    differ since, or agree."""
    known = left_by(visit.id).items if failed and not begun else {}
    confirming.settle_contests(
        visit.id, {known[item.code]: m.contested for *_, item, m in failed if item.code in known}
    )
    return [one for one in failed if one[2].code not in known]


def _see_again(
    stands: Hazard,
    visit: Visit,
    found: finding.Finding,
    over: Sequence[FoundSuspicion],
    actor: Actor,
    *,
    reconciled: bool,
) -> None:
    """What failed and is open here already is seen again."""
    finding.sight(
        stands,
        actor,
        seen_at=found.found_at,
        photo_ids=found.photo_ids,
        senders=found.senders,
        grade=Grade.GENERAL if visit.recused else found.grade,
        visit_id=visit.id,
        words="；".join(_sighted(visit, over)),
        device=found.device,
        reconciled=reconciled,
    )


def _sighted(visit: Visit, over: Sequence[FoundSuspicion]) -> list[str]:
    """What a sighting says. What somebody saw who has to keep away is kept and raises no grade."""
    words = [sighting_words(one.rule) for one in over]
    return [*words, KEPT_AWAY] if visit.recused else words


KEPT_AWAY = "看到的代表与这家场所有关联，按规定回避，级别不跟着改"


def failing(
    lists: Sequence[tuple[UUID, Checklist]], answers: Mapping[str, Merged]
) -> list[tuple[UUID, Checklist, Item, Merged]]:
    """Each item that makes a hazard once, under the first list that asks it; where lists of two fields share it, under that of
    its own: what is found of gas is the gas authority's, though the fire list asked it first."""
    found: dict[str, tuple[UUID, Checklist, Item, Merged]] = {}
    for version_id, checklist in lists:
        for item in checklist.items:
            merged = answers.get(item.code)
            if merged is not None and _makes_hazard(item, merged):
                before = found.get(item.code)
                if before is None or checklist.field == field_of(item.code) != before[1].field:
                    found[item.code] = version_id, checklist, item, merged
    return list(found.values())


def _makes_hazard(item: Item, merged: Merged) -> bool:
    """The server's own verdict counts; 建议 and 看不准 make none."""
    return verdict(item, merged.answer.body) is Verdict.FAIL and item.grade != "advice"


def _fix_on_spot(
    hazard: Hazard, item: Item, merged: Merged, actor: Actor, device: dict[str, Any] | None, brought: Brought
) -> None:
    """当场整改 as the answer says it; with photos that prove nothing it is what a deputy saw, and waits at the desk."""
    body = merged.answer.body
    after = photos_named(body, "after_photos")
    if not (body.get("fixed_now") and item.on_the_spot and after):
        return
    senders = brought.senders(after)
    try:
        if brought.shows_before & set(after):
            raise Refused(own.USED)
        finding.fix_on_spot(
            hazard, actor, photo_ids=after, senders=senders, seen_at=merged.answer.order[0], device=device
        )
    except Refused as no:  # nothing was written
        finding.observe(
            hazard,
            actor,
            mended=True,
            seen_at=merged.answer.order[0],
            photo_ids=after,
            senders=senders,
            words="当场改好了。",
            seen_version=hazard.version,
            why=no.message,
            device=device,
        )


def _finding(
    visit: Visit,
    place: Premises,
    party_id: UUID | None,
    version_id: UUID,
    checklist: Checklist,
    item: Item,
    merged: Merged,
    suspected: Sequence[FoundSuspicion],
    device: dict[str, Any] | None,
    brought: Brought,
) -> finding.Finding:
    """Suspected major by a rule, by the item's own grade, or because a person says why. Somebody else's photo stays out of
    it, and the finding says so."""
    body = merged.answer.body
    named = brought.senders(photos_named(body, "photos"))
    left_out = foreign(named)
    senders = {photo: accounts for photo, accounts in named.items() if photo not in left_out}
    days = _days(body.get("days"), item.mending_days)
    facts = queries.facts_at(visit, place)
    return finding.Finding(
        premises_id=place.id,
        area_id=place.area_id,
        field=str(checklist.field),
        title=item.title,
        found_at=merged.answer.order[0],
        party_id=party_id,
        item_code=item.code,
        checklist_version_id=version_id,
        details=frozen_finding(item, body, days, facts, contested=merged.contested)
        | {"suspicion": [one.frozen() for one in suspected]}
        | _left_out_words(len(left_out), some_left=bool(senders)),
        spot=body.get("place") or "",
        grade=graded(item, body, suspected),
        visit_id=visit.id,
        unconfirmed=visit.recused,
        photo_ids=tuple(senders),
        senders=senders,
        device=device,
    )


def graded(item: Item | None, body: Mapping[str, Any], suspected: Sequence[FoundSuspicion]) -> Grade:
    """How grave a finding is: suspected major by a rule, by its item, or because a person says why."""
    reason = (body.get("suspected_reason") or "").strip()
    graver = bool(suspected) or (item is not None and item.grade == Grade.SUSPECTED_MAJOR) or bool(reason)
    return Grade.SUSPECTED_MAJOR if graver else Grade.GENERAL


def _left_out_words(left_out: int, *, some_left: bool) -> dict[str, Any]:
    """What a finding says of photos that were somebody else's, and why it has none where those were all."""
    if not left_out:
        return {}
    return {"not_own": left_out} | ({} if some_left else {"no_photo_reason": NOT_OWN})


def frozen_finding(
    item: Item, body: Mapping[str, Any], days: int, facts: Mapping[str, Any], *, contested: bool
) -> dict[str, Any]:
    """The wording and basis a finding was made under; later changes of the law, the list or the place do not
    touch it."""
    return {
        "question": item.question,
        "wordings": list(body.get("wordings") or ()),
        "advice": list(item.advice),
        "measured": measured(item, body),
        "note": body.get("note") or "",
        "days": days,
        "suspected_reason": body.get("suspected_reason") or "",
        "contested": contested,
        # The phone asks for a photo or a reason; what it sends without either is taken in and says so.
        "no_photo_reason": (body.get("no_photo_reason") or "").strip() or ("" if body.get("photos") else NO_PHOTO),
        "basis": [basis.to_dict() for basis in item.bases_at(facts)],
    }


def advised_date(hazard: Hazard) -> Any:
    """建议完成时间 of a finding: the days that were tapped, from the day it was found."""
    return clock.local_date(hazard.found_at) + timedelta(days=int(hazard.finding.get("days") or DEFAULT_MENDING_DAYS))


def _days(chosen: Any, default: int | None) -> int:
    if isinstance(chosen, int) and not isinstance(chosen, bool) and 0 < chosen <= 365:
        return chosen
    return default or DEFAULT_MENDING_DAYS


def captured(value: str) -> datetime:
    """An instant as a phone writes it."""
    return datetime.fromisoformat(value)
