"""What a step of a hazard leaves for whoever tells people of it: handed over inside the step's own transaction.

This room knows no audience and no words. `casework.telling` does; create_app() makes the two known to each other once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from .models import Hazard, HazardRequest
from .records import Records
from .rules import Actor


@dataclass(frozen=True)
class StepTaken:
    """A step as it was just taken, on a hazard that stands as it left it.

    `read` are its rows as they were read before the step, and `verified_by` who had verified the round it was in then:
    a step may begin the next. Nothing was there before it was found. `offered` is a later date that the clock has put forward, which is no step of anybody: then `step` is what brought it.
    """

    hazard: Hazard
    step: str
    actor: Actor
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Any] = field(default_factory=dict)
    read: Records | None = None
    verified_by: UUID | None = None
    offered: HazardRequest | None = None


@dataclass(frozen=True)
class StepTold:
    """Who was told of a step, and what may be said of that to whoever took it: empty where there is nothing to say."""

    people: frozenset[UUID] = frozenset()
    said: str = ""


_tellers: list[Callable[[StepTaken], StepTold]] = []


def tell_by(teller: Callable[[StepTaken], StepTold]) -> None:
    """Have every step from now on told by this function. Called by create_app()."""
    _tellers[:] = [teller]


def tell(taken: StepTaken) -> StepTold:
    """Tell whoever is to be told of a step; returns who was. Raises LookupError where nobody was made known that tells:
    a step that nobody could hear of is not taken."""
    if not _tellers:
        raise LookupError("create_app() has not said who tells people of a step")
    return _tellers[0](taken)
