"""The blueprint of the administrator; its views register themselves on it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from inspect_app.people import directory

from ..access import Permission, allowed

pages = Blueprint("admin", __name__, url_prefix="/admin")


@pages.get("/")
@allowed(Permission.ADMINISTER)
def overview() -> ResponseReturnValue:
    """Where each thing is kept, and the newest tries to sign in."""
    return render_template("admin/overview.html", tries=directory.sign_ins(size=10).rows)
