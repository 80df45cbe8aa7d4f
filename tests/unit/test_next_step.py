"""The panel of a hazard: what is said to be missing is what unlocks, and only who was appointed is asked."""

from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest

from inspect_app.casework.dossier.case_standing import CaseStanding
from inspect_app.casework.dossier.next_step import next_step
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Case, Grade, Round, State, Step, Who, decide, open_steps
from inspect_app.kernel.errors import Refused
from inspect_app.people.rules import Side
from inspect_app.web.hazard.steps.forms import FORMS

ME, OTHER, DESK, ELSEWHERE = (UUID(int=n) for n in range(1, 5))
POWERS = frozenset(
    (power, "fire") for power in ("order_notice", "reinspect", "transfer_enforcement", "list_supervision")
)
CONGRESS = Actor(Who.CONGRESS_SUPERVISOR, person_id=ME, organisation_id=DESK, side=Side.CONGRESS)
GOVERNMENT = Actor(Who.GOVERNMENT_SUPERVISOR, person_id=ME, organisation_id=DESK, side=Side.GOVERNMENT, powers=POWERS)
# What taking a step makes of the case, where it speaks for closing.
DONE: dict[Step, dict[str, object]] = {
    Step.OPINION: {"opinion_recorded": True},
    Step.REINSPECT: {"order_reinspected": True, "opinion_recorded": True},
    Step.UNLIST: {"listed": False},
    Step.GIVE_UP_PHOTO: {"photos_awaited": 0},
    Step.CLOSE: {"state": State.CLOSED},
}


def _standing(case: Case, me: Actor, **more: object) -> CaseStanding:
    may = frozenset(step for step in open_steps(case, me) if step in FORMS)
    hazard = Hazard(state=case.state, opinion_number="1号" if case.opinion_recorded else None)
    return CaseStanding(hazard=hazard, case=case, me=me, may=may, **more)  # type: ignore[arg-type]


def _refusal(case: Case, me: Actor) -> str | None:
    try:
        decide(case, Step.CLOSE, me)
    except Refused as refusal:
        return refusal.message
    return None


CASES = [
    Case(
        State.AWAITING_CLOSURE, grade, hazard_field="fire", handler=ELSEWHERE, accepted=True, opinion_recorded=opinion, has_order=order,
        order_reinspected=reinspected, listed=listed, photos_awaited=photos, closing_offices=(DESK,),
        closure_wait_over=over, round=Round(verified_by_person=OTHER, confirmed=confirmed),
    )
    for grade, opinion, order, reinspected, listed, photos, over, confirmed in product(
        Grade, (False, True), (False, True), (False, True), (False, True), (0, 2), (False, True), (False, True)
    )
]  # fmt: skip


@pytest.mark.parametrize("me", [CONGRESS, GOVERNMENT], ids=lambda me: str(me.who))
def test_what_is_said_to_be_missing_is_what_unlocks(me: Actor) -> None:
    """For every state of a case in 待销号: the first step the panel offers removes the reason or changes it."""
    for case in CASES:
        refused = _refusal(case, me)
        panel = next_step(_standing(case, me))
        assert panel.steps, case
        first = panel.steps[0]
        if refused is None:
            assert first is Step.CLOSE
            continue
        assert refused in panel.why, "the reason that is shown is the rule's own"
        after = replace(case, **DONE.get(first, {}))  # type: ignore[arg-type]
        assert _refusal(after, me) != refused, f"{first} does not unlock: {refused}"


@pytest.mark.parametrize(
    "round_", [Round(verified_by_person=ME), Round(verified_by_person=OTHER)], ids=["verifier", "another office"]
)
def test_who_cannot_close_is_offered_nothing_that_would_not_help(round_: Round) -> None:
    offices = (DESK,) if round_.verified_by_person == ME else (ELSEWHERE,)
    case = Case(State.AWAITING_CLOSURE, handler=ELSEWHERE, closing_offices=offices, round=round_)
    reason = _refusal(case, CONGRESS)
    panel = next_step(_standing(case, CONGRESS, why_not_close=reason))
    assert (list(panel.steps), panel.why[0], panel.mine) == ([], reason, False)


@pytest.mark.parametrize("who", [Who.DEPUTY, Who.CONGRESS_SUPERVISOR, Who.HANDLER])
def test_only_who_was_appointed_is_asked_to_verify(who: Who) -> None:
    side = Side.GOVERNMENT if who is Who.HANDLER else Side.CONGRESS
    me = Actor(who, person_id=ME, organisation_id=DESK, side=side)
    case = Case(State.AWAITING_VERIFICATION, handler=ELSEWHERE, closing_offices=(DESK,), round=Round(by_party=True))
    standing = _standing(case, me, appointed="周国平")
    assert next_step(standing).title == "请您核验"
    standing.hazard.appointed_person_id = OTHER
    panel = next_step(standing)
    assert (panel.title, panel.mine) == ("等周国平核验", False)
    assert not {Step.PASS, Step.FAIL} & set(panel.steps)
    standing.hazard.appointed_person_id = ME
    assert next_step(standing).mine
