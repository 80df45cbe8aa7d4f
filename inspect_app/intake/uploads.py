"""Photos in parts, by tus: what is begun, how far it has come, and the moment in which it becomes a photo.

The bytes of a part lie in the store, not in the database: they are added as they arrive, and no transaction waits for
them. What these functions write they flush; who calls them commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, literal, select

from inspect_app.evidence import actions as evidence
from inspect_app.evidence.actions import StoredPhoto
from inspect_app.evidence.models import Photo, StoredFile
from inspect_app.evidence.rules import MOST_BYTES, TOO_HEAVY, TooHeavy, media_type, said_before
from inspect_app.evidence.senders import Sender
from inspect_app.evidence.shapes import SaidOfPhoto
from inspect_app.evidence.storage import Storage
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, run
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.races import hold_or_insert

from .models import Upload

MOST_OPEN = 100  # photos of one sender begun and not finished
FORGOTTEN_AFTER = timedelta(days=40)  # longer than a phone keeps what it could send again
LEFT_BEHIND_AFTER = timedelta(days=1)  # longer than any request lasts
CUT = "这张照片没有传完整，会自动重传。"


class TooMany(Refused):
    """So many photos are begun that another must wait."""

    status = 429


@dataclass(frozen=True)
class Standing:
    """What is here of a photo: the length of one that has come with its bytes, else None; and whether anything of it is known,
    its row or an upload that was begun."""

    finished: int | None
    is_known: bool


_ONE = select(literal(1).label("one")).subquery()
_STANDING = (
    select(
        func.coalesce(Photo.account_id, Photo.paper_id).label("sent_by"),
        Photo.sha256,
        StoredFile.size,
        func.coalesce(Upload.account_id, Upload.paper_id).label("begun_by"),
    )
    .select_from(_ONE)
    .outerjoin(Photo, Photo.id == bindparam("photo"))
    .outerjoin(StoredFile, StoredFile.sha256 == Photo.sha256)
    .outerjoin(Upload, Upload.photo_id == bindparam("photo"))
)
_BEGUN = select(Upload.sha256).where(Upload.photo_id == bindparam("photo")).with_for_update()


def standing(photo_id: UUID, sender: Sender, storage: Storage) -> Standing:
    """What is here of a photo of one's own. Raises NotThere for another's, also where that has only begun."""
    row = run(_STANDING, {"photo": photo_id}).one()
    if (row.sha256 is not None and row.sent_by != sender.id) or row.begun_by not in (None, sender.id):
        raise NotThere
    if row.sha256 is None:
        return Standing(None, row.begun_by is not None)
    # After a restore a row may be back whose file is not: it is asked for again.
    return Standing(row.size if storage.has(row.sha256) else None, is_known=True)


def load(photo_id: UUID, sender: Sender) -> Upload:
    """One's own upload; raises NotThere for another's and for what was never begun."""
    row = db.session.get(Upload, photo_id)
    if row is None or not _is_theirs(row, sender):
        raise NotThere
    return row


def begin(photo_id: UUID, sender: Sender, *, length: int, sha256: str, said: SaidOfPhoto, storage: Storage) -> Upload:
    """The upload of a photo; the same again is the same one. Another content under the same id (the phone made it
    smaller) begins anew. Raises TooHeavy, TooMany, NotThere for an id that is another sender's."""
    if length > MOST_BYTES:
        raise TooHeavy(TOO_HEAVY)
    photo = db.session.get(Photo, photo_id)
    if photo is not None and not sender.sent(photo):
        raise NotThere
    if photo is not None and photo.sha256 != sha256:
        raise Refused("这个编号已经用在另一张照片上，请重新拍一张。")
    row = db.session.get(Upload, photo_id, with_for_update=True, populate_existing=True)
    if row is None:
        statement = select(func.count()).select_from(Upload).where(*_of(sender))
        if (db.session.scalar(statement) or 0) >= MOST_OPEN:
            raise TooMany("还有很多照片没有传完，传完再接着发。")
        row = hold_or_insert(
            Upload,
            photo_id=photo_id,
            account_id=sender.account_id,
            paper_id=sender.paper_id,
            length=length,
            sha256=sha256,
            meta=said.kept(),
            begun_at=clock.now(),
        )
    if not _is_theirs(row, sender):
        raise NotThere
    if (row.length, row.sha256) != (length, sha256):
        storage.drop(row.part)
        row.length, row.sha256, row.meta, row.begun_at = length, sha256, said.kept(), clock.now()
    db.session.flush()
    return row


def _is_theirs(row: Upload, sender: Sender) -> bool:
    return (row.account_id, row.paper_id) == (sender.account_id, sender.paper_id)


def _of(sender: Sender) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Upload.account_id == sender.account_id, Upload.paper_id == sender.paper_id


def keep_off(photo_id: UUID, sender: Sender) -> None:
    """Raises NotThere where another sender has begun to send this photo: an id belongs to who used it first."""
    row = db.session.get(Upload, photo_id)
    if row is not None and not _is_theirs(row, sender):
        raise NotThere


def check(data: bytes, sha256: str, found: str | None = None) -> StoredPhoto:
    """What whole bytes are, that were declared as this photo; raises Refused where they are not. Reads no database. `found` is
    their hash where it was made as they came."""
    if (found or sha256_hex(data)) != sha256:
        raise Refused(CUT)
    return StoredPhoto(sha256, len(data), media_type(data))


def finish(row: Upload, stored: StoredPhoto, lines: Sequence[str]) -> None:
    """Whole bytes that were checked and lie in the store become the photo, and the upload ends. Doing it twice is doing it
    once."""
    said = said_before(row.meta)
    evidence.take_stored(
        stored, photo_id=row.photo_id, sender=Sender(row.account_id, row.paper_id), said=said, lines=lines
    )
    db.session.delete(row)
    db.session.flush()


def finish_at_once(
    photo_id: UUID, sender: Sender, stored: StoredPhoto, said: SaidOfPhoto, lines: Sequence[str]
) -> None:
    """The same for a photo that came whole with its first request. Where another request has begun it meanwhile, that is ended
    with it; where that brings another content, this one counts no more."""
    begun = run(_BEGUN, {"photo": photo_id}).first()
    if begun is None:
        evidence.take_stored(stored, photo_id=photo_id, sender=sender, said=said, lines=lines)
    elif begun.sha256 == stored.sha256:
        finish(load(photo_id, sender), stored, lines)


def give_up(row: Upload, storage: Storage) -> None:
    """The bytes are no photo, or not the declared one: nothing of them stays."""
    storage.drop(row.part)
    db.session.delete(row)
    db.session.flush()


def sweep(storage: Storage) -> int:
    """Drop parts that nobody has touched for long, with their rows, and sooner those that belong to no upload any more: the
    process that was to drop them was killed. Safe to run twice; returns how many."""
    awaited = {row.part for row in db.session.scalars(select(Upload))}
    left = storage.parts_untouched_since(clock.now() - LEFT_BEHIND_AFTER)
    old = {
        *storage.parts_untouched_since(clock.now() - FORGOTTEN_AFTER),
        *(part for part in left if part not in awaited),
    }
    for part in old:
        storage.drop(part)
    begun = db.session.scalars(select(Upload).where(Upload.begun_at < clock.now() - FORGOTTEN_AFTER)).all()
    for row in begun:
        if storage.part_size(row.part) == 0:
            db.session.delete(row)
    db.session.flush()
    return len(old)
