"""Every state × step × actor against a matrix written by hand from the plan of the house, section 3."""

from dataclasses import replace
from datetime import date
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
from inspect_app.people.rules import Side

# F 待交办, R 整改中, V 待核验, C 待销号; X closed, E ended, D void, M merged.
LETTERS = dict(zip("FRVCXEDM", State, strict=True))
OPEN, ALL = "FRVC", "FRVCXEDM"
# d deputy, c congress supervisor, g government supervisor, h handler, p party, z citizen, t clock
ACTORS = {
    "d": Who.DEPUTY, "c": Who.CONGRESS_SUPERVISOR, "g": Who.GOVERNMENT_SUPERVISOR, "h": Who.HANDLER,
    "p": Who.PARTY, "z": Who.CITIZEN, "t": Who.CLOCK,
}  # fmt: skip
# step: (from which states, by whom, where to) where everything else the step needs is at hand; "=": the state stays
EXPECTED = {
    "fix_on_spot": ("F", "d", "V"), "hand_over": ("F", "cg", "R"), "reassign": ("R", "cg", "="),
    "accept": ("R", "h", "="), "decline": ("R", "h", "="), "order": ("R", "gh", "="), "serve": (OPEN, "dcgh", "="),
    "tell": (OPEN, "dcgh", "="), "miss": (OPEN, "dcgh", "="), "unserve": (ALL, "cgh", "="),
    "set_mending": ("R", "gh", "="), "ask_extension": ("R", "hp", "="), "grant_extension": ("R", "gh", "="),
    "refuse_extension": ("R", "gh", "="), "dispute": ("R", "p", "="), "answer_dispute": (ALL, "cgh", "="),
    "look_back_mended": ("R", "dc", "V"), "look_back_open": ("R", "dc", "="), "observe": (ALL, "dc", "="),
    "note_observed": (ALL, "cg", "="), "appoint": ("V", "cg", "="), "urge": (OPEN, "cgt", "="),
    "escalate": (OPEN, "cgt", "="), "submit": ("R", "hp", "V"), "withdraw": ("V", "dchp", "R"),
    "give_up_photo": (OPEN, "cg", "="), "pass": ("V", "dcgh", "X"), "fail": ("V", "dcgh", "R"),
    "reinspect": ("RVC", "cgh", "="), "opinion": ("VC", "cgh", "="), "close": ("C", "cg", "X"),
    "close_unopposed": ("C", "t", "X"),
    "return": ("C", "cg", "V"), "ask_close_without_opinion": ("C", "cg", "="),
    "close_without_opinion": ("C", "cg", "X"), "refer": (OPEN, "cg", "="), "determine": (OPEN, "cg", "="),
    "list": (OPEN, "cg", "="), "unlist": (OPEN, "cg", "="), "watch": (OPEN, "c", "="), "unwatch": (OPEN, "c", "="),
    "transfer": (OPEN, "gh", "="), "transfer_result": (ALL, "cgh", "="), "ask_end": (OPEN, "cg", "="),
    "end": (OPEN, "cg", "E"), "ask_void": (OPEN, "cg", "="), "void": (OPEN, "cg", "D"),
    "ask_merge": (OPEN, "cg", "="), "merge": (OPEN, "cg", "M"), "ask_restore": ("DM", "cg", "="),
    "restore": ("DM", "cg", "R"), "turn_down": (OPEN + "DM", "cg", "="), "lapse": (OPEN + "DM", "t", "="),
    "absorb": (OPEN, "cg", "="), "release": (ALL, "cg", "="), "follow": ("M", "t", "="), "correct": (ALL, "cg", "="),
    "ask_lower": (OPEN, "cg", "="), "lower": (OPEN, "cg", "="), "reopen": ("XE", "dcghz", "F"),
    "rearm": ("E", "cgt", "F"), "sight": (OPEN, "dcghz", "="), "recompute": (OPEN, "t", "="), "reconcile": (ALL, "t", "="),
    "issue_paper": (ALL, "dcgh", "="), "void_paper": (ALL, "cgh", "="),
}  # fmt: skip

# A deputy confirms what was seen; closing is left to the office that handed over.
LEADS_ELSEWHERE = {("pass", Who.DEPUTY): "C"}

