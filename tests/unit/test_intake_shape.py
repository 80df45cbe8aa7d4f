"""What a phone may send: anything else is refused in words, never with a fault of the server."""

import contextlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.evidence.rules import media_type
from inspect_app.intake.rules import parse, read_all
from inspect_app.intake.times import PhoneTime
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import content_hash

GOOD: dict[str, Any] = {
    "id": str(UUID(int=7)), "kind": "visit.answer", "v": 1, "device": "phone-0001", "seq": 3,
    "captured_at": "2026-11-24T08:00:00+08:00", "payload": {"item": "F-EXIT-01", "value": "pass"}, "times": {},
}  # fmt: skip
_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def _nested(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


def test_a_good_operation_keeps_what_was_tapped() -> None:
    operation = parse(GOOD)
    assert operation.payload == GOOD["payload"]
    assert operation.captured_at == PhoneTime(datetime(2026, 11, 24, 0, 0, tzinfo=UTC))


def test_the_hash_covers_all_but_the_phones_own_measurements() -> None:
    assert parse(GOOD | {"times": {"offset_ms": 4}}).hash == parse(GOOD).hash
    for change in ({"seq": 4}, {"payload": {"item": "F-EXIT-01", "value": "fail"}}, {"device": "phone-0002"}):
        assert parse(GOOD | change).hash != parse(GOOD).hash


@pytest.mark.parametrize(
    "change",
    [
        {"id": "7"}, {"kind": None}, {"v": 0}, {"v": [1]}, {"v": True}, {"device": "x"}, {"seq": 0}, {"seq": True},
        {"seq": 2**70}, {"captured_at": "2026-11-24T08:00:00"}, {"captured_at": "yesterday"}, {"payload": []},
        {"payload": {"note": "\ud83d"}}, {"payload": {"note": "a\x00b"}}, {"payload": {"n": float("nan")}},
        {"payload": {"note": "长" * 100_000}}, {"times": {"x": "长" * 100_000}}, {"times": 4},
        {"payload": {"note": _nested(40)}}, {"payload": {"note": _nested(100_000)}}, {"captured_at": 3},
    ],
)  # fmt: skip
def test_each_wrong_shape_is_refused_in_words(change: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="已留在手机里"):
        parse(GOOD | change)


def test_one_that_cannot_be_read_stops_no_other_and_is_known_by_the_phones_id_and_hash() -> None:
    spoilt = GOOD | {"id": str(UUID(int=8)), "captured_at": "yesterday"}
    sent, unread = read_all([GOOD, spoilt, None, {"id": "\ud83d"}, GOOD | {"seq": 4}])
    assert [one.seq for one in sent] == [3, 4]
    body = {name: value for name, value in spoilt.items() if name != "times"}
    assert [(one.id, one.hash) for one in unread] == [(spoilt["id"], content_hash(body)), ("", ""), ("", "")]
    assert "时间" in unread[0].words


def test_an_operation_of_a_newer_phone_is_read_and_waits_for_its_server() -> None:
    assert parse(GOOD | {"v": 99, "colour": "new"}).version == 99


@given(st.sampled_from(list(GOOD)), _JUNK)
def test_no_junk_in_any_field_is_a_fault(field: str, junk: Any) -> None:
    with contextlib.suppress(Refused):
        parse(GOOD | {field: junk})


@given(_JUNK)
def test_junk_alone_is_refused(junk: Any) -> None:
    with pytest.raises(Refused):
        parse(junk)


@pytest.mark.parametrize("data", [b"", b"GIF8....", b"%PDF-1.7", b"<svg onload=x>", b"MZ\x90\x00", b"RIFFxxxxAVI "])
def test_what_is_no_photo_is_refused_by_its_content(data: bytes) -> None:
    with pytest.raises(Refused, match="不是照片"):
        media_type(data)
