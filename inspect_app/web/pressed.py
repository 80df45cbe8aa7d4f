"""A form pressed twice: read from the request, and answered with the page that the first press led to."""

import hashlib
import json

from flask import Flask, Response, flash, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from inspect_app.kernel import once
from inspect_app.kernel.ids import new_id

from .errors import came_from
from .fields import maybe_id

FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
_OURS = ("once", "csrf_token", "token")  # what a page that was drawn anew says otherwise


def register_pressed(app: Flask) -> None:
    """Give every form of ours a key, drawn beside the token."""
    app.jinja_env.globals["once_key"] = new_id


def take_key() -> None:
    """Take the key of a press, in its transaction, before all else. A second press ends here: it is led where the first was."""
    key = maybe_id(request.form.get("once")) if request.mimetype in FORMS else None
    if key is None:
        return
    # Whoever holds a paper and its code is known by that paper, also where somebody is signed in on the same browser.
    whose = g.get("holder") or (current_user.id if current_user.is_authenticated else None)
    if whose is None:
        return
    first = once.take(key, whose, request.path, _said())
    if first is None:
        g.pressed = key
        return
    if "holder" not in g:  # their page says itself what has come, and no session is begun for them
        flash("刚才已经办好了，没有再办一次。")
    raise _Again(response=redirect(first.led_to or came_from() or url_for("account.home"), 303))


class _Again(HTTPException):
    """Not a fault: the answer is the first one's."""

    code = 303


def keep_answer(answer: Response) -> None:
    """Where the first press led: its redirect, or the page that a view names because its own answer cannot be shown twice."""
    key = g.pop("pressed", None)
    if key is not None:
        once.led_to(key, answer.headers.get("Location", "") or g.get("again_at", ""))


def _said() -> str:
    """A hash of all that a form says, its files too."""
    words = sorted((name, value) for name, value in request.form.items(multi=True) if name not in _OURS)
    files = []
    for name, file in request.files.items(multi=True):
        files.append((name, file.filename, hashlib.file_digest(file.stream, "sha256").hexdigest()))  # type: ignore[arg-type]
        file.stream.seek(0)
    return hashlib.sha256(json.dumps([words, sorted(files, key=str)]).encode()).hexdigest()
