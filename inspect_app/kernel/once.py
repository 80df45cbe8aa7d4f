"""Twice is once: a form carries a key of its own, and pressed again it gets what the first press came to.

The key is taken in the transaction of what the form does: undone with it, kept with it. Of two presses at once the second
waits for the first.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .database import Model, db
from .errors import Stale
from .races import insert_if_absent

KEPT_FOR = timedelta(days=3)


class OnceKey(Model):
    """A form that was sent and did something, and where its answer led."""

    __tablename__ = "once_key"
    key: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]  # or the id of the paper whose holder pressed
    path: Mapped[str]
    said_sha256: Mapped[str]
    led_to: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(index=True)


def take(key: UUID, account_id: UUID, path: str, said_sha256: str) -> OnceKey | None:
    """The first press of this form, where there was one; None: this is the first. Raises Stale where the same sheet was
    sent before and now says something else."""
    if insert_if_absent(
        OnceKey, key=key, account_id=account_id, path=path, said_sha256=said_sha256, led_to="", made_at=clock.now()
    ):
        return None
    first = db.session.get_one(OnceKey, key, populate_existing=True)
    if (first.account_id, first.path, first.said_sha256) != (account_id, path, said_sha256):
        raise Stale("这一张表刚才已经交过，办好了。要再办一件，请刷新这一页再填。")
    return first


def led_to(key: UUID, address: str) -> None:
    """Where the first press led: a second one is led there too."""
    db.session.execute(update(OnceKey).where(OnceKey.key == key).values(led_to=address))


def drop_old() -> int:
    """Keys of pages that nobody has open any more."""
    dropped = db.session.execute(delete(OnceKey).where(OnceKey.made_at < clock.now() - KEPT_FOR))
    return int(getattr(dropped, "rowcount", 0))
