"""Bringing scans, naming the paper of one, dropping one, filing one. Writes them."""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.casework import delivering
from inspect_app.casework.papers import locked
from inspect_app.evidence.actions import keep
from inspect_app.evidence.rules import MOST_BYTES, media_type
from inspect_app.evidence.storage import Storage
from inspect_app.hazards.actions import steps
from inspect_app.hazards.rules import Actor, Step
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.papers import queries as papers
from inspect_app.papers import validity
from inspect_app.papers.actions import hold
from inspect_app.papers.filed import FiledScan
from inspect_app.papers.models import Paper
from inspect_app.papers.service import Delivery
from inspect_app.papers.standing import NAMES, PaperStanding
from inspect_app.people.queries import hold_account
from inspect_app.people.rules import Scope
from inspect_app.slips import actions as slips
from inspect_app.slips import binding as slip_binding
from inspect_app.slips import queries as slip_queries
from inspect_app.slips.models import BlankSlip
from inspect_app.slips.rules import read_number

from . import queries
from .models import ScannedPage, ScanUpload
from .rules import MOST_FILES, MOST_UNREAD, NOTHING_SHOWN, PageState, Why

PDF = "application/pdf"
_SETTLED = "这一页已经处理过了，请回收件盘看一看。"
_BRACKETS = str.maketrans("[【［(（]】］)）", "〔〔〔〔〔〕〕〕〕〕")


