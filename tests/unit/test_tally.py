"""Six values that are never mixed, and what a visit is called."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from inspect_app.checklists import library
from inspect_app.checklists.answers import VERDICT_NAMES
from inspect_app.checklists.conditions import Verdict
from inspect_app.checklists.rules import applicable
from inspect_app.visits.rules import Answer, Merged, VisitOutcome
from inspect_app.visits.tally import named, tally

LIST = library.load()["fire-small-restaurant"]
FACTS: dict[str, Any] = {"kind": "small_restaurant"}
ASKED = applicable(LIST, FACTS)
JUDGED = [item.code for item in ASKED if item.kind == "judge"]


def _said(*said: str) -> dict[str, Merged]:
    numbers = count(1)
    at = datetime(2026, 11, 30, tzinfo=UTC)
    return {
        code: Merged(Answer(code, "d", (at, next(numbers)), {"value": value}), contested=False)
        for code, value in zip(JUDGED, said, strict=False)
    }


def test_each_value_is_counted_by_itself_and_what_nobody_answered_was_not_looked_at() -> None:
    found = tally([LIST, LIST], FACTS, _said("pass", "fail", "na", "unsure", "seen", "seen", "not_looked"))
    assert dict(found.rows) == {
        "合格": 1, "不合格": 1, "不适用": 1, "看不准": 1, "看过（未见异常）": 2, "没看": len(ASKED) - 6,
    }  # fmt: skip
    assert sum(number for _, number in found.rows) == len(ASKED), "each item once, however many lists hold it"
    assert found.words == f"逐项看 4 项，看过（未见异常）2 项，没看 {len(ASKED) - 6} 项"


def test_their_names_stand_in_one_place() -> None:
    assert [name for name, _ in tally([LIST], FACTS, {}).rows] == [
        VERDICT_NAMES[one] for one in Verdict if one is not Verdict.NONE
    ]
    assert tally([LIST], FACTS, {}).words == f"没看 {len(ASKED)} 项"


@pytest.mark.parametrize(
    ("depth", "outcome", "note", "name"),
    [
        ("short", VisitOutcome.INSPECTED, "", "短查"),
        ("full", VisitOutcome.INSPECTED, "", "全查"),
        ("short", None, "", "短查"),
        ("short", VisitOutcome.ENDED_EARLY, "天黑", "短查，提前结束（天黑）"),
        ("full", VisitOutcome.LOCKED, "", "锁门没人"),
        ("short", VisitOutcome.VOID, "点错了", "作废（点错了）"),
    ],
)
def test_a_visit_is_never_called_by_a_name_that_hides_how_deep_it_went(
    depth: str, outcome: Any, note: str, name: str
) -> None:
    assert named(depth, outcome, note) == name
