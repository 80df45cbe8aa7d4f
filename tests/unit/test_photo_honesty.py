"""What makes two pictures alike, and which times and distances are worth a question."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from inspect_app.demo.pictures import picture
from inspect_app.evidence.likeness import ALIKE, are_alike, bands, distance, neighbours
from inspect_app.evidence.picture_child import fingerprint
from inspect_app.hazards.honesty import (
    Flag,
    ShownPhoto,
    Times,
    distance_flag,
    later_first,
    likeness,
    time_flag,
)
from inspect_app.kernel.positions import Position, known_position

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def _of(image: Image.Image) -> str:
    return fingerprint(image.convert("L").resize((32, 32), Image.Resampling.LANCZOS).tobytes())


def _drawn(scene: str, *, wrong: bool, variant: int, room: int) -> Image.Image:
    return Image.open(io.BytesIO(picture(scene, wrong=wrong, variant=variant, room=room))).convert("RGB")


def _again(image: Image.Image) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=35)
    return Image.open(io.BytesIO(out.getvalue()))


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "encoded again": _again,
    "shrunk": lambda image: image.resize((320, 240)),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.8),
    "paler": lambda image: ImageEnhance.Contrast(image).enhance(0.7),
}


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_of_a_picture_is_alike(how: str) -> None:
    for room, scene in enumerate(("exit", "stove", "hose")):
        image = _drawn(scene, wrong=True, variant=room, room=room)
        assert are_alike(_of(image), _of(COPIES[how](image))), scene


def test_the_same_thing_elsewhere_and_the_same_place_mended_are_not_alike() -> None:
    prints = [
        _of(_drawn(scene, wrong=wrong, variant=number, room=number))
        for number, (scene, wrong) in enumerate((s, w) for s in ("exit", "wires", "stove") for w in (True, False))
    ]
    pairs = [(one, other) for at, one in enumerate(prints) for other in prints[at + 1 :]]
    assert not any(are_alike(one, other) for one, other in pairs)
    before, after = (_of(_drawn("exit", wrong=wrong, variant=1, room=9)) for wrong in (True, False))
    assert not are_alike(before, after)


EMPTY: dict[str, Callable[[], Image.Image]] = {
    "black": lambda: Image.new("L", (640, 480), 0),
    "white": lambda: Image.new("L", (640, 480), 255),
    "from dark to light": lambda: Image.linear_gradient("L").resize((640, 480)),
    "a covered lens": lambda: Image.effect_noise((1280, 960), 20).point(lambda tone: max(0, tone - 120)),
    "half wall, half floor": lambda: Image.new("L", (640, 480), 90).crop((0, -200, 640, 280)),
}


@pytest.mark.parametrize("what", EMPTY)
def test_a_picture_that_shows_hardly_anything_is_like_no_other(what: str) -> None:
    assert _of(EMPTY[what]()) == ""
    assert not are_alike("", "")
    assert bands("") == (None, None, None, None)


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=7))
def test_the_bands_find_whatever_differs_in_up_to_seven_bits(bits: int, flipped: set[int]) -> None:
    other = bits
    for bit in flipped:
        other ^= 1 << bit
    one, two = f"{bits:016x}", f"{other:016x}"
    assert distance(one, two) == len(flipped)
    assert are_alike(one, two) is (len(flipped) <= ALIKE)
    near = zip(bands(one), bands(two), strict=True)
    assert any(b in neighbours(a) for a, b in near if a is not None)


def _shown(number: int, **changes: Any) -> ShownPhoto:
    base = ShownPhoto(
        photo_id=UUID(int=number), subject=UUID(int=100 + number), slot="before", round_number=1,
        visit_id=UUID(int=200 + number), item_code="F-EXIT-01", sha256=f"{number}", original_sha256=None,
        fingerprint="0123456789abcdef", taken_at=NOON, received_at=NOON + number * MINUTE, added_at=NOON,
    )  # fmt: skip
    return replace(base, **changes)


ONE = _shown(1)
PAIRS: dict[str, tuple[ShownPhoto, Flag | None]] = {
    "another shop": (_shown(2), Flag.ALIKE),
    "another shop, the same bytes": (_shown(2, sha256="1"), Flag.SAME_PICTURE),
    "another shop, the same original": (_shown(2, fingerprint="", original_sha256="1"), Flag.SAME_PICTURE),
    "another picture": (_shown(2, fingerprint="fedcba9876543210"), None),
    "nothing to be seen": (_shown(2, fingerprint=""), None),
    "the same finding": (_shown(2, subject=ONE.subject), None),
    "the same finding, the same bytes": (_shown(2, subject=ONE.subject, sha256="1"), None),
    "after as before": (_shown(2, subject=ONE.subject, slot="after"), Flag.ALIKE),
    "after is before": (_shown(2, subject=ONE.subject, slot="after", sha256="1"), Flag.SAME_PICTURE),
    "a look at it": (_shown(2, subject=ONE.subject, slot="look"), None),
    "one visit, one item": (_shown(2, visit_id=ONE.visit_id, taken_at=NOON + 5 * MINUTE), None),
    "one visit, one item, the same bytes": (_shown(2, visit_id=ONE.visit_id, sha256="1"), Flag.SAME_PICTURE),
    "one visit, one item, an hour later": (_shown(2, visit_id=ONE.visit_id, taken_at=NOON + 60 * MINUTE), Flag.ALIKE),
    "one visit, another item": (_shown(2, visit_id=ONE.visit_id, item_code="F-EXIT-02"), Flag.ALIKE),
    "a scanned sheet": (_shown(2, slot="document", sha256="1"), None),
}


@pytest.mark.parametrize("what", PAIRS)
def test_which_likeness_is_worth_a_question(what: str) -> None:
    other, flag = PAIRS[what]
    assert likeness(ONE, other) is flag
    assert likeness(other, ONE) is flag


def test_the_question_is_about_what_came_later_and_in_one_hazard_about_what_is_said_to_be_mended() -> None:
    assert later_first(_shown(2), ONE)
    assert not later_first(ONE, _shown(2))
    after = _shown(2, subject=ONE.subject, slot="after", received_at=NOON - DAY)
    assert later_first(after, ONE), "though the photo of the finding came from the phone afterwards"


TIMES = Times(found_at=NOON, paper="提示单", issued_at=NOON + 60 * MINUTE, visit_began=NOON)
CASES: dict[str, tuple[ShownPhoto, Times, Flag | None]] = {
    "in time": (_shown(1, slot="after", taken_at=NOON + DAY, received_at=NOON + DAY), TIMES, None),
    "before it was found": (_shown(1, slot="after", taken_at=NOON - 11 * MINUTE), TIMES, Flag.OLDER_THAN_PAPER),
    "within the slack": (_shown(1, slot="after", taken_at=NOON - 9 * MINUTE), replace(TIMES, issued_at=None), None),
    "before the paper": (
        _shown(1, slot="after", taken_at=NOON + 20 * MINUTE, received_at=NOON + DAY), TIMES, Flag.OLDER_THAN_PAPER,
    ),
    "on the spot": (
        _shown(1, slot="after", taken_at=NOON + 20 * MINUTE, received_at=NOON + DAY),
        replace(TIMES, on_the_spot=True), None,
    ),
    "from the album without a time": (_shown(1, taken_at=None, source="album"), TIMES, Flag.NO_TIME),
    "from a camera without a time": (_shown(1, taken_at=None, source="camera"), TIMES, None),
    "ahead of its receipt": (_shown(1, taken_at=NOON + 12 * MINUTE), TIMES, Flag.IMPOSSIBLE_TIME),
    "a little ahead": (_shown(1, taken_at=NOON + 10 * MINUTE), TIMES, None),
    "before 2000": (_shown(1, taken_at=datetime(1, 1, 1, tzinfo=UTC)), TIMES, Flag.IMPOSSIBLE_TIME),
    "days before the visit": (_shown(1, taken_at=NOON - 2 * DAY, source="camera"), TIMES, Flag.IMPOSSIBLE_TIME),
    "the day of the visit": (_shown(1, taken_at=NOON - DAY, source="camera"), TIMES, None),
    "days before, from the album": (_shown(1, taken_at=NOON - 2 * DAY, source="album"), TIMES, None),
    "no visit": (_shown(1, taken_at=NOON - 2 * DAY, source="camera"), replace(TIMES, visit_began=None), None),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_which_time_is_worth_a_question(what: str) -> None:
    shown, times, flag = CASES[what]
    found = time_flag(shown, times)
    assert (found[0] if found else None) is flag


def test_a_finding_of_the_year_1_spoils_nothing() -> None:
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert time_flag(_shown(1, slot="after"), Times(found_at=first, issued_at=first, visit_began=first)) is None


def _at(lon: float, lat: float, system: str, accuracy_m: float | None) -> Position | None:
    return known_position(lon, lat, system, accuracy_m)


HERE = _at(118.78, 32.04, "WGS84", 10)


@pytest.mark.parametrize(
    ("photo", "asked"),
    [
        (_at(118.78, 32.0481, "WGS84", 20), True),  # 900 m
        (_at(118.78, 32.0428, "WGS84", 5), False),  # 311 m, but either may be off
        (_at(118.78, 32.0481, "WGS84", 700), False),  # a phone that hardly knows where it is
        (_at(118.78, 32.0481, "GCJ02", 20), True),  # whatever system it is told in
        (_at(118.78, 32.0481, "MOON", 20), False),
        (None, False),
        (_at(118.78, 200.0, "WGS84", 20), False),
        (_at(118.78, 32.0481, "WGS84", float("inf")), True),  # nonsense is no excuse
    ],
)
def test_far_from_the_place_is_farther_than_both_errors_explain(photo: Position | None, asked: bool) -> None:
    found = distance_flag(photo, HERE, 300)
    assert (found is not None) is asked
    assert distance_flag(photo, None, 300) is None
