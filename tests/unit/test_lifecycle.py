"""Every state × step × actor against a matrix written by hand from the plan of the house, section 3."""

from dataclasses import replace
from uuid import UUID

import pytest

from inspect_app.hazards.rules import (
    ROWS,
    Case,
    Grade,
    Request,
    Round,
    State,
    Step,
    Who,
    decide,
    open_steps,
)  # fmt: skip
from inspect_app.kernel.errors import NotAllowed, Refused
from tests.unit.cases import (
    ASKED_FIRST,
    DAY,
    ME,
    MENDING_OFFICE,
    OTHER,
    POWERS,
    STREET,
    C,
    V,
    acting,
    asked_by_another,
    ready_for,
)

# F 待交办, R 整改中, V 待核验, C 待销号; X closed, E ended, D void, M merged.
LETTERS = dict(zip("FRVCXEDM", State, strict=True))
OPEN, ALL = "FRVC", "FRVCXEDM"
# d deputy, c congress supervisor, g government supervisor, h handler, l leader, p party, z citizen, t clock
ACTORS = {
    "d": Who.DEPUTY, "c": Who.CONGRESS_SUPERVISOR, "g": Who.GOVERNMENT_SUPERVISOR, "h": Who.HANDLER,
    "l": Who.LEADER, "p": Who.PARTY, "z": Who.CITIZEN, "t": Who.CLOCK,
}  # fmt: skip
# step: (from which states, by whom, where to) where everything else the step needs is at hand; "=": the state stays
EXPECTED = {
    "fix_on_spot": ("F", "d", "V"), "hand_over": ("F", "cg", "R"), "reassign": ("R", "cg", "="),
    "accept": ("R", "h", "="), "decline": ("R", "h", "="), "order": ("R", "gh", "="), "serve": (OPEN + "XE", "dcgh", "="),
    "set_mending": ("R", "cghl", "="), "ask_extension": ("R", "hp", "="), "grant_extension": ("R", "cghl", "="),
    "refuse_extension": ("R", "cghl", "="), "dispute": ("FR", "p", "="), "party_says": (OPEN, "p", "="), "answer_dispute": (ALL, "cghl", "="),
    "record_answer": (ALL, "cg", "="), "take_back": (ALL, "cghp", "="),
    "tell": (OPEN + "XE", "dcgh", "="), "miss": (OPEN + "XE", "dcgh", "="), "unserve": (ALL, "cgh", "="),
    "look_back_mended": ("R", "dc", "V"), "look_back_open": ("R", "dc", "="), "observe": (ALL, "dc", "="),
    "note_observed": (ALL, "cg", "="), "confirm_finding": (OPEN, "cg", "="), "appoint": ("V", "cg", "="), "urge": (OPEN, "cgt", "="),
    "escalate": (OPEN, "cgt", "="), "submit": ("FR", "hp", "V"), "withdraw": ("V", "dchp", "R"),
    "give_up_photo": (OPEN, "cg", "="), "pass": ("V", "dcgh", "X"), "fail": ("V", "dcgh", "R"),
    "reinspect": ("RVC", "cgh", "="), "opinion": ("VC", "cgh", "="), "close": ("C", "cg", "X"),
    "close_unopposed": ("C", "t", "X"),
    "return": ("C", "cg", "V"), "ask_close_without_opinion": ("C", "cg", "="),
    "close_without_opinion": ("C", "cgl", "X"), "refer": (OPEN, "cg", "="), "determine": (OPEN, "cg", "="),
    "list": (OPEN, "cg", "="), "unlist": (OPEN, "cg", "="), "watch": (OPEN, "c", "="), "unwatch": (OPEN, "c", "="),
    "transfer": (OPEN, "gh", "="), "transfer_result": (ALL, "cgh", "="), "ask_end": (OPEN, "cg", "="),
    "end": (OPEN, "cgl", "E"), "ask_void": (OPEN, "cg", "="), "void": (OPEN, "cgl", "D"),
    "ask_merge": (OPEN, "cg", "="), "merge": (OPEN, "cgl", "M"), "ask_restore": ("DM", "cg", "="),
    "restore": ("DM", "cgl", "R"), "turn_down": (OPEN + "DM", "cgl", "="), "lapse": (OPEN + "DM", "t", "="),
    "absorb": (OPEN, "cg", "="), "release": (ALL, "cg", "="), "follow": ("M", "t", "="), "correct": (ALL, "cg", "="),
    "ask_lower": (OPEN, "cg", "="), "lower": (OPEN, "cgl", "="), "reopen": ("XE", "dcghz", "F"),
    "rearm": ("E", "cgt", "F"), "sight": (OPEN, "dcghz", "="), "recompute": (OPEN, "t", "="), "reconcile": (ALL, "t", "="),
    "issue_paper": (ALL, "dcgh", "="), "void_paper": (ALL, "cgh", "="),
    "file_scan": (ALL, "cgh", "="),
}  # fmt: skip