def bring(storage: Storage, scope: Scope, files: Sequence[bytes]) -> ScanUpload:
    """Files with sheets, pictures or PDFs, kept as they came; the worker reads them. Raises Refused with all that is wrong:
    then nothing is kept."""
    if not files:
        raise Refused("还没有选文件。请先选照片或 PDF。", field="files")
    if len(files) > MOST_FILES:
        raise Refused(f"一次最多传 {MOST_FILES} 个文件，现在有 {len(files)} 个。请分几次传。", field="files")
    faults = Faults()
    kinds = [faults.of(_kind, data, number) for number, data in enumerate(files, start=1)]
    if faults.found:
        raise Refused("".join(dict.fromkeys(fault.message for fault in faults.found)), field="files")
    hold_account(scope.account_id)  # of two presses at once the second counts the first
    unread = select(func.count()).where(ScanUpload.account_id == scope.account_id, ScanUpload.read_at.is_(None))
    if (db.session.scalar(unread) or 0) >= MOST_UNREAD:
        raise Refused(f"您已经有 {MOST_UNREAD} 次上传还没有读完，等一会儿再传。", field="files")
    kept = [keep(storage, data, str(kind)) for data, kind in zip(files, kinds, strict=True)]
    upload = ScanUpload(
        organisation_id=scope.organisation_id, account_id=scope.account_id, received_at=clock.now(), files=kept
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def _kind(data: bytes, number: int) -> str:
    """The media type of a file by its first bytes. Raises Refused for what is neither a picture nor a PDF."""
    if not data:
        raise Refused(f"第 {number} 个文件是空的，请换一个。")
    if b"%PDF-" in data[:1024]:
        if len(data) > MOST_BYTES:
            raise Refused(f"第 {number} 个文件超过 {MOST_BYTES >> 20} MB，请分几次扫描。")
        return PDF
    try:
        return media_type(data)
    except Refused:
        raise Refused(f"第 {number} 个文件不是照片，也不是 PDF，或者没有存完整。请换一个。") from None


def assign(scope: Scope, page_id: UUID, number: str) -> Paper | BlankSlip:
    """Say of which paper or blank slip of one's office a page is, by its number; it is filed by a tap like any other. Raises
    Refused."""
    page = _open_page(scope, page_id)
    if page.why in NOTHING_SHOWN:
        raise Refused("这一页打不开，没有东西可以归进去。请去掉它，重新传。", field="paper_number")
    if (slip := _slip_numbered(scope, number)) is not None:
        page.state, page.why, page.paper_id, page.slip_id = PageState.PROPOSED, "", None, slip.id
        db.session.flush()
        return slip
    paper = _numbered(scope, number)
    _check_standing(paper, "paper_number")
    page.state, page.why, page.paper_id, page.slip_id = PageState.PROPOSED, "", paper.id, None
    db.session.flush()
    return paper


def _slip_numbered(scope: Scope, number: str) -> BlankSlip | None:
    """The blank slip of a number; None where it is written as that of no slip, or this office has none of that number."""
    asked = read_number(number)
    if asked is None or (asked.year is None and not asked.office):
        return None
    try:
        return slip_queries.find(scope, number, "paper_number")
    except Refused as refusal:
        if "空白单" in asked.office:
            raise refusal
        return None


def _numbered(scope: Scope, number: str) -> Paper:
    """The paper of a number, however its brackets and blanks are written."""
    meant = "".join(number.split()).translate(_BRACKETS)
    if not meant:
        raise Refused("请写单子上的文号。", field="paper_number")
    written = func.replace(Paper.number, " ", "")
    found = db.session.scalar(select(Paper).where(Paper.issuer_id == scope.organisation_id, written == meant))
    if found is None:
        raise Refused("没有找到本单位出的这一号，请对照单子再写一次。", field="paper_number")
    return papers.load(scope, found.id)


def _check_standing(paper: Paper, field: str | None = None) -> None:
    if not paper.file_sha256:
        raise Refused(f"{paper.number} 还没有做好，不会有盖过章的，请对照单子再看一看。", field=field)
    how = validity.standings([paper])[paper.id]
    if how is not PaperStanding.STANDS:
        raise Refused(f"{paper.number} {NAMES[how]}，不能收。", field=field)


def drop(scope: Scope, page_id: UUID, reason: str) -> None:
    """Take a page, and those that go with it, out of the tray; what was received stays kept. Raises Refused without a reason."""
    page = _open_page(scope, page_id)
    if not reason.strip():
        raise Refused("请写一句为什么去掉，例如：重复了、拍糊了。", field="drop_reason")
    for one in queries.sheet(page):
        one.state, one.drop_reason = PageState.DROPPED, reason.strip()
        one.settled_at, one.settled_by_person_id = clock.now(), scope.person_id
    db.session.flush()


def take_apart(scope: Scope, page_id: UUID) -> UUID:
    """这一页不是它的: a page without a code that was taken for a part of the sheet after it waits for itself. Returns the id of the
    page it was with. Raises Refused where it goes with none, or that one is settled."""
    page = queries.load(scope, page_id).page
    if page.lead_id is None:
        raise Refused("这一页没有跟着别的页。")
    lead = _open_page(scope, page.lead_id)
    db.session.refresh(page, with_for_update={"key_share": True})
    if page.state != PageState.JOINED:
        raise Refused(_SETTLED)
    page.state, page.why, page.lead_id = PageState.STUCK, Why.UNREADABLE, None
    db.session.flush()
    return lead.id


def file_sheet(
    scope: Scope, actor: Actor, page_id: UUID, service: Callable[[Paper, Sequence[str]], Delivery] | None = None
) -> Paper:
    """就是这张，收下: the pages of a sheet are filed with their paper, in the chain of each of its hazards.

    `service` makes a delivery of the paper and the hashes of the straightened pages, where the sheet shows a receipt; it is
    recorded as any other, with all that holds for it. Raises Refused where anything does not hold: then nothing is filed.
    """
    page = _open_page(scope, page_id)
    if page.state != PageState.PROPOSED or page.paper_id is None:  # of a slip there is no service either
        raise Refused("还不知道这是哪一张。请先写文号。", field="paper_number")
    paper = papers.load(scope, page.paper_id)
    hold(paper)
    _check_standing(paper)
    sheet = queries.sheet(page)
    copies = _file(paper, sheet, scope)
    for hazard in locked(paper):
        facts = {"paper": paper.id, "number": paper.number, "scans": copies}
        steps.take(hazard, Step.FILE_SCAN, actor, facts=facts)
    if service is not None:
        delivering.serve(paper, scope, actor, service(paper, copies))
    return paper


def file_slip(scope: Scope, actor: Actor, page_id: UUID) -> BlankSlip:
    """就是这张，收下 of a blank slip that was filled in: its pages are kept with it and with the hazards of its visit. Raises
    Refused where it is bound to none, or was given up."""
    page = _open_page(scope, page_id)
    if page.slip_id is None:
        raise Refused("还不知道这是哪一张。请先写文号。", field="paper_number")
    sheet, files = queries.sheet(page), db.session.get_one(ScanUpload, page.upload_id).files
    back = [slips.PageBack(files[one.file], one.page, one.copy_sha256) for one in sheet if one.copy_sha256]
    slip = slips.file_pages(scope, actor, page.slip_id, back)
    for one in sheet:
        one.state, one.slip_id = PageState.FILED, slip.id
        one.settled_at, one.settled_by_person_id = clock.now(), scope.person_id
    db.session.flush()
    return slip


def bind_slip(scope: Scope, page_id: UUID, visit_id: UUID) -> BlankSlip:
    """Say on which visit the blank slip of a page was left; then it is filed by a tap. Raises Refused, see slips.binding.bind."""
    page = _open_page(scope, page_id)
    if page.slip_id is None:
        raise Refused("这一页不是空白单。")
    return slip_binding.bind(scope, page.slip_id, visit_id, field="visit")


def _file(paper: Paper, sheet: Sequence[ScannedPage], scope: Scope) -> list[str]:
    """The rows of a sheet's pages; returns the hashes of their straightened copies. A page that was filed before is not twice."""
    now, copies = clock.now(), []
    files = db.session.get_one(ScanUpload, sheet[-1].upload_id).files
    for position, page in enumerate(sheet, start=1):
        page.state, page.paper_id = PageState.FILED, paper.id
        page.settled_at, page.settled_by_person_id = now, scope.person_id
        received, copy = files[page.file], page.copy_sha256
        if copy is None or _is_there(paper, received, page.page):
            continue
        copies.append(copy)
        db.session.add(
            FiledScan(
                paper_id=paper.id,
                position=position,
                received_sha256=received,
                page=page.page,
                copy_sha256=copy,
                filed_at=now,
                filed_by_person_id=scope.person_id,
            )
        )
    if not copies:
        raise Refused(f"这一份扫描件已经收进 {paper.number} 了，不用再收。可以去掉这一页。")
    db.session.flush()
    return copies


def _is_there(paper: Paper, received: str, page: int) -> bool:
    same = select(FiledScan.id).where(
        FiledScan.paper_id == paper.id, FiledScan.received_sha256 == received, FiledScan.page == page
    )
    return db.session.scalar(same) is not None


def _open_page(scope: Scope, page_id: UUID) -> ScannedPage:
    """A page of one's office that waits for somebody, locked. Raises NotThere for another's, Refused for one that is settled."""
    page = queries.load(scope, page_id).page
    db.session.refresh(page, with_for_update={"key_share": True})
    if page.state not in (PageState.PROPOSED, PageState.STUCK):
        raise Refused(_SETTLED)
    return page
