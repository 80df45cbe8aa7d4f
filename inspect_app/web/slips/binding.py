"""留了空白单: which slip was left on which visit, said by the deputy who left it or by the desk. And the scans of a slip."""

from uuid import UUID

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.people.rules import Role
from inspect_app.slips import binding, listing, queries
from inspect_app.slips.models import BlankSlip

from ..access import Permission, allowed, scope
from ..fields import attempt, maybe_id, page_of, posted
from .pages import pages


@pages.route("/slips/bind", methods=["GET", "POST"])
@allowed(Permission.SLIP_BIND)
def bind() -> ResponseReturnValue:
    """The number of a slip, typed or out of its scanned code, and the visit on which it was left."""
    me, refusal = scope(), None
    if request.method == "POST":
        slip, refusal = attempt(_bound)
        if slip is not None:
            flash(f"{slip.short} 记在{queries.where(slip)}的走访上了。")
            return redirect(_after(slip), 303)
    return page_of(
        "slips/bind.html",
        refusal,
        number=_scanned(),
        visit=request.args.get("visit", ""),
        visits=listing.recent_visits(me),
        by_hazard=me.role is not Role.DEPUTY,
        layout="layouts/field.html" if me.role is Role.DEPUTY else "layouts/desk.html",
    )


def _scanned() -> str:
    """The number of the slip whose code led here; what is another office's or nobody's is said once it is sent."""
    slip_id = maybe_id(request.args.get("slip"))
    try:
        return queries.by_id(slip_id)[0].number if slip_id else ""
    except NotThere:
        return ""


def _bound() -> BlankSlip:
    slip = queries.find(scope(), posted("slip_number"))
    return binding.bind(scope(), slip.id, _visit())


def _visit() -> UUID:
    """The visit that was chosen, or that on which a hazard was found whose number was typed."""
    number = posted("hazard_number")
    if number:
        return listing.visit_of_hazard(scope(), number)
    chosen = maybe_id(request.form.get("visit"))
    if chosen is None:
        raise Refused("请选是哪一次走访。", field="visit")
    return chosen


def _after(slip: BlankSlip) -> str:
    if scope().role is Role.DEPUTY:
        return url_for("slips.bind")
    return url_for("slips.slip", slip_id=slip.id)


@pages.get("/slips/<uuid:slip_id>/scans/<int:number>")
@allowed(Permission.HAZARDS_READ)
def scan(slip_id: UUID, number: int) -> Response:
    """A page of a filled slip, straightened, counted from 1."""
    found = queries.scan(scope(), slip_id, number)
    data = current_app.extensions["storage"].whole(found.copy_sha256)
    if data is None:
        raise NotThere("这一页的图不在了，请告诉管理员。")
    return Response(data, mimetype="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})
