"""Marks on a photo: what may be one, where it is in words, how it is drawn."""

from typing import Any
from uuid import UUID

import pytest

from inspect_app.casework.field_operations.shapes import MarkPhoto
from inspect_app.evidence.marks import drawing, where
from inspect_app.kernel.limits import LIMITS
from inspect_app.kernel.shapes import Misfit, read

OVAL = {"shape": "oval", "x": 0.1, "y": 0.2, "x2": 0.4, "y2": 0.5}


def _kept(marks: Any) -> list[dict[str, Any]]:
    return [one.kept() for one in read({"photo": str(UUID(int=7)), "marks": marks}, MarkPhoto).marks]


def test_marks_are_kept_as_they_are_without_anything_else() -> None:
    assert _kept([OVAL | {"onclick": "alert(1)"}]) == [OVAL]
    assert _kept([]) == []


@pytest.mark.parametrize(
    "raw",
    [
        None, "oval", {"shape": "oval"}, [None], [OVAL | {"shape": "star"}], [OVAL | {"x": 1.01}], [OVAL | {"y2": -0.1}],
        [OVAL | {"x": "0.5"}], [OVAL | {"x": True}], [OVAL | {"x": float("nan")}], [{"shape": "oval", "x": 0, "y": 0}],
        [OVAL] * (LIMITS["marks"] + 1),
    ],
)  # fmt: skip
def test_what_is_no_mark_is_refused(raw: Any) -> None:
    with pytest.raises(Misfit) as refusal:
        _kept(raw)
    assert refusal.value.field == "marks"


def test_where_something_is_circled_is_said_once_and_of_an_arrow_where_it_points() -> None:
    arrow = {"shape": "arrow", "x": 0.1, "y": 0.1, "x2": 1, "y2": 1}
    centre = {"shape": "place", "x": 0.333, "y": 0.333, "x2": 0.667, "y2": 0.667}
    assert where([OVAL, OVAL, arrow, centre]) == "左边、右下、正中"


def test_marks_are_drawn_yellow_on_black_in_the_scale_of_the_picture() -> None:
    small, large = (drawing([OVAL], width, width * 0.75) for width in (400, 1600))
    assert small.index('stroke="#000000"') < small.index('stroke="#FFD400"')
    assert 'd="M40.0 105.0A60.0 45.0' in small
    assert 'd="M160.0 420.0A240.0 180.0' in large
    assert 'stroke-width="9.31"' in small
    assert 'stroke-width="37.24"' in large
