"""What a text is found by, and what somebody types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.kernel.bigrams import initials, pairs, runs, words


def test_two_characters_suffice_and_nothing_is_found_across_a_mark_or_a_line() -> None:
    assert pairs("望江里 47 号，王记面馆\n13800001234")[:8] == [
        "望江",
        "江里",
        "里4",
        "47",
        "7号",
        "王记",
        "记面",
        "面馆",
    ]
    assert "号王" not in pairs("47 号，王记面馆")
    assert "馆1" not in pairs("王记面馆\n13800001234")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("面馆 望江里", ["望江里", "面馆"]),
        ("  ４７号　ＷＪＭＧ ", ["wjmg", "47号"]),
        ("王记（望江里）", ["望江里", "王记"]),
        ("，。！", []),
        ("", []),
        ("a b c d e f g h i j", list("abcdefgh")),
    ],
)
def test_words_come_folded_in_any_order_and_bounded(typed: str, wanted: list[str]) -> None:
    assert words(typed) == wanted


def test_initials_of_what_people_write() -> None:
    assert initials("望江里 47 号\n吴记面馆，尤记网吧 KTV") == "wjl47h wjmg yjwbktv"
    assert initials("") == ""


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_stands_in_a_text_is_found_by_its_pairs(before: str, after: str) -> None:
    text = f"{before}，面馆油烟{after}"
    assert {"面馆", "馆油", "油烟"} <= set(pairs(text))
    assert all(len(run) == 1 or set(pairs(run)) <= set(pairs(text)) for run in runs(text))


@given(st.text(max_size=200))
def test_a_pair_holds_letters_and_digits_alone(text: str) -> None:
    """What is asked of a full-text index stands in quotes: nothing in it can be read as an operator."""
    assert all(
        pair.isalnum() or set(pair) <= {mark for mark in pair if mark.isalnum() or ord(mark) > 127}
        for pair in pairs(text)
    )
    assert not any(set(pair) & set("\"'\\() &|!:*") for pair in pairs(text))
