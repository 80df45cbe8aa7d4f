"""Numbers of blank slips as people type them, and what may become of a slip."""

import json

import pytest

from inspect_app.kernel.errors import Refused
from inspect_app.slips.rules import (
    DEED_NAMES,
    MOST_AT_ONCE,
    STATE_NAMES,
    SlipAsked,
    SlipDeed,
    SlipState,
    read_number,
    read_numbers,
    why_not_bind,
    why_not_void,
)
from tests.conftest import ROOT

VECTORS = json.loads(
    (ROOT / "tests" / "contracts" / "slip_numbers.json").read_text("utf-8")
)  # the phone reads them too


@pytest.mark.parametrize(("typed", "year", "serial", "office"), VECTORS["reads"])
def test_a_number_is_understood_however_it_is_written(typed: str, year: int | None, serial: int, office: str) -> None:
    assert read_number(typed) == SlipAsked(year, serial, office)


@pytest.mark.parametrize("typed", VECTORS["none"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert read_number(typed) is None


def test_lists_and_ranges_are_read_in_order_each_number_once() -> None:
    said = read_numbers("2026-0012，2026-0020 到 2026-0022、30～31\n2026-12 ;2026-0021")
    assert [(one.year, one.serial) for one in said] == [
        (2026, 12), (2026, 20), (2026, 21), (2026, 22), (None, 30), (None, 31),
    ]  # fmt: skip
    assert read_numbers("柳荫人大工委空白单 2026-0037 到 0038") == [
        SlipAsked(2026, 37, "柳荫人大工委空白单"), SlipAsked(2026, 38, "柳荫人大工委空白单"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (" ，", "还没有写编号"),
        ("2026-0012，一本", "读不懂“一本”"),
        ("到2026-0012", "读不懂“到2026-0012”"),
        ("2026-0020到2026-0010", "从小到大"),
        ("2025-0020到2026-0030", "从小到大"),
        ("1到99999", f"超过 {MOST_AT_ONCE} 号"),
        ("1到300，301到600，601到900", f"一次最多写 {MOST_AT_ONCE} 号"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused_in_words(typed: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        read_numbers(typed)
    assert refused.value.field == "numbers"


def test_a_slip_is_bound_once_and_given_up_in_a_range_only_while_it_is_blank() -> None:
    assert set(STATE_NAMES) == set(SlipState)
    assert set(DEED_NAMES) == set(SlipDeed)
    assert [state for state in SlipState if why_not_bind(state, "2026-0001", "某处") == ""] == ["blank"]
    assert len({why_not_bind(state, "2026-0001", "某处") for state in ("blank", "bound", "void")}) == 3
    assert [state for state in SlipState if why_not_void(state, alone=False) == ""] == ["blank"]
    assert [state for state in SlipState if why_not_void(state, alone=True) == ""] == ["blank", "bound"]