# A deputy confirms what was seen; closing is left to the office that handed over.
LEADS_ELSEWHERE = {("pass", Who.DEPUTY): "C"}


def test_the_matrix_names_every_step_of_the_table() -> None:
    assert set(EXPECTED) == {str(step) for step in ROWS}


@pytest.mark.parametrize("step", list(EXPECTED))
def test_a_step_is_open_from_its_states_to_its_actors_and_to_nobody_else(step: str) -> None:
    states, actors, to = EXPECTED[step]
    for letter, state in LETTERS.items():
        for who in Who:
            mark = next((mark for mark, one in ACTORS.items() if one is who), "-")
            try:
                led = decide(ready_for(state, step, who), step, acting(who)).state
            except Refused:
                led = None
            there = LEADS_ELSEWHERE.get((step, who), to)
            expected = (LETTERS[there] if there != "=" else state) if letter in states and mark in actors else None
            assert led == expected, f"{step} from {state} by {who}"


@pytest.mark.parametrize("who", [Who.LEADER, Who.AUDITOR, Who.ADMINISTRATOR])
def test_who_only_reads_or_administers_takes_no_step(who: Who) -> None:
    assert [step for state in State for step in open_steps(ready_for(state, "pass", who), acting(who))] == []


def test_the_congress_side_and_deputies_neither_order_nor_transfer_nor_change_an_authoritys_date() -> None:
    for who in (Who.DEPUTY, Who.CONGRESS_SUPERVISOR):
        for step in ("order", "transfer", "set_mending", "grant_extension"):
            theirs = replace(ready_for(State.RECTIFYING, step, who), date_answered_by=(MENDING_OFFICE,))
            with pytest.raises(NotAllowed):
                decide(theirs, Step(step), replace(acting(who), powers=POWERS))


@pytest.mark.parametrize(
    ("step", "who"),
    [
        ("order", Who.HANDLER), ("order", Who.GOVERNMENT_SUPERVISOR), ("transfer", Who.HANDLER),
        ("list", Who.GOVERNMENT_SUPERVISOR), ("unlist", Who.GOVERNMENT_SUPERVISOR), ("reinspect", Who.HANDLER),
    ],
)  # fmt: skip
def test_the_government_side_acts_only_within_its_list_of_powers(step: str, who: Who) -> None:
    with pytest.raises(NotAllowed, match="权责清单"):
        decide(ready_for(State.RECTIFYING, step, who), Step(step), replace(acting(who), powers=frozenset()))


@pytest.mark.parametrize(
    ("step", "who"), [("order", Who.HANDLER), ("transfer", Who.HANDLER), ("reinspect", Who.HANDLER),
                      ("list", Who.GOVERNMENT_SUPERVISOR)],
)  # fmt: skip
@pytest.mark.parametrize("hazard_field", ["gas", "site", "other", "unheard of"])
def test_a_power_in_one_field_of_law_opens_nothing_in_another(step: str, who: Who, hazard_field: str) -> None:
    case = replace(ready_for(State.RECTIFYING, step, who), hazard_field=hazard_field)
    with pytest.raises(NotAllowed, match="领域"):
        decide(case, Step(step), acting(who))


