"""Whose a photo may be. A photo is named before it comes, so whoever names it says only whose it must turn out to be.

Naming an id opens nothing: a photo counts, and is readable, through a thing only if it was sent by somebody who was
entitled to put it there. Judged where it is read, so that the order of naming and arriving never matters.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from inspect_app.kernel.database import db

from .models import Photo

# Accounts from which photos count, by photo; what comes without an account is from None.
Senders = Mapping[UUID, Iterable[UUID | None]]
_NOBODY = "none"


def written(accounts: Iterable[UUID | None]) -> str:
    """The accounts as a link keeps them: their hex digits, one after another."""
    return " ".join(sorted(account.hex if account else _NOBODY for account in accounts))


def counts(senders: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """Whether the photo beside a link came from one of its senders; a link without any is older than this question."""
    account = func.replace(cast(Photo.account_id, Text), "-", "")  # SQLite keeps ids without their hyphens
    return or_(senders.is_(None), senders.contains(func.coalesce(account, _NOBODY)))


def is_from(photo: Photo, senders: str | None) -> bool:
    """`counts` of one photo that is already here."""
    return senders is None or written((photo.account_id,)) in senders.split()


def foreign(senders: Senders) -> set[UUID]:
    """Those of the photos that are here and were sent by somebody else."""
    return {photo for photo, account in came_from(senders).items() if account not in set(senders[photo])}


def came_from(photo_ids: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """From which account each of the photos that are here was sent."""
    wanted = set(photo_ids)
    if not wanted:
        return {}
    rows = db.session.execute(select(Photo.id, Photo.account_id).where(Photo.id.in_(wanted)))
    return {row.id: row.account_id for row in rows}
