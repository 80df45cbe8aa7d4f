"""The way to what a message is about, made when it is shown: the same hazard lies behind another page for each role."""

from uuid import UUID

from flask import url_for

from inspect_app.hazards import queries as hazards
from inspect_app.kernel.errors import NotThere
from inspect_app.people.rules import Role

from .access import scope

_HAZARD_PAGES = {
    Role.DEPUTY: "field.hazard",
    Role.HANDLER: "responder.hazard",
    Role.SUPERVISOR: "desk.hazard",
    Role.LEADER: "desk.hazard",
    Role.AUDITOR: "desk.hazard",
}


def link_to(kind: str, subject_id: UUID) -> str:
    """An address the reader may open; empty where there is none, or where it has left their scope meanwhile."""
    role = scope().role
    if kind == "urgent" and role is Role.SUPERVISOR:
        return url_for("desk.today", _anchor="urgent")
    if kind == "review" and role is Role.SUPERVISOR:
        return url_for("desk.hazards")
    if kind != "hazard" or role not in _HAZARD_PAGES:
        return ""
    try:
        hazards.load(scope(), subject_id)
    except NotThere:
        return ""
    return url_for(_HAZARD_PAGES[role], hazard_id=subject_id)
