"""Checklists for the phone: one published version as it is asked here, drawn and judged there without a signal."""

from datetime import date
from functools import lru_cache
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.local import LocalRules
from inspect_app.checklists.queries import Ends
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import canonical_json

from ..access import Permission, allowed
from ..phone.lists import phone_list
from .views import pages


@pages.get("/lists/<uuid:version_id>")
@allowed(Permission.FIELD)
def checklist(version_id: UUID) -> ResponseReturnValue:
    """A version with the local rules and rules of suspicion of a day (`on`, else today). Whoever holds it asks again by
    its ETag and is told 304: a version never changes, only what is in force, and every process says the same of that."""
    body, tag = _written(version_id, _day(request.args.get("on", "")), checklists.local(), checklists.confirmed_ends())
    answer = Response(body, mimetype="application/json")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(tag)
    return answer.make_conditional(request)


@lru_cache(maxsize=128)
def _written(version_id: UUID, day: date, _here: LocalRules | None, ends: Ends) -> tuple[bytes, str]:
    """The JSON of a version on a day and its hash: every phone asks for the same, and it follows from these alone."""
    rules = checklists.rules_on(day, ends)
    content = phone_list(checklists.asked(version_id, day), rules) | {"version": str(version_id)}
    return canonical_json(content), str(content["hash"])


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written) if written else clock.today()
    except ValueError:
        raise Refused("日期写得不对，要像 2026-11-30 这样。") from None
