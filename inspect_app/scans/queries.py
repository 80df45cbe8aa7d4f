"""Reads of scanned pages: the tray of an office, one page with all that is shown beside it. Each sees only its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, func, select, text

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.papers.models import Paper
from inspect_app.people.rules import Scope
from inspect_app.premises.models import Premises
from inspect_app.slips.models import BlankSlip
from inspect_app.slips.queries import NOT_BOUND, WITHDRAWN
from inspect_app.slips.rules import TITLE
from inspect_app.visits.models import Visit

from .models import UNSETTLED, PaperFace, ScannedPage, ScanUpload
from .rules import NOTHING_SHOWN, WORDS, PageState

_WAITING = (PageState.PROPOSED, PageState.STUCK)
MOST_SHOWN = 200


@dataclass(frozen=True)
class TrayLine:
    """A page that waits: what it is proposed for, or the words why it is stuck; `with_it` pages go with it."""

    page: ScannedPage
    upload: ScanUpload
    paper: Paper | None
    place: str
    with_it: int
    slip: BlankSlip | None = None

    @property
    def proposed(self) -> bool:
        """Whether one tap files it; of a blank slip, once it is bound to a visit."""
        return self.page.state == PageState.PROPOSED and (self.slip is None or self.slip.takes_scans)

    @property
    def wants_visit(self) -> bool:
        """Whether it is of a blank slip of which nobody has said yet on which visit it was left."""
        return self.waits and self.slip is not None and self.slip.is_blank

    @property
    def number(self) -> str:
        """The number of what it is of; empty where that is not known."""
        return self.paper.number if self.paper else self.slip.number if self.slip else ""

    @property
    def title(self) -> str:
        """What it is of is called."""
        return self.paper.title if self.paper else TITLE if self.slip else ""

    @property
    def waits(self) -> bool:
        """Whether somebody has yet to say what becomes of it."""
        return self.page.state in _WAITING

    @property
    def ended(self) -> str:
        """What has become of it, in words; empty while it waits."""
        return {
            PageState.FILED: "这一页收下了。",
            PageState.DROPPED: f"这一页去掉了：{self.page.drop_reason}",
            PageState.JOINED: "这一页跟着有二维码的那一页走，一起收。",
            PageState.BLANK: "这一页是空白的。",
        }.get(PageState(self.page.state), "")

    @property
    def why(self) -> str:
        """Why it waits for somebody, in words."""
        if self.waits and self.slip is not None and not self.proposed:
            return NOT_BOUND if self.slip.is_blank else WITHDRAWN
        return WORDS.get(self.page.why, "")

    @property
    def has_picture(self) -> bool:
        """Whether there is anything to look at."""
        return self.page.copy_sha256 is not None and self.page.why not in NOTHING_SHOWN

    @property
    def where(self) -> str:
        """Which page of the upload it is."""
        file = f"第 {self.page.file + 1} 个文件" if len(self.upload.files) > 1 else ""
        page = f"第 {self.page.page} 页" if self.page.of_pages > 1 else ""
        return file + page


@dataclass(frozen=True)
class UploadRead:
    """An upload that is being read: how many of its pages are done, of how many as far as is known."""

    upload: ScanUpload
    done: int
    total: int


def tray(scope: Scope) -> Sequence[TrayLine]:
    """The pages of one's office that wait for somebody, in the order in which they came; at most MOST_SHOWN."""
    rows = db.session.execute(
        _lines(scope)
        .where(text(f"scanned_page.{UNSETTLED}"), ScannedPage.state.in_(_WAITING))
        .order_by(ScanUpload.received_at, ScannedPage.file, ScannedPage.page)
        .limit(MOST_SHOWN)
    ).all()
    with_it = _counts([row[0].id for row in rows]) if rows else {}
    return [TrayLine(row[0], row[1], row[2], row[3] or "", with_it.get(row[0].id, 0), row[4]) for row in rows]


