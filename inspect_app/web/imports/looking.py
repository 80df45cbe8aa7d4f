"""One import: how far it is, what is wrong with it, what it would come to, which rows are which; confirming it."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.imports import actions, queries, sheets_out
from inspect_app.imports.queries import ImportView
from inspect_app.imports.rules import KEPT_FOR, RowVerdict, where
from inspect_app.kernel import clock
from inspect_app.kernel.errors import NotThere, Refused

from ..access import Permission, allowed, scope
from ..errors import is_htmx
from ..fields import attempt, page_of
from .bringing import sheet
from .pages import pages

_SHOWN = (RowVerdict.ADDED, RowVerdict.CHANGED, RowVerdict.SAME)
MOST_FAULTS = 50  # rows on the page; all of them are in the sheet


@pages.get("/jobs/<uuid:import_id>")
@allowed(Permission.IMPORTS)
def job(import_id: UUID) -> ResponseReturnValue:
    """One import."""
    return _page(queries.view(scope(), import_id), None)


@pages.get("/jobs/<uuid:import_id>/progress")
@allowed(Permission.IMPORTS)
def progress(import_id: UUID) -> ResponseReturnValue:
    """How far it is; asked by its page itself, which is drawn anew once the worker is through."""
    found = queries.view(scope(), import_id)
    if not is_htmx():
        return redirect(url_for("imports.job", import_id=import_id))
    answer = render_template("imports/_fragments/progress.html", view=found)
    return answer if found.going_on else (answer, 200, {"HX-Refresh": "true"})


@pages.get("/jobs/<uuid:import_id>/faults.xlsx")
@allowed(Permission.IMPORTS)
def faults(import_id: UUID) -> Response:
    """The faulty rows, each with its reasons behind it."""
    found = queries.view(scope(), import_id)
    rows = queries.all_rows(import_id, RowVerdict.FAULTY)
    if not rows:
        raise NotThere("这一份没有要改的行，或者已经清掉了。")
    return sheet(sheets_out.faulty_rows(found.kind, rows), f"{found.kind.title}要改的行.xlsx")


@pages.post("/jobs/<uuid:import_id>/decide")
@allowed(Permission.IMPORTS)
def decide(import_id: UUID) -> ResponseReturnValue:
    """Which rows are one of the register, and which another one."""
    said = {
        int(number): value
        for name, value in request.form.items()
        if (number := name.removeprefix("row-")) != name and number.isascii() and number.isdigit() and len(number) < 7
    }
    return _then(import_id, lambda: actions.decide(scope(), import_id, said), "记下了，正在照您选的再核对一遍。")


@pages.post("/jobs/<uuid:import_id>/confirm")
@allowed(Permission.IMPORTS)
def confirm(import_id: UUID) -> ResponseReturnValue:
    """确认导入."""
    return _then(import_id, lambda: actions.confirm(scope(), import_id), "确认了，正在导入。")


@pages.post("/jobs/<uuid:import_id>/cancel")
@allowed(Permission.IMPORTS)
def cancel(import_id: UUID) -> ResponseReturnValue:
    """不导入了."""
    return _then(import_id, lambda: actions.cancel(scope(), import_id), "不导入了，一行也没有写进去。")


@pages.post("/jobs/<uuid:import_id>/slips")
@allowed(Permission.ADMINISTER)
def slips(import_id: UUID) -> ResponseReturnValue:
    """The first passwords of the accounts that an import has made, to be printed and cut. The answer itself, not a page to go to: it
    is kept by no cache. Whoever has changed theirs has no slip any more."""
    me = scope()
    found, refusal = attempt(lambda: actions.show_slips(me, import_id, current_app.config["SECRET_KEY"]))
    if found is None:
        return _page(queries.view(me, import_id), refusal)
    g.again_at = url_for("imports.job", import_id=import_id)
    return render_template("imports/slips.html", slips=found, view=queries.view(me, import_id))


def _then(import_id: UUID, act: Callable[[], object], said: str) -> ResponseReturnValue:
    _, refusal = attempt(act)
    if refusal is not None:
        return _page(queries.view(scope(), import_id), refusal)
    flash(said)
    return redirect(url_for("imports.job", import_id=import_id), 303)


def _page(view: ImportView, refusal: Refused | None) -> ResponseReturnValue:
    show = next((one for one in _SHOWN if one == request.args.get("show")), _first_of(view))
    after = request.args.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 7 else 0
    rows = queries.rows(view.job.id, show, start) if view.waits else None
    return page_of(
        "imports/job.html",
        refusal,
        view=view,
        show=show,
        rows=rows,
        asked=queries.rows(view.job.id, RowVerdict.ASKED, size=20).rows if view.waits and view.job.asked else [],
        faulty=_faulty(view) if view.is_faulty else [],
        titles={column.name: column.title for column in view.kind.columns},
        names={column.title: column.name for column in view.kind.columns},
        kept_until=clock.local_date(view.job.made_at + KEPT_FOR),
        next=url_for("imports.job", import_id=view.job.id, show=show, after=rows.after) if rows and rows.after else "",
        first=url_for("imports.job", import_id=view.job.id, show=show) if start else "",
    )


def _first_of(view: ImportView) -> RowVerdict:
    """What is shown first: what would change, else what is new, else the rest."""
    counts = {RowVerdict.CHANGED: view.job.changed, RowVerdict.ADDED: view.job.added}
    return next((verdict for verdict, count in counts.items() if count), RowVerdict.SAME)


def _faulty(view: ImportView) -> list[tuple[str, str]]:
    """(cell, sentence) of what is wrong, in the order of the sheet: as many as one reads on a page."""
    rows = queries.rows(view.job.id, RowVerdict.FAULTY, size=MOST_FAULTS).rows
    columns, places = view.kind.columns, view.job.columns
    return [(where(row.number, column, places, columns), said) for row in rows for column, said in row.faults]
