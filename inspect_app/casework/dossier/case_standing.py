"""How a hazard stands for who looks at it, and the one next step it is told in. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass

from inspect_app.evidence.queries import Waiting
from inspect_app.hazards.models import Hazard, HazardRequest
from inspect_app.hazards.rules import (
    Actor,
    Case,
)


@dataclass(frozen=True)
class NextStep:
    """What the framed panel says. `mine`: the reader is the one to act, so the first form stands open."""

    title: str
    why: Sequence[str] = ()
    steps: Sequence[str] = ()
    mine: bool = False
    about: HazardRequest | None = None  # what the panel already tells in full


ALL_IN = Waiting(0, 0)


@dataclass(frozen=True)
class CaseStanding:
    """How a hazard stands for who looks at it, names already looked up."""

    hazard: Hazard
    case: Case
    me: Actor
    may: frozenset[str]
    handler: str = ""
    appointed: str = ""
    verified_by: str = ""
    declined_words: str = ""
    photos: Waiting = ALL_IN
    questions: int = 0  # about photos, not yet looked at; only where the desk reads
    extension: HazardRequest | None = None
    request: HazardRequest | None = None
    asked_of: str = ""  # the office whose answer is waited for
    why_not_verify: str | None = None
    why_not_close: str | None = None
    closes_after: int | None = None  # 到期自动销号 after so many working days, where the office lets it

    def only(self, *steps: str) -> list[str]:
        return [step for step in steps if step in self.may]
