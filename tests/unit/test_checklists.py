"""The library as it ships, and what its lint refuses."""

from dataclasses import replace
from typing import Any

import pytest

from inspect_app.checklists import library
from inspect_app.checklists.rules import applicable, holds, lint

LISTS = library.load()


def test_the_two_lists_are_complete() -> None:
    assert len(LISTS["fire-small-restaurant"].items) >= 25
    assert len(LISTS["gas-kitchen"].items) >= 20


@pytest.mark.parametrize("code", list(LISTS))
def test_a_list_passes_its_lint_and_every_basis_carries_its_mark(code: str) -> None:
    assert lint(LISTS[code]) == []
    for item in LISTS[code].items:
        assert all(basis.mark in ("✔", "◐") and basis.document and basis.says for basis in item.bases), item.code


def test_item_codes_are_one_thing_in_every_list() -> None:
    seen: dict[str, str] = {}
    for checklist in LISTS.values():
        for item in checklist.items:
            assert seen.setdefault(item.code, item.question) == item.question


PLANTED: dict[str, dict[str, Any]] = {
    "unknown kind": {"kind": "poem"}, "unknown grade": {"grade": "terrible"}, "needs standard wording": {"wordings": ()},
    "needs its unit": {"kind": "number", "unit": ""}, "a day or more": {"mending_days": 0},
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_lint_names_what_is_wrong_with_an_item(fault: str) -> None:
    good = LISTS["gas-kitchen"]
    bad = replace(good, items=(replace(good.items[0], **PLANTED[fault]), *good.items[1:]))
    assert any(fault in line and good.items[0].code in line for line in lint(bad))


def test_bottled_gas_items_are_asked_only_where_bottles_may_be() -> None:
    def codes(gas: dict[str, str]) -> set[str]:
        return {item.code for item in applicable(LISTS["gas-kitchen"], gas)}

    assert "G-CYL-06" in codes({"gas_kind": "bottled"})
    assert "G-CYL-06" not in codes({"gas_kind": "piped"})
    assert "G-CYL-06" in codes({}), "an unknown fact hides nothing"


def test_an_unknown_fact_is_neither_true_nor_false() -> None:
    known, unknown = {"fact": "a", "eq": 1}, {"fact": "b", "eq": 1}
    assert holds({"all": [known, unknown]}, {"a": 1}) is None
    assert holds({"all": [known, unknown]}, {"a": 2}) is False
    assert holds({"any": [known, unknown]}, {"a": 1}) is True
    assert holds({"not": unknown}, {}) is None
