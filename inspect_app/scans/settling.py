"""What the pages of a read upload are: which paper each is of, which belong together, why one waits. Writes it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.papers import validity
from inspect_app.papers.models import Paper
from inspect_app.papers.standing import PaperStanding
from inspect_app.slips.models import BlankSlip

from .models import PaperFace, ScannedPage, ScanUpload
from .rules import PageSeen, PageState, Why, leads, mark_of, same_address

_FALLEN = {PaperStanding.VOID: Why.VOID, PaperStanding.REPLACED: Why.REPLACED, PaperStanding.LAPSED: Why.LAPSED}


def _pages(upload_id: UUID) -> Sequence[ScannedPage]:
    rows = select(ScannedPage).where(ScannedPage.upload_id == upload_id)
    return db.session.scalars(rows.order_by(ScannedPage.file, ScannedPage.page)).all()


def papers_named(upload_id: UUID) -> Sequence[UUID]:
    """Ids of the papers whose codes stand on the pages of an upload and that its office may file."""
    upload = db.session.get_one(ScanUpload, upload_id)
    named = [paper.id for paper in _by_mark(_pages(upload_id)).values() if paper.issuer_id == upload.organisation_id]
    db.session.rollback()
    return named


def _marks(pages: Sequence[ScannedPage]) -> set[str]:
    return {mark for page in pages for text in page.codes if (mark := mark_of(text))}


def _by_mark(pages: Sequence[ScannedPage]) -> dict[str, Paper]:
    return {paper.mark: paper for paper in db.session.scalars(select(Paper).where(Paper.mark.in_(_marks(pages))))}


def _slips_by_mark(pages: Sequence[ScannedPage]) -> dict[str, BlankSlip]:
    wanted = select(BlankSlip).where(BlankSlip.mark.in_(_marks(pages)))
    return {slip.mark: slip for slip in db.session.scalars(wanted)}


def settle(upload: ScanUpload, address: str) -> list[UUID]:
    """Say of each page what it is; returns the pages that are to be turned as the one they belong to. `address` is the base of
    what is printed here."""
    pages = _pages(upload.id)
    papers, slips = _by_mark(pages), _slips_by_mark(pages)
    standings = validity.standings(papers.values())
    for page in pages:
        if page.state != PageState.READ:
            continue
        found, why = _paper_of(page, papers, address)
        slip = _slip_of(page, slips)
        if slip is not None:  # bound or not, given up or not: that is read when it is shown, as it may change meanwhile
            own = slip.issuer_id == upload.organisation_id
            page.slip_id, why = (slip.id, "") if own else (None, Why.ELSEWHERE)
        elif found is not None and found.issuer_id == upload.organisation_id:
            page.paper_id, why = found.id, _FALLEN.get(standings[found.id], "")
        elif found is not None:
            why = Why.ELSEWHERE
        page.state, page.why = (PageState.STUCK, why) if why else (PageState.PROPOSED, "")
    return _join(pages)


def _paper_of(page: ScannedPage, papers: Mapping[str, Paper], address: str) -> tuple[Paper | None, str]:
    """(the paper whose code stands on a page, why it is none). Codes that are no address of a paper count only alone."""
    if page.why:
        return None, page.why
    ours = [text for text in page.codes if mark_of(text)]
    if len(ours) > 1:
        return None, Why.TWO
    if not ours:
        return None, Why.FOREIGN if page.codes else Why.UNREADABLE
    found = papers.get(mark_of(ours[0]) or "")
    if found is not None and same_address(found.content["address"], ours[0]):
        return found, ""
    base, _, _ = ours[0].lower().rpartition("/z/")
    return None, Why.NO_SUCH if found is None and same_address(base, address) else Why.FOREIGN


def _slip_of(page: ScannedPage, slips: Mapping[str, BlankSlip]) -> BlankSlip | None:
    """The blank slip whose one code stands on a page."""
    ours = [text for text in page.codes if mark_of(text)]
    found = slips.get(mark_of(ours[0]) or "") if len(ours) == 1 and not page.why else None
    return found if found is not None and same_address(found.address, ours[0]) else None


def _join(pages: Sequence[ScannedPage]) -> list[UUID]:
    counts = {
        row.paper_id: row.pages
        for row in db.session.scalars(
            select(PaperFace).where(PaperFace.paper_id.in_({page.paper_id for page in pages if page.paper_id}))
        )
    }
    seen = [
        PageSeen(
            page.id,
            page.state == PageState.BLANK,
            len(page.codes),
            counts.get(page.paper_id, 0) if page.paper_id else 0,
            broken=page.why not in ("", Why.UNREADABLE),
        )
        for page in pages
    ]
    by_id = {page.id: page for page in pages}
    turned = []
    for page_id, lead_id in leads(seen).items():
        page, lead = by_id[page_id], by_id[lead_id]
        page.state, page.why, page.lead_id = PageState.JOINED, "", lead_id
        if page.file == lead.file and abs(lead.turn) > 0.2:
            turned.append(page_id)
    db.session.flush()
    return turned