@pytest.mark.parametrize("law_field", ["equipment", "market", "security"])
def test_what_is_neither_fire_nor_gas_nor_site_falls_to_equipment_market_or_public_order(law_field: str) -> None:
    case = replace(ready_for(State.RECTIFYING, "order", Who.HANDLER), hazard_field="other")
    officer = replace(acting(Who.HANDLER), powers=frozenset({("order_notice", law_field)}))
    assert decide(case, Step.ORDER, officer).state is State.RECTIFYING


@pytest.mark.parametrize("who", [Who.HANDLER, Who.GOVERNMENT_SUPERVISOR])
def test_an_order_is_made_by_the_office_that_has_the_hazard(who: Who) -> None:
    ready = ready_for(State.RECTIFYING, "order", who)
    with pytest.raises(NotAllowed, match="承办这一件的单位"):
        decide(replace(ready, handler=MENDING_OFFICE), Step.ORDER, acting(who))
    with pytest.raises(Refused, match="退回"):
        decide(replace(ready, declined=True), Step.ORDER, acting(who))


@pytest.mark.parametrize("grade", [Grade.GENERAL, Grade.SUSPECTED_MAJOR])
@pytest.mark.parametrize("who", [Who.CONGRESS_SUPERVISOR, Who.GOVERNMENT_SUPERVISOR])
def test_only_what_an_authority_determined_as_major_is_listed(grade: Grade, who: Who) -> None:
    with pytest.raises(Refused, match="认定"):
        decide(replace(ready_for(State.RECTIFYING, "list", who), grade=grade), Step.LIST, acting(who))


@pytest.mark.parametrize("step", ["ask_lower", "lower"])
def test_two_persons_lower_a_suspicion_and_never_a_determination(step: str) -> None:
    supervisor = acting(Who.CONGRESS_SUPERVISOR)
    case = replace(ready_for(State.RECTIFYING, step, supervisor.who), grade=Grade.MAJOR)
    with pytest.raises(Refused, match="它的答复"):
        decide(case, Step(step), supervisor)


def test_the_congress_side_records_a_listing_without_holding_the_power() -> None:
    for step in ("list", "unlist"):
        actor = acting(Who.CONGRESS_SUPERVISOR)
        assert decide(ready_for(State.RECTIFYING, step, actor.who), Step(step), actor).state is State.RECTIFYING


def test_a_handler_acts_on_its_own_hazards_only() -> None:
    foreign = replace(acting(Who.HANDLER), organisation_id=UUID(int=99))
    for step in (
        "accept", "decline", "order", "submit", "ask_extension", "grant_extension", "set_mending", "answer_dispute",
        "reinspect", "opinion", "transfer", "transfer_result",
    ):  # fmt: skip
        state = State.AWAITING_CLOSURE if step == "opinion" else State.RECTIFYING
        with pytest.raises(NotAllowed):
            decide(ready_for(state, step, Who.HANDLER), Step(step), foreign)


@pytest.mark.parametrize("step", ["end", "void", "merge", "restore", "lower", "close_without_opinion"])
def test_two_persons_are_two_persons(step: str) -> None:
    supervisor = acting(Who.CONGRESS_SUPERVISOR)
    state = {"restore": State.VOID, "close_without_opinion": C}.get(step, State.FOUND)
    case = ready_for(state, step, supervisor.who)
    own = replace(case, request=Request(ASKED_FIRST[step], ME, DAY))
    with pytest.raises(NotAllowed, match="第二个人"):
        decide(own, Step(step), supervisor)
    for nothing_asked in (None, asked_by_another(Step.ASK_END if step != "end" else Step.ASK_VOID)):
        with pytest.raises(Refused, match="没有等确认"):
            decide(replace(case, request=nothing_asked), Step(step), supervisor)


