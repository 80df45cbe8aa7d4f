"""Who may verify and close a hazard, where a pass leads, and what a closing lacks."""

from dataclasses import replace
from uuid import UUID

import pytest

from inspect_app.hazards.rules import (
    Actor,
    Case,
    Decision,
    Grade,
    Request,
    Round,
    State,
    Step,
    Who,
    decide,
    open_steps,
    why_not_verify,
)  # fmt: skip
from inspect_app.kernel.errors import NotAllowed, Refused
from tests.unit.cases import DAY, ME, MENDING_OFFICE, OTHER, POWERS, STREET, C, V, acting, asked_by_another, ready_for

OURS = Case(V, hazard_field="fire", closing_offices=(STREET,))
PASSED = {
    "a general hazard closes": (OURS, State.CLOSED),
    "a suspected major waits": (replace(OURS, grade=Grade.SUSPECTED_MAJOR), C),
    "a determined major waits": (replace(OURS, grade=Grade.MAJOR), C),
    "an order not yet re-inspected waits": (replace(OURS, has_order=True), C),
    "a re-inspected order closes": (replace(OURS, has_order=True, order_reinspected=True), State.CLOSED),
    "what stands under 挂牌 waits": (replace(OURS, listed=True), C),
    "重点督办 of the congress holds nothing open": (replace(OURS, watched=True), State.CLOSED),
}


@pytest.mark.parametrize("what", PASSED)
def test_where_a_pass_leads(what: str) -> None:
    """Of a supervisor of the office that handed over; a deputy's look decides nothing, whatever else stands."""
    case, state = PASSED[what]
    assert decide(case, Step.PASS, acting(Who.CONGRESS_SUPERVISOR)) == Decision(state)
    assert decide(case, Step.PASS, acting(Who.DEPUTY)) == Decision(C)


@pytest.mark.parametrize(
    ("who", "office", "powers", "state"),
    [
        (Who.HANDLER, MENDING_OFFICE, POWERS, State.CLOSED),  # an authority that may re-inspect
        (Who.HANDLER, MENDING_OFFICE, frozenset(), C),
        (Who.CONGRESS_SUPERVISOR, MENDING_OFFICE, frozenset(), C),
        (Who.HANDLER, STREET, frozenset(), State.CLOSED),
    ],
)
def test_whose_pass_closes(who: Who, office: UUID, powers: frozenset[tuple[str, str]], state: State) -> None:
    """Of the office that handed over, or of an authority; everybody else confirms."""
    actor = replace(acting(who), organisation_id=office, powers=powers)
    assert decide(OURS, Step.PASS, actor) == Decision(state)


CONFIRMED = Case(C, closing_offices=(STREET,), silence_over=True, round=Round(verified_by_person=OTHER, confirmed=True))


def test_what_a_deputy_confirmed_is_closed_with_one_tap_by_the_office_that_handed_over() -> None:
    supervisor = acting(Who.CONGRESS_SUPERVISOR)
    assert decide(CONFIRMED, Step.CLOSE, supervisor) == Decision(State.CLOSED)
    with pytest.raises(NotAllowed, match="交办这一件的单位"):
        decide(CONFIRMED, Step.CLOSE, replace(supervisor, organisation_id=MENDING_OFFICE))
    with pytest.raises(NotAllowed, match="您核验的"):
        decide(replace(CONFIRMED, round=Round(verified_by_person=ME)), Step.CLOSE, supervisor)


@pytest.mark.parametrize(
    "speaks_against",
    [
        {"silence_over": False}, {"objected": True}, {"observations_waiting": True}, {"photos_awaited": 1},
        {"request": Request(Step.ASK_VOID, OTHER, DAY)}, {"dispute": Request(Step.DISPUTE, None, DAY)},
        {"extension": Request(Step.ASK_EXTENSION, OTHER, DAY)}, {"proposal": Request(Step.FAIL, OTHER, DAY)},
        {"grade": Grade.SUSPECTED_MAJOR}, {"has_order": True}, {"listed": True},
        {"round": Round(verified_by_person=OTHER)},
    ],
    ids=lambda against: next(iter(against)),
)  # fmt: skip
def test_silence_closes_only_what_nothing_speaks_against(speaks_against: dict[str, object]) -> None:
    clock = Actor(Who.CLOCK)
    assert decide(CONFIRMED, Step.CLOSE_UNOPPOSED, clock) == Decision(State.CLOSED)
    with pytest.raises(Refused):
        decide(replace(CONFIRMED, **speaks_against), Step.CLOSE_UNOPPOSED, clock)  # type: ignore[arg-type]


