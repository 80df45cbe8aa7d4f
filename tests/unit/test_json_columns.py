"""JSON in columns: what an earlier version wrote is read, and what only escapes can hold is written."""

import json

import pytest

from inspect_app.kernel.json_columns import read, written


@pytest.mark.parametrize(
    "value",
    [{"店名": "老王面馆", "数": [1, 2.5, None, True, 10**30, 1e300]}, "\ud83d", ["\ud83d", "\x00\x1f\x7f"], {}, "", 0],
)
def test_what_is_written_is_read_again(value: object) -> None:
    assert read(written(value)) == value
    assert read(json.dumps(value)) == value
    assert read(written(value).encode()) == value


def test_a_number_that_is_none_stops_no_row() -> None:
    assert str(read('{"far": NaN}')["far"]) == "nan"
    assert read('{"far": 1e999}')["far"] == float("inf")


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        written({"who": object()})
    with pytest.raises(ValueError, match="Expecting"):
        read("{")
