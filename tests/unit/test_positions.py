"""Positions: known pairs of the published approximation, there and back, nothing shifted outside, metres across systems."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.kernel.positions import Position, ReferenceSystem, known_position

WGS, GCJ, BD = ReferenceSystem.WGS84, ReferenceSystem.GCJ02, ReferenceSystem.BD09


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [  # latitude and longitude, as eviltransform's own tests have them
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
)
def test_known_points_come_out_as_published(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    there = Position(lat=wgs[0], lon=wgs[1]).to(GCJ)
    assert (there.lat, there.lon) == pytest.approx(gcj, abs=1e-9)
    back = Position(lat=gcj[0], lon=gcj[1], system=GCJ).to(WGS)
    assert (back.lat, back.lon) == pytest.approx(wgs, abs=1e-9)


def test_what_baidu_says_is_brought_back() -> None:
    """A pair of coordtransform's: 39.915, 116.404 in GCJ-02."""
    there = Position(lat=39.915, lon=116.404, system=GCJ)
    moved = there.to(BD)
    assert (moved.lat, moved.lon) == pytest.approx((39.92133699351021, 116.41036949371029), abs=1e-8)
    assert moved.metres_to(there) == 0


inside = st.builds(Position, lat=st.floats(3, 53), lon=st.floats(73.5, 135), accuracy_m=st.none() | st.floats(0, 99))


@given(inside, st.sampled_from(ReferenceSystem))
def test_there_and_back_is_the_same_point(one: Position, system: ReferenceSystem) -> None:
    back = one.to(system).to(WGS)
    assert (back.lat, back.lon) == pytest.approx((one.lat, one.lon), abs=1e-8)
    assert back.accuracy_m == one.accuracy_m


@given(inside)
def test_the_shift_is_hundreds_of_metres_inside_the_country(one: Position) -> None:
    moved = one.to(GCJ)
    assert 20 < one.metres_to(Position(lat=moved.lat, lon=moved.lon)) < 2000
    assert one.metres_to(moved) == 0, "the same point, told in another system"
    assert one.to(ReferenceSystem.CGCS2000).metres_to(one) == 0


@given(st.floats(-180, 71.9), st.floats(-90, 90), st.sampled_from(ReferenceSystem))
def test_outside_nothing_is_moved(lon: float, lat: float, system: ReferenceSystem) -> None:
    moved = Position(lat=lat, lon=lon).to(system)
    assert (moved.lat, moved.lon) == (lat, lon)


def test_metres_are_those_of_a_sphere() -> None:
    def apart(lat_1: float, lon_1: float, lat_2: float, lon_2: float) -> int:
        return Position(lat=lat_1, lon=lon_1).metres_to(Position(lat=lat_2, lon=lon_2))

    assert apart(32.0, 118.0, 33.0, 118.0) == pytest.approx(111_195, abs=2)
    assert apart(60.0, 118.0, 60.0, 119.0) == pytest.approx(55_597, abs=5)
    assert apart(0.0, 179.999, 0.0, -179.999) == pytest.approx(222, abs=1)


@pytest.mark.parametrize(
    "parts",
    [
        (None, 32.0, "WGS84"), (118.0, None, "WGS84"), (118.0, 32.0, None), (118.0, 32.0, "MOON"),
        (118.0, 200.0, "WGS84"), (float("nan"), 32.0, "WGS84"), (float("inf"), 32.0, "WGS84"),
    ],
)  # fmt: skip
def test_what_is_no_position_is_none(parts: tuple[float | None, float | None, str | None]) -> None:
    assert known_position(*parts) is None
