"""What the map counts equals a count by hand, for who may see it, on both databases; a place of any system lies where it is."""

import random
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.hazards import on_map
from inspect_app.hazards.filters import Filters
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.on_map import PlaceOnMap, SquareOnMap
from inspect_app.kernel.database import db
from inspect_app.kernel.positions import Position, ReferenceSystem
from inspect_app.maps import squares
from inspect_app.maps.squares import MapView
from inspect_app.premises.models import Premises
from tests.support import District, found

VIEW = MapView(118.5, 31.5, 119.5, 32.5, 11)


def _spread(district: District) -> dict[object, int]:
    """Hazards at places that lie anywhere in the view, but one that nobody has placed; how many each place has."""
    lot = random.Random(3)
    for at in range(8):
        found(district, item=f"F-EXIT-0{at % 4 + 1}", place=at % 3)
    places = sorted({row.premises_id for row in db.session.scalars(select(Hazard))}, key=str)
    for number, place_id in enumerate(places):
        row = db.session.get_one(Premises, place_id)
        row.lon = row.lat = row.crs = None
        if number:
            row.lon, row.lat, row.crs = (
                lot.uniform(118.6, 119.4),
                lot.uniform(31.6, 32.4),
                "GCJ02" if number == 1 else "WGS84",
            )
    db.session.flush()
    return dict(Counter(db.session.scalars(select(Hazard.premises_id))))


def test_places_and_squares_count_what_a_look_at_every_row_does(app: Flask, district: District) -> None:
    by_hand, scope = _spread(district), district.scope("du1")
    whole = on_map.summary(scope, Filters())
    assert (whole.places, whole.hazards, whole.unplaced) == (len(by_hand), sum(by_hand.values()), 1)
    listed = list(on_map.places(scope, Filters(), size=50).rows)
    assert {row.id: row.number for row in listed} == by_hand
    page, walked = on_map.places(scope, Filters(), size=2), []
    while True:
        walked += [row.id for row in page.rows]
        if page.after is None:
            break
        page = on_map.places(scope, Filters(), page.after, size=2)
    assert walked == [row.id for row in listed], "page by page it is the same list"
    single = on_map.within(scope, Filters(), VIEW)
    assert {row.id: row.number for row in single if isinstance(row, PlaceOnMap)} == {
        one: number for one, number in by_hand.items() if db.session.get_one(Premises, one).lon is not None
    }


def test_squares_hold_all_of_it(app: Flask, district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand, scope = _spread(district), district.scope("du1")
    monkeypatch.setattr(squares, "_FEWEST", 0)
    monkeypatch.setattr(squares, "MOST_PLACES", 1)
    together = [one for one in on_map.within(scope, Filters(), VIEW) if isinstance(one, SquareOnMap)]
    placed = {one: n for one, n in by_hand.items() if db.session.get_one(Premises, one).map_lon is not None}
    wide, high = VIEW.square
    cells = {
        (int((row.map_lon + 180) / wide), int((row.map_lat + 90) / high))
        for row in (db.session.get_one(Premises, one) for one in placed)
        if row.map_lon is not None and row.map_lat is not None
    }
    assert len(together) == len(cells)
    assert (sum(one.places for one in together), sum(one.number for one in together)) == (
        len(placed),
        sum(placed.values()),
    )


def test_nobody_is_told_of_another_street_and_a_shifted_place_is_brought_back(app: Flask, district: District) -> None:
    _spread(district)
    assert on_map.summary(district.scope("jiedao1"), Filters()).places == 0, (
        "what was not handed to an office is not on its map"
    )
    shifted = db.session.scalars(select(Premises).where(Premises.crs == "GCJ02")).one()
    assert shifted.lon is not None
    assert shifted.lat is not None
    assert shifted.map_lon is not None
    assert shifted.map_lat is not None
    there = Position(lat=shifted.lat, lon=shifted.lon, system=ReferenceSystem.GCJ02)
    assert there.metres_to(Position(lat=shifted.map_lat, lon=shifted.map_lon)) <= 1
