"""Areas as a tree, their emergency numbers, what took the place of a merged one, and the stations of deputies."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused
from inspect_app.people import actions, directory
from inspect_app.people.models import Area, Station
from inspect_app.people.rules import AREA_ABOVE, AREA_NAMES, STATION_KINDS

from ..access import Permission, allowed
from ..fields import attempt, maybe_id, posted, posted_day, posted_id
from .pages import pages


@pages.route("/areas", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def areas() -> ResponseReturnValue:
    refusal = None
    if request.method == "POST":
        row, refusal = attempt(_create)
        if row is not None:
            flash(f"{row.name}登记好了。")
            return redirect(url_for("admin.areas"), 303)
    rows = directory.areas()
    page = render_template(
        "admin/areas.html",
        rows=rows,
        names={row.id: row.name for row in rows},
        kinds=AREA_NAMES,
        new_kinds=[(kind, AREA_NAMES[kind]) for kind in AREA_ABOVE],
        parents=[(row.id, row.name) for row in directory.live_areas() if row.kind in AREA_ABOVE.values()],
        refusal=refusal,
        typed=request.form,
        day=clock.today(),
    )
    return page, 422 if refusal else 200


@pages.get("/areas/<uuid:area_id>")
@allowed(Permission.ADMINISTER)
def area(area_id: UUID) -> ResponseReturnValue:
    return _page(directory.area(area_id), None)


@pages.post("/areas/<uuid:area_id>/numbers")
@allowed(Permission.ADMINISTER)
def set_numbers(area_id: UUID) -> ResponseReturnValue:
    """The numbers behind the red button."""
    row = directory.area(area_id)
    actions.set_emergency_numbers(row, duty_phone=posted("duty_phone", "phone"), gas_phone=posted("gas_phone", "phone"))
    flash("遇险电话改好了。")
    return redirect(url_for("admin.area", area_id=row.id), 303)


@pages.post("/areas/<uuid:area_id>/successor")
@allowed(Permission.ADMINISTER)
def merge_area(area_id: UUID) -> ResponseReturnValue:
    row = directory.area(area_id)
    _, refusal = attempt(
        lambda: actions.merge_area(
            row, successor_id=posted_id("successor_id", "接替它的那一个"), on=posted_day("on", "到哪天止")
        )
    )
    if refusal is not None:
        return _page(row, refusal)
    flash(f"{row.name}并走了，原来的场所、隐患和文书都还在。")
    return redirect(url_for("admin.area", area_id=row.id), 303)


@pages.route("/stations", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def stations() -> ResponseReturnValue:
    refusal = None
    if request.method == "POST":
        row, refusal = attempt(_create_station)
        if row is not None:
            flash(f"{row.name}登记好了。")
            return redirect(url_for("admin.stations"), 303)
    page = render_template(
        "admin/stations.html",
        rows=directory.stations(),
        kinds=[(kind, kind) for kind in STATION_KINDS],
        areas=[(row.id, row.name) for row in directory.live_areas()],
        refusal=refusal,
        typed=request.form,
    )
    return page, 422 if refusal else 200


def _create() -> Area:
    year = posted("code_year")
    if not year.isascii() or not year.isdigit() or len(year) != 4 or not 1980 <= int(year) <= 2100:
        raise Refused("年份应是 4 位数字。", field="code_year")
    return actions.create_area(
        name=posted("name", "area"),
        code=posted("code", "code"),
        code_year=int(year),
        kind=posted("kind"),
        parent_id=maybe_id(posted("parent_id")),
        valid_from=posted_day("valid_from", "从哪天起"),
    )


def _create_station() -> Station:
    return actions.create_station(
        name=posted("name", "station"), kind=posted("kind"), area_id=posted_id("area_id", "片区")
    )


def _page(row: Area, refusal: Refused | None) -> ResponseReturnValue:
    live = [one for one in directory.live_areas() if one.kind == row.kind and one.id != row.id]
    page = render_template(
        "admin/area.html",
        area=row,
        kind=AREA_NAMES[row.kind],
        parent=directory.area(row.parent_id) if row.parent_id else None,
        successor=directory.area(row.successor_id) if row.successor_id else None,
        successors=[(one.id, one.name) for one in live],
        refusal=refusal,
        typed=request.form if refusal else {},
        day=clock.today(),
    )
    return page, 422 if refusal else 200
