"""How a value of a hazard looks on a page: its tint and its mark. One row a value, so that no template compares values."""

from dataclasses import dataclass

from inspect_app.hazards.clocks import DueView, Urgency
from inspect_app.hazards.rules import Grade, State


@dataclass(frozen=True)
class Look:
    tint: str  # the end of a class `tag-…` in app.css
    mark: str  # a shape before the word: colour alone says nothing


_STATES = {
    State.FOUND: Look("grey", "◌"),
    State.RECTIFYING: Look("state", "◐"),
    State.AWAITING_VERIFICATION: Look("state", "◕"),
    State.AWAITING_CLOSURE: Look("state", "●"),
    State.CLOSED: Look("done", "✓"),
    State.ENDED: Look("grey", "✕"),
    State.VOID: Look("grey", "✕"),
    State.MERGED: Look("grey", "✕"),
}
_GRADES = {Grade.GENERAL: None, Grade.SUSPECTED_MAJOR: Look("major", "△"), Grade.MAJOR: Look("overdue", "△")}
_ITEM_GRADES = {"general": None, "suspected_major": Look("major", "△ "), "advice": Look("grey", "")}
_RED_COUNTS = {"overdue"}  # keys of piles and tabs whose number is red while it is not nought
_PRESSING = {Urgency.OVERDUE, Urgency.TODAY, Urgency.SOON}


def state_look(state: str) -> Look:
    """The look of where a hazard stands."""
    return _STATES[State(state)]


def grade_look(grade: str) -> Look | None:
    """The look of how grave a hazard is; None for one that is not marked."""
    return _GRADES[Grade(grade)]


def item_grade_look(grade: str) -> Look | None:
    """The look of how grave an item of a checklist is once it fails; None for one that is not marked."""
    return _ITEM_GRADES[grade]


def is_pressing(due: DueView) -> bool:
    """Whether a deadline is marked, not only told."""
    return due.kind in _PRESSING


def count_tint(key: str, count: int) -> str:
    """What the class of a number over a pile or tab ends with."""
    return " count-bad" if key in _RED_COUNTS and count else ""
