"""The writers of evidence: photos and signatures that come, verdicts taken back. Copies: copying.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock, spelling
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.limits import whole
from inspect_app.kernel.races import insert_if_absent

from .marks import Marking
from .models import Photo, PhotoMark, Signature, StoredFile
from .rules import is_whole_png, media_type
from .senders import Sender
from .shapes import NOTHING_SAID, PhonePosition, SaidOfPhoto
from .storage import Storage


def keep(storage: Storage, data: bytes, kind: str) -> str:
    """Store bytes and their row; the same bytes twice are one row."""
    return _row_of(storage.put(data), len(data), kind)


def _row_of(sha256: str, size: int, kind: str) -> str:
    insert_if_absent(StoredFile, sha256=sha256, size=size, media_type=kind, stored_at=clock.now())
    return sha256


@dataclass(frozen=True)
class StoredPhoto:
    """Bytes of a photo that lie in the store already: their hash, their length and what kind they are."""

    sha256: str
    size: int
    kind: str


def receive_photo(
    storage: Storage,
    data: bytes,
    *,
    photo_id: UUID,
    account_id: UUID | None = None,
    paper_id: UUID | None = None,
    said: SaidOfPhoto = NOTHING_SAID,
    lines: Sequence[str] = (),
    declared_sha256: str | None = None,
) -> Photo:
    """A photo's bytes have come, with what was said of it and the lines for its copies. Receiving it twice changes nothing.

    Raises Refused when the bytes are no photo or are not the declared ones, NotThere when the id is another sender's."""
    sender = Sender(account_id, paper_id)
    known = db.session.get(Photo, photo_id)
    if known is not None:
        own = _own(known, sender)
        if own.sha256 == sha256_hex(data):
            sent_again(own)
        return own
    if declared_sha256 is not None and sha256_hex(data) != declared_sha256:
        raise Refused("这张照片没有传完整，会自动重传。")
    kind = media_type(data)
    take_stored(
        StoredPhoto(storage.put(data), len(data), kind),
        photo_id=photo_id,
        sender=sender,
        said=said,
        lines=lines,
    )
    return db.session.get_one(Photo, photo_id)


def take_stored(
    stored: StoredPhoto,
    *,
    photo_id: UUID,
    sender: Sender,
    said: SaidOfPhoto = NOTHING_SAID,
    lines: Sequence[str] = (),
) -> None:
    """Bytes that lie in the store are a photo from now on; doing it twice is doing it once. Raises NotThere when the id is
    another sender's."""
    made = insert_if_absent(
        Photo,
        id=photo_id,
        sha256=_row_of(stored.sha256, stored.size, stored.kind),
        account_id=sender.account_id,
        paper_id=sender.paper_id,
        captured_at=_instant(said.captured_at),
        **_columns_of(said.position),
        source=said.source,
        original_sha256=said.original_sha256,
        times=dict(said.times) or None,
        lines=list(lines),
        received_at=clock.now(),
    )
    if not made and (known := _own(db.session.get_one(Photo, photo_id), sender)).sha256 == stored.sha256:
        sent_again(known)


def _columns_of(there: PhonePosition | None) -> dict[str, Any]:
    return {name: getattr(there, name) if there else None for name in ("lon", "lat", "crs", "accuracy_m")}


def _own(photo: Photo, sender: Sender) -> Photo:
    """A photo that is this sender's; another's is not there, also for who would send it again."""
    if not sender.sent(photo):
        raise NotThere
    return photo


def mark_photo(mark_id: UUID, photo_id: UUID, said: Marking, *, account_id: UUID, made_at: datetime) -> None:
    """Keep what its taker circles on a photo, in place of what was circled before. Sent twice, it stands once.

    Raises Refused for somebody else's photo. A photo that has not come may be anybody's: reads count only the marks of
    whoever sent it in the end.
    """
    if db.session.get(PhotoMark, mark_id) is not None:
        return
    photo = db.session.get(Photo, photo_id)
    if photo is not None and photo.account_id != account_id:
        raise Refused("这张照片不是您拍的，只有拍的人能圈。")
    mark = PhotoMark(id=mark_id, photo_id=photo_id, account_id=account_id, made_at=made_at)
    mark.marks, mark.here = [one.kept() for one in said.marks], said.here
    db.session.add(mark)
    db.session.flush()


def sign(
    storage: Storage,
    *,
    signature_id: UUID,
    name: str,
    part: str,
    image: bytes | None,
    reason: str,
    text_sha256: str,
    captured_at: datetime,
    account_id: UUID | None,
    shown_on: date | None = None,
) -> Signature:
    """A signature with the hash of the text that was shown, or the reason for none. `shown_on` is the day that the phone
    showed; it may be another than that of `captured_at`."""
    known = db.session.get(Signature, signature_id)
    if known is not None:
        return known
    if image is None and not reason.strip():
        raise Refused("没有签名的，请选一个原因。", field="reason")
    if image is not None and not (is_whole_png(image) and media_type(image)):
        raise Refused("签名没有存完整，请重签一次。")
    row = Signature(
        id=signature_id,
        name=whole(spelling.plain(name), "person", "name"),
        part=part,
        file_sha256=keep(storage, image, "image/png") if image is not None else None,
        reason=whole(reason, "short_reason", "reason"),
        text_sha256=text_sha256,
        captured_at=captured_at,
        shown_on=shown_on,
        account_id=account_id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def try_again(photo_id: UUID) -> None:
    """再试: take a verdict back or an end to waiting; the worker looks at the photo at its next round.

    Raises NotThere, and Refused where there is nothing to try.
    """
    photo = db.session.get(Photo, photo_id, with_for_update=True)
    if photo is None:
        raise NotThere
    if not photo.refused_reason and not photo.attempts:
        raise Refused("这张照片不用再试：它已经处理好，或正要处理。")
    _reopen(photo)


def retry_unfounded() -> int:
    """Take back every refusal that no verdict is known for; returns how many the worker will look at again."""
    unfounded = db.session.scalars(
        select(Photo).where(Photo.refused_reason.is_not(None), Photo.refused_at.is_(None)).with_for_update()
    ).all()
    for photo in unfounded:
        _reopen(photo)
    return len(unfounded)


def sent_again(photo: Photo) -> None:
    """Take back a refusal that no verdict is known for: the phone offers the photo once more."""
    if photo.refused_reason and photo.refused_at is None:
        _reopen(photo)


def _reopen(photo: Photo) -> None:
    photo.refused_reason, photo.refused_at = None, None
    photo.attempts, photo.retry_at, photo.trouble = 0, None, ""
    db.session.flush()


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
        return parsed.astimezone(UTC) if parsed.tzinfo else None
    except (ValueError, OverflowError):  # the last one where its turn into UTC leaves the calendar
        return None
