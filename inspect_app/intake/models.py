"""Tables of the intake."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id


class JournalEntry(Model):
    """That an operation came, by the phone's own id: the primary key makes it exactly once.

    What it said and what became of it stand with its receipt, one text for a whole request: a visit is sixty taps, and
    sixty wide rows took most of the time of handing it in.
    """

    __tablename__ = "journal_entry"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"))


class Receipt(Model):
    """One signed document that names each operation of a request, its hash and outcome, and the new ones as they came."""

    __tablename__ = "receipt"
    __table_args__ = (Index("ix_receipt_account", "account_id", "made_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    term_id: Mapped[UUID | None]
    made_at: Mapped[datetime]
    document: Mapped[str]
    key_id: Mapped[str]
    signature: Mapped[str]
    operations: Mapped[list[Any]]  # as they came, in the order of their numbers


class Epoch(Model):
    """The server's epoch: a restored backup begins a new one, and phones offer their last 30 days again."""

    __tablename__ = "epoch"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    since: Mapped[datetime]
