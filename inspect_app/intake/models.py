"""Tables of the intake."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
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


class Upload(Model):
    """A photo whose bytes are still coming, by the phone's own id; gone once the photo is there."""

    __tablename__ = "upload"
    __table_args__ = (CheckConstraint("(account_id IS NULL) <> (paper_id IS NULL)", "one_sender"),)
    photo_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    paper_id: Mapped[UUID | None] = mapped_column(index=True)  # its holder sends it
    length: Mapped[int]
    sha256: Mapped[str]  # as declared; the bytes are checked against it
    meta: Mapped[dict[str, Any]]
    begun_at: Mapped[datetime]

    @property
    def part(self) -> str:
        """The name of its bytes in the store. It names the content: a request that outlived a change of mind (the phone
        made the photo smaller) finds nothing to add to."""
        return part_of(self.photo_id, self.sha256)


def part_of(photo_id: UUID, sha256: str) -> str:
    """The name of a photo's bytes while they come."""
    return f"{photo_id}-{sha256[:16]}"


class Device(Model):
    """A phone as it described itself at its last contact. Numbers are given per phone, whoever is signed in on it."""

    __tablename__ = "device"
    id: Mapped[str] = mapped_column(primary_key=True)  # as the phone says it
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)  # who used it last
    agent: Mapped[str] = mapped_column(default="")
    version: Mapped[str] = mapped_column(default="")
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    counter: Mapped[int] = mapped_column(BigInteger, default=0)
    received: Mapped[list[Any]] = mapped_column(default=list)  # ranges [from, to], as all lists here
    held: Mapped[list[Any]] = mapped_column(default=list)
    missing: Mapped[list[Any]] = mapped_column(default=list)
    missing_since: Mapped[datetime | None]
    excused: Mapped[list[Any]] = mapped_column(default=list)  # looked into, see DeviceGap; or from before this was kept
    photos: Mapped[int] = mapped_column(default=0)
    oldest_at: Mapped[datetime | None]
    offset_ms: Mapped[int | None] = mapped_column(BigInteger)  # how far the server's clock is ahead
    lost_at: Mapped[datetime | None]


class DeviceGap(Model):
    """Numbers that were lost on a phone, and what somebody at the desk found out about them."""

    __tablename__ = "device_gap"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    ranges: Mapped[list[Any]]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class PendingOperation(Model):
    """Kept, but to be confirmed: from a rescue file, captured within a right that has ended since, or about what lies
    outside the deputy's area by now."""

    __tablename__ = "pending_operation"
    __table_args__ = (
        CheckConstraint("reason IN ('rescue', 'right_ended', 'outside')", "reason_known"),
        CheckConstraint("decision IS NULL OR decision IN ('confirmed', 'declined')", "decision_known"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", "decided_has_time"),
    )
    operation_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entry.id"), primary_key=True)
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), index=True)  # what came together
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    term_id: Mapped[UUID] = mapped_column(ForeignKey("term.id"), index=True)  # the right it was captured under
    raw: Mapped[dict[str, Any]]
    hash: Mapped[str]
    reason: Mapped[str]
    arrived_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[str | None]
    words: Mapped[str] = mapped_column(default="")  # why declined, or what stood in the way when it was confirmed
    outcome: Mapped[str | None]  # what became of it when it was confirmed


class NotTaken(Model):
    """A visit or a place whose beginning was refused or waits at the desk: what builds on it must not wait for ever."""

    __tablename__ = "not_taken"
    __table_args__ = (CheckConstraint("outcome IN ('refused', 'waiting')", "outcome_known"),)
    operation_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(index=True)  # the visit or place, as the phone named it
    outcome: Mapped[str]
    words: Mapped[str]


class RescueFile(Model):
    """A backup file of a phone that somebody at the desk fed in, and what was in it."""

    __tablename__ = "rescue_file"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sha256: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    device: Mapped[str]
    made_at: Mapped[datetime | None]
    fed_at: Mapped[datetime]
    fed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    counts: Mapped[dict[str, Any]]  # see feeding.Fed
