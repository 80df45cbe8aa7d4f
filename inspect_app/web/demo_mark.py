"""Whether every page says that what it shows is a demo."""

from flask import current_app, request

from inspect_app.people.queries import holds_demo

_KEY = "shows_demo"


def look(signed_in: bool) -> None:
    """Ask the database, once for each process, with a request that asks it anyway: a demo is loaded into an empty database, before
    anybody signs in."""
    if _KEY not in current_app.extensions and (signed_in or request.method == "POST"):
        current_app.extensions[_KEY] = holds_demo()


def shown() -> bool:
    """What was found; False as long as nobody looked, so that a page that tells of a broken database does not ask it."""
    return bool(current_app.extensions.get(_KEY))
