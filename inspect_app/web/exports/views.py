"""The log of exports: one's own, and everybody's."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from inspect_app.exports import queries
from inspect_app.exports.columns import HAZARDS, PAPERS, PLACES
from inspect_app.exports.models import Export
from inspect_app.exports.rules import FORM_NAMES, STATE_NAMES, ExportState, has_fallen_silent
from inspect_app.kernel import clock

from ..access import TABLE, Permission, allowed, scope
from ..fields import narrowed, pager

pages = Blueprint("exports", __name__, url_prefix="/exports")
KINDS = {kind.code: kind for kind in (HAZARDS, PLACES, PAPERS)}
# The tint, the mark and the words of an export, by how it stands.
_LOOKS = {
    ExportState.SENDING: ("state", "◐"),
    ExportState.DONE: ("done", "✓"),
    ExportState.LEFT: ("overdue", "△"),
    ExportState.FAILED: ("overdue", "△"),
}


@pages.get("/")
@allowed(Permission.EXPORTS)
def mine() -> ResponseReturnValue:
    """What one has taken along oneself, the newest first."""
    page = queries.mine(scope(), request.args.get("after"))
    whole_log = scope().role in TABLE[Permission.EXPORTS_LOG]
    return render_template(
        "exports/mine.html", page=page, whole_log=whole_log, **_words(), **pager("exports.mine", {}, page.after)
    )


@pages.get("/log")
@allowed(Permission.EXPORTS_LOG)
def everybodys() -> ResponseReturnValue:
    """What everybody has taken along: who, when, which rows, why with persons, and what came of it."""
    here = narrowed("q", "kind", "persons")
    page = queries.everybodys(
        here.get("q", ""),
        here.get("kind", "") if here.get("kind") in KINDS else "",
        persons=here.get("persons") == "1",
        after=request.args.get("after"),
    )
    choices = {code: kind.sheet for code, kind in KINDS.items()}
    return render_template(
        "exports/log.html", page=page, here=here, choices=choices, **_words(),
        **pager("exports.everybodys", here, page.after),
    )  # fmt: skip


def _words() -> dict[str, object]:
    return {"look": _look, "kinds": KINDS, "forms": FORM_NAMES}


def _look(row: Export) -> tuple[str, str, str]:
    """(tint, mark, words) of an export: what nobody sends any more stands as it will be written within the minute."""
    state = ExportState(row.state)
    if state is ExportState.SENDING and has_fallen_silent(row.touched_at, clock.now()):
        state = ExportState.LEFT
    return (*_LOOKS[state], STATE_NAMES[state])
