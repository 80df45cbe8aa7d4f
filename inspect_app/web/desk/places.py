"""The register of places: find, register, look at what was made in the field, set right, who answers, the door's QR."""

from uuid import UUID

import segno
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from inspect_app.kernel.errors import Refused
from inspect_app.people import areas
from inspect_app.premises import actions
from inspect_app.premises import queries as premises
from inspect_app.premises.listing import FILTERS, ONLY, PlaceFilters, listed
from inspect_app.premises.models import Party, Premises
from inspect_app.premises.rules import FACT_NAMES, GAS_KINDS, KIND_NAMES, PARTY_ROLES, STATUS_NAMES, YES_NO
from inspect_app.printing.kinds.doors import door_address

from ..access import TABLE, Permission, allowed, scope
from ..fields import attempt, maybe_id, maybe_posted_day, narrowed, page_of, pager, posted
from .pages import pages
from .place_page import place_page


@pages.get("/places")
@allowed(Permission.PREMISES)
def places() -> ResponseReturnValue:
    """The register of places."""
    me = scope()
    here = narrowed(*FILTERS)
    page = listed(me, PlaceFilters.of(here), request.args.get("after"))
    return render_template(
        "desk/places.html",
        page=page,
        here=here,
        statuses=STATUS_NAMES,
        only=ONLY,
        waiting=premises.unconfirmed(me),
        doubles=premises.maybe_doubles(me),
        may_write=_may_write(),
        **pager("desk.places", here, page.after),
    )


@pages.route("/places/new", methods=["GET", "POST"])
@allowed(Permission.REGISTER)
def new_place() -> ResponseReturnValue:
    """Register a place."""
    refusal = None
    if request.method == "POST":
        row, refusal = attempt(_register)
        if row is not None:
            flash("登记好了。")
            return redirect(url_for("desk.place", premises_id=row.id), 303)
    return _form(None, refusal)


@pages.get("/places/<uuid:premises_id>")
@allowed(Permission.PREMISES)
def place(premises_id: UUID) -> ResponseReturnValue:
    """One place."""
    row = premises.load(scope(), premises_id)
    if row.id != premises_id:  # it was merged: what leads to the old row leads on
        return redirect(url_for("desk.place", premises_id=row.id))
    return place_page(row, None)


@pages.route("/places/<uuid:premises_id>/change", methods=["GET", "POST"])
@allowed(Permission.REGISTER)
def change_place(premises_id: UUID) -> ResponseReturnValue:
    """Set a place right; that also confirms it."""
    row = premises.load(scope(), premises_id)
    refusal = None
    if request.method == "POST":
        _, refusal = attempt(lambda: _correct(row))
        if refusal is None:
            flash("改好了。")
            return redirect(url_for("desk.place", premises_id=row.id), 303)
    return _form(row, refusal)


@pages.post("/places/<uuid:premises_id>/confirm")
@allowed(Permission.REGISTER)
def confirm_place(premises_id: UUID) -> ResponseReturnValue:
    """Confirm a place that was registered in the field."""
    row = premises.load(scope(), premises_id)
    actions.confirm(row)
    flash("核实好了。")
    return redirect(url_for("desk.place", premises_id=row.id), 303)


@pages.post("/places/<uuid:premises_id>/another")
@allowed(Permission.REGISTER)
def place_is_another(premises_id: UUID) -> ResponseReturnValue:
    """可能重复, and looked at: it is another place."""
    row = premises.load(scope(), premises_id)
    actions.is_another(row)
    flash("记下了：不是同一家。")
    return redirect(url_for("desk.place", premises_id=row.id), 303)


@pages.post("/places/<uuid:premises_id>/party")
@allowed(Permission.REGISTER)
def set_party(premises_id: UUID) -> ResponseReturnValue:
    """Who answers from today; the one before stays in the history."""
    row = premises.load(scope(), premises_id)
    party, refusal = attempt(lambda: _party(row))
    if party is None:
        return place_page(row, refusal)
    flash(f"从今天起由{party.name}负责。")
    return redirect(url_for("desk.place", premises_id=row.id), 303)


@pages.post("/places/<uuid:premises_id>/parties/<uuid:link_id>/end")
@allowed(Permission.REGISTER)
def end_party(premises_id: UUID, link_id: UUID) -> ResponseReturnValue:
    """Who answered so far does no longer, and nobody knows who does: 待查."""
    row = premises.load(scope(), premises_id)
    link = actions.end_party(row, link_id)
    flash(f"记下了：{PARTY_ROLES[link.role]}从今天起待查。")
    return redirect(url_for("desk.place", premises_id=row.id), 303)


@pages.get("/places/<uuid:premises_id>/door")
@allowed(Permission.PREMISES)
def door(premises_id: UUID) -> ResponseReturnValue:
    """The sheet for the door: its QR opens the place on a deputy's phone."""
    row = premises.load(scope(), premises_id)
    address = door_address(current_app.config["PUBLIC_ADDRESS"], row.door_code)
    svg = segno.make(address, error="q", micro=False).svg_inline(scale=8, border=4, title=f"{row.name}的门牌码")
    return render_template("desk/door.html", premises=row, qr=Markup(svg))  # the library drew it


def _may_write() -> bool:
    return scope().role in TABLE[Permission.REGISTER]


def _register() -> Premises:
    return actions.register(
        scope(),
        name=request.form.get("name", ""),
        kind=posted("kind"),
        address=posted("address"),
        area_id=maybe_id(posted("area_id")),
        facts=request.form,
        phone=posted("phone"),
        another=posted("another") == "yes",
    )


def _correct(row: Premises) -> None:
    actions.correct(
        scope(),
        row,
        name=request.form.get("name", ""),
        kind=posted("kind"),
        address=posted("address"),
        area_id=maybe_id(posted("area_id")),
        phone=posted("phone"),
        status=posted("status"),
        status_since=maybe_posted_day("status_since"),
        facts=request.form,
    )


def _party(row: Premises) -> Party:
    return actions.set_party(
        row,
        name=request.form.get("name", ""),
        role=posted("role"),
        credit_code=posted("credit_code"),
        phone=posted("phone"),
        asked=scope(),
        same_as=posted("same_as"),
    )


def _form(row: Premises | None, refusal: Refused | None) -> ResponseReturnValue:
    return page_of(
        "desk/place_form.html",
        refusal,
        premises=row,
        facts=_facts_as_typed(row),
        fact_names=FACT_NAMES,
        yes_no=YES_NO,
        kinds=KIND_NAMES,
        gas_kinds=GAS_KINDS,
        statuses=STATUS_NAMES,
        areas=[(area.id, area.name) for area in areas.areas_of(scope()) if area.valid_to is None],
    )


def _facts_as_typed(row: Premises | None) -> dict[str, str]:
    facts = row.facts if row is not None else {}
    return {name: ("yes" if value else "no") if name in YES_NO else str(value) for name, value in facts.items()}
