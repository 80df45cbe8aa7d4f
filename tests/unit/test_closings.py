"""Zones of a short walk that were closed: what they say of their items, and two phones in one zone."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.visits.closings import Closing, closing_in, photos_in, said_in, seconds_of, together
from inspect_app.visits.rules import Answer, merge

NOON = datetime(2026, 11, 30, 4, tzinfo=UTC)
SHOT = UUID(int=7)


def _closed(device: str, minute: int, *, looked: bool, zone: str = "hall", **more: object) -> Closing:
    usual: dict[str, object] = {"items": ("F-1", "F-2"), "not_looked": ("F-9",)}
    return Closing(zone, device, (NOON + timedelta(minutes=minute), minute), looked, **(usual | more))  # type: ignore[arg-type]


def _values(*closings: Closing) -> dict[str, object]:
    merged = merge(answer for one in closings for answer in one.glances())
    return {code: one.answer.value for code, one in merged.items()}


def test_who_looked_has_seen_the_items_and_never_what_an_eye_cannot_tell() -> None:
    assert _values(_closed("a", 1, looked=True)) == {"F-1": "seen", "F-2": "seen", "F-9": "not_looked"}
    assert _values(_closed("a", 1, looked=False)) == {"F-1": "not_looked", "F-2": "not_looked", "F-9": "not_looked"}


def test_the_newest_word_of_a_phone_counts_and_of_two_phones_the_one_that_looked() -> None:
    assert _values(_closed("a", 1, looked=True), _closed("a", 2, looked=False))["F-1"] == "not_looked"
    assert _values(_closed("a", 1, looked=True), _closed("b", 2, looked=False))["F-1"] == "seen"


def test_what_was_kept_reads_as_it_was_said() -> None:
    closing = _closed("a", 3, looked=False, reason="门锁着", seconds=12, photos=(SHOT,))
    operation = uuid4()
    kept = closing.kept(operation)
    assert kept["operation"] == str(operation)
    assert closing_in(kept, "a") == closing
    assert [answer.body for answer in said_in([kept], "a")] == [{"value": "not_looked", "zone": "hall"}] * 3
    assert photos_in(kept) == (SHOT,)
    answer = {"operation": "x", "item": "F-1", "captured_at": NOON.isoformat(), "seq": 1, "chosen": False}
    assert closing_in(answer | {"body": {"value": "pass"}}, "a") is None
    assert photos_in(answer | {"body": {"photos": [str(SHOT)], "after_photos": 3}}) == (SHOT,)


def test_a_zone_of_two_phones_is_one_with_the_photos_of_both_and_zones_stand_in_walking_order() -> None:
    other = UUID(int=8)
    found = together(
        [
            _closed("b", 9, looked=False, reason="来晚了", photos=(other,)),
            _closed("a", 2, looked=True, seconds=40, photos=(SHOT,)),
            _closed("a", 1, looked=False, reason="先不看"),
            _closed("a", 1, looked=False, zone="new-zone", items=(), not_looked=("X-1",), reason="没时间"),
            _closed("a", 1, looked=True, zone="smell", items=("G-1",), not_looked=()),
        ]
    )
    assert list(found) == ["smell", "hall", "new-zone"]
    hall = found["hall"]
    assert (hall.looked, hall.items, hall.not_looked, hall.reason, hall.seconds) == (
        True,
        ("F-1", "F-2"),
        ("F-9",),
        "",
        40,
    )
    assert set(hall.photos) == {SHOT, other}
    assert (found["new-zone"].looked, found["new-zone"].reason) == (False, "没时间")


@pytest.mark.parametrize(
    ("said", "kept"), [(41, 41), (0.4, 0), (0, 0), (True, None), (-3, None), ("9", None), (None, None), (10**9, None),
                       (float("nan"), None), (float("inf"), None), ([], None), (2**70, None)],
)  # fmt: skip
def test_seconds_that_nobody_can_have_spent_are_as_if_not_said(said: object, kept: int | None) -> None:
    assert seconds_of(said) == kept


_CLOSINGS = st.builds(
    lambda device, minute, looked, some: _closed(device, minute, looked=looked, items=tuple(some), not_looked=("F-9",)),
    st.sampled_from("abc"),
    st.integers(0, 4),
    st.booleans(),
    st.lists(st.sampled_from(["F-1", "F-2", "F-9"]), unique=True),
)


@given(st.lists(_CLOSINGS, min_size=1, max_size=4, unique_by=lambda one: (one.device_id, one.order)))
def test_the_order_of_arrival_and_a_repeat_never_matter(closings: list[Closing]) -> None:
    wanted = together(closings)
    assert all(together(way) == wanted for way in permutations(closings))
    assert together([*closings, *closings]) == wanted
    values = _values(*closings)
    assert all(_values(*way) == values for way in permutations(closings))


def test_what_was_measured_is_never_hidden_by_a_glance() -> None:
    number = Answer("F-1", "a", (NOON, 1), {"value": None, "number": 3})
    assert merge([number, *_closed("a", 2, looked=True).glances()])["F-1"].answer == number
    taken_back = Answer("F-1", "a", (NOON, 1), {"value": None, "number": None, "rows": [], "text": ""})
    assert merge([taken_back, *_closed("a", 2, looked=True).glances()])["F-1"].answer.value == "seen"
