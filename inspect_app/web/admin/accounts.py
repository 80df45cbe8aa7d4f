"""Accounts and their terms. A first password is shown once, in the answer to the press: in no address, log or cookie."""

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.intake import devices
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Faults, NotThere, Refused
from inspect_app.people import actions, acts, appointing, directory, district, records, second_factor
from inspect_app.people.models import Account, RoleTerm
from inspect_app.people.rules import DEPUTY_LEVELS, ROLE_NAMES, Role

from ..access import Permission, allowed, scope
from ..fields import attempt, maybe_id, maybe_posted_day, narrowed, page_of, pager, posted, posted_day, posted_id
from .pages import pages


@pages.get("/accounts")
@allowed(Permission.ADMINISTER)
def accounts() -> ResponseReturnValue:
    """The accounts, narrowed by words and role, a page at a time."""
    here = narrowed("q", "role")
    page = directory.accounts(here.get("q", ""), here.get("role", ""), request.args.get("after"))
    return render_template(
        "admin/accounts.html",
        page=page,
        here=here,
        **pager("admin.accounts", here, page.after),
    )


@pages.route("/accounts/new", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def new_account() -> ResponseReturnValue:
    """The form of a new account; once made, the page that shows its first password, that one time."""
    refusal = None
    if request.method == "POST":
        made, refusal = attempt(_create)
        if made is not None:
            return _first_password(*made)
    return page_of("admin/account_new.html", refusal, **_choices())


@pages.get("/accounts/<uuid:account_id>")
@allowed(Permission.ADMINISTER)
def account(account_id: UUID) -> ResponseReturnValue:
    """An account with its terms."""
    return _page(directory.account(account_id), None)


@pages.post("/accounts/<uuid:account_id>/<verb>")
@allowed(Permission.ADMINISTER)
def change_account(account_id: UUID, verb: str) -> ResponseReturnValue:
    """Reset the password, stop or allow the account, forget a lost authenticator, or report a phone lost."""
    row = directory.account(account_id)
    if verb == "reset":
        return _first_password(row, actions.reset_password(row))
    if verb == "forget":
        second_factor.forget(row)
        flash("第二步验证重设了，下次登录时本人再扫一次码。所有登录都结束了。")
    elif verb == "lost":
        actions.end_sessions(row, forget_browsers=True)
        devices.report_lost(row.id)
        flash("手机挂失了，所有登录都结束了。手机找到后，本人在上面再登录一次就恢复。")
    elif verb in ("stop", "allow"):
        if row.id == scope().account_id:
            return _page(row, Refused("不能停用您自己的账号，请另一位管理员来办。"))
        actions.set_active(row, verb == "allow")
        flash("账号启用了。" if row.active else "账号停用了，所有登录都结束了。")
    else:
        raise NotThere
    return redirect(url_for("admin.account", account_id=row.id), 303)


@pages.post("/accounts/<uuid:account_id>/correct")
@allowed(Permission.ADMINISTER)
def correct_account(account_id: UUID) -> ResponseReturnValue:
    """Name, login and mobile number set right; the log says what they were."""
    row = directory.account(account_id)
    _, refusal = attempt(
        lambda: actions.correct_account(
            row,
            name=request.form.get("name", ""),
            login=request.form.get("login", ""),
            mobile=request.form.get("mobile", ""),
        )
    )
    return _answer(row, refusal, "correct", "改好了。登录没有断，改前改后都在管理记录里。")


@pages.post("/terms/<uuid:term_id>/correct")
@allowed(Permission.ADMINISTER)
def correct_term(term_id: UUID) -> ResponseReturnValue:
    """Where a term is held, set right; one's own by another administrator."""
    term = directory.term(term_id)
    row = directory.account(_account_of(term))
    _, refusal = attempt(
        lambda: appointing.correct_term(
            term,
            area_id=maybe_id(posted("area_id")),
            level=posted("level"),
            congress_term=posted("congress_term", "congress_term"),
            station_id=maybe_id(posted("station_id")),
            by=scope().person_id,
        )
    )
    return _answer(row, refusal, f"term-{term.id}", "任期改好了。")


@pages.post("/accounts/<uuid:account_id>/terms")
@allowed(Permission.ADMINISTER)
def add_term(account_id: UUID) -> ResponseReturnValue:
    """Give the account's person a role from a day on."""
    row = directory.account(account_id)
    _, refusal = attempt(lambda: _appoint(row))
    return _answer(row, refusal, "add", "任期记好了。")


@pages.post("/terms/<uuid:term_id>/end")
@allowed(Permission.ADMINISTER)
def end_term(term_id: UUID) -> ResponseReturnValue:
    """End a term on a day."""
    term = directory.term(term_id)
    row = directory.account(_account_of(term))
    _, refusal = attempt(lambda: appointing.end_term(term, posted_day("until", "到哪天止"), by=scope().person_id))
    return _answer(row, refusal, f"until-{term.id}", "任期的结束日期记好了。")


def _account_of(term: RoleTerm) -> UUID:
    found = directory.account_of(term.person_id)
    if found is None:
        raise NotThere
    return found


def _create() -> tuple[Account, str]:
    return actions.create_account(
        name=request.form.get("name", ""),
        login=request.form.get("login", ""),
        mobile=request.form.get("mobile", ""),
        **_term_fields(),
    )


def _appoint(row: Account) -> RoleTerm:
    fields = _term_fields()
    return appointing.appoint(row.person_id, fields.pop("role"), by=scope().person_id, **fields)


def _term_fields() -> dict[str, Any]:
    """What a term is made of, as it was typed. What cannot be read is None and stands in `so_far`, so that the action
    names it together with everything else."""
    faults = Faults()
    return {
        "role": faults.of(_role),
        "organisation_id": faults.of(posted_id, "organisation_id", "单位"),
        "area_id": faults.of(posted_id, "area_id", "片区"),
        "since": faults.of(posted_day, "since", "从哪天起"),
        "until": faults.of(maybe_posted_day, "until"),
        "level": posted("level"),
        "congress_term": posted("congress_term", "congress_term"),
        "station_id": maybe_id(posted("station_id")),
        "so_far": faults,
    }


def _role() -> Role:
    try:
        return Role(posted("role"))
    except ValueError:
        raise Refused("请选角色。", field="role") from None


def _choices() -> dict[str, Any]:
    return {
        "roles": [(str(role), name) for role, name in ROLE_NAMES.items()],
        "organisations": [(row.id, row.name) for row in district.organisations()],
        "areas": [(row.id, row.name) for row in district.live_areas()],
        "stations": [(row.id, f"{row.name}（{area.name}）") for row, area in district.stations()],
        "levels": [(level, f"{level}代表") for level in DEPUTY_LEVELS],
    }


def _first_password(row: Account, password: str) -> ResponseReturnValue:
    """The answer itself, not a page to go to: it is kept by no cache, and reloading asks before it sends again. A second
    press finds the account, not the password."""
    g.again_at = url_for("admin.account", account_id=row.id)
    person = directory.person(row.person_id)
    return render_template("admin/first_password.html", account=row, person=person, password=password)


def _answer(row: Account, refusal: Refused | None, at: str, said: str) -> ResponseReturnValue:
    if refusal is not None:
        return _page(row, refusal, at)
    flash(said)
    return redirect(url_for("admin.account", account_id=row.id), 303)


def _page(row: Account, refusal: Refused | None, at: str = "") -> ResponseReturnValue:
    """`at` names the form that was refused, with what was typed in it."""
    held_terms = directory.terms_of(row.person_id)
    return page_of(
        "admin/account.html",
        refusal,
        account=row,
        person=directory.person(row.person_id),
        terms=held_terms,
        tries=records.sign_ins(row.login, size=5).rows,
        is_me=row.id == scope().account_id,
        at=at,
        acts=records.acts(size=5, about=[row.id, row.person_id, *(held.term.id for held in held_terms)]).rows,
        labels=acts.LABELS,
        subjects=acts.SUBJECTS,
        verbs=acts.VERBS,
        day=clock.today(),
        **_choices(),
    )