def test_a_second_request_waits_for_the_first() -> None:
    case = Case(State.FOUND, request=asked_by_another(Step.ASK_VOID))
    with pytest.raises(Refused, match="等确认"):
        decide(case, Step.ASK_END, acting(Who.CONGRESS_SUPERVISOR))


def test_an_extension_is_answered_by_who_set_the_date_and_not_by_who_asked() -> None:
    case = Case(
        State.RECTIFYING,
        handler=STREET,
        extension=asked_by_another(Step.ASK_EXTENSION),
        date_answered_by=(MENDING_OFFICE,),
    )
    with pytest.raises(NotAllowed, match="谁定"):
        decide(case, Step.GRANT_EXTENSION, acting(Who.GOVERNMENT_SUPERVISOR))
    own = replace(case, date_answered_by=(STREET,), extension=Request(Step.ASK_EXTENSION, ME, DAY))
    with pytest.raises(NotAllowed, match="别人"):
        decide(own, Step.GRANT_EXTENSION, acting(Who.HANDLER))


def test_a_dispute_is_answered_by_who_issued() -> None:
    case = Case(
        State.RECTIFYING, handler=STREET, dispute=asked_by_another(Step.DISPUTE), dispute_answered_by=(MENDING_OFFICE,)
    )
    with pytest.raises(NotAllowed, match="出这张单子"):
        decide(case, Step.ANSWER_DISPUTE, acting(Who.HANDLER))
    issuer = replace(acting(Who.HANDLER), organisation_id=MENDING_OFFICE)
    assert decide(case, Step.ANSWER_DISPUTE, issuer).state is State.RECTIFYING


def test_a_target_is_voided_only_after_what_was_merged_into_it_is_restored() -> None:
    supervisor = acting(Who.CONGRESS_SUPERVISOR)
    for step, request in ((Step.ASK_VOID, None), (Step.VOID, asked_by_another(Step.ASK_VOID))):
        with pytest.raises(Refused, match="请先恢复"):
            decide(Case(State.FOUND, request=request, absorbed=1), step, supervisor)


def test_what_is_listed_or_ordered_is_not_merged_away() -> None:
    for case in (Case(State.FOUND, listed=True), Case(State.FOUND, has_order=True)):
        with pytest.raises(Refused, match="反过来"):
            decide(case, Step.ASK_MERGE, acting(Who.CONGRESS_SUPERVISOR))


def test_void_and_merged_hazards_are_not_reopened() -> None:
    for state in (State.VOID, State.MERGED):
        with pytest.raises(Refused, match="不能办“重开”"):
            decide(Case(state, round=Round(verified_by_person=ME)), Step.REOPEN, acting(Who.DEPUTY))


def test_a_handler_reopens_only_what_it_verified() -> None:
    with pytest.raises(NotAllowed):
        decide(Case(State.CLOSED, round=Round(verified_by_person=OTHER)), Step.REOPEN, acting(Who.HANDLER))


def test_only_items_that_allow_it_are_mended_on_the_spot() -> None:
    with pytest.raises(Refused, match="当场改"):
        decide(Case(State.FOUND), Step.FIX_ON_SPOT, acting(Who.DEPUTY))


def test_a_handler_submits_only_what_it_took_over() -> None:
    case = Case(State.RECTIFYING, handler=STREET)
    with pytest.raises(Refused, match="签收"):
        decide(case, Step.SUBMIT, acting(Who.HANDLER))


def test_who_withdraws_is_who_brought_it() -> None:
    submitted = Case(V, round=Round(submitted_by_person=OTHER, submitted_by_organisation=STREET))
    assert Step.WITHDRAW in open_steps(submitted, acting(Who.HANDLER))
    assert Step.WITHDRAW not in open_steps(submitted, acting(Who.PARTY))
    seen = Case(V, round=Round(by_party=True, witnessed=True, witness_person=ME))
    assert Step.WITHDRAW in open_steps(seen, acting(Who.DEPUTY))
    assert Step.WITHDRAW not in open_steps(seen, acting(Who.PARTY))
