"""Photos and issued papers, each only to those who may see what it belongs to."""

from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, current_app, request

from inspect_app.evidence import queries as evidence
from inspect_app.evidence.models import Photo
from inspect_app.hazards import queries as hazards
from inspect_app.https import AUTHORITY_PATH
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.papers import queries as papers
from inspect_app.papers import validity
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.standing import NAMES, STAMPS, PaperStanding
from inspect_app.urgent_calls import queries as urgent_calls
from inspect_app.visits import queries as visits

from .access import Permission, allowed, public, scope
from .fields import maybe_id

pages = Blueprint("files", __name__)


@pages.get("/photos/<uuid:photo_id>/<kind>")
@allowed(Permission.HAZARDS_READ)
def photo(photo_id: UUID, kind: str) -> Response:
    """A copy of a photo: one's own, or one that stands in a hazard, visit or urgent call within scope. Never the original.
    The record of a visit names the `visit` whose zones its wide photos show."""
    row = db.session.get(Photo, photo_id)
    if row is None or kind not in ("display", "thumb"):
        raise NotThere
    if not (
        row.account_id == scope().account_id
        or hazards.shows_photo(scope(), photo_id)
        or urgent_calls.shows_photo(scope(), photo_id)
        or visits.shows_photo(scope(), photo_id)
        or visits.shows_wide_photo(scope(), maybe_id(request.args.get("visit")), photo_id)
    ):
        raise NotThere
    return copy_of(row, kind)


def copy_of(row: Photo, kind: str) -> Response:
    """A copy of a photo for whoever may see it; words in its place while there is none."""
    if row.refused_reason:
        return _picture(_drawn("照片打不开，请补拍"), "image/svg+xml", keep=False)
    sha256 = evidence.copy_sha256(row.id, kind)
    if sha256 is None:
        return _picture(_drawn("照片正在处理"), "image/svg+xml", keep=False)
    data = current_app.extensions["storage"].whole(sha256)  # hashing a copy takes less than a millisecond
    if data is None:
        current_app.extensions["missing_copy"](row.id)
        return _picture(_drawn("照片正在重做"), "image/svg+xml", keep=False)
    return _picture(data, "image/jpeg", keep=True)


@pages.get(AUTHORITY_PATH)
@public
def authority() -> Response:
    """The certificate of the local authority, for phones of the same network; only where HTTPS=1 made one."""
    settings = current_app.extensions["settings"]
    path = settings.data_dir / "ca" / "authority.crt"
    if not settings.https or not path.is_file():
        raise NotThere
    return Response(path.read_bytes(), mimetype="application/x-x509-ca-cert")


def _drawn(words: str) -> bytes:
    """Stands where a copy is not there yet, or never will be."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><rect width="400" height="300" fill="#E9EDF1"/>'
        f'<text x="200" y="160" font-size="34" fill="#434D57" text-anchor="middle">{words}</text></svg>'
    ).encode()


def _picture(data: bytes, kind: str, *, keep: bool) -> Response:
    caching = "private, max-age=86400" if keep else "no-store"
    return Response(data, mimetype=kind, headers={"Cache-Control": caching})


@pages.get("/papers/<uuid:paper_id>.pdf")
@allowed(Permission.HAZARDS_READ)
def paper(paper_id: UUID) -> Response:
    """The issued file as it was stored; of a paper that no longer stands, the copy that says so across every page."""
    row = papers.load(scope(), paper_id)
    how = validity.standings([row])[row.id]
    sha256 = row.file_sha256 if how is PaperStanding.STANDS else validity.stamp(row.id, STAMPS[how])
    if sha256 is None:
        told = f"这张单子{NAMES[how]}，正在加盖字样" if row.file_sha256 else "这张单子正在做"
        raise NotThere(f"{told}，过一会儿再来看。")
    data = current_app.extensions["storage"].get(sha256)
    if data is None:
        raise NotThere("这张单子的文件不在了，请告诉管理员。")
    name = quote(f"{row.number}{'' if how is PaperStanding.STANDS else '（' + STAMPS[how] + '）'}.pdf")
    return Response(
        data, mimetype="application/pdf", headers={"Content-Disposition": f"inline; filename*=UTF-8''{name}"}
    )


@pages.get("/papers/<uuid:paper_id>.docx")
@allowed(Permission.HAZARDS_READ)
def word_copy(paper_id: UUID) -> Response:
    """A Word copy of a letter that stands. It says that it is none of the originals."""
    row = papers.load(scope(), paper_id)
    if not KINDS[row.kind].word or validity.standings([row])[row.id] is not PaperStanding.STANDS:
        raise NotThere("这张单子没有 Word 副本。")
    from inspect_app.papers import word  # some megabytes that few requests need

    name = quote(f"{row.number}（Word 副本）.docx")
    return Response(
        word.copy_of(row.kind, row.content, _print_copy),
        mimetype="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "no-store"},
    )


def _print_copy(name: str) -> bytes | None:
    """The print copy of a photo (`photo/<id>`) that stands in a hazard within scope; None for any other."""
    photo_id = maybe_id(name.removeprefix("photo/"))
    if photo_id is None or not hazards.shows_photo(scope(), photo_id):
        return None
    sha256 = evidence.copy_sha256(photo_id, "print")
    data: bytes | None = current_app.extensions["storage"].get(sha256) if sha256 else None
    return data
