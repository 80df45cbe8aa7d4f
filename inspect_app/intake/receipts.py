"""Signed receipts: what became of operations, and of photos. Both are of one kind and name their epoch."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from inspect_app.evidence import actions as evidence
from inspect_app.evidence.models import Photo
from inspect_app.evidence.storage import Storage
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, run
from inspect_app.kernel.hashing import canonical_of_whole
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.keys import KeyRing
from inspect_app.people.rules import Scope

from .epochs import current_epoch
from .models import Receipt
from .rules import Operation, OperationAnswer, OperationOutcome, Unread

_KEEP = insert(Receipt.__table__)  # type: ignore[arg-type]


def line_of(answered: tuple[Operation, OperationAnswer]) -> dict[str, Any]:
    """What a receipt says of an operation; words only where there are any."""
    operation, answer = answered
    line = {"id": operation.raw["id"], "hash": operation.hash, "outcome": str(answer.outcome)}
    return line | {"words": answer.words} if answer.words else line


def line_of_unread(entry: Unread) -> dict[str, Any]:
    """What a receipt says of an entry that was no operation."""
    return {"id": entry.id, "hash": entry.hash, "outcome": str(OperationOutcome.REFUSED), "words": entry.words}


def write_receipt(
    said: dict[str, Any], scope: Scope, keys: KeyRing, epoch: UUID, operations: list[dict[str, Any]]
) -> Receipt:
    """The receipt that says this, signed and written; `operations` are those that came with it and are kept."""
    at, receipt_id = clock.now(), new_id()
    document = canonical_of_whole(
        {
            "receipt": str(receipt_id),
            "epoch": str(epoch),
            "account": str(scope.account_id),
            "at": at.isoformat(timespec="milliseconds"),
        }
        | said
    )
    key_id, signature = keys.sign(document)
    row = {
        "id": receipt_id,
        "account_id": scope.account_id,
        "term_id": scope.term_id,
        "made_at": at,
        "document": document.decode(),
        "key_id": key_id,
        "signature": signature,
        "operations": operations,
    }
    run(_KEEP, row)
    return Receipt(**row)


def sign_for_photos(photo_ids: Sequence[UUID], scope: Scope, storage: Storage, keys: KeyRing) -> Receipt:
    """A receipt that names photos: `kept` with the hash of the bytes that are here, `missing`, or `refused` and why.

    Only what lies in the store is signed for, and another's photo is as missing as one that never came.
    """
    rows = {
        photo.id: photo
        for photo in db.session.scalars(
            select(Photo).where(Photo.id.in_(set(photo_ids)), Photo.account_id == scope.account_id)
        )
    }
    lines = [_photo_line(identity, rows.get(identity), storage) for identity in photo_ids]
    return write_receipt({"photos": lines}, scope, keys, current_epoch(), [])


def _photo_line(identity: UUID, photo: Photo | None, storage: Storage) -> dict[str, Any]:
    line = {"id": str(identity), "sha256": "", "outcome": "missing", "words": ""}
    if photo is None or not storage.has(photo.sha256):
        return line
    evidence.sent_again(photo)
    if photo.refused_reason:
        return line | {"sha256": photo.sha256, "outcome": "refused", "words": photo.refused_reason}
    return line | {"sha256": photo.sha256, "outcome": "kept"}


def signed(receipt: Receipt) -> dict[str, Any]:
    """A receipt as a phone gets it: the very text that was signed, by which key, and the signature."""
    return {"document": receipt.document, "key": receipt.key_id, "signature": receipt.signature}


def lines_of(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a receipt says of each id that its request brought. An id may have come more than once there: the first of its
    lines is that of the entry that was taken, what comes after it is what became of the others."""
    return {line["id"]: line for line in reversed(document.get("operations", ()))}


def receipt_holds(receipt: Receipt, keys: KeyRing) -> bool:
    """Whether a stored receipt still carries its signature."""
    return keys.verify(receipt.key_id, receipt.signature, receipt.document.encode())