ME, OTHER, MENDER = UUID(int=1), UUID(int=2), UUID(int=3)
STREET, MENDING_OFFICE = UUID(int=11), UUID(int=12)
DAY = date(2026, 11, 2)
_ASKED = {
    "end": Step.ASK_END, "void": Step.ASK_VOID, "merge": Step.ASK_MERGE, "turn_down": Step.ASK_VOID,
    "close_without_opinion": Step.ASK_CLOSE_WITHOUT_OPINION, "restore": Step.ASK_RESTORE, "lower": Step.ASK_LOWER,
}  # fmt: skip
POWERS = frozenset(
    (power, "fire") for power in ("order_notice", "reinspect", "transfer_enforcement", "list_supervision")
)
SIDES = {Who.DEPUTY: Side.CONGRESS, Who.CONGRESS_SUPERVISOR: Side.CONGRESS}


def _actor(who: Who) -> Actor:
    person = ME if who not in (Who.PARTY, Who.CITIZEN, Who.CLOCK) else None
    side = SIDES.get(who, Side.GOVERNMENT) if person else None
    powers = POWERS if side is Side.GOVERNMENT else frozenset()
    return Actor(who, person_id=person, organisation_id=STREET if person else None, side=side, powers=powers)


def _asked(step: Step) -> Request:
    return Request(step, OTHER, DAY)


def _ready(state: State, step: str, who: Who) -> Case:
    """A case in which nothing but state and actor can stop the step."""
    round_ = Round(by_party=True)
    if step == "withdraw":
        round_ = {
            Who.PARTY: Round(by_party=True), Who.HANDLER: Round(submitted_by_organisation=STREET),
        }.get(who, Round(witnessed=True, witness_person=ME))  # fmt: skip
    if step == "reopen":
        round_ = Round(verified_by_person=ME)
    if step == "close_unopposed":
        round_ = Round(verified_by_person=OTHER, confirmed=True)
    grade = {"list": Grade.MAJOR, "ask_lower": Grade.SUSPECTED_MAJOR, "lower": Grade.SUSPECTED_MAJOR}
    if "opinion" in step:
        grade[step] = Grade.SUSPECTED_MAJOR
    return Case(
        state, grade.get(step, Grade.GENERAL), hazard_field="fire", handler=STREET, accepted=step == "submit",
        may_fix_on_spot=True, has_order=step == "reinspect", opinion_recorded=True, listed=step == "unlist",
        watched=step == "unwatch", transferred=step == "transfer_result", photos_awaited=int(step == "give_up_photo"),
        request=_asked(_ASKED[step]) if step in _ASKED else None,
        extension=_asked(Step.ASK_EXTENSION) if step in ("grant_extension", "refuse_extension") else None,
        proposal=_asked(Step.FAIL) if step == "set_mending" else None,
        dispute=_asked(Step.DISPUTE) if step == "answer_dispute" else None, dispute_answered_by=STREET,
        observations_waiting=step == "note_observed", round=round_, mending_set_by=STREET, closure_wait_over=True,
        closing_offices=(STREET,), silence_over=True,
        state_before=State.RECTIFYING,
    )  # fmt: skip


def test_the_matrix_names_every_step_of_the_table() -> None:
    assert set(EXPECTED) == {str(step) for step in ROWS}


@pytest.mark.parametrize("step", list(EXPECTED))
def test_a_step_is_open_from_its_states_to_its_actors_and_to_nobody_else(step: str) -> None:
    states, actors, to = EXPECTED[step]
    for letter, state in LETTERS.items():
        for who in Who:
            mark = next((mark for mark, one in ACTORS.items() if one is who), "-")
            try:
                led = decide(_ready(state, step, who), Step(step), _actor(who)).state
            except Refused:
                led = None
            there = LEADS_ELSEWHERE.get((step, who), to)
            expected = (LETTERS[there] if there != "=" else state) if letter in states and mark in actors else None
            assert led == expected, f"{step} from {state} by {who}"


@pytest.mark.parametrize("who", [Who.LEADER, Who.AUDITOR, Who.ADMINISTRATOR])
def test_who_only_reads_or_administers_takes_no_step(who: Who) -> None:
    assert [step for state in State for step in open_steps(_ready(state, "pass", who), _actor(who))] == []


def test_the_congress_side_and_deputies_neither_order_nor_transfer_nor_change_an_authoritys_date() -> None:
    for who in (Who.DEPUTY, Who.CONGRESS_SUPERVISOR):
        for step in ("order", "transfer", "set_mending", "grant_extension"):
            with pytest.raises(NotAllowed):
                decide(_ready(State.RECTIFYING, step, who), Step(step), replace(_actor(who), powers=POWERS))