def test_what_goes_back_goes_to_whoever_answers_for_it() -> None:
    actor = acting(Who.CONGRESS_SUPERVISOR)
    for handler, back in ((STREET, State.RECTIFYING), (None, State.FOUND)):
        assert decide(Case(V, handler=handler), Step.FAIL, actor) == Decision(back, new_round=True)
        returned = decide(Case(C, handler=handler), Step.RETURN, actor, State.RECTIFYING)
        assert returned == Decision(back, new_round=True)
        seen = Case(V, handler=handler, round=Round(witnessed=True, witness_person=ME))
        assert decide(seen, Step.WITHDRAW, actor) == Decision(back)
    assert decide(Case(C, handler=STREET), Step.RETURN, actor, V) == Decision(V, new_round=True)


def test_nothing_closes_while_a_photo_is_missing() -> None:
    for state, step in ((V, "pass"), (C, "close"), (C, "ask_close_without_opinion"), (C, "close_without_opinion")):
        case = replace(ready_for(state, step, Who.CONGRESS_SUPERVISOR), photos_awaited=2)
        with pytest.raises(Refused, match="2 张照片没到"):
            decide(case, Step(step), acting(Who.CONGRESS_SUPERVISOR))


VERIFIERS = {
    "who submitted it": (Round(submitted_by_person=ME), False),
    "who saw it mended on the spot": (Round(witness_person=ME, by_party=True, witnessed=True), False),
    "who entered it for the shop": (Round(witness_person=ME, by_party=True), False),
    "a colleague in the office that submitted": (
        Round(submitted_by_person=OTHER, submitted_by_organisation=STREET), False,
    ),
    "a colleague in the office that mended": (Round(mended_by_organisation=STREET), False),
    "somebody of another office": (Round(submitted_by_person=OTHER, submitted_by_organisation=MENDING_OFFICE), True),
    "a companion of the witness": (Round(witness_person=OTHER, by_party=True, witnessed=True), True),
    "anybody where the party mended": (Round(by_party=True), True),
}  # fmt: skip


@pytest.mark.parametrize("who", VERIFIERS)
def test_who_may_verify(who: str) -> None:
    round_, may = VERIFIERS[who]
    case = Case(V, handler=STREET, round=round_)
    assert (why_not_verify(case, acting(Who.DEPUTY)) is None) == may
    for step in (Step.PASS, Step.FAIL):
        assert (step in open_steps(case, acting(Who.DEPUTY))) == may


def test_somebody_linked_to_the_place_or_of_the_office_at_that_time_does_not_verify() -> None:
    for case, words in ((Case(V, recused=frozenset({ME})), "回避"), (Case(V, insiders=frozenset({ME})), "当时")):
        with pytest.raises(NotAllowed, match=words):
            decide(case, Step.PASS, acting(Who.DEPUTY))


def test_the_verifier_does_not_close_what_waits_for_the_authority() -> None:
    case = Case(
        C, Grade.MAJOR, opinion_recorded=True, closure_wait_over=True, round=Round(verified_by_person=ME),
        request=asked_by_another(Step.ASK_CLOSE_WITHOUT_OPINION),
    )  # fmt: skip
    for step in (Step.CLOSE, Step.CLOSE_WITHOUT_OPINION):
        with pytest.raises(NotAllowed, match="您核验的"):
            decide(case, step, acting(Who.CONGRESS_SUPERVISOR))
    with pytest.raises(NotAllowed, match="您核验的"):
        decide(replace(case, request=None), Step.ASK_CLOSE_WITHOUT_OPINION, acting(Who.CONGRESS_SUPERVISOR))


def test_a_lone_supervisor_is_sent_to_the_office_above() -> None:
    above = (STREET, MENDING_OFFICE)
    case = Case(C, Grade.MAJOR, opinion_recorded=True, round=Round(verified_by_person=ME), closing_offices=above)
    with pytest.raises(NotAllowed, match="上级单位"):
        decide(case, Step.CLOSE, acting(Who.CONGRESS_SUPERVISOR))


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ({"opinion_recorded": False}, "意见"), ({"has_order": True}, "复查"), ({"listed": True}, "挂牌"),
    ],
)  # fmt: skip
def test_a_major_hazard_closes_only_with_opinion_re_inspection_and_lifting(
    lacking: dict[str, bool], words: str
) -> None:
    whole = Case(C, Grade.MAJOR, opinion_recorded=True)
    supervisor = acting(Who.CONGRESS_SUPERVISOR)
    assert decide(whole, Step.CLOSE, supervisor).state is State.CLOSED
    with pytest.raises(Refused, match=words):
        decide(replace(whole, **lacking), Step.CLOSE, supervisor)  # type: ignore[arg-type]


def test_an_exception_is_open_only_after_two_waits_and_never_while_listed() -> None:
    supervisor = acting(Who.CONGRESS_SUPERVISOR)
    case = Case(C, Grade.MAJOR, closure_wait_over=True)
    assert Step.ASK_CLOSE_WITHOUT_OPINION in open_steps(case, supervisor)
    assert Step.ASK_CLOSE_WITHOUT_OPINION not in open_steps(replace(case, closure_wait_over=False), supervisor)
    assert Step.ASK_CLOSE_WITHOUT_OPINION not in open_steps(replace(case, listed=True), supervisor)