def number_waiting(scope: Scope) -> ScalarSelect[int]:
    """How many lines the tray of one's office has, recognised and to be confirmed or stuck with a reason, as a part of a
    statement."""
    return (
        select(func.count())
        .select_from(ScannedPage)
        .join(ScanUpload, ScanUpload.id == ScannedPage.upload_id)
        .where(ScanUpload.organisation_id == scope.organisation_id, ScanUpload.read_at.is_not(None))
        .where(text(f"scanned_page.{UNSETTLED}"), ScannedPage.state.in_(_WAITING))
        .scalar_subquery()
    )


def _lines(scope: Scope) -> Select[ScannedPage, ScanUpload, Paper, str, BlankSlip]:
    """The pages of one's office that were read to the end of their upload, with what they are of and where that was left."""
    return (
        select(ScannedPage, ScanUpload, Paper, Premises.name, BlankSlip)
        .join(ScanUpload, ScanUpload.id == ScannedPage.upload_id)
        .outerjoin(Paper, Paper.id == ScannedPage.paper_id)
        .outerjoin(BlankSlip, BlankSlip.id == ScannedPage.slip_id)
        .outerjoin(Visit, Visit.id == BlankSlip.visit_id)
        .outerjoin(Premises, Premises.id == func.coalesce(Paper.premises_id, Visit.premises_id))
        .where(ScanUpload.organisation_id == scope.organisation_id, ScanUpload.read_at.is_not(None))
    )


def _counts(lead_ids: Iterable[UUID]) -> dict[UUID, int]:
    rows = db.session.execute(
        select(ScannedPage.lead_id, func.count())
        .where(ScannedPage.lead_id.in_(set(lead_ids)), ScannedPage.state == PageState.JOINED)
        .group_by(ScannedPage.lead_id)
    )
    return {row[0]: row[1] for row in rows if row[0]}


def being_read(scope: Scope) -> Sequence[UploadRead]:
    """The uploads of one's office that the worker has not read to their end."""
    uploads = db.session.scalars(
        select(ScanUpload)
        .where(ScanUpload.organisation_id == scope.organisation_id, ScanUpload.read_at.is_(None))
        .order_by(ScanUpload.received_at)
    ).all()
    if not uploads:
        return []
    rows = db.session.execute(
        select(ScannedPage.upload_id, ScannedPage.file, func.count(), func.max(ScannedPage.of_pages))
        .where(ScannedPage.upload_id.in_([upload.id for upload in uploads]))
        .group_by(ScannedPage.upload_id, ScannedPage.file)
    ).all()
    return [_progress(upload, [(row[2], row[3]) for row in rows if row[0] == upload.id]) for upload in uploads]


def _progress(upload: ScanUpload, begun: Sequence[tuple[int, int]]) -> UploadRead:
    """Of files that were not opened yet one page is counted."""
    unopened = len(upload.files) - len(begun)
    return UploadRead(upload, sum(done for done, _ in begun), sum(pages for _, pages in begun) + unopened)


def load(scope: Scope, page_id: UUID) -> TrayLine:
    """A page of one's own office, whatever has become of it. Raises NotThere."""
    row = db.session.execute(_lines(scope).where(ScannedPage.id == page_id)).first()
    if row is None:
        raise NotThere
    return TrayLine(row[0], row[1], row[2], row[3] or "", _counts([page_id]).get(page_id, 0), row[4])


def sheet(page: ScannedPage) -> list[ScannedPage]:
    """All pages of the sheet that a page with a code leads, in their order; itself the last."""
    joined = db.session.scalars(
        select(ScannedPage)
        .where(ScannedPage.lead_id == page.id, ScannedPage.state != PageState.READ)
        .order_by(ScannedPage.file, ScannedPage.page)
    ).all()
    return [*joined, page]


def face(paper_id: UUID | None) -> PaperFace | None:
    """The paper's own pages as pictures; None while the worker has not drawn them."""
    return db.session.get(PaperFace, paper_id) if paper_id else None
