"""The pictures of scans: pages in the tray, a paper's own pages beside them, and what was filed with a paper."""

from uuid import UUID

from flask import Response, current_app
from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.papers import queries as papers
from inspect_app.papers.filed import FiledScan
from inspect_app.scans import queries

from ..access import Permission, allowed, scope
from .pages import pages


@pages.get("/scans/<uuid:page_id>/picture")
@allowed(Permission.PAPERS)
def picture(page_id: UUID) -> Response:
    """A page of one's own office, straightened."""
    return _shown(queries.load(scope(), page_id).page.copy_sha256)


@pages.get("/scans/<uuid:page_id>/paper/<int:number>")
@allowed(Permission.PAPERS)
def face(page_id: UUID, number: int) -> Response:
    """A page, counted from 1, of the paper for which a scan is proposed."""
    found = queries.face(queries.load(scope(), page_id).page.paper_id)
    if found is None or not 1 <= number <= len(found.pictures):
        raise NotThere
    return _shown(found.pictures[number - 1])


@pages.get("/papers/<uuid:paper_id>/scans/<int:number>")
@allowed(Permission.HAZARDS_READ)
def scan(paper_id: UUID, number: int) -> Response:
    """A filed page of a paper within scope, straightened, in the order of filing, counted from 1."""
    row = papers.load(scope(), paper_id)
    found = db.session.scalar(
        select(FiledScan.copy_sha256)
        .where(FiledScan.paper_id == row.id)
        .order_by(FiledScan.filed_at, FiledScan.position)
        .offset(min(max(number - 1, 0), 10_000))
        .limit(1)
    )
    if number < 1:
        raise NotThere
    return _shown(found)


def _shown(sha256: str | None) -> Response:
    data = current_app.extensions["storage"].whole(sha256) if sha256 else None
    if data is None:
        raise NotThere("这一页的图不在了，请告诉管理员。" if sha256 else "这一页没有图。")
    return Response(data, mimetype="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})
