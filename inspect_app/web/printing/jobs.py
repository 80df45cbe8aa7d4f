"""打印: one's own print jobs, how far each is, its files, what was left out and why."""

from collections.abc import Sequence
from uuid import UUID

from flask import Response, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from inspect_app.kernel import clock
from inspect_app.kernel.errors import NotThere
from inspect_app.printing import actions, queries
from inspect_app.printing.kinds.registry import KINDS
from inspect_app.printing.queries import JobView
from inspect_app.printing.rules import KEPT_FOR, Form, job_file_name

from ..access import Permission, allowed, scope
from ..errors import is_htmx
from ..fields import attempt
from .pages import pages

_MEDIA_TYPES = {Form.PDF: "application/pdf", Form.ZIP: "application/zip"}
_NOT_KEPT = "这个文件已经清掉了，要的话请再打印一次。"


@pages.get("/prints")
@allowed(Permission.PRINTS)
def jobs() -> ResponseReturnValue:
    """One's own jobs, the newest first."""
    return _page(queries.mine(scope()))


@pages.get("/prints/<uuid:job_id>")
@allowed(Permission.PRINTS)
def job(job_id: UUID) -> ResponseReturnValue:
    """One of them; alone where its place on the page asks how far it is."""
    found = queries.views([queries.load(scope(), job_id)])
    if is_htmx():
        return render_template("printing/_fragments/job.html", view=found[0], **_words())
    return _page(found)


@pages.post("/prints/<uuid:job_id>/cancel")
@allowed(Permission.PRINTS)
def cancel(job_id: UUID) -> ResponseReturnValue:
    """取消, also while it is being made."""
    _, refused = attempt(lambda: actions.cancel(scope(), job_id))
    flash(refused.message if refused else "取消了。")
    return redirect(url_for("printing.jobs"), 303)


@pages.get("/prints/<uuid:job_id>/<form>")
@allowed(Permission.PRINTS)
def file(job_id: UUID, form: str) -> Response:
    """A finished file, to be saved. It may be hundreds of megabytes: it is sent piece by piece."""
    if form not in set(Form):
        raise NotThere
    row, found = queries.file_of(scope(), job_id, form)
    opened = current_app.extensions["prints"].open(found.sha256)
    if opened is None:
        raise NotThere(_NOT_KEPT)
    name = job_file_name(row.title, clock.local_date(row.made_at), form)
    answer = send_file(opened, mimetype=_MEDIA_TYPES[Form(form)], as_attachment=True, download_name=name)
    answer.content_length = found.size
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(views: Sequence[JobView]) -> str:
    return render_template("printing/jobs.html", views=views, **_words())


def _words() -> dict[str, object]:
    return {"kept_days": KEPT_FOR.days, "kinds": KINDS}
