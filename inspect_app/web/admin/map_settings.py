"""地图: where the ground comes from, which is nowhere until it is switched on here, and the outlines of streets."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.kernel.errors import Refused
from inspect_app.maps import actions, queries
from inspect_app.maps.rules import SOURCE_NAMES, TILE_SYSTEMS, MapSaid
from inspect_app.people import directory

from ..access import Permission, allowed, scope
from ..fields import attempt, page_of, posted
from .pages import pages

OUTLINE_SYSTEMS = {
    "WGS84": "WGS84（GPS）",
    "CGCS2000": "CGCS2000（国家大地坐标）",
    "GCJ02": "GCJ02（高德、腾讯）",
    "BD09": "BD09（百度）",
}


@pages.route("/map", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def map_setting() -> ResponseReturnValue:
    """What is set, and the form that sets it; who switched it on and when is kept."""
    if request.method == "POST":
        said, refusal = attempt(_set)
        if said is None:
            return _page(refusal, "ground")
        flash("存好了。" if said.ground else "存好了，地图不向外面要任何东西。")
        return redirect(url_for("admin.map_setting"), 303)
    return _page(None, "")


@pages.post("/map/outlines")
@allowed(Permission.ADMINISTER)
def bring_outlines() -> ResponseReturnValue:
    """The outlines of streets come as a file, or go."""
    if posted("what") == "drop":
        actions.drop_outlines()
        flash("街道轮廓拿掉了。")
        return redirect(url_for("admin.map_setting"), 303)
    sent = request.files.get("outlines")
    raw = sent.read() if sent else b""
    row, refusal = attempt(lambda: actions.set_outlines(scope().person_id, raw, system=posted("system")))
    if row is None:
        return _page(refusal, "outlines")
    flash(f"收下了 {row.number} 块街道轮廓。")
    return redirect(url_for("admin.map_setting"), 303)


def _set() -> MapSaid:
    return actions.set_map(
        scope().person_id,
        source=posted("map_source"),
        key=posted("map_key"),
        address=posted("map_address"),
        system=posted("map_system"),
        credit=posted("map_credit"),
        agreed=posted("agreed") == "yes",
    )


def _page(refusal: Refused | None, where: str) -> ResponseReturnValue:
    row, outlines = queries.setting(), queries.outlines()
    said = row.said if row else MapSaid()
    names = directory.names_of(one.set_by_person_id for one in (row, outlines) if one and one.set_by_person_id)
    return page_of(
        "admin/map.html",
        refusal,
        where=where,
        said=said,
        row=row,
        set_by=names.get(row.set_by_person_id, "") if row else "",
        outlines=outlines,
        outlined_by=names.get(outlines.set_by_person_id, "") if outlines and outlines.set_by_person_id else "",
        sources=SOURCE_NAMES,
        tile_systems=TILE_SYSTEMS,
        outline_systems=OUTLINE_SYSTEMS,
    )
