"""A visit handed in from the phone: its hazards, the deputy's paper, and what its end was for the premises."""

from typing import Any

from inspect_app.hazards.case import actor_of
from inspect_app.people.rules import Scope
from inspect_app.visits.models import Visit

from . import delivering, visit_submission
from .holding import HeldRows
from .papers import tip


def hand_in(
    visit: Visit,
    scope: Scope,
    held: HeldRows,
    *,
    text_sha256: str | None,
    device: dict[str, Any] | None,
    address: str,
    text: str = "",
) -> visit_submission.Submitted:
    """Hand in a visit, freeze its 提示单, and record whether the premises signed for it, refused or was not there.

    `text` is the summary that was shown for signing, of the hash `text_sha256`. Twice is once.
    """
    actor = actor_of(scope)
    made = visit_submission.submit(visit, scope, actor, held, text_sha256=text_sha256, device=device)
    if made.before or not made.hazards:  # what came late is on no paper, also where another phone hands in after it
        return made
    if visit.recused:  # who is to keep away from a place hands out no paper there; its hazards wait for the desk's word
        return made
    unsigned = held.unsigned(visit)
    end = None if unsigned else delivering.at_the_end(visit, made.hazards, text)
    printed = end and delivering.printed(*end, by=scope.person_name, when=tip.signed_at(end[1]))
    signed = [] if unsigned else tip.signed(visit.id)
    paper = tip.issue_tip(visit, made, scope, address=address, signatures=signed, service=printed)
    if paper is not None and end is not None:
        delivering.serve(paper, scope, actor, end[0])
    return made
