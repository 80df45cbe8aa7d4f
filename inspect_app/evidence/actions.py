"""The only writers of evidence."""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from inspect_app.kernel import clock, spelling, stamps
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.limits import whole
from inspect_app.kernel.races import insert_if_absent

from . import taker
from .likeness import bands
from .marks import Marking
from .models import Photo, PhotoCopy, PhotoMark, Signature, StoredFile
from .rules import can_be, is_whole_png, media_type
from .shapes import NOTHING_SAID, Position, SaidOfPhoto
from .storage import Storage

if TYPE_CHECKING:
    from .picture_child import Copies
    from .pictures import Caption

log = logging.getLogger(__name__)
# How long a photo waits after its first, second … attempt without a verdict; then the last for ever, so that whatever
# was wrong with the machine, its photos come by themselves once it is mended.
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 360))
_SAID = (Photo.captured_at, Photo.received_at, Photo.lon, Photo.lat, Photo.source)
_FOR_COPIES = (Photo.id, Photo.sha256, Photo.lines, *_SAID)


def keep(storage: Storage, data: bytes, kind: str) -> str:
    """Store bytes and their row; the same bytes twice are one row."""
    return _row_of(storage.put(data), len(data), kind)


def _row_of(sha256: str, size: int, kind: str) -> str:
    insert_if_absent(StoredFile, sha256=sha256, size=size, media_type=kind, stored_at=clock.now())
    return sha256


def receive_photo(
    storage: Storage,
    data: bytes,
    *,
    photo_id: UUID,
    account_id: UUID | None,
    said: SaidOfPhoto = NOTHING_SAID,
    lines: Sequence[str] = (),
    declared_sha256: str | None = None,
    stored: str | None = None,
) -> Photo:
    """A photo's bytes have come, with what was said of it and the lines for its copies; `stored` is their hash where they lie in the store already. Receiving it twice changes nothing.

    Raises Refused when the bytes are no photo or are not the declared ones, NotThere when the id is another account's.
    """
    known = db.session.get(Photo, photo_id)
    if known is not None:
        own = _own(known, account_id)
        if own.sha256 == (stored or sha256_hex(data)):
            sent_again(own)
        return own
    if declared_sha256 is not None and sha256_hex(data) != declared_sha256:
        raise Refused("这张照片没有传完整，会自动重传。")
    kind = media_type(data)
    insert_if_absent(
        Photo,
        id=photo_id,
        sha256=_row_of(stored, len(data), kind) if stored else keep(storage, data, kind),
        account_id=account_id,
        captured_at=_instant(said.captured_at),
        **_columns_of(said.position),
        source=said.source,
        original_sha256=said.original_sha256,
        times=dict(said.times) or None,
        lines=list(lines),
        received_at=clock.now(),
    )
    return _own(db.session.get_one(Photo, photo_id), account_id)


def _columns_of(there: Position | None) -> dict[str, Any]:
    return {name: getattr(there, name) if there else None for name in ("lon", "lat", "crs", "accuracy_m")}


def _own(photo: Photo, account_id: UUID | None) -> Photo:
    """A photo that is this account's; another's is not there, also for who would send it again."""
    if photo.account_id != account_id:
        raise NotThere
    return photo


def mark_photo(mark_id: UUID, photo_id: UUID, said: Marking, *, account_id: UUID, made_at: datetime) -> None:
    """What its taker says on a photo, in place of what was circled before. Sent twice, it stands once.

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


def make_waiting_copies(storage: Storage, limit: int = 20) -> int:
    """The worker: copies of photos that have none yet. Safe to run twice; returns how many were looked at.

    Only a verdict of the decoder refuses a photo and is told to whoever took it. Whatever else stands in the way is tried
    again, later each time.
    """
    from .pictures import Caption

    waiting = _waiting_for_copies(limit)
    db.session.rollback()
    for row in waiting:
        taken_at = row.captured_at if can_be(row.captured_at, row.received_at) else None
        caption = Caption(tuple(row.lines), taken_at, row.received_at, row.lon, row.lat, claimed=row.source != "camera")
        made = _decoded(storage, row, caption, copies=True)
        if made is None:
            continue
        with writing():
            _settle(storage, db.session.get_one(Photo, row.id), made)
    return len(waiting)


def _waiting_for_copies(limit: int) -> Sequence[Any]:
    return db.session.execute(
        select(*_FOR_COPIES)
        .where(Photo.copies_at.is_(None), Photo.refused_reason.is_(None), _due())
        .order_by(Photo.received_at)
        .limit(limit)
    ).all()


def _settle(storage: Storage, photo: Photo, made: "Copies") -> None:
    """Keep the decoder's verdict on a photo, and its copies where it has any."""
    photo.attempts, photo.retry_at, photo.trouble = 0, None, ""
    if made.fault:
        photo.refused_reason, photo.refused_at = made.fault, clock.now()
        photo.width = photo.height = None  # whatever an earlier look said
        log.warning("photo %s: %s", photo.id, photo.refused_reason)
        taker.tell_unreadable(photo)
        return
    was_seen = photo.width is not None
    photo.width, photo.height, photo.copies_at = made.width, made.height, clock.now()
    _learn(photo, made)
    _recognise(photo, made.fingerprint)
    taker.tell_looked_at(photo, made.flaw, was_seen=was_seen)
    for kind, copy in made.copies.items():
        if db.session.get(PhotoCopy, (photo.id, kind)) is None:
            db.session.add(PhotoCopy(photo_id=photo.id, kind=kind, sha256=keep(storage, copy, "image/jpeg")))


