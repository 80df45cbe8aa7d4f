"""Each request has a number: in its answer, on its error page and in its line of the log."""

import logging
import time
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, request

from inspect_app.kernel import logs

log = logging.getLogger("request")


def register_tracing(app: Flask) -> None:
    """Before everything else: what is done before a request already carries its number."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    g.tracing = ExitStack()
    g.tracing.enter_context(logs.numbered())
    g.begun = time.monotonic()


def _end(answer: Response) -> Response:
    """Which account, what, how it ended, how long it took. Never the query: people's names are looked for in it."""
    answer.headers["X-Request-Id"] = logs.number()
    if request.endpoint in ("static", "health.healthz") and answer.status_code < 400:
        return answer
    me = g.get("scope")
    took = round(1000 * (time.monotonic() - g.begun)) if "begun" in g else 0
    log.info(
        "%s %s %d %d ms account=%s",
        request.method,
        quote(request.path)[:200],
        answer.status_code,
        took,
        me.account_id if me else "-",
    )
    return answer


def _forget(_fault: Any) -> None:
    if "tracing" in g:
        g.pop("tracing").close()