@pytest.mark.parametrize(
    ("step", "who"),
    [
        ("order", Who.HANDLER), ("order", Who.GOVERNMENT_SUPERVISOR), ("transfer", Who.HANDLER),
        ("list", Who.GOVERNMENT_SUPERVISOR), ("unlist", Who.GOVERNMENT_SUPERVISOR), ("reinspect", Who.HANDLER),
    ],
)  # fmt: skip
def test_the_government_side_acts_only_within_its_list_of_powers(step: str, who: Who) -> None:
    with pytest.raises(NotAllowed, match="权责清单"):
        decide(_ready(State.RECTIFYING, step, who), Step(step), replace(_actor(who), powers=frozenset()))


@pytest.mark.parametrize(
    ("step", "who"), [("order", Who.HANDLER), ("transfer", Who.HANDLER), ("reinspect", Who.HANDLER),
                      ("list", Who.GOVERNMENT_SUPERVISOR)],
)  # fmt: skip
@pytest.mark.parametrize("hazard_field", ["gas", "site", "other", "unheard of"])
def test_a_power_in_one_field_of_law_opens_nothing_in_another(step: str, who: Who, hazard_field: str) -> None:
    case = replace(_ready(State.RECTIFYING, step, who), hazard_field=hazard_field)
    with pytest.raises(NotAllowed, match="领域"):
        decide(case, Step(step), _actor(who))


@pytest.mark.parametrize("law_field", ["equipment", "market", "security"])
def test_what_is_neither_fire_nor_gas_nor_site_falls_to_equipment_market_or_public_order(law_field: str) -> None:
    case = replace(_ready(State.RECTIFYING, "order", Who.HANDLER), hazard_field="other")
    officer = replace(_actor(Who.HANDLER), powers=frozenset({("order_notice", law_field)}))
    assert decide(case, Step.ORDER, officer).state is State.RECTIFYING


@pytest.mark.parametrize("who", [Who.HANDLER, Who.GOVERNMENT_SUPERVISOR])
def test_an_order_is_made_by_the_office_that_has_the_hazard(who: Who) -> None:
    ready = _ready(State.RECTIFYING, "order", who)
    with pytest.raises(NotAllowed, match="承办这一件的单位"):
        decide(replace(ready, handler=MENDING_OFFICE), Step.ORDER, _actor(who))
    with pytest.raises(Refused, match="退回"):
        decide(replace(ready, declined=True), Step.ORDER, _actor(who))


@pytest.mark.parametrize("grade", [Grade.GENERAL, Grade.SUSPECTED_MAJOR])
@pytest.mark.parametrize("who", [Who.CONGRESS_SUPERVISOR, Who.GOVERNMENT_SUPERVISOR])
def test_only_what_an_authority_determined_as_major_is_listed(grade: Grade, who: Who) -> None:
    with pytest.raises(Refused, match="认定"):
        decide(replace(_ready(State.RECTIFYING, "list", who), grade=grade), Step.LIST, _actor(who))


@pytest.mark.parametrize("step", ["ask_lower", "lower"])
def test_two_persons_lower_a_suspicion_and_never_a_determination(step: str) -> None:
    supervisor = _actor(Who.CONGRESS_SUPERVISOR)
    case = replace(_ready(State.RECTIFYING, step, supervisor.who), grade=Grade.MAJOR)
    with pytest.raises(Refused, match="它的答复"):
        decide(case, Step(step), supervisor)


def test_the_congress_side_records_a_listing_without_holding_the_power() -> None:
    for step in ("list", "unlist"):
        actor = _actor(Who.CONGRESS_SUPERVISOR)
        assert decide(_ready(State.RECTIFYING, step, actor.who), Step(step), actor).state is State.RECTIFYING


def test_a_handler_acts_on_its_own_hazards_only() -> None:
    foreign = replace(_actor(Who.HANDLER), organisation_id=UUID(int=99))
    for step in (
        "accept", "decline", "order", "submit", "ask_extension", "grant_extension", "set_mending", "answer_dispute",
        "reinspect", "opinion", "transfer", "transfer_result",
    ):  # fmt: skip
        state = State.AWAITING_CLOSURE if step == "opinion" else State.RECTIFYING
        with pytest.raises(NotAllowed):
            decide(_ready(state, step, Who.HANDLER), Step(step), foreign)


V, C = State.AWAITING_VERIFICATION, State.AWAITING_CLOSURE
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
    assert decide(case, Step.PASS, _actor(Who.CONGRESS_SUPERVISOR)) == Decision(state)
    assert decide(case, Step.PASS, _actor(Who.DEPUTY)) == Decision(C)


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
    actor = replace(_actor(who), organisation_id=office, powers=powers)
    assert decide(OURS, Step.PASS, actor) == Decision(state)


