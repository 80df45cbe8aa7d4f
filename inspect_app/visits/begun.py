"""A visit that begins in this transaction. Nobody else sees it before the commit, so nobody else can have added to it: what is
put down for it is kept together, written at once, and never read back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from inspect_app.checklists.walk import Depth
from inspect_app.kernel.database import db, put_object, run

from .models import Visit, VisitAnswers, VisitChecklist
from .rules import Answer, Merged, merge, photos_named

_UNDER, _ANSWERED = insert(VisitChecklist.__table__), insert(VisitAnswers.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Walked:
    """How deep a visit goes, what was drawn for a deep check, and by which weights."""

    depth: Depth = Depth.FULL
    deep: Sequence[str] = ()
    weights: Mapping[str, int] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """The same as a visit keeps it."""
        return {"depth": self.depth, "deep": list(dict.fromkeys(self.deep)), "weights": dict(self.weights)}


WHOLE = Walked()


@dataclass
class Begun:
    """The visit, the versions it is filled under with their days, and its answers so far."""

    visit: Visit
    asked_on: Mapping[Any, date]
    said: list[Answer] = field(default_factory=list)
    wide: set[UUID] = field(default_factory=set)
    signed: bool = False  # whether somebody has signed it already
    _waiting: list[dict[str, Any]] = field(default_factory=list)  # rows of answers
    _is_there: bool = False

    def answer(self, row: dict[str, Any], said: list[Answer], wide: Iterable[UUID] = ()) -> None:
        """One row of answers and closed zones, and the same as what they say; of one phone they stand in one row. `wide` are
        the photos of zones."""
        beside = next((one for one in self._waiting if one["device_id"] == row["device_id"]), None)
        if beside is None:
            self._waiting.append(row)
        else:
            beside["taps"] = [*beside["taps"], *row["taps"]]
        self.said += said
        self.wide |= {*wide}

    @property
    def photos(self) -> set[UUID]:
        """The photos that its answers and closed zones name."""
        return self.wide.union(*(photos_named(answer.body) for answer in self.said))

    def answers(self) -> dict[str, Merged]:
        """The present answer of each item."""
        return merge(self.said)

    def write(self) -> None:
        """All of it that is not in the database yet: the visit as it is by now, then what refers to it."""
        if self._is_there:
            db.session.flush()
        else:
            put_object(self.visit)
            under = [
                {"visit_id": self.visit.id, "version_id": one, "asked_on": day} for one, day in self.asked_on.items()
            ]
            if under:
                run(_UNDER, under)
            self._is_there = True
        if self._waiting:
            run(_ANSWERED, self._waiting)
            self._waiting = []


def insert_answers(rows: list[dict[str, Any]]) -> None:
    """Rows of answers to visits that are there already."""
    if rows:
        run(_ANSWERED, rows)
