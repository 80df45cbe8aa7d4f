"""Every state × step × actor against a matrix written by hand from the plan of the house, section 3."""

from dataclasses import replace
from uuid import UUID

import pytest

from inspect_app.hazards.rules import (
    ROWS,
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

# F 待交办, R 整改中, V 待核验, C 待销号; X closed, E ended, D void, M merged.
LETTERS = dict(zip("FRVCXEDM", State, strict=True))
OPEN = "FRVC"
# d deputy, c congress supervisor, g government supervisor, h handler, p party, z citizen, t clock
ACTORS = {
    "d": Who.DEPUTY, "c": Who.CONGRESS_SUPERVISOR, "g": Who.GOVERNMENT_SUPERVISOR, "h": Who.HANDLER,
    "p": Who.PARTY, "z": Who.CITIZEN, "t": Who.CLOCK,
}  # fmt: skip
# step: (from which states, by whom) where everything else the step needs is at hand
EXPECTED = {
    "fix_on_spot": ("F", "d"), "hand_over": ("F", "cg"), "reassign": ("R", "cg"), "accept": ("R", "h"),
    "decline": ("R", "h"), "order": ("R", "gh"), "serve": (OPEN, "dcgh"), "ask_extension": ("R", "hp"),
    "grant_extension": ("R", "cgh"), "refuse_extension": ("R", "cgh"), "dispute": ("R", "p"),
    "answer_dispute": ("R", "cgh"), "look_back_mended": ("R", "dc"), "look_back_open": ("R", "dc"),
    "appoint": ("V", "cg"), "urge": (OPEN, "cgt"), "escalate": (OPEN, "cgt"), "submit": ("R", "hp"),
    "withdraw": ("V", "dchp"), "pass": ("V", "dcgh"), "fail": ("V", "dcgh"), "reinspect": ("RVC", "cgh"),
    "close": ("C", "cg"), "return": ("C", "cg"), "ask_close_without_opinion": ("C", "cg"),
    "close_without_opinion": ("C", "cg"), "refer": (OPEN, "cg"), "determine": (OPEN, "cg"), "list": (OPEN, "cg"),
    "unlist": (OPEN, "cg"), "transfer": (OPEN, "gh"), "transfer_result": (OPEN, "cgh"), "ask_end": (OPEN, "cg"),
    "end": (OPEN, "cg"), "ask_void": (OPEN, "cg"), "void": (OPEN, "cg"), "ask_merge": (OPEN, "cg"),
    "merge": (OPEN, "cg"), "turn_down": (OPEN, "cg"), "restore": ("DM", "cg"), "correct": ("FRVCXEDM", "cg"),
    "reopen": ("XE", "dcghz"), "sight": (OPEN, "dcgh"), "issue_paper": ("FRVCXEDM", "dcgh"), "void_paper": ("FRVCXEDM", "cgh"),
}  # fmt: skip

ME, OTHER, MENDER = UUID(int=1), UUID(int=2), UUID(int=3)
STREET, MENDING_OFFICE = UUID(int=11), UUID(int=12)
_CONFIRMED = {
    Step.END: Step.ASK_END, Step.VOID: Step.ASK_VOID, Step.MERGE: Step.ASK_MERGE, Step.TURN_DOWN: Step.ASK_VOID,
    Step.CLOSE_WITHOUT_OPINION: Step.ASK_CLOSE_WITHOUT_OPINION,
}  # fmt: skip


def _actor(who: Who) -> Actor:
    person = ME if who not in (Who.PARTY, Who.CITIZEN, Who.CLOCK) else None
    return Actor(
        who, person_id=person, organisation_id=STREET if person else None,
        powers=frozenset({"order_notice", "reinspect", "transfer_enforcement"}),
    )  # fmt: skip


def _ready(state: State, step: Step, who: Who) -> Case:
    """A case in which nothing but state and actor can stop the step."""
    request = Request(_CONFIRMED[step], OTHER, None) if step in _CONFIRMED else None  # type: ignore[arg-type]
    extension = Request(Step.ASK_EXTENSION, OTHER, None) if "extension" in step and step != "ask_extension" else None  # type: ignore[arg-type]
    round_ = Round(by_party=True)
    if step is Step.WITHDRAW and who is not Who.PARTY:
        round_ = Round(submitted_by_person=ME)
    return Case(
        state, handler=STREET, accepted=step is Step.SUBMIT, opinion_recorded=True, listed=step is Step.UNLIST,
        request=request, extension=extension, round=round_, mending_set_by=STREET, closure_wait_over=True,
        state_before=State.RECTIFYING, disputed=step is Step.ANSWER_DISPUTE,
    )  # fmt: skip


def test_the_matrix_names_every_step_of_the_table() -> None:
    assert set(EXPECTED) == {str(step) for step in ROWS}


@pytest.mark.parametrize("step", list(ROWS))
def test_a_step_is_open_from_its_states_to_its_actors_and_to_nobody_else(step: Step) -> None:
    states, actors = EXPECTED[step]
    for letter, state in LETTERS.items():
        for mark, who in ACTORS.items():
            try:
                decide(_ready(state, step, who), step, _actor(who))
                allowed = True
            except Refused:
                allowed = False
            assert allowed == (letter in states and mark in actors), f"{step} from {state} by {who}"


@pytest.mark.parametrize("who", [Who.LEADER, Who.AUDITOR, Who.ADMINISTRATOR])
def test_who_only_reads_or_administers_takes_no_step(who: Who) -> None:
    assert [step for state in State for step in open_steps(_ready(state, Step.PASS, who), _actor(who))] == []


def test_the_congress_side_and_deputies_neither_order_nor_transfer() -> None:
    for who in (Who.DEPUTY, Who.CONGRESS_SUPERVISOR):
        for step in (Step.ORDER, Step.TRANSFER):
            with pytest.raises(NotAllowed):
                decide(_ready(State.RECTIFYING, step, who), step, _actor(who))


def test_an_order_needs_the_power_in_the_list() -> None:
    without = replace(_actor(Who.HANDLER), powers=frozenset())
    with pytest.raises(NotAllowed, match="权责清单"):
        decide(_ready(State.RECTIFYING, Step.ORDER, Who.HANDLER), Step.ORDER, without)


def test_a_handler_acts_on_its_own_hazards_only() -> None:
    foreign = replace(_actor(Who.HANDLER), organisation_id=UUID(int=99))
    for step in (Step.ACCEPT, Step.DECLINE, Step.ORDER, Step.SUBMIT, Step.ASK_EXTENSION, Step.SERVE, Step.REINSPECT):
        with pytest.raises(NotAllowed):
            decide(_ready(State.RECTIFYING, step, Who.HANDLER), step, foreign)


PASSED = {
    "a general hazard closes": (Case(State.AWAITING_VERIFICATION), State.CLOSED),
    "a suspected major waits": (Case(State.AWAITING_VERIFICATION, Grade.SUSPECTED_MAJOR), State.AWAITING_CLOSURE),
    "a determined major waits": (Case(State.AWAITING_VERIFICATION, Grade.MAJOR), State.AWAITING_CLOSURE),
    "an order not yet re-inspected waits": (Case(State.AWAITING_VERIFICATION, has_order=True), State.AWAITING_CLOSURE),
    "a re-inspected order closes": (
        Case(State.AWAITING_VERIFICATION, has_order=True, order_reinspected=True), State.CLOSED,
    ),
    "what stands under 挂牌 waits": (Case(State.AWAITING_VERIFICATION, listed=True), State.AWAITING_CLOSURE),
}  # fmt: skip


@pytest.mark.parametrize("what", PASSED)
def test_where_a_pass_leads(what: str) -> None:
    case, state = PASSED[what]
    assert decide(case, Step.PASS, _actor(Who.DEPUTY)) == Decision(state)


def test_a_fail_goes_back_to_whoever_answers_and_counts_a_round() -> None:
    handled = Case(State.AWAITING_VERIFICATION, handler=STREET)
    assert decide(handled, Step.FAIL, _actor(Who.DEPUTY)) == Decision(State.RECTIFYING, new_round=True)
    nobody = Case(State.AWAITING_VERIFICATION)
    assert decide(nobody, Step.FAIL, _actor(Who.DEPUTY)) == Decision(State.FOUND, new_round=True)


def test_nothing_closes_while_a_photo_is_missing() -> None:
    for state, step in ((State.AWAITING_VERIFICATION, Step.PASS), (State.AWAITING_CLOSURE, Step.CLOSE)):
        case = replace(_ready(state, step, Who.CONGRESS_SUPERVISOR), evidence_complete=False)
        with pytest.raises(Refused, match="照片"):
            decide(case, step, _actor(Who.CONGRESS_SUPERVISOR))


VERIFIERS = {
    "who submitted it": (Round(submitted_by_person=ME), False),
    "who saw it mended on the spot": (Round(witness_person=ME, by_party=True), False),
    "a colleague in the office that submitted": (
        Round(submitted_by_person=OTHER, submitted_by_organisation=STREET), False,
    ),
    "a colleague in the office that mended": (Round(mended_by_organisation=STREET), False),
    "somebody of another office": (Round(submitted_by_person=OTHER, submitted_by_organisation=MENDING_OFFICE), True),
    "a companion of the witness": (Round(witness_person=OTHER, by_party=True), True),
    "anybody where the party mended": (Round(by_party=True), True),
}  # fmt: skip


@pytest.mark.parametrize("who", VERIFIERS)
def test_who_may_verify(who: str) -> None:
    round_, may = VERIFIERS[who]
    case = Case(State.AWAITING_VERIFICATION, round=round_)
    assert (why_not_verify(case, _actor(Who.DEPUTY)) is None) == may


def test_somebody_linked_to_the_place_does_not_verify_it() -> None:
    case = Case(State.AWAITING_VERIFICATION, linked_persons=frozenset({ME}))
    with pytest.raises(NotAllowed, match="回避"):
        decide(case, Step.PASS, _actor(Who.DEPUTY))


def test_the_verifier_does_not_close_what_waits_for_the_authority() -> None:
    case = Case(State.AWAITING_CLOSURE, Grade.MAJOR, opinion_recorded=True, round=Round(verified_by_person=ME))
    for step in (Step.CLOSE, Step.ASK_CLOSE_WITHOUT_OPINION):
        with pytest.raises(NotAllowed):
            decide(replace(case, closure_wait_over=True), step, _actor(Who.CONGRESS_SUPERVISOR))


def test_a_major_hazard_closes_only_with_the_authoritys_opinion() -> None:
    case = Case(State.AWAITING_CLOSURE, Grade.MAJOR)
    with pytest.raises(Refused, match="意见"):
        decide(case, Step.CLOSE, _actor(Who.CONGRESS_SUPERVISOR))
    assert decide(replace(case, opinion_recorded=True), Step.CLOSE, _actor(Who.CONGRESS_SUPERVISOR)).state == "closed"


def test_two_persons_are_two_persons() -> None:
    own = Request(Step.ASK_VOID, ME, None)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match="第二个人"):
        decide(Case(State.FOUND, request=own), Step.VOID, _actor(Who.CONGRESS_SUPERVISOR))


def test_an_extension_is_answered_by_who_set_the_date_and_not_by_who_asked() -> None:
    asked = Request(Step.ASK_EXTENSION, OTHER, None)  # type: ignore[arg-type]
    case = Case(State.RECTIFYING, handler=STREET, extension=asked, mending_set_by=MENDING_OFFICE)
    with pytest.raises(NotAllowed, match="谁定"):
        decide(case, Step.GRANT_EXTENSION, _actor(Who.CONGRESS_SUPERVISOR))
    own = replace(case, mending_set_by=STREET, extension=Request(Step.ASK_EXTENSION, ME, None))  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match="别人"):
        decide(own, Step.GRANT_EXTENSION, _actor(Who.HANDLER))


def test_a_handler_submits_only_what_it_took_over() -> None:
    case = Case(State.RECTIFYING, handler=STREET)
    with pytest.raises(Refused, match="签收"):
        decide(case, Step.SUBMIT, _actor(Who.HANDLER))
