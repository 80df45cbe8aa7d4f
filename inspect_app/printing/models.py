"""Tables of print jobs. Nothing of them is evidence: some days after a job was asked for, its rows and files are thrown away."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id

from .rules import JobState, PartState


class PrintJob(Model):
    """What somebody wants printed, in parts. It is theirs alone, under the term they asked it under."""

    __tablename__ = "print_job"
    __table_args__ = (
        CheckConstraint(one_of("state", JobState), "state_known"),
        CheckConstraint("(state = 'making') = (ended_at IS NULL)", "ended_or_making"),
        Index("ix_print_job_account", "account_id", "made_at"),
        Index(
            "ix_print_job_making",
            "made_at",
            sqlite_where=text("state = 'making'"),
            postgresql_where=text("state = 'making'"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    term_id: Mapped[UUID] = mapped_column(ForeignKey("term.id"))
    kind: Mapped[str]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default=JobState.MAKING)
    made_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    joined: Mapped[int] = mapped_column(default=0)  # how many parts stand in the files that are being put together
    attempts: Mapped[int] = mapped_column(default=0)  # of putting them together
    why: Mapped[str] = mapped_column(default="")  # in Chinese, of one that was given up


class PrintPart(Model):
    """One thing in a job: what it is about, how far it is, where its file lies."""

    __tablename__ = "print_part"
    __table_args__ = (
        UniqueConstraint("job_id", "position"),
        CheckConstraint(one_of("state", PartState), "state_known"),
        CheckConstraint("state <> 'made' OR file_sha256 IS NOT NULL", "made_has_file"),
        CheckConstraint("state <> 'left_out' OR why <> ''", "left_out_for_a_reason"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("print_job.id"))
    position: Mapped[int]
    kind: Mapped[str]
    about: Mapped[dict[str, Any]]  # what its kind makes it from: ids as text
    # How it is listed, as it was when somebody asked for it.
    number: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    day: Mapped[date | None]
    state: Mapped[str] = mapped_column(default=PartState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(default="")
    file_sha256: Mapped[str | None]
    drawn: Mapped[bool] = mapped_column(default=False)  # for this job: its file lies among the results, not in evidence


class PrintFile(Model):
    """A finished file of a job, among the results."""

    __tablename__ = "print_file"
    job_id: Mapped[UUID] = mapped_column(ForeignKey("print_job.id"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
