"""Where a register is brought: its template, the form, and what was brought before."""

from urllib.parse import quote

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.imports import actions, queries, sheets_out
from inspect_app.imports.rules import KEPT_FOR, MOST_ROWS
from inspect_app.kernel.errors import Refused
from inspect_app.sheets.workbook import XLSX

from ..access import Permission, allowed, scope
from ..fields import attempt, page_of
from ..transaction import now_write, writes_late
from .pages import pages


@pages.get("/places")
@allowed(Permission.REGISTER)
def places() -> ResponseReturnValue:
    """导入场所."""
    return _start("places", None)


@pages.post("/places")
@allowed(Permission.REGISTER)
@writes_late
def bring_places() -> ResponseReturnValue:
    """A workbook of places is received; the worker reads it."""
    return _bring("places")


@pages.get("/places/template.xlsx")
@allowed(Permission.REGISTER)
def places_template() -> Response:
    """The empty sheet of places, with what each column wants."""
    return _template("places")


@pages.get("/accounts")
@allowed(Permission.ADMINISTER)
def accounts() -> ResponseReturnValue:
    """导入账号和任期."""
    return _start("accounts", None)


@pages.post("/accounts")
@allowed(Permission.ADMINISTER)
@writes_late
def bring_accounts() -> ResponseReturnValue:
    """A workbook of accounts and terms is received; the worker reads it."""
    return _bring("accounts")


@pages.get("/accounts/template.xlsx")
@allowed(Permission.ADMINISTER)
def accounts_template() -> Response:
    """The empty sheet of accounts and terms, with what each column wants."""
    return _template("accounts")


def sheet(data: bytes, name: str) -> Response:
    """A workbook to be saved under a name."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(data, mimetype=XLSX, headers=headers)


def _template(kind: str) -> Response:
    found = queries.kind_for(scope(), kind)
    return sheet(sheets_out.template(found), f"{found.title}模板.xlsx")


def _bring(kind: str) -> ResponseReturnValue:
    """The file is looked at and kept before the write lock is taken: others write meanwhile."""
    me, sent = scope(), request.files.get("file")
    data, name = (sent.read(), sent.filename or "") if sent else (b"", "")
    try:
        actions.check_file(data)
    except Refused as refusal:
        return _start(kind, refusal)
    current_app.extensions["imports"].put(data)
    now_write()
    job, refused = attempt(lambda: actions.bring(me, kind, data, name))
    if job is None:
        return _start(kind, refused)
    flash("收到了，正在读。读完先给您看，您确认了才导入。")
    return redirect(url_for("imports.job", import_id=job.id), 303)


def _start(kind: str, refusal: Refused | None) -> ResponseReturnValue:
    me, sent = scope(), request.files.get("file")
    return page_of(
        "imports/start.html",
        refusal,
        kind=queries.kind_for(me, kind),
        history=queries.history(me, kind),
        mine=me.account_id,
        most_rows=MOST_ROWS,
        kept_days=KEPT_FOR.days,
        file_name=sent.filename if refusal and sent else "",
    )
