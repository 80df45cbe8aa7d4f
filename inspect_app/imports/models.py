"""Tables of imports. That there was one stays for good; its rows and its file go some days after it was brought."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id

from .rules import AT_WORK, ImportState, RowChoice, RowVerdict

_AT_WORK = text(one_of("state", sorted(AT_WORK)))


class ImportJob(Model):
    """A workbook that somebody brought for a register: whose, which file, how far it is, what came of it."""

    __tablename__ = "import_job"
    __table_args__ = (
        CheckConstraint(one_of("state", ImportState), "state_known"),
        CheckConstraint("(state IN ('done', 'cancelled', 'failed')) = (ended_at IS NOT NULL)", "ended_at_its_end"),
        Index("ix_import_job_kind", "kind", "made_at"),
        Index("ix_import_job_at_work", "made_at", sqlite_where=_AT_WORK, postgresql_where=_AT_WORK),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    term_id: Mapped[UUID] = mapped_column(ForeignKey("term.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    state: Mapped[str] = mapped_column(default=ImportState.READING)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)  # name → where it stands in the sheet, from 1
    notes: Mapped[list[str]] = mapped_column(default=list)  # what was read as it shows, in Chinese
    total: Mapped[int] = mapped_column(default=0)  # rows
    checked: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)  # of what is done just now, since it last came on
    # What its rows come to; of one that is done, what they came to.
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)
    faulty: Mapped[int] = mapped_column(default=0)
    overtaken: Mapped[bool] = mapped_column(default=False)  # the register changed between showing and confirming
    why: Mapped[str] = mapped_column(default="")
    slips_at: Mapped[datetime | None]  # when first passwords were last shown to be printed


class ImportRow(Model):
    """One row of the sheet: what it says, what is wrong with it, what it would come to. `number` is its row there."""

    __tablename__ = "import_row"
    __table_args__ = (
        CheckConstraint(f"verdict = '' OR {one_of('verdict', RowVerdict)}", "verdict_known"),
        CheckConstraint(f"choice = '' OR {one_of('choice', RowChoice)}", "choice_known"),
        CheckConstraint("(choice = 'same') = (chosen_id IS NOT NULL)", "same_as_one"),
        Index("ix_import_row_verdict", "job_id", "verdict", "number"),
        Index("ix_import_row_key", "job_id", "key"),
    )
    job_id: Mapped[UUID] = mapped_column(ForeignKey("import_job.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[dict[str, Any]]  # name of a column → its text; empty ones are left out
    told: Mapped[list[Any]] = mapped_column(default=list)  # [column, sentence] of cells that could not be read
    verdict: Mapped[str] = mapped_column(default="")  # empty: not looked at yet
    faults: Mapped[list[Any]] = mapped_column(default=list)  # [column, sentence]
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the values in their one form
    key: Mapped[str] = mapped_column(default="")  # what two rows share that mean the same
    match_id: Mapped[UUID | None]  # the row of the register that it is
    stood: Mapped[str] = mapped_column(default="")  # hash of how that one stood when it was compared
    changes: Mapped[list[Any]] = mapped_column(default=list)  # [label, before, after]
    doubles: Mapped[list[Any]] = mapped_column(default=list)  # those it may be, likeliest first
    choice: Mapped[str] = mapped_column(default="")
    chosen_id: Mapped[UUID | None]