def remake_copies(storage: Storage, photo_id: UUID) -> bool:
    """Copies whose bytes are gone or damaged are given up, and the worker's next round makes them anew from the original.

    False where all are whole, and where the original is no better: what is left of it is not touched then.
    """
    photo = db.session.get(Photo, photo_id, with_for_update=True)
    if photo is None or photo.copies_at is None:
        return False
    rows = db.session.scalars(select(PhotoCopy).where(PhotoCopy.photo_id == photo_id)).all()
    bad = [row for row in rows if storage.whole(row.sha256) is None]
    if not bad:
        return False
    if storage.whole(photo.sha256) is None:
        log.error("photo %s: neither its original nor %d of its copies are whole", photo_id, len(bad))
        return False
    for row in bad:
        db.session.delete(row)
    photo.copies_at = None
    db.session.flush()
    log.warning("photo %s: %d copies are made anew", photo_id, len(bad))
    return True


def look_over_copies(storage: Storage, after: UUID | None, limit: int = 30) -> UUID | None:
    """The worker, a few photos at a time in the order of their ids: see that their copies are whole, have others made anew.

    Returns where to go on next time, None at the end.
    """
    ids = select(Photo.id).where(Photo.copies_at.is_not(None)).order_by(Photo.id).limit(limit)
    looked_at = db.session.scalars(ids if after is None else ids.where(Photo.id > after)).all()
    copies = db.session.execute(
        select(PhotoCopy.photo_id, PhotoCopy.sha256).where(PhotoCopy.photo_id.in_(looked_at))
    ).all()
    db.session.rollback()
    for photo_id in dict.fromkeys(row.photo_id for row in copies if storage.whole(row.sha256) is None):
        with writing():
            remake_copies(storage, photo_id)
    return looked_at[-1] if len(looked_at) == limit else None


def recognise_waiting(storage: Storage, limit: int = 20) -> int:
    """The worker: fingerprints of photos whose copies are older than fingerprints. Safe to run twice."""
    from .pictures import Caption

    waiting = db.session.execute(
        select(Photo.id, Photo.sha256)
        .where(Photo.copies_at.is_not(None), Photo.fingerprint.is_(None), _due())
        .order_by(Photo.received_at)
        .limit(limit)
    ).all()
    db.session.rollback()
    for row in waiting:
        made = _decoded(storage, row, Caption(), copies=False)
        if made is None:
            continue
        with writing():
            photo = db.session.get_one(Photo, row.id)
            photo.attempts, photo.retry_at, photo.trouble = 0, None, ""
            _recognise(photo, made.fingerprint)
    return len(waiting)


def _due() -> ColumnElement[bool]:
    now = clock.now()
    return or_(Photo.retry_at.is_(None), Photo.retry_at <= now, Photo.retry_at > now + _PAUSES[-1] + stamps.SLACK)


def _decoded(storage: Storage, row: Any, caption: "Caption", *, copies: bool) -> "Copies | None":
    """What the decoder says of a photo; None where it came to no verdict, which is noted."""
    from .pictures import Undecided, make_copies

    try:
        data = storage.get(row.sha256)
        if data is None:
            raise Undecided("原件不在文件夹里")
        return make_copies(data, caption, only_fingerprint=not copies)
    except Undecided as reason:
        words = reason.words
    except OSError as fault:  # no process, no memory or no disk for it
        words = f"系统出错：{fault.strerror or type(fault).__name__}"
    with writing():
        photo = db.session.get_one(Photo, row.id)
        photo.retry_at = clock.now() + _PAUSES[min(photo.attempts, len(_PAUSES) - 1)]
        photo.attempts, photo.trouble = photo.attempts + 1, words
        log.warning("photo %s: no verdict (%s), attempt %d", row.id, words, photo.attempts)
    return None


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
    """The phone offers a photo once more: a refusal that no verdict is known for is taken back."""
    if photo.refused_reason and photo.refused_at is None:
        _reopen(photo)


def _reopen(photo: Photo) -> None:
    photo.refused_reason, photo.refused_at = None, None
    photo.attempts, photo.retry_at, photo.trouble = 0, None, ""
    db.session.flush()


def _recognise(photo: Photo, fingerprint: str) -> None:
    photo.fingerprint = fingerprint
    photo.band_1, photo.band_2, photo.band_3, photo.band_4 = bands(fingerprint)


def _learn(photo: Photo, made: "Copies") -> None:
    """Time and place the phone did not send, out of the picture's EXIF. Such a position has no accuracy: that marks it."""
    if photo.captured_at is None:
        photo.captured_at = made.taken_at
    if photo.lon is None and made.lon is not None and made.lat is not None:
        photo.lon, photo.lat, photo.crs = made.lon, made.lat, "WGS84"


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
        return parsed.astimezone(UTC) if parsed.tzinfo else None
    except (ValueError, OverflowError):  # the last one where its turn into UTC leaves the calendar
        return None
