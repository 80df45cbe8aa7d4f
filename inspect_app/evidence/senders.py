"""Whose a photo may be. A photo is named before it comes, so whoever names it says only whose it must turn out to be.

Naming an id opens nothing: a photo counts, and is readable, through a thing only if it was sent by somebody who was
entitled to put it there. Judged where it is read, so that the order of naming and arriving never matters.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from inspect_app.kernel.database import db, slices

from .models import Photo

# Ids of the senders from which photos count, by photo; what comes from nobody we know is from None.
Senders = Mapping[UUID, Iterable[UUID | None]]
_NOBODY = "none"


@dataclass(frozen=True)
class Sender:
    """Who sends a photo: an account, or whoever holds a paper and its code; never both."""

    account_id: UUID | None = None
    paper_id: UUID | None = None

    @property
    def id(self) -> UUID | None:
        """The one id that a sender is known by; no account has that of a paper."""
        return self.account_id or self.paper_id

    def sent(self, row: Photo) -> bool:
        """Whether a photo is theirs."""
        return row.sender_id == self.id


def written(senders: Iterable[UUID | None]) -> str:
    """The senders as a link keeps them: their hex digits, one after another."""
    return " ".join(sorted(sender.hex if sender else _NOBODY for sender in senders))


def counts(senders: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """Whether the photo beside a link came from one of its senders; a link without any is older than this question."""
    # SQLite keeps ids without their hyphens
    sender = func.replace(cast(func.coalesce(Photo.account_id, Photo.paper_id), Text), "-", "")
    return or_(senders.is_(None), senders.contains(func.coalesce(sender, _NOBODY)))


def is_from(photo: Photo, senders: str | None) -> bool:
    """`counts` of one photo that is already here."""
    return senders is None or written((photo.sender_id,)) in senders.split()


def foreign(senders: Senders) -> set[UUID]:
    """Those of the photos that are here and were sent by somebody else."""
    return {photo for photo, sender in sent_by(senders).items() if sender not in set(senders[photo])}


def sent_by(photo_ids: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """From which sender each of the photos came that are here."""
    return {
        row.id: row.account_id or row.paper_id
        for part in slices(set(photo_ids))
        for row in db.session.execute(select(Photo.id, Photo.account_id, Photo.paper_id).where(Photo.id.in_(part)))
    }
