"""Tables of the intake."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id


class JournalEntry(Model):
    """One operation as it came. The id is the phone's: the primary key makes it exactly once."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        CheckConstraint("outcome IN ('applied', 'refused', 'waiting')", "outcome_known"),
        Index("ix_journal_entry_device", "device", "seq"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    term_id: Mapped[UUID | None]
    device: Mapped[str]
    seq: Mapped[int]
    kind: Mapped[str]
    version: Mapped[int]
    hash: Mapped[str]
    payload: Mapped[dict[str, Any]]
    times: Mapped[dict[str, Any]]
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]
    outcome: Mapped[str]
    words: Mapped[str]
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"))


class Receipt(Model):
    """One signed document that names each id and hash of a request."""

    __tablename__ = "receipt"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    document: Mapped[str]
    key_id: Mapped[str]
    signature: Mapped[str]


class Epoch(Model):
    """The server's epoch: a restored backup begins a new one, and phones offer their last 30 days again."""

    __tablename__ = "epoch"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    since: Mapped[datetime]
