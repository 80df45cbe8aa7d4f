"""What a phone says of itself: gaps in its numbers, the distance of its clock, and when something was captured."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.intake.phones import Phone, missing, normal, read_phone, registered, size, with_numbers, without
from inspect_app.intake.times import Arrival, Estimate, How, PhoneTime, estimate, offset_ms

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
_RANGES = st.lists(
    st.tuples(st.integers(1, 40), st.integers(0, 8)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=8
)


_INSTANTS = st.integers(-(2**31), 2**37).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def _numbers(ranges: Any) -> set[int]:
    return {number for low, high in ranges for number in range(low, high + 1)}


@given(_RANGES, _RANGES)
def test_ranges_are_sets_of_numbers(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    assert _numbers(normal(one)) == _numbers(one)
    assert _numbers(without(one, other)) == _numbers(one) - _numbers(other)
    assert _numbers(with_numbers(one, _numbers(other))) == _numbers(one) | _numbers(other)
    assert size(normal(one)) == len(_numbers(one))
    joined = normal(one)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(joined)), "as few as can be"


@given(st.integers(0, 60), _RANGES, _RANGES, _RANGES)
def test_missing_is_what_was_given_and_neither_arrived_nor_lies_there(
    counter: int, received: list[tuple[int, int]], held: list[tuple[int, int]], excused: list[tuple[int, int]]
) -> None:
    left = _numbers(missing(counter, received, held, excused))
    assert left == set(range(1, counter + 1)) - _numbers(received) - _numbers(held) - _numbers(excused)


def test_a_counter_of_any_size_costs_nothing() -> None:
    assert missing(2**52, [(1, 11), (15, 2**52)], []) == ((12, 14),)


def test_the_offset_is_how_far_the_server_is_ahead() -> None:
    assert offset_ms(Phone("phone-0001", sent_at=NOW - 14 * MINUTE), NOW) == 14 * 60_000
    assert offset_ms(Phone("phone-0001", sent_at=NOW + MINUTE), NOW) == -60_000
    assert offset_ms(Phone("phone-0001"), NOW) is None
    assert offset_ms(None, NOW) is None


def _phone(clock_ahead: timedelta = timedelta(0), mono_ms: float | None = 3_600_000, page: float = 7) -> Phone:
    return Phone("phone-0001", sent_at=NOW + clock_ahead, mono_ms=mono_ms, page_opened_ms=page)


def _times(minutes_before: float, page: float = 7) -> dict[str, Any]:
    return {"mono_ms": 3_600_000 - minutes_before * 60_000, "page_opened_ms": page, "zone_minutes": 480}


def _estimate(captured: datetime, times: dict[str, Any], phone: Phone | None = None, **more: Any) -> Estimate:
    return estimate(PhoneTime(captured), times, Arrival(NOW, phone, **more))


@pytest.mark.parametrize("ahead", [timedelta(0), -14 * MINUTE, timedelta(days=400), -timedelta(days=3)])
def test_clocks_that_agree_give_the_instant_however_wrong_the_wall_clock_is(ahead: timedelta) -> None:
    captured = NOW + ahead - 20 * MINUTE
    assert _estimate(captured, _times(20), _phone(ahead)) == Estimate(NOW - 20 * MINUTE, 2, How.AGREE)


@pytest.mark.parametrize("year", [2, 9998])
def test_a_clock_of_another_century_is_as_good_as_any_while_it_runs(year: int) -> None:
    ahead = NOW.replace(year=year) - NOW
    assert _estimate(NOW + ahead - 20 * MINUTE, _times(20), _phone(ahead)).at == NOW - 20 * MINUTE
    assert _estimate(NOW + ahead - 20 * MINUTE, {}, _phone(ahead)).at == NOW - 20 * MINUTE


def test_a_clock_that_was_put_back_is_not_believed() -> None:
    # Captured at 10:40 by a clock that was then put back by half an hour: it now says that this is still to come.
    captured = NOW - 20 * MINUTE
    assert _estimate(captured, _times(20), _phone(-30 * MINUTE)) == Estimate(NOW - 20 * MINUTE, 1800, How.MOVED)


def test_a_phone_that_slept_is_believed_by_its_wall_clock_and_the_distance_is_said() -> None:
    # Forty minutes went by, of which the monotonic clock counted ten.
    found = _estimate(NOW - 40 * MINUTE, _times(10), _phone())
    assert found == Estimate(NOW - 40 * MINUTE, 30 * 60, How.MOVED)


def test_another_page_leaves_the_wall_clock_alone() -> None:
    captured = NOW - 5 * MINUTE - 20 * MINUTE
    assert _estimate(captured, _times(20, page=6), _phone(-5 * MINUTE)) == Estimate(
        NOW - 20 * MINUTE, None, How.OTHER_PAGE
    )
    assert _estimate(captured, {}, _phone(-5 * MINUTE)).how is How.OTHER_PAGE
    assert _estimate(captured, _times(20), _phone(mono_ms=None)).how is How.OTHER_PAGE


def test_without_clocks_the_phone_s_word_stands_while_it_can_be_so() -> None:
    assert _estimate(NOW - MINUTE, {}) == Estimate(NOW - MINUTE, None, How.NONE)
    assert _estimate(NOW + timedelta(seconds=1), {}) == Estimate(NOW, None, How.NONE)


def test_without_clocks_it_goes_by_how_far_the_phone_was_behind_when_it_was_last_heard() -> None:
    slow = timedelta(days=3)
    assert _estimate(NOW - slow - 20 * MINUTE, {}, behind=slow) == Estimate(NOW - 20 * MINUTE, None, How.LAST_HEARD)


@pytest.mark.parametrize(
    ("captured", "more"),
    [
        (NOW + MINUTE, {}),
        (NOW.replace(year=9998), {}),
        (NOW.replace(year=2), {"earliest": NOW - timedelta(days=400)}),
        (NOW - 30 * MINUTE, {"earliest": NOW - 20 * MINUTE}),
        (NOW - MINUTE, {"behind": 2 * MINUTE}),
        (NOW.replace(year=9998), {"behind": timedelta(days=900)}),
    ],
)
def test_what_cannot_be_so_is_the_time_of_receipt_and_says_so(captured: datetime, more: dict[str, Any]) -> None:
    assert _estimate(captured, {}, **more) == Estimate(NOW, None, How.RECEIPT)


def test_a_clock_put_back_since_and_no_second_witness_leave_the_time_of_receipt() -> None:
    assert _estimate(NOW, {}, _phone(-30 * MINUTE)) == Estimate(NOW, None, How.RECEIPT)


@given(
    _INSTANTS,
    _INSTANTS | st.none(),
    st.floats(allow_nan=True) | st.integers(-(2**60), 2**60) | st.none(),
    st.floats(-1e12, 1e12) | st.none(),
    st.timedeltas() | st.none(),
    st.timedeltas(timedelta(0), timedelta(days=500)),
)
def test_nothing_is_captured_after_it_arrived_or_before_it_can_have_been(
    captured: datetime, sent: datetime | None, then: Any, mono: float | None, behind: timedelta | None, age: timedelta
) -> None:
    phone = Phone("phone-0001", sent_at=sent, mono_ms=mono, page_opened_ms=7) if sent else None
    times = {"mono_ms": then, "page_opened_ms": 7}
    found = _estimate(captured, times, phone, behind=behind, earliest=NOW - age)
    assert NOW - age <= found.at <= NOW
    assert found.at.utcoffset() == timedelta(0)
    assert found.uncertain_s is None or found.uncertain_s >= 0


def test_what_a_phone_says_is_read_field_by_field() -> None:
    found = read_phone({
        "device": "phone-0001", "sent_at": "2026-11-26T11:00:00+08:00", "mono_ms": 5.5, "page_opened_ms": 7, "counter": 9,
        "held": [[3, 4], [5, 5], [9, 8], ["a", 1], [0, 2]], "photos": 2, "oldest_at": "yesterday", "version": "v1",
    })  # fmt: skip
    assert found == Phone("phone-0001", NOW, 5.5, 7, 9, ((3, 5),), 2, None, "v1")
    assert read_phone({"device": "phone-0001", "counter": True, "held": 4, "sent_at": "2026-11-26T11:00"}) == Phone(
        "phone-0001"
    )


@pytest.mark.parametrize(
    "raw", [None, [], {}, {"device": 7}, {"device": "short"}, {"device": "x" * 65}, {"device": "a\0bcdefgh"}]
)
def test_a_phone_without_a_name_says_nothing(raw: Any) -> None:
    assert read_phone(raw) is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=5),
       st.sampled_from(["sent_at", "mono_ms", "page_opened_ms", "counter", "held", "photos", "oldest_at", "version"]))  # fmt: skip
def test_no_junk_in_any_field_is_a_fault(junk: Any, field: str) -> None:
    assert read_phone({"device": "phone-0001", field: junk}) is not None


def test_the_urgent_page_is_not_a_phone_that_comes_again() -> None:
    assert not registered("urgent-0123456789")
    assert registered("phone-0001")
