"""The blueprint of the administrator; its views register themselves on it. What a request changes is written into the log."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from inspect_app.people import acts, directory, records

from ..access import Permission, allowed

pages = Blueprint("admin", __name__, url_prefix="/admin")


@pages.before_request
def _watch() -> None:
    if g.get("scope") is not None:
        acts.watch(g.scope.person_id)


@pages.teardown_request
def _stop_watching(_fault: BaseException | None) -> None:
    acts.stop_watching()


@pages.get("/")
@allowed(Permission.ADMINISTER)
def overview() -> ResponseReturnValue:
    """Where each thing is kept, who cannot be told apart, and the newest tries to sign in."""
    return render_template("admin/overview.html", tries=records.sign_ins(size=10).rows, colliding=directory.colliding())
