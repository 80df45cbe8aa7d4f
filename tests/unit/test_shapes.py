"""JSON from outside as typed values: all or nothing, or what fits; what was stored earlier stays readable."""

from typing import Annotated, Any
from uuid import UUID

import pytest
from msgspec import Meta, Struct

from inspect_app.hazards.shapes import FrozenFinding
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.limits import LIMITS, whole
from inspect_app.kernel.shapes import Misfit, read, read_what_fits, stored
from inspect_app.premises.rules import FACT_NAMES
from inspect_app.premises.shapes import Facts
from inspect_app.visits.shapes import stored_answer

ID = "00000000-0000-0000-0000-000000000003"


class Said(Struct, frozen=True):
    name: Annotated[str, Meta(max_length=5)] = ""
    number: Annotated[float, Meta(ge=0, le=10)] | None = None
    names: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ({"number": float("nan")}, "number"), ({"number": float("inf")}, "number"), ({"number": 10**400}, "number"),
        ({"number": True}, "number"), ({"number": "3"}, "number"), ({"name": None}, "name"), ({"names": "ab"}, "names"),
        ({"names": ["a", 1]}, "names[1]"), ([], ""), (None, ""), ("x", ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_place(raw: Any, where: str) -> None:
    with pytest.raises(Misfit) as refusal:
        read(raw, Said)
    assert (refusal.value.where, refusal.value.field) == (where, where.partition("[")[0])


def test_what_is_only_too_long_says_how_long_it_may_be() -> None:
    with pytest.raises(Misfit) as refusal:
        read({"name": "长" * 6}, Said)
    assert refusal.value.most == 5


def test_what_a_newer_phone_adds_stays_unread() -> None:
    assert read({"name": "a", "colour": [[[]]]}, Said) == Said("a")


def test_of_what_cannot_be_asked_again_each_field_and_each_member_is_read_on_its_own() -> None:
    assert read_what_fits({"name": 3, "number": 4, "names": ["a", None, "b"]}, Said) == Said("", 4, ("a", "b"))
    assert read_what_fits([], Said) == Said()


def test_an_answer_of_long_ago_is_read_without_what_is_no_answer_and_never_cut() -> None:
    kept = {"value": "fail", "note": "长" * 9000, "wordings": {"a": 1}, "photos": [ID, "7"], "rows": [{"number": "x"}, {}],
              "place": ["厨房"], "days": 9000, "colour": {"new": 1}}  # fmt: skip
    assert stored_answer(kept) == {
        "value": "fail", "note": "长" * 9000, "photos": [ID], "days": 9000, "colour": {"new": 1},
        "rows": [{"name": None, "number": None}] * 2,
    }  # fmt: skip
    assert stored_answer([1]) == {}


def test_what_a_hazard_froze_long_ago_has_all_that_a_page_shows_of_it() -> None:
    whole_ = {
        "wordings": ["锁着"],
        "basis": [{"document": "消防法", "article": "第十六条", "edition": "", "mark": "✔", "says": ""}],
    }
    assert stored(whole_, FrozenFinding) == whole_
    half = {
        "wordings": "锁着",
        "basis": [{"document": "消防法", "article": None}, 3],
        "suspicion": [{"basis": {}}],
        "late": True,
    }
    found = stored(half, FrozenFinding)
    assert found["basis"] == [{"document": "消防法", "article": "", "edition": "", "mark": "", "says": ""}]
    assert (found["suspicion"][0]["title"], found["suspicion"][0]["because"], found["late"]) == ("", [], True)
    assert "wordings" not in found
    assert found["suspicion"][0]["basis"]["mark"] == ""
    assert stored([ID, "x", 3], tuple[UUID, ...]) == [ID]
    assert stored("x", tuple[UUID, ...]) == []


def test_every_fact_that_rules_know_can_be_said() -> None:
    assert set(Facts.__struct_fields__) == set(FACT_NAMES)
    assert read({"seats": 3, "beds": None, "gas_kind": "piped", "colour": []}, Facts).said() == {
        "seats": 3, "beds": None, "gas_kind": "piped",
    }  # fmt: skip


def test_words_are_taken_whole_or_refused_with_both_numbers() -> None:
    most = LIMITS["place"]
    assert whole(f" {'长' * most}\r\n", "place") == "长" * most
    with pytest.raises(Refused, match=f"最多写 {most} 个字，现在有 {most + 1} 个") as refusal:
        whole("长" * (most + 1), "place", "name")
    assert refusal.value.field == "name"


def test_a_line_break_counts_once_as_in_the_field_it_was_typed_in() -> None:
    assert whole("一\r\n二", "place") == "一\n二"
