"""What a stored file is to people: whoever checks the store wants to hear of the photo of a hazard, not of its hash."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from inspect_app.checklists.models import ChecklistDraft
from inspect_app.evidence.models import Photo, PhotoCopy, Signature
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from inspect_app.premises.models import Premises
from inspect_app.visits.models import Visit, VisitSignature

_COPIES = {"display": "看的", "print": "印的", "thumb": "小的"}
_PARTS = {"deputy": "代表", "companion": "同行的人", "premises": "场所一方"}


def name_of(sha256: str) -> str:
    """隐患 … 的照片原件, 文书 … 的文件: all that the file stands for, and the hash's beginning to find it by."""
    found = "；".join(dict.fromkeys(_names(sha256))) or "没有登记用处的文件"
    return f"{found}（文件 {sha256[:12]}）"


def _names(sha256: str) -> Iterator[str]:
    for photo in db.session.scalars(select(Photo).where(Photo.sha256 == sha256)):
        yield f"{_photo(photo)}的原件"
    copies = select(PhotoCopy.kind, Photo).join(Photo, Photo.id == PhotoCopy.photo_id).where(PhotoCopy.sha256 == sha256)
    for kind, photo in db.session.execute(copies):
        yield f"{_photo(photo)}的副本（{_COPIES[kind]}，会从原件重做）"
    yield from _signatures(sha256)
    for visit in db.session.scalars(select(Visit).where(Visit.text_sha256 == sha256)):
        yield f"{_visit(visit.id)}签名时看过的文字"
    for paper in db.session.scalars(select(Paper).where(Paper.file_sha256 == sha256)):
        yield f"{paper.title} {paper.number} 的文件"
    for draft in db.session.scalars(select(ChecklistDraft).where(ChecklistDraft.file_sha256 == sha256)):
        yield f"检查表草稿“{draft.title}”上传的文件"


def _photo(photo: Photo) -> str:
    numbers = db.session.scalars(
        select(Hazard.number)
        .join(HazardPhoto, HazardPhoto.hazard_id == Hazard.id)
        .where(HazardPhoto.photo_id == photo.id)
        .order_by(Hazard.number)
    ).all()
    when = clock.to_local(photo.received_at)
    of = f"隐患 {'、'.join(numbers)} " if numbers else ""
    return f"{of}{when.year}年{when.month}月{when.day}日 {when:%H:%M} 收到的照片"


def _signatures(sha256: str) -> Iterator[str]:
    rows = db.session.execute(
        select(VisitSignature.visit_id, VisitSignature.part)
        .join(Signature, Signature.id == VisitSignature.signature_id)
        .where(Signature.file_sha256 == sha256)
    )
    for visit_id, part in rows:
        yield f"{_visit(visit_id)}的签名（{_PARTS.get(part, part)}）"
    others = select(Signature.part).where(
        Signature.file_sha256 == sha256, Signature.id.not_in(select(VisitSignature.signature_id))
    )
    for part in db.session.scalars(others):
        yield f"一处签名（{_PARTS.get(part, part)}）"


def _visit(visit_id: UUID) -> str:
    visit = db.session.get_one(Visit, visit_id)
    premises = db.session.get_one(Premises, visit.premises_id)
    when = clock.to_local(visit.started_at)
    return f"{when.year}年{when.month}月{when.day}日走访{premises.name}"
