"""Where issuer and date stand on a paper (GB/T 9704-2012, 7.3.5)."""

import pytest

from inspect_app.papers.layout import Signing, mark_size, pairs, signing


@pytest.mark.parametrize(
    ("issuer", "sealed", "wanted"),
    [
        ("柳荫街道办事处", True, Signing(3.75, 4.0)),  # the date four characters in, the name centred over it
        ("青澜区人大常委会柳荫街道工作委员会", True, Signing(1.0, 6.25)),  # a long name keeps one character's room
        ("青澜区人大常委会柳荫街道工作委员会", False, Signing(2.0, 10.5)),  # the date two to the right of the name
        ("区消防队", False, Signing(6.5, 2.0)),  # the date is longer: it stands two in and moves the name
        ("某" * 27, False, Signing(0.5, 19.0)),
    ],
)  # fmt: skip
def test_issuer_and_date(issuer: str, sealed: bool, wanted: Signing) -> None:
    assert signing(issuer, "2026年1月24日", sealed=sealed) == wanted


def test_the_name_at_the_head_stands_in_one_line_where_it_can() -> None:
    assert mark_size("柳荫街道办事处") == 30
    assert mark_size("某" * 20) * 20 <= 442
    assert mark_size("某" * 40) == 20


def test_photos_stand_side_by_side_also_where_one_is_missing() -> None:
    assert pairs(["a", "b"], ["c"]) == [("a", "c"), ("b", None)]
