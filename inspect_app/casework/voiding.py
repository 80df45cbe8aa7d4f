"""Throwing a visit away (作废): only while nobody has found, photographed or, beside whoever throws it away, tapped anything."""

from collections.abc import Sequence
from uuid import UUID

from inspect_app.checklists.answers import verdict
from inspect_app.checklists.conditions import Verdict
from inspect_app.kernel.errors import Refused
from inspect_app.people.rules import Scope
from inspect_app.visits import elsewhere, outcomes, queries
from inspect_app.visits.models import Visit
from inspect_app.visits.photos import photo_senders
from inspect_app.visits.rules import VisitOutcome

from .holding import HeldRows

ONLY_ENDED = "这次走访里已经有发现、照片，或者同行的代表点过，不能作废，只能提前结束。"
HANDED_IN = "这次走访已经提交了，不能再作废。"


def check(visit: Visit, me: Scope, held: HeldRows, *, photos: Sequence[UUID]) -> None:
    """Whether a visit may be thrown away. Raises Refused in words for the phone."""
    if visit.submitted_at is not None and visit.outcome != VisitOutcome.VOID:
        raise Refused(HANDED_IN)
    if photos or visit.outcome_photos or _holds_something(visit, {me.person_id}, held):
        raise Refused(ONLY_ENDED)


def look_again(visit: Visit, held: HeldRows) -> None:
    """Something came to a visit that had been thrown away, from a phone that did not know: where that is more than nothing
    the visit was ended early, and what it found counts."""
    if _holds_something(visit, outcomes.thrown_away_by(visit), held):
        outcomes.ended_instead(visit)


def _holds_something(visit: Visit, own: set[UUID], held: HeldRows) -> bool:
    begun = held.begun.get(visit.id)
    if begun.photos if begun else photo_senders(visit.id):
        return True
    if not begun and not queries.who_tapped(visit.id) <= own:
        return True
    given = begun.answers() if begun else queries.answers(visit.id)
    lists = elsewhere.with_found(queries.lists_asked(begun.asked_on) if begun else queries.lists_of(visit), given)
    items = {item.code: item for _, checklist in lists for item in checklist.items}
    found = (verdict(items[code], merged.answer.body) for code, merged in given.items() if code in items)
    return any(one in (Verdict.FAIL, Verdict.UNSURE) for one in found)
