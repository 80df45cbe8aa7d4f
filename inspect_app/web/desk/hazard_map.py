"""The selection of the list of hazards as a map, with the same places in a table beside it (ADR 47)."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.hazards import on_map, register, saved_views
from inspect_app.hazards.filters import MARKS
from inspect_app.hazards.on_map import GRADES, OnMap, PlaceOnMap, SquareOnMap
from inspect_app.kernel.positions import Position, ReferenceSystem
from inspect_app.maps import queries as maps
from inspect_app.maps.rules import DEEPEST, MapGround
from inspect_app.maps.squares import MapView, view_of

from ..access import TABLE, Permission, allowed, scope
from ..fields import at
from ..headers import policy
from .pages import pages
from .selection import TABS, chips, choices, selection

HERE = "desk.hazard_map"
_PLACE = UUID(int=0)  # stands in an address until a script knows which place


@pages.get("/hazards/map")
@allowed(Permission.HAZARDS_LIST)
def hazard_map() -> ResponseReturnValue:
    """The places of the selection. Only this page may ask a host beside ours for pictures, and only while that is switched on."""
    me, chosen, known = scope(), selection(), choices()
    here, only_unplaced = chosen.here, request.args.get("placed") == "no"
    whole = on_map.summary(me, chosen.filters)
    page = on_map.places(me, chosen.filters, request.args.get("after"), unplaced=only_unplaced)
    ground, outlines = maps.ground(), maps.outlines()
    kept = {"placed": "no"} if only_unplaced else {}
    shown = render_template(
        "desk/hazard_map.html",
        shown_as=HERE,
        heading=chosen.heading,
        tab=chosen.tab,
        asked=chosen.asked,
        here=here,
        kept_as=chosen.kept_as,
        tabs=TABS,
        marks=MARKS,
        counts=register.counts(me, chosen.filters) if chosen.filters.narrowed is None else {},
        counts_follow=False,
        counted=register.counted,
        choices=known,
        views=saved_views.of(me),
        chips=chips(chosen, known, HERE),
        whole=whole,
        page=page,
        only_unplaced=only_unplaced,
        ground=ground,
        outlines=outlines,
        drawing=_drawing(here, whole, ground, outlines.sha256 if outlines else ""),
        list_of={row.id: at("desk.hazards", here | {"place": str(row.id)}) for row in page.rows},
        onward=at(HERE, here, **kept, after=page.after) if page.after else "",
        first=at(HERE, here, **kept) if request.args.get("after") else "",
    )
    answer = make_response(shown)
    answer.headers["Content-Security-Policy"] = policy(ground.host if ground else "")
    return answer


@pages.get("/hazards/map/points")
@allowed(Permission.HAZARDS_LIST)
def map_points() -> Response:
    """What lies in the part of the map that is looked at, in the degrees of its ground."""
    system, asked = _system(maps.ground()), selection()
    view = _in_wgs84(view_of(request.args), system)
    found = on_map.within(scope(), asked.filters, view)
    if found and isinstance(found[0], SquareOnMap):
        return jsonify({"squares": [_square(one, system) for one in found if isinstance(one, SquareOnMap)]})
    return jsonify({"places": [_place(one, system) for one in found if isinstance(one, PlaceOnMap)]})


@pages.get("/hazards/map/places/<uuid:premises_id>")
@allowed(Permission.HAZARDS_LIST)
def place_on_map(premises_id: UUID) -> ResponseReturnValue:
    """The small card of a place: what is found there, and where one goes from it."""
    me, chosen = scope(), selection()
    row = on_map.place(me, chosen.filters, premises_id)
    return render_template(
        "desk/_fragments/map_card.html",
        row=row,
        to_list=at("desk.hazards", chosen.here | {"place": str(row.id)}),
        sees_places=me.role in TABLE[Permission.PREMISES],
    )


@pages.get("/map/outlines.json")
@allowed(Permission.HAZARDS_LIST)
def map_outlines() -> ResponseReturnValue:
    """The outlines of streets as the map draws them; asked for again only where they have changed."""
    row, system = maps.outlines(), _system(maps.ground())
    if row is None:
        return jsonify({"type": "FeatureCollection", "features": []})
    answer = Response(mimetype="application/geo+json")
    answer.set_etag(f"{row.sha256[:24]}-{system}")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request)
    if answer.status_code != 304:
        answer.set_data(maps.drawn(row, system))
    return answer


def _drawing(here: dict[str, str], whole: OnMap, ground: MapGround | None, outlines: str) -> dict[str, Any]:
    """What the script draws the map from."""
    system = _system(ground)
    west, south, east, north = whole.bounds or (None, None, None, None)
    corners = [[west, south], [east, north]] if west is not None else []
    return {
        "points": at("desk.map_points", here),
        "card": at("desk.place_on_map", here, premises_id=str(_PLACE)),
        "blank": str(_PLACE),
        "outlines": url_for("desk.map_outlines") if outlines else "",
        "layers": list(ground.layers) if ground else [],
        "credit": ground.credit if ground else "",
        "deepest": DEEPEST,
        "corners": [_moved(lon, lat, system) for lon, lat in corners if lon is not None and lat is not None],
    }


def _system(ground: MapGround | None) -> ReferenceSystem:
    return ground.system if ground else ReferenceSystem.WGS84


def _moved(lon: float, lat: float, system: ReferenceSystem) -> list[float]:
    there = Position(lat=lat, lon=lon).to(system)
    return [round(there.lon, 6), round(there.lat, 6)]


def _in_wgs84(view: MapView, system: ReferenceSystem) -> MapView:
    one = Position(lat=view.south, lon=view.west, system=system).to(ReferenceSystem.WGS84)
    other = Position(lat=view.north, lon=view.east, system=system).to(ReferenceSystem.WGS84)
    return MapView(one.lon, one.lat, other.lon, other.lat, view.zoom)


def _place(row: PlaceOnMap, system: ReferenceSystem) -> list[Any]:
    """[id, longitude, latitude, how many, the worst (0 major, 1 suspected, 2 general), name]."""
    return [str(row.id), *_moved(row.lon or 0.0, row.lat or 0.0, system), row.number, GRADES.index(row.worst), row.name]


def _square(row: SquareOnMap, system: ReferenceSystem) -> list[Any]:
    """[longitude, latitude, places, how many, the worst]."""
    return [*_moved(row.lon, row.lat, system), row.places, row.number, GRADES.index(row.worst)]
