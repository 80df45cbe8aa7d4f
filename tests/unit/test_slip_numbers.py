"""Numbers of blank slips as people type them, and what may become of a slip."""

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


@pytest.mark.parametrize(
    "typed",
    [
        "2026-0037",
        "2026—37",
        " 2026 - 0037 ",
        "２０２６－００３７",
        "20260037",
        "No. 2026-0037",
        "编号：2026-0037号",
        "№2026-37",
    ],
)
def test_a_number_is_understood_however_it_is_written(typed: str) -> None:
    assert read_number(typed) == SlipAsked(2026, 37)


def test_the_serial_alone_is_of_no_year_and_an_office_is_kept() -> None:
    assert read_number("37") == SlipAsked(None, 37)
    assert read_number("0037") == SlipAsked(None, 37)
    assert read_number("2037") == SlipAsked(None, 2037), "no year without a serial"
    assert read_number("柳荫人大工委空白单 2026-0037") == SlipAsked(2026, 37, "柳荫人大工委空白单")


@pytest.mark.parametrize("typed", ["", "王记面馆", "2026-", "2026-0037-2", "37a", "2026-1234567", "-"])
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
