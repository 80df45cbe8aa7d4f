"""收件盘: bringing scans, and what waits there: one tap for what was recognised, a number or a reason for the rest."""

from collections.abc import Callable
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.kernel.errors import Refused
from inspect_app.papers import filed
from inspect_app.scans import actions, queries
from inspect_app.scans.rules import MOST_FILES, MOST_PAGES
from inspect_app.slips import listing

from ..access import Permission, actor, allowed, scope
from ..errors import is_htmx
from ..fields import attempt, maybe_id, page_of, posted
from . import receipt
from .pages import pages


@pages.route("/scans", methods=["GET", "POST"])
@allowed(Permission.PAPERS)
def tray() -> ResponseReturnValue:
    """What waits in the tray of one's office, what is being read, and bringing more."""
    refusal = None
    if request.method == "POST":
        upload, refusal = attempt(_brought)
        if upload is not None:
            flash("收到了，正在一页一页读。读好以后列在下面。")
            return redirect(url_for("scans.tray"), 303)
    lines = queries.tray(scope())
    return page_of(
        "scans/tray.html",
        refusal,
        proposed=[line for line in lines if line.proposed],
        stuck=[line for line in lines if not line.proposed],
        reading=queries.being_read(scope()),
        most_files=MOST_FILES,
        most_pages=MOST_PAGES,
    )


def _brought() -> object:
    brought = [file.read() for file in request.files.getlist("files") if file.filename]
    return actions.bring(current_app.extensions["storage"], scope(), brought)


@pages.get("/scans/reading")
@allowed(Permission.PAPERS)
def reading() -> ResponseReturnValue:
    """How far reading is; asked by the tray itself. When nothing is left to read, the tray is drawn anew."""
    if not is_htmx():
        return redirect(url_for("scans.tray"))
    found = queries.being_read(scope())
    answer = render_template("scans/_fragments/reading.html", reading=found)
    return answer if found else (answer, 200, {"HX-Refresh": "true"})


@pages.get("/scans/<uuid:page_id>")
@allowed(Permission.PAPERS)
def page(page_id: UUID) -> ResponseReturnValue:
    """One page, or a sheet of several, beside its paper's own."""
    return _show(page_id, None)


def _show(page_id: UUID, refusal: Refused | None) -> ResponseReturnValue:
    line = queries.load(scope(), page_id)
    ways = receipt.ways(line.paper) if line.paper and line.proposed else []
    sheet = [one for one in queries.sheet(line.page) if one.copy_sha256]
    face = queries.face(line.page.paper_id)
    faces, rest = _beside(len(face.pictures), face.pages, len(sheet)) if face else ([], [])
    return page_of(
        "scans/page.html",
        refusal,
        line=line,
        sheet=sheet,
        faces=faces,
        rest=rest,
        face_pages=face.pages if face else 0,
        before=filed.filed_of([line.paper.id])[line.paper.id] if line.paper else [],
        ways=ways,
        ways_named=dict(ways),
        serving=request.endpoint == "scans.serve",
        visits=listing.recent_visits(scope()) if line.wants_visit else (),
        by_hazard=True,
        visit="",
    )


def _beside(drawn: int, pages: int, scanned: int) -> tuple[list[int], list[int]]:
    """The numbers of a paper's pages that stand beside a sheet of so many, and of the rest: the code is on the last, so the
    last ones are taken for those that were scanned."""
    first = max(pages - scanned, 0) + 1 if drawn == pages else 1
    return list(range(first, drawn + 1)), list(range(1, first))


@pages.post("/scans/<uuid:page_id>/file")
@allowed(Permission.PAPERS)
def file(page_id: UUID) -> ResponseReturnValue:
    """就是这张，收下."""

    def act() -> str:
        of_slip = queries.load(scope(), page_id).slip is not None
        filed_with = actions.file_slip if of_slip else actions.file_sheet
        return f"{filed_with(scope(), actor(), page_id).number} 的扫描件收下了。"

    return _then(page_id, act)


@pages.post("/scans/<uuid:page_id>/serve")
@allowed(Permission.PAPERS)
def serve(page_id: UUID) -> ResponseReturnValue:
    """The same with 送达, where somebody signed for it on the sheet."""

    def act() -> str:
        paper = actions.file_sheet(scope(), actor(), page_id, receipt.delivery)
        return f"{paper.number} 的扫描件收下了，送达也记下了。"

    return _then(page_id, act)


@pages.post("/scans/<uuid:page_id>/assign")
@allowed(Permission.PAPERS)
def assign(page_id: UUID) -> ResponseReturnValue:
    """照文号归: which paper a page is of; then it is looked at beside that paper and filed by a tap."""
    found, refusal = attempt(lambda: actions.assign(scope(), page_id, posted("paper_number")))
    if found is None:
        return _show(page_id, refusal)
    flash(f"归到 {found.number} 了。请对一对，是这张就收下。")
    return redirect(url_for("scans.page", page_id=page_id), 303)


@pages.post("/scans/<uuid:page_id>/bind")
@allowed(Permission.SLIPS)
def bind(page_id: UUID) -> ResponseReturnValue:
    """On which visit the blank slip of this page was left; then it is filed by a tap."""

    def act() -> str:
        number, visit_id = posted("hazard_number"), maybe_id(posted("visit"))
        if number:
            visit_id = listing.visit_of_hazard(scope(), number)
        if visit_id is None:
            raise Refused("请选是哪一次走访。", field="visit")
        return actions.bind_slip(scope(), page_id, visit_id).short

    number, refusal = attempt(act)
    if number is None:
        return _show(page_id, refusal)
    flash(f"空白单 {number} 记到走访上了。请对一对，是这张就收下。")
    return redirect(url_for("scans.page", page_id=page_id), 303)


@pages.post("/scans/<uuid:page_id>/drop")
@allowed(Permission.PAPERS)
def drop(page_id: UUID) -> ResponseReturnValue:
    """去掉 with a reason; what was received stays kept."""

    def act() -> str:
        actions.drop(scope(), page_id, posted("drop_reason"))
        return "去掉了。"

    return _then(page_id, act)


@pages.post("/scans/<uuid:page_id>/apart")
@allowed(Permission.PAPERS)
def apart(page_id: UUID) -> ResponseReturnValue:
    """这一页不是它的: it waits in the tray for itself."""
    lead_id, refusal = attempt(lambda: actions.take_apart(scope(), page_id))
    if lead_id is None:
        return _show(page_id, refusal)
    flash("分开了。那一页在收件盘里，可以照文号归，也可以去掉。")
    return redirect(url_for("scans.page", page_id=lead_id), 303)


def _then(page_id: UUID, act: Callable[[], str]) -> ResponseReturnValue:
    said, refusal = attempt(act)
    if said is None:
        return _show(page_id, refusal)
    flash(said)
    return redirect(url_for("scans.tray"), 303)
