"""What a step led to, as far as others are told otherwise for it. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from inspect_app.hazards.table import PROPOSALS, StepRow
from inspect_app.hazards.vocabulary import State, Step


class LedTo(StrEnum):
    """What a step led to, as far as others are told otherwise for it: where the hazard stands now, or what was answered."""

    FOUND = "found"
    RECTIFYING = "rectifying"
    AWAITING_VERIFICATION = "awaiting_verification"
    AWAITING_CLOSURE = "awaiting_closure"
    AWAITING_OPINION = "awaiting_opinion"  # awaiting closure, and that needs an authority's word
    CLOSED = "closed"
    ENDED = "ended"
    VOID = "void"
    MERGED = "merged"
    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    PUT_FORWARD = "put_forward"  # a later date that an office is to set


# Steps that carry somebody's answer, with the fact that holds it.
ANSWERS: Mapping[str, str] = {Step.RECORD_ANSWER: "agrees", Step.ANSWER_DISPUTE: "upheld"}


def standing(state: State, needs_authority: bool) -> LedTo:
    """The outcome of a step that leaves a hazard in a state."""
    if state is State.AWAITING_CLOSURE and needs_authority:
        return LedTo.AWAITING_OPINION
    return LedTo(state)


def outcomes(row: StepRow) -> set[LedTo]:
    """Everything a step of the table may lead to."""
    if row.step in ANSWERS:
        return {LedTo.AGREED, LedTo.NOT_AGREED}
    ends = {state for end in row.ends for state in (row.starts if end is None else {end})}
    found = {standing(state, needs) for state in ends for needs in (False, True)}
    return found | ({LedTo.PUT_FORWARD} if row.step in PROPOSALS else set())
