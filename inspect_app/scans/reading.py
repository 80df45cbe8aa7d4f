"""The worker's part: page by page an upload is read, then its pages are told what they are.

Safe to run twice and after a crash: each page is a row as soon as it was read, and what was read is not read again.
"""

import logging
import time
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from inspect_app.evidence.actions import keep
from inspect_app.evidence.storage import Storage
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.races import insert_if_absent
from inspect_app.papers.models import Paper

from . import looking, settling
from .looking import NoVerdict, PageLooked
from .models import PaperFace, ScannedPage, ScanUpload
from .rules import MOST_ATTEMPTS, PageState, Why

log = logging.getLogger(__name__)


class _Next(NamedTuple):
    """The page of an upload that is to be read next."""

    file: int
    page: int
    of_pages: int


def read_uploads(storage: Storage, address: str, *, seconds: float) -> bool:
    """Go on reading uploads, the oldest first, for about so long; whether there is more to do at once. `address` is the base of
    what is printed here."""
    until = time.monotonic() + seconds
    for upload_id in _unread():
        while (at := _next(upload_id)) is not None:
            if time.monotonic() > until:
                return True
            if not _read_page(storage, upload_id, at):
                break
        else:
            _finish(storage, upload_id, address)
    draw_faces(storage)
    return False


def _unread() -> Sequence[UUID]:
    waiting = select(ScanUpload.id).where(ScanUpload.read_at.is_(None))
    found = db.session.scalars(waiting.order_by(ScanUpload.received_at, ScanUpload.id)).all()
    db.session.rollback()
    return found


def _next(upload_id: UUID) -> _Next | None:
    upload = db.session.get_one(ScanUpload, upload_id)
    rows = db.session.execute(
        select(ScannedPage.file, ScannedPage.page, ScannedPage.of_pages).where(ScannedPage.upload_id == upload_id)
    ).all()
    files = len(upload.files)
    db.session.rollback()
    read = {(row.file, row.page): row.of_pages for row in rows}
    for file in range(files):
        known = read.get((file, 1))
        if known is None:
            return _Next(file, 1, 1)
        missing = next((page for page in range(2, known + 1) if (file, page) not in read), None)
        if missing is not None:
            return _Next(file, missing, known)
    return None


def _read_page(storage: Storage, upload_id: UUID, at: _Next) -> bool:
    """Read one page; False where nothing came of it and it is tried again later. The attempt counts before it is made: what
    kills the worker is given up after some times."""
    with writing():
        upload = db.session.get_one(ScanUpload, upload_id, with_for_update=True)
        given_up, sha256 = upload.attempts >= MOST_ATTEMPTS, upload.files[at.file]
        upload.attempts += 1
    data = None if given_up else storage.whole(sha256)
    try:
        looked = PageLooked(why=Why.BROKEN) if data is None else looking.look_at(data, at.page)
    except (NoVerdict, OSError):
        log.warning("page %d of file %d of upload %s: no verdict", at.page, at.file, upload_id)
        return False
    _keep_page(storage, upload_id, at, looked)
    return True


def _keep_page(storage: Storage, upload_id: UUID, at: _Next, looked: PageLooked) -> None:
    with writing():
        copy = keep(storage, looked.pictures[0], "image/jpeg") if looked.pictures else None
        insert_if_absent(
            ScannedPage,
            upload_id=upload_id,
            file=at.file,
            page=at.page,
            of_pages=at.of_pages if looked.why else looked.pages,
            state=PageState.BLANK if looked.blank else PageState.READ,
            why=looked.why,
            codes=list(looked.codes),
            turn=looked.turn,
            copy_sha256=copy,
        )
        db.session.execute(update(ScanUpload).where(ScanUpload.id == upload_id).values(attempts=0))


def _finish(storage: Storage, upload_id: UUID, address: str) -> None:
    """All pages of an upload are read: say of each what it is. They are in the tray once all of this is done."""
    _draw_wanted(storage, settling.papers_named(upload_id))
    with writing():
        turned = settling.settle(db.session.get_one(ScanUpload, upload_id, with_for_update=True), address)
    for page_id in turned:
        _turn(storage, page_id)
    with writing():
        db.session.get_one(ScanUpload, upload_id, with_for_update=True).read_at = clock.now()


def _turn(storage: Storage, page_id: UUID) -> None:
    """A page without a code is turned as the one it belongs to, where both come from one file. Left as it is where that fails."""
    page = db.session.get_one(ScannedPage, page_id)
    lead = db.session.get_one(ScannedPage, page.lead_id)
    sha256, number, turn = db.session.get_one(ScanUpload, page.upload_id).files[page.file], page.page, lead.turn
    db.session.rollback()
    data = storage.whole(sha256)
    try:
        looked = looking.look_at(data, number, turn) if data else PageLooked()
    except (NoVerdict, OSError):
        return
    if looked.pictures:
        with writing():
            page = db.session.get_one(ScannedPage, page_id, with_for_update=True)
            page.copy_sha256 = keep(storage, looked.pictures[0], "image/jpeg")


def draw_faces(storage: Storage, limit: int = 20) -> None:
    """Pictures of the papers that pages are proposed for and that have none yet: an officer may have named one."""
    wanted = db.session.scalars(
        select(ScannedPage.paper_id)
        .where(ScannedPage.state == PageState.PROPOSED, ScannedPage.paper_id.is_not(None))
        .where(~select(PaperFace.paper_id).where(PaperFace.paper_id == ScannedPage.paper_id).exists())
        .distinct()
        .limit(limit)
    ).all()
    db.session.rollback()
    _draw_wanted(storage, [paper_id for paper_id in wanted if paper_id])


def _draw_wanted(storage: Storage, paper_ids: Sequence[UUID]) -> None:
    rows = db.session.execute(
        select(Paper.id, Paper.file_sha256)
        .where(Paper.id.in_(paper_ids), Paper.file_sha256.is_not(None))
        .where(~select(PaperFace.paper_id).where(PaperFace.paper_id == Paper.id).exists())
    ).all()
    db.session.rollback()
    for paper_id, sha256 in rows:
        data = storage.whole(sha256) if sha256 else None
        try:
            looked = looking.faces_of(data) if data else PageLooked(pages=0)
        except (NoVerdict, OSError):
            continue
        with writing():
            kept = [keep(storage, picture, "image/jpeg") for picture in looked.pictures]
            insert_if_absent(PaperFace, paper_id=paper_id, pages=looked.pages, pictures=kept)
