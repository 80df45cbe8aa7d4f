"""Organisations of both sides, where each stands, and the 权责清单 of the government side with its dates and sources."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.kernel import clock
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.people import directory, district, powers, structure
from inspect_app.people.models import Organisation, OrganisationPower
from inspect_app.people.rules import LAW_FIELD_NAMES, POWER_NAMES, SIDE_NAMES, LawField, Power, Side

from ..access import Permission, allowed, scope
from ..fields import attempt, maybe_id, page_of, posted, posted_id
from .areas import areas_with
from .pages import pages


@pages.get("/organisations")
@allowed(Permission.ADMINISTER)
def organisations() -> ResponseReturnValue:
    """The organisations, with the powers that hold today: confirmed, begun and not ended."""
    held: dict[UUID, list[str]] = {}
    for power in powers.held_on(clock.today()):
        name = f"{POWER_NAMES[Power(power.power)]}（{LAW_FIELD_NAMES[LawField(power.field)]}）"
        held.setdefault(power.organisation_id, []).append(name)
    rows = district.organisations()
    return render_template(
        "admin/organisations.html",
        rows=rows,
        names={row.id: row.short_name for row in rows},
        areas={row.id: row.name for row in district.areas()},
        held=held,
    )


@pages.route("/organisations/new", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def new_organisation() -> ResponseReturnValue:
    """The form of a new organisation; once made, its page."""
    refusal = None
    if request.method == "POST":
        row, refusal = attempt(_create)
        if row is not None:
            flash(f"{row.name}登记好了。")
            return redirect(url_for("admin.organisation", organisation_id=row.id), 303)
    return page_of(
        "admin/organisation_new.html",
        refusal,
        sides=SIDE_NAMES.items(),
        areas=[(row.id, row.name) for row in district.live_areas()],
        parents=[(row.id, row.name) for row in district.parents_for(None)],
    )


@pages.route("/organisations/<uuid:organisation_id>", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def organisation(organisation_id: UUID) -> ResponseReturnValue:
    """An organisation's page, and its changed names, telephone, parent and desk."""
    row = district.organisation(organisation_id)
    refusal = None
    if request.method == "POST":
        _, refusal = attempt(
            lambda: structure.change_organisation(
                row,
                short_name=posted("short_name", "organisation_short"),
                phone=posted("phone", "phone"),
                is_desk=bool(posted("is_desk")),
                parent_id=maybe_id(posted("parent_id")),
            )
        )
        if refusal is None:
            flash("改好了。")
            return redirect(url_for("admin.organisation", organisation_id=row.id), 303)
    return organisation_page(row, refusal, "change")


@pages.post("/organisations/<uuid:organisation_id>/correct")
@allowed(Permission.ADMINISTER)
def correct_organisation(organisation_id: UUID) -> ResponseReturnValue:
    """Name, 代字 and area set right; papers that were issued keep theirs."""
    row = district.organisation(organisation_id)
    _, refusal = attempt(
        lambda: structure.correct_organisation(
            row,
            name=request.form.get("name", ""),
            letter_code=request.form.get("letter_code", ""),
            area_id=maybe_id(posted("area_id")),
        )
    )
    return organisation_answer(row, refusal, "correct", "改好了。以后出的文书照新的印，已经出的不变。")


@pages.post("/organisations/<uuid:organisation_id>/unopposed")
@allowed(Permission.ADMINISTER)
def close_unopposed(organisation_id: UUID) -> ResponseReturnValue:
    """到期自动销号 of what this office hands over: off where the number is left empty."""
    row = district.organisation(organisation_id)
    _, refusal = attempt(lambda: structure.let_close_unopposed(row, _working_days()))
    days = row.close_unopposed_days
    said = f"开了：{days} 个工作日没有异议，到期自动销号。" if days else "关了，每一件都由督办员销号。"
    return organisation_answer(row, refusal, "unopposed", said)


def _working_days() -> int | None:
    typed = posted("close_unopposed_days")
    if not typed:
        return None
    if not typed.isascii() or not typed.isdigit() or len(typed) > 4:
        raise Refused("工作日要写 1 到 60 的数字，不开就空着。", field="close_unopposed_days")
    return int(typed)


def _create() -> Organisation:
    faults = Faults()
    fields: dict[str, Any] = {"side": faults.of(_side), "area_id": faults.of(posted_id, "area_id", "片区")}
    return structure.create_organisation(
        name=request.form.get("name", ""),
        short_name=posted("short_name", "organisation_short"),
        letter_code=request.form.get("letter_code", ""),
        **fields,
        so_far=faults,
        phone=posted("phone", "phone"),
        is_desk=bool(posted("is_desk")),
        parent_id=maybe_id(posted("parent_id")),
    )


def _side() -> Side:
    try:
        return Side(posted("side"))
    except ValueError:
        raise Refused("请选是哪一侧。", field="side") from None


def organisation_answer(row: Organisation, refusal: Refused | None, at: str, said: str) -> ResponseReturnValue:
    """What was done to an organisation is said on its page; what was refused stands there at the form of that name."""
    if refusal is not None:
        return organisation_page(row, refusal, at)
    flash(said)
    return redirect(url_for("admin.organisation", organisation_id=row.id), 303)


def organisation_page(row: Organisation, refusal: Refused | None, at: str) -> ResponseReturnValue:
    """The page of one organisation; `at` names the form that was refused, with what was typed in it."""
    powers = district.powers(row.id)
    return page_of(
        "admin/organisation.html",
        refusal,
        organisation=row,
        area=district.area(row.area_id),
        powers=powers,
        officers=district.officers(row.id),
        names=directory.names_of({one for power in powers for one in _who(power)}),
        my_person=scope().person_id,
        all_powers=[(str(power), name) for power, name in POWER_NAMES.items()],
        all_fields=[(str(one), name) for one, name in LAW_FIELD_NAMES.items()],
        field_names=LAW_FIELD_NAMES,
        parents=[(one.id, one.name) for one in district.parents_for(row)],
        areas=areas_with(row.area_id),
        at=at if refusal else "",
    )


def _who(power: OrganisationPower) -> set[UUID]:
    found = {power.entered_by_person_id, power.confirmed_by_person_id, power.ended_by_person_id}
    return {one for one in found if one is not None}
