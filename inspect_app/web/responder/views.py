"""The inbox of a handling organisation, and one hazard in it."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from inspect_app.hazards import queries
from inspect_app.hazards.queries import Filters

from .. import hazard_page
from ..access import Permission, allowed, scope

pages = Blueprint("responder", __name__, url_prefix="/inbox")
TABS = {"all": "全部", "overdue": "已逾期", "soon": "3 天内到期", "verify": "待核验"}


@pages.get("/")
@allowed(Permission.INBOX)
def inbox() -> ResponseReturnValue:
    tab = request.args.get("tab", "all")
    filters = Filters(tab=tab if tab in TABS else "all")
    page = queries.page(scope(), filters, request.args.get("after"))
    return render_template(
        "responder/inbox.html", page=page, tabs=TABS, filters=filters, counts=queries.counts(scope())
    )


@pages.get("/<uuid:hazard_id>")
@allowed(Permission.INBOX)
def hazard(hazard_id: UUID) -> ResponseReturnValue:
    return hazard_page.show(hazard_id)


@pages.post("/<uuid:hazard_id>/steps/<slug>")
@allowed(Permission.INBOX)
def take_step(hazard_id: UUID, slug: str) -> ResponseReturnValue:
    return hazard_page.take(hazard_id, slug)
