"""Plain pages for the administrator."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.people import actions, queries
from inspect_app.people.models import Account, Area, Duty, Organisation, OrganisationPower, Person, SignIn, Term
from inspect_app.people.rules import Power, Role, Side

from ..access import Permission, allowed, scope

pages = Blueprint("admin", __name__, url_prefix="/admin")


def _try(action: Callable[[], str]) -> tuple[str, str]:
    """(what was done, what was refused): a refusal keeps what was typed on the page."""
    try:
        with db.session.begin_nested():
            return action(), ""
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return "", refusal.message


@pages.get("/")
@allowed(Permission.ADMINISTER)
def overview() -> ResponseReturnValue:
    tries = db.session.scalars(select(SignIn).order_by(SignIn.at.desc()).limit(30)).all()
    return render_template("admin/overview.html", tries=tries)


@pages.route("/accounts", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def accounts() -> ResponseReturnValue:
    said = refusal = ""
    if request.method == "POST":
        said, refusal = _try(_create_account)
        if said:
            flash(said)
            return redirect(url_for("admin.accounts"), 303)
    rows = db.session.execute(
        select(Account, Person, Term, Organisation)
        .join(Person, Person.id == Account.person_id)
        .outerjoin(Term, Term.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == Term.organisation_id)
        .order_by(Account.login, Term.since.desc())
    ).all()
    page = render_template(
        "admin/accounts.html", rows=rows, refusal=refusal, typed=request.form, roles=list(Role), **_offices()
    )
    return page, 422 if refusal else 200


def _create_account() -> str:
    form = request.form
    account, first = actions.create_account(
        name=form.get("name", ""),
        login=form.get("login", ""),
        mobile=form.get("mobile", ""),
        role=_role(form.get("role")),
        organisation_id=_id(form.get("organisation_id"), "单位"),
        area_id=_id(form.get("area_id"), "片区"),
        since=_day(form.get("since")) or clock.today(),
        until=_day(form.get("until")),
        level=form.get("level", ""),
    )
    return f"账号 {account.login} 建好了，第一次登录的密码是 {first}，请当面告诉本人。这个密码只显示这一次。"


@pages.post("/accounts/<uuid:account_id>/<verb>")
@allowed(Permission.ADMINISTER)
def change_account(account_id: UUID, verb: str) -> ResponseReturnValue:
    """Reset the password, stop or allow an account."""
    account = db.session.get(Account, account_id)
    if account is None or verb not in ("reset", "stop", "allow"):
        raise NotThere
    if verb == "reset":
        flash(f"账号 {account.login} 的新密码是 {actions.reset_password(account)}，请当面告诉本人。")
    elif account.id == scope().account_id:
        raise Refused("不能停用您自己的账号。")
    else:
        actions.set_active(account, verb == "allow")
        flash(f"账号 {account.login} 已{'启用' if account.active else '停用，所有登录都结束了'}。")
    return redirect(url_for("admin.accounts"), 303)


@pages.post("/accounts/<uuid:account_id>/terms")
@allowed(Permission.ADMINISTER)
def add_term(account_id: UUID) -> ResponseReturnValue:
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotThere
    form = request.form
    actions.appoint(
        account.person_id,
        _role(form.get("role")),
        organisation_id=_id(form.get("organisation_id"), "单位"),
        area_id=_id(form.get("area_id"), "片区"),
        since=_day(form.get("since")) or clock.today(),
        until=_day(form.get("until")),
    )
    flash("任期记好了。")
    return redirect(url_for("admin.accounts"), 303)


@pages.post("/terms/<uuid:term_id>/end")
@allowed(Permission.ADMINISTER)
def end_term(term_id: UUID) -> ResponseReturnValue:
    term = db.session.get(Term, term_id)
    if term is None:
        raise NotThere
    actions.end_term(term, _day(request.form.get("until")) or clock.today())
    flash("任期已经结束。")
    return redirect(url_for("admin.accounts"), 303)


@pages.route("/organisations", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def organisations() -> ResponseReturnValue:
    said = refusal = ""
    if request.method == "POST":
        said, refusal = _try(_create_organisation)
        if said:
            flash(said)
            return redirect(url_for("admin.organisations"), 303)
    rows = db.session.scalars(select(Organisation).order_by(Organisation.side, Organisation.name)).all()
    powers = db.session.scalars(select(OrganisationPower).order_by(OrganisationPower.since)).all()
    duties = db.session.execute(
        select(Duty, Person.name, Area.name)
        .join(Person, Person.id == Duty.person_id)
        .join(Area, Area.id == Duty.area_id)
        .where(Duty.until >= clock.today())
        .order_by(Duty.since)
    ).all()
    page = render_template(
        "admin/organisations.html",
        rows=rows,
        powers=powers,
        duties=duties,
        all_powers=list(Power),
        supervisors=queries.people_with(Role.SUPERVISOR),
        refusal=refusal,
        typed=request.form,
        **_offices(),
    )
    return page, 422 if refusal else 200


def _create_organisation() -> str:
    form = request.form
    row = actions.create_organisation(
        name=form.get("name", ""),
        short_name=form.get("short_name", ""),
        side=Side.CONGRESS if form.get("side") == "congress" else Side.GOVERNMENT,
        area_id=_id(form.get("area_id"), "片区"),
        letter_code=form.get("letter_code", ""),
        phone=form.get("phone", ""),
    )
    return f"单位“{row.name}”登记好了。"


@pages.post("/organisations/<uuid:organisation_id>/powers")
@allowed(Permission.ADMINISTER)
def grant_power(organisation_id: UUID) -> ResponseReturnValue:
    if db.session.get(Organisation, organisation_id) is None:
        raise NotThere
    try:
        power = Power(request.form.get("power", ""))
    except ValueError:
        raise Refused("请选一项职权。") from None
    since = _day(request.form.get("since")) or clock.today()
    actions.grant_power(organisation_id, power, since=since, source=request.form.get("source", ""))
    flash("职权登记好了。")
    return redirect(url_for("admin.organisations"), 303)


@pages.post("/duty")
@allowed(Permission.ADMINISTER)
def set_duty() -> ResponseReturnValue:
    since = _day(request.form.get("since")) or clock.today()
    person_id, area_id = _id(request.form.get("person_id"), "值班的人"), _id(request.form.get("area_id"), "片区")
    actions.set_duty(area_id, person_id, since=since, until=_day(request.form.get("until")) or since)
    flash("值班排好了。")
    return redirect(url_for("admin.organisations"), 303)


@pages.post("/areas/<uuid:area_id>/numbers")
@allowed(Permission.ADMINISTER)
def set_numbers(area_id: UUID) -> ResponseReturnValue:
    area = db.session.get(Area, area_id)
    if area is None:
        raise NotThere
    form = request.form
    actions.set_emergency_numbers(area, duty_phone=form.get("duty_phone", ""), gas_phone=form.get("gas_phone", ""))
    flash("遇险电话改好了。")
    return redirect(url_for("admin.organisations"), 303)


def _offices() -> dict[str, object]:
    return {
        "organisations": db.session.scalars(select(Organisation).order_by(Organisation.name)).all(),
        "areas": db.session.scalars(select(Area).order_by(Area.code)).all(),
    }


def _role(text: str | None) -> Role:
    try:
        return Role(text or "")
    except ValueError:
        raise Refused("请选角色。", field="role") from None


def _id(text: str | None, what: str) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise Refused(f"请选{what}。") from None


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("日期不对，请重新选。") from None
