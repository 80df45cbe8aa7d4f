"""Imports, a slice at a time: photos, papers and urgent calls come in between."""

from flask import current_app

from inspect_app.imports import actions
from inspect_app.imports.rules import KEPT_FOR
from inspect_app.imports.working import ImportTools, at_work, go_on
from inspect_app.kernel import clock
from inspect_app.kernel.database import writing

SECONDS = 5.0  # for one run; the lot of rows that was begun is checked to its end, and writing is not cut


def go_on_with_imports() -> bool:
    """Go on with what somebody brought; whether there is more, for which the worker is woken again."""
    if not at_work():
        return False
    more = go_on(
        ImportTools(current_app.extensions["imports"].whole, current_app.config["SECRET_KEY"]), seconds=SECONDS
    )
    wake = current_app.wake_worker  # type: ignore[attr-defined]
    if more and wake is not None:
        wake()
    return more


def drop_old_imports() -> int:
    """Rows and files of imports that were brought some days ago are thrown away; returns how many files."""
    with writing():
        actions.drop_old()
    dropped: int = current_app.extensions["imports"].drop_older(clock.now() - KEPT_FOR)
    return dropped
