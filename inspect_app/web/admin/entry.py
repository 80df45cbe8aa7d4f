"""第二步验证: which roles must show one. It holds from the next sign-in on."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.people import second_factor
from inspect_app.people.rules import ROLE_NAMES, Role

from ..access import Permission, allowed, scope
from ..fields import attempt
from .pages import pages


@pages.route("/second-factor", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def second_factors() -> ResponseReturnValue:
    """Which roles must show an authenticator's code at their next sign-in; 422 with the reason where it is
    refused."""
    by_default, refusal = bool(current_app.config["SECOND_FACTOR"]), None
    if request.method == "POST":
        wanted = frozenset(role for role in Role if role in request.form.getlist("role"))
        changed, refusal = attempt(lambda: second_factor.demand(wanted, scope().person_id, by_default))
        if refusal is None:
            flash(f"改好了：{'，'.join(changed)}。下次登录时照这个办。" if changed else "没有改动。")
            return redirect(url_for("admin.second_factors"), 303)
    page = render_template(
        "admin/second_factor.html",
        roles=[(role, name, second_factor.demanded(role, by_default)) for role, name in ROLE_NAMES.items()],
        refusal=refusal,
    )
    return page, 422 if refusal else 200
