"""How visits went, as phones say it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update

from inspect_app.kernel.database import db, run
from inspect_app.people.rules import Scope

from .actions import check_own, take_assignment
from .models import Assignment, Visit
from .rules import SaidAt, VisitOutcome, check_outcome, last_words, maybe_ident, that_count, words_so_far

_TASKS = Assignment.__table__
_FREED = update(_TASKS).where(_TASKS.c.visit_id == bindparam("visit")).values(visit_id=None)  # type: ignore[arg-type]


def set_outcome(
    visit: Visit,
    scope: Scope,
    outcome: VisitOutcome,
    said: SaidAt,
    *,
    note: str,
    photos: Sequence[UUID],
    next_try_on: date | None,
) -> None:
    """How the visit went; one that did not happen has a photo or a reason, and a next try; one that was ended early or
    thrown away has a reason. Of several words the last said counts, not the last to arrive. Raises Refused."""
    check_own(visit, scope)
    note = note.strip()
    check_outcome(outcome, note, photos)
    names = [str(photo) for photo in dict.fromkeys(photos)]
    next_try = next_try_on.isoformat() if next_try_on else ""
    went = {"outcome": str(outcome), "note": note, "photos": names, "next_try_on": next_try, "by": str(scope.person_id)}
    _went(visit, last_words(words_so_far(visit.times, "outcome"), {"went": went}, said))


def _went(visit: Visit, words: Mapping[str, Any]) -> None:
    """The outcome that counts of these words. Where a visit was thrown away its assignment is still to be done."""
    visit.times = visit.times | {"outcome": words}
    went = that_count(words)["went"]
    visit.outcome, visit.outcome_note, visit.outcome_photos = went["outcome"], went["note"], went["photos"]
    if went["next_try_on"]:
        visit.next_try_on = date.fromisoformat(went["next_try_on"])
    if visit.outcome == VisitOutcome.VOID:
        run(_FREED, {"visit": visit.id})
    db.session.flush()


def thrown_away_by(visit: Visit) -> set[UUID]:
    """Who said that a visit is void."""
    phones = words_so_far(visit.times, "outcome").get("went", {})
    said = [word[2] for word in phones.values()]
    return {found for one in said if _is_void(one) and (found := maybe_ident(one.get("by"))) is not None}


def ended_instead(visit: Visit) -> None:
    """One that was thrown away holds something after all: it was ended early, with the reason that was given."""
    words = words_so_far(visit.times, "outcome")
    went = {
        phone: [number, at, said | {"outcome": str(VisitOutcome.ENDED_EARLY)} if _is_void(said) else said]
        for phone, (number, at, said) in words.get("went", {}).items()
    }
    _went(visit, words | {"went": went})
    take_assignment(visit)


def _is_void(said: Mapping[str, Any]) -> bool:
    return bool(said.get("outcome") == VisitOutcome.VOID)
