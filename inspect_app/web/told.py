"""What this server was told of the rules, read where a page needs it."""

from flask import current_app

from inspect_app.visits.staleness import FullWalkRule


def full_walk_rule() -> FullWalkRule:
    """When a place is due for 全查."""
    settings = current_app.extensions["settings"]
    return FullWalkRule(settings.full_walk_months, settings.full_walk_stale)
