"""Cases and actors for the tests of the life of a hazard: whoever acts, and a case in which nothing else stops a step."""

from datetime import date
from uuid import UUID

from inspect_app.hazards.rules import (
    Actor,
    Case,
    Grade,
    Request,
    Round,
    State,
    Step,
    Who,
)  # fmt: skip
from inspect_app.people.rules import Side

ME, OTHER, MENDER = UUID(int=1), UUID(int=2), UUID(int=3)
STREET, MENDING_OFFICE = UUID(int=11), UUID(int=12)
DAY = date(2026, 11, 2)
ASKED_FIRST = {
    "end": Step.ASK_END, "void": Step.ASK_VOID, "merge": Step.ASK_MERGE, "turn_down": Step.ASK_VOID,
    "close_without_opinion": Step.ASK_CLOSE_WITHOUT_OPINION, "restore": Step.ASK_RESTORE, "lower": Step.ASK_LOWER,
}  # fmt: skip
_DISPUTES = {
    "answer_dispute": Request(Step.DISPUTE, OTHER, DAY), "record_answer": Request(Step.DISPUTE, None, DAY),
    "take_back": Request(Step.DISPUTE, None, DAY),
}  # fmt: skip
POWERS = frozenset(
    (power, "fire") for power in ("order_notice", "reinspect", "transfer_enforcement", "list_supervision")
)
SIDES = {Who.DEPUTY: Side.CONGRESS, Who.CONGRESS_SUPERVISOR: Side.CONGRESS}


def acting(who: Who) -> Actor:
    person = ME if who not in (Who.PARTY, Who.CITIZEN, Who.CLOCK) else None
    side = SIDES.get(who, Side.GOVERNMENT) if person else None
    powers = POWERS if side is Side.GOVERNMENT else frozenset()
    return Actor(who, person_id=person, organisation_id=STREET if person else None, side=side, powers=powers)


def _own(step: str, who: Who) -> Request | None:
    """What the actor itself asked, where the step takes it back."""
    return Request(Step.ASK_VOID, ME, DAY) if step == "take_back" and who is not Who.PARTY else None


def asked_by_another(step: Step) -> Request:
    return Request(step, OTHER, DAY)


def ready_for(state: State, step: str, who: Who) -> Case:
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
        request=asked_by_another(ASKED_FIRST[step]) if step in ASKED_FIRST else _own(step, who),
        extension=asked_by_another(Step.ASK_EXTENSION) if step in ("grant_extension", "refuse_extension") else None,
        proposal=asked_by_another(Step.FAIL) if step == "set_mending" else None,
        dispute=_DISPUTES.get(step), date_answered_by=(STREET,), heads_confirm=(STREET,),
        dispute_answered_by=(MENDING_OFFICE,) if step == "record_answer" else (STREET,),
        observations_waiting=step == "note_observed", unconfirmed=step == "confirm_finding", round=round_, mending_set_by=STREET, closure_wait_over=True,
        closing_offices=(STREET,), silence_over=True,
        state_before=State.RECTIFYING,
    )  # fmt: skip


V, C = State.AWAITING_VERIFICATION, State.AWAITING_CLOSURE
