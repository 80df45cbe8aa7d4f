"""The way to what a message is about, made when it is shown: the same hazard lies behind another page for each role."""

from collections.abc import Sequence
from uuid import UUID

from flask import url_for

from inspect_app.casework.signing_many import ABOUT_MANY
from inspect_app.casework.signing_off import ABOUT
from inspect_app.hazards import kin
from inspect_app.people.rules import Role

from .access import scope

HAZARD_PAGES = {
    Role.DEPUTY: "field.hazard",
    Role.HANDLER: "responder.hazard",
    Role.SUPERVISOR: "desk.hazard",
    Role.LEADER: "desk.hazard",
    Role.AUDITOR: "desk.hazard",
}


def links_to(subjects: Sequence[tuple[str, UUID]]) -> list[str]:
    """For each an address the reader may open; empty where there is none, or where it has left their scope meanwhile."""
    role, hazards = scope().role, {subject_id for kind, subject_id in subjects if kind == "hazard"}
    seen = kin.seen(scope(), hazards) if role in HAZARD_PAGES else set()
    return [_link(role, kind, subject_id, seen) for kind, subject_id in subjects]


def _link(role: Role, kind: str, subject_id: UUID, seen: set[UUID]) -> str:
    if kind == "urgent" and role is Role.SUPERVISOR:
        return url_for("desk.today", _anchor="urgent")
    if kind == ABOUT and role in HAZARD_PAGES:
        return url_for("printing.draft", sheet_id=subject_id)
    if kind == ABOUT_MANY and role in HAZARD_PAGES:
        return url_for("printing.drafts")
    if kind == "slip" and role is Role.SUPERVISOR:
        return url_for("slips.slip", slip_id=subject_id)
    if kind == "review" and role is Role.SUPERVISOR:
        return url_for("desk.hazards")
    if kind != "hazard" or subject_id not in seen:
        return ""
    return url_for(HAZARD_PAGES[role], hazard_id=subject_id)
