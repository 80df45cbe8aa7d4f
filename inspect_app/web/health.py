"""/healthz: for a watchman outside. Open to anyone, tells nothing about anybody, asks the database by a way of its own."""

import time
from typing import cast

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from inspect_app.jobs import health

from .access import public

pages = Blueprint("health", __name__)
FRESH = 1.0  # seconds: however often it is asked, the checks are made once in that time and process


@pages.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """200 when phones can be served, else 503. `status` is ok, degraded (serves, but look at it) or down."""
    found = _look()
    body = {"status": found.state, **{check.name: {"status": check.state} | check.facts for check in found.checks}}
    return body, 503 if found.state is health.HealthState.DOWN else 200


def _look() -> health.Health:
    kept = cast("tuple[float, health.Health] | None", current_app.extensions.get("health"))
    if kept is not None and time.monotonic() - kept[0] < FRESH and not current_app.testing:
        return kept[1]
    found = health.check_all(current_app.extensions["settings"])
    current_app.extensions["health"] = (time.monotonic(), found)
    return found
