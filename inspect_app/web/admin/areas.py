"""Areas as a tree, their emergency numbers, what took the place of a merged one, and the stations of deputies."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.kernel import clock, spelling
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.people import district, structure
from inspect_app.people.models import Area, Station
from inspect_app.people.rules import AREA_ABOVE, AREA_NAMES, STATION_KINDS

from ..access import Permission, allowed
from ..fields import attempt, maybe_id, page_of, posted, posted_day, posted_id
from .pages import pages


@pages.route("/areas", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def areas() -> ResponseReturnValue:
    """The tree of areas, and the form of a new one."""
    refusal = None
    if request.method == "POST":
        row, refusal = attempt(_create)
        if row is not None:
            flash(f"{row.name}登记好了。")
            return redirect(url_for("admin.areas"), 303)
    rows = district.areas()
    return page_of(
        "admin/areas.html",
        refusal,
        rows=rows,
        names={row.id: row.name for row in rows},
        kinds=AREA_NAMES,
        new_kinds=[(kind, AREA_NAMES[kind]) for kind in AREA_ABOVE],
        parents=[(row.id, row.name) for row in district.live_areas() if row.kind in AREA_ABOVE.values()],
        day=clock.today(),
    )


@pages.get("/areas/<uuid:area_id>")
@allowed(Permission.ADMINISTER)
def area(area_id: UUID) -> ResponseReturnValue:
    """An area, with what may be done to it."""
    return _page(district.area(area_id), None)


@pages.post("/areas/<uuid:area_id>/numbers")
@allowed(Permission.ADMINISTER)
def set_numbers(area_id: UUID) -> ResponseReturnValue:
    """The numbers behind the red button."""
    row = district.area(area_id)
    _, refusal = attempt(
        lambda: structure.set_emergency_numbers(
            row, duty_phone=request.form.get("duty_phone", ""), gas_phone=request.form.get("gas_phone", "")
        )
    )
    return _answer(row, refusal, "numbers", "遇险电话改好了。")


@pages.post("/areas/<uuid:area_id>/correct")
@allowed(Permission.ADMINISTER)
def correct_area(area_id: UUID) -> ResponseReturnValue:
    """Set an area's name and code right."""
    row = district.area(area_id)
    _, refusal = attempt(lambda: _correct(row))
    return _answer(row, refusal, "correct", "改好了。")


@pages.post("/areas/<uuid:area_id>/successor")
@allowed(Permission.ADMINISTER)
def merge_area(area_id: UUID) -> ResponseReturnValue:
    """Let another area take this one's place from a day on; places, hazards and papers stay with the old one."""
    row = district.area(area_id)
    _, refusal = attempt(
        lambda: structure.merge_area(
            row, successor_id=posted_id("successor_id", "接替它的那一个"), on=posted_day("on", "到哪天止")
        )
    )
    return _answer(row, refusal, "successor", f"{row.name}并走了，原来的场所、隐患和文书都还在。")


@pages.route("/stations", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def stations() -> ResponseReturnValue:
    """The stations where deputies meet citizens, and the form of a new one."""
    refusal = None
    if request.method == "POST":
        row, refusal = attempt(_create_station)
        if row is not None:
            flash(f"{row.name}登记好了。")
            return redirect(url_for("admin.stations"), 303)
    return page_of(
        "admin/stations.html",
        refusal,
        rows=district.stations(),
        kinds=[(kind, kind) for kind in STATION_KINDS],
        areas=[(row.id, row.name) for row in district.live_areas()],
    )


@pages.route("/stations/<uuid:station_id>", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def station(station_id: UUID) -> ResponseReturnValue:
    """One station, to be set right."""
    row = district.station(station_id)
    refusal = None
    if request.method == "POST":
        _, refusal = attempt(
            lambda: structure.correct_station(
                row, name=request.form.get("name", ""), kind=posted("kind"), area_id=maybe_id(posted("area_id"))
            )
        )
        if refusal is None:
            flash(f"{row.name}改好了。")
            return redirect(url_for("admin.stations"), 303)
    return page_of(
        "admin/station.html",
        refusal,
        station=row,
        kinds=[(kind, kind) for kind in STATION_KINDS],
        areas=areas_with(row.area_id),
    )


def areas_with(area_id: UUID) -> list[tuple[UUID, str]]:
    """The areas of today to choose from, and the one that something lies in, also where it has ended: nothing moves by
    itself because a form did not offer where it is."""
    rows = {row.id: row.name for row in district.live_areas()}
    return list((rows | {area_id: rows.get(area_id) or district.area(area_id).name}).items())


def _year() -> int:
    """The year of the table of codes (GB/T 2260), which is published before its year, never long before."""
    year, last = spelling.folded(posted("code_year")), clock.today().year + 1
    if not year.isascii() or not year.isdigit() or not 1980 <= int(year) <= last:
        raise Refused(f"年份要在 1980 到 {last} 之间。", field="code_year")
    return int(year)


def _create() -> Area:
    faults = Faults()
    fields: dict[str, Any] = {
        "code_year": faults.of(_year),
        "valid_from": faults.of(posted_day, "valid_from", "从哪天起"),
    }
    return structure.create_area(
        name=request.form.get("name", ""),
        code=posted("code"),
        kind=posted("kind"),
        parent_id=maybe_id(posted("parent_id")),
        so_far=faults,
        **fields,
    )


def _correct(row: Area) -> None:
    faults = Faults()
    year = faults.of(_year)
    structure.correct_area(row, name=request.form.get("name", ""), code=posted("code"), code_year=year, so_far=faults)


def _create_station() -> Station:
    return structure.create_station(
        name=request.form.get("name", ""), kind=posted("kind"), area_id=maybe_id(posted("area_id"))
    )


def _answer(row: Area, refusal: Refused | None, at: str, said: str) -> ResponseReturnValue:
    if refusal is not None:
        return _page(row, refusal, at)
    flash(said)
    return redirect(url_for("admin.area", area_id=row.id), 303)


def _page(row: Area, refusal: Refused | None, at: str = "") -> ResponseReturnValue:
    live = [one for one in district.live_areas() if one.kind == row.kind and one.id != row.id]
    return page_of(
        "admin/area.html",
        refusal,
        area=row,
        kind=AREA_NAMES[row.kind],
        parent=district.area(row.parent_id) if row.parent_id else None,
        successor=district.area(row.successor_id) if row.successor_id else None,
        successors=[(one.id, one.name) for one in live],
        at=at,
        day=clock.today(),
    )