CONFIRMED = Case(C, closing_offices=(STREET,), silence_over=True, round=Round(verified_by_person=OTHER, confirmed=True))


def test_what_a_deputy_confirmed_is_closed_with_one_tap_by_the_office_that_handed_over() -> None:
    supervisor = _actor(Who.CONGRESS_SUPERVISOR)
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
    actor = _actor(Who.CONGRESS_SUPERVISOR)
    for handler, back in ((STREET, State.RECTIFYING), (None, State.FOUND)):
        assert decide(Case(V, handler=handler), Step.FAIL, actor) == Decision(back, new_round=True)
        returned = decide(Case(C, handler=handler), Step.RETURN, actor, State.RECTIFYING)
        assert returned == Decision(back, new_round=True)
        seen = Case(V, handler=handler, round=Round(witnessed=True, witness_person=ME))
        assert decide(seen, Step.WITHDRAW, actor) == Decision(back)
    assert decide(Case(C, handler=STREET), Step.RETURN, actor, V) == Decision(V, new_round=True)


def test_nothing_closes_while_a_photo_is_missing() -> None:
    for state, step in ((V, "pass"), (C, "close"), (C, "ask_close_without_opinion"), (C, "close_without_opinion")):
        case = replace(_ready(state, step, Who.CONGRESS_SUPERVISOR), photos_awaited=2)
        with pytest.raises(Refused, match="2 张照片没到"):
            decide(case, Step(step), _actor(Who.CONGRESS_SUPERVISOR))


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
    assert (why_not_verify(case, _actor(Who.DEPUTY)) is None) == may
    for step in (Step.PASS, Step.FAIL):
        assert (step in open_steps(case, _actor(Who.DEPUTY))) == may


def test_somebody_linked_to_the_place_or_of_the_office_at_that_time_does_not_verify() -> None:
    for case, words in ((Case(V, recused=frozenset({ME})), "回避"), (Case(V, insiders=frozenset({ME})), "当时")):
        with pytest.raises(NotAllowed, match=words):
            decide(case, Step.PASS, _actor(Who.DEPUTY))


def test_the_verifier_does_not_close_what_waits_for_the_authority() -> None:
    case = Case(
        C, Grade.MAJOR, opinion_recorded=True, closure_wait_over=True, round=Round(verified_by_person=ME),
        request=_asked(Step.ASK_CLOSE_WITHOUT_OPINION),
    )  # fmt: skip
    for step in (Step.CLOSE, Step.CLOSE_WITHOUT_OPINION):
        with pytest.raises(NotAllowed, match="您核验的"):
            decide(case, step, _actor(Who.CONGRESS_SUPERVISOR))
    with pytest.raises(NotAllowed, match="您核验的"):
        decide(replace(case, request=None), Step.ASK_CLOSE_WITHOUT_OPINION, _actor(Who.CONGRESS_SUPERVISOR))


def test_a_lone_supervisor_is_sent_to_the_office_above() -> None:
    above = (STREET, MENDING_OFFICE)
    case = Case(C, Grade.MAJOR, opinion_recorded=True, round=Round(verified_by_person=ME), closing_offices=above)
    with pytest.raises(NotAllowed, match="上级单位"):
        decide(case, Step.CLOSE, _actor(Who.CONGRESS_SUPERVISOR))


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
    supervisor = _actor(Who.CONGRESS_SUPERVISOR)
    assert decide(whole, Step.CLOSE, supervisor).state is State.CLOSED
    with pytest.raises(Refused, match=words):
        decide(replace(whole, **lacking), Step.CLOSE, supervisor)  # type: ignore[arg-type]


def test_an_exception_is_open_only_after_two_waits_and_never_while_listed() -> None:
    supervisor = _actor(Who.CONGRESS_SUPERVISOR)
    case = Case(C, Grade.MAJOR, closure_wait_over=True)
    assert Step.ASK_CLOSE_WITHOUT_OPINION in open_steps(case, supervisor)
    assert Step.ASK_CLOSE_WITHOUT_OPINION not in open_steps(replace(case, closure_wait_over=False), supervisor)
    assert Step.ASK_CLOSE_WITHOUT_OPINION not in open_steps(replace(case, listed=True), supervisor)


