"""The blueprint of the desk; its views register themselves on it."""

from flask import Blueprint, current_app

from inspect_app.visits.staleness import FullWalkRule

pages = Blueprint("desk", __name__, url_prefix="/desk")


def full_walk_rule() -> FullWalkRule:
    """When a place is due for 全查, as this server was told."""
    settings = current_app.extensions["settings"]
    return FullWalkRule(settings.full_walk_months, settings.full_walk_stale)
