"""One commit at the edge: a view that returns commits, one that raises rolls back. The only commit of the web."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from inspect_app.kernel.database import begin_writing, db, end_reading
from inspect_app.kernel.races import given_up

from .delivery.assets import within_version
from .pressed import FORMS, keep_answer, take_key

View = TypeVar("View", bound=Callable[..., Any])
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
MOST_TRIES = 3
log = logging.getLogger(__name__)


class Application(Flask):
    """Flask whose dispatch is one transaction, and whose static files lie under the version of their content."""

    wake_worker: Callable[[], None] | None = None

    def send_static_file(self, filename: str) -> Response:
        """A static file by its versioned or its plain name."""
        name, caching = within_version(filename, self.config["SHELL_VERSION"])
        bundle = self.extensions["bundles"].get(name)
        answer: Response = bundle.answer() if bundle else super().send_static_file(name)
        answer.headers["Cache-Control"] = caching
        return answer

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view inside the request's transaction.

        A view may answer with a status of 400 or more without raising; what it wrote is rolled back then, except
        where it says `g.keep_writes = True` (a failed sign-in is logged although it fails). A transaction that the
        database gave up because two waited for each other is run again as a whole.
        """
        for _ in range(MOST_TRIES - 1):
            try:
                return self._dispatch_once()
            except OperationalError as fault:
                if not (given_up(fault) and _can_be_read_again()):
                    raise
                log.warning("given up for another, and begun anew: %s", fault.orig)
                _begin_anew()
        return self._dispatch_once()

    def _dispatch_once(self) -> ResponseReturnValue:
        try:
            if request.method == "POST" and not _late():
                take_key()
            answer = self.make_response(super().dispatch_request())
            if answer.status_code < 400:
                keep_answer(answer)
        except BaseException:
            db.session.rollback()
            raise
        if answer.status_code >= 400 and not g.get("keep_writes"):
            db.session.rollback()
            return answer
        wrote = request.method in WRITING
        db.session.commit()
        if wrote and self.wake_worker is not None:
            self.wake_worker()
        return answer


def open_transaction() -> None:
    """Before anything touches the database: a writing request first reads its whole body, then takes the write lock.

    The other way round a phone on a bad network would hold everybody's lock while its bytes trickle in, or a connection,
    of which a process has few. What is neither form nor JSON is read by its view, which holds nothing meanwhile.
    """
    if request.method not in WRITING:
        return
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "most_bytes", None)
    if most is not None:
        if not current_user.is_authenticated:
            return  # refused before a byte of it is read
        request.max_content_length = most
        db.session.rollback()  # who it is was read; nothing is held while the body comes
    if request.mimetype in FORMS:
        _ = request.form
    elif request.is_json or not _late():
        request.get_data(cache=True)
    if not _late():
        begin_writing()


def _can_be_read_again() -> bool:
    """Whether the body was read whole and is still here; bytes that trickled in are gone."""
    return request.is_json or request.mimetype in FORMS


def _begin_anew() -> None:
    for name in ("keep_writes", "pressed"):
        g.pop(name, None)
    if request.mimetype in FORMS:
        for _, file in request.files.items(multi=True):
            file.stream.seek(0)
    if request.method in WRITING and not _late():
        begin_writing()


def _late() -> bool:
    """Whether the view that is asked for takes the write lock itself."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), "writes_late", False))


def writes_late(view: View) -> View:
    """Mark a view that reads and checks first and calls `now_write()` itself: the busy intake holds the lock briefly."""
    view.writes_late = True  # type: ignore[attr-defined]
    return view


def takes_up_to(most_bytes: int) -> Callable[[View], View]:
    """Mark a view that takes more bytes than others, from people who are signed in only."""

    def mark(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def now_write() -> None:
    """End the reading and take the write lock; nothing may have been written before."""
    end_reading()
    begin_writing()
    if request.method == "POST":
        take_key()