@pytest.mark.parametrize("step", ["end", "void", "merge", "restore", "lower", "close_without_opinion"])
def test_two_persons_are_two_persons(step: str) -> None:
    supervisor = _actor(Who.CONGRESS_SUPERVISOR)
    state = {"restore": State.VOID, "close_without_opinion": C}.get(step, State.FOUND)
    case = _ready(state, step, supervisor.who)
    own = replace(case, request=Request(_ASKED[step], ME, DAY))
    with pytest.raises(NotAllowed, match="第二个人"):
        decide(own, Step(step), supervisor)
    for nothing_asked in (None, _asked(Step.ASK_END if step != "end" else Step.ASK_VOID)):
        with pytest.raises(Refused, match="没有等确认"):
            decide(replace(case, request=nothing_asked), Step(step), supervisor)


def test_a_second_request_waits_for_the_first() -> None:
    case = Case(State.FOUND, request=_asked(Step.ASK_VOID))
    with pytest.raises(Refused, match="等确认"):
        decide(case, Step.ASK_END, _actor(Who.CONGRESS_SUPERVISOR))


def test_an_extension_is_answered_by_who_set_the_date_and_not_by_who_asked() -> None:
    case = Case(State.RECTIFYING, handler=STREET, extension=_asked(Step.ASK_EXTENSION), mending_set_by=MENDING_OFFICE)
    with pytest.raises(NotAllowed, match="谁定"):
        decide(case, Step.GRANT_EXTENSION, _actor(Who.GOVERNMENT_SUPERVISOR))
    own = replace(case, mending_set_by=STREET, extension=Request(Step.ASK_EXTENSION, ME, DAY))
    with pytest.raises(NotAllowed, match="别人"):
        decide(own, Step.GRANT_EXTENSION, _actor(Who.HANDLER))


def test_a_dispute_is_answered_by_who_issued() -> None:
    case = Case(State.RECTIFYING, handler=STREET, dispute=_asked(Step.DISPUTE), dispute_answered_by=MENDING_OFFICE)
    with pytest.raises(NotAllowed, match="出这张单子"):
        decide(case, Step.ANSWER_DISPUTE, _actor(Who.HANDLER))
    issuer = replace(_actor(Who.HANDLER), organisation_id=MENDING_OFFICE)
    assert decide(case, Step.ANSWER_DISPUTE, issuer).state is State.RECTIFYING


def test_a_target_is_voided_only_after_what_was_merged_into_it_is_restored() -> None:
    supervisor = _actor(Who.CONGRESS_SUPERVISOR)
    for step, request in ((Step.ASK_VOID, None), (Step.VOID, _asked(Step.ASK_VOID))):
        with pytest.raises(Refused, match="请先恢复"):
            decide(Case(State.FOUND, request=request, absorbed=1), step, supervisor)


def test_what_is_listed_or_ordered_is_not_merged_away() -> None:
    for case in (Case(State.FOUND, listed=True), Case(State.FOUND, has_order=True)):
        with pytest.raises(Refused, match="反过来"):
            decide(case, Step.ASK_MERGE, _actor(Who.CONGRESS_SUPERVISOR))


def test_void_and_merged_hazards_are_not_reopened() -> None:
    for state in (State.VOID, State.MERGED):
        with pytest.raises(Refused, match="不能办“重开”"):
            decide(Case(state, round=Round(verified_by_person=ME)), Step.REOPEN, _actor(Who.DEPUTY))


def test_a_handler_reopens_only_what_it_verified() -> None:
    with pytest.raises(NotAllowed):
        decide(Case(State.CLOSED, round=Round(verified_by_person=OTHER)), Step.REOPEN, _actor(Who.HANDLER))


def test_only_items_that_allow_it_are_mended_on_the_spot() -> None:
    with pytest.raises(Refused, match="当场改"):
        decide(Case(State.FOUND), Step.FIX_ON_SPOT, _actor(Who.DEPUTY))


def test_a_handler_submits_only_what_it_took_over() -> None:
    case = Case(State.RECTIFYING, handler=STREET)
    with pytest.raises(Refused, match="签收"):
        decide(case, Step.SUBMIT, _actor(Who.HANDLER))


def test_who_withdraws_is_who_brought_it() -> None:
    submitted = Case(V, round=Round(submitted_by_person=OTHER, submitted_by_organisation=STREET))
    assert Step.WITHDRAW in open_steps(submitted, _actor(Who.HANDLER))
    assert Step.WITHDRAW not in open_steps(submitted, _actor(Who.PARTY))
    seen = Case(V, round=Round(by_party=True, witnessed=True, witness_person=ME))
    assert Step.WITHDRAW in open_steps(seen, _actor(Who.DEPUTY))
    assert Step.WITHDRAW not in open_steps(seen, _actor(Who.PARTY))
