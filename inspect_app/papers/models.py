"""Tables of papers. Numbers come from one counter row per series and year, so they have neither gaps nor doubles."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id

# A drawing that failed so often waits for a person; until then the worker tries again by itself.
MOST_ATTEMPTS = 8


class PaperSeries(Model):
    """The last number taken by an organisation for a kind of paper in a Shanghai year."""

    __tablename__ = "paper_series"
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
    # Why no number is given for now (Chinese), and when somebody last said up to where numbers are printed.
    held_why: Mapped[str] = mapped_column(default="")
    resumed_at: Mapped[datetime | None]


class PaperHold(Model):
    """After a restore nobody knows what was printed since the backup: every series of that time waits for a person."""

    __tablename__ = "paper_hold"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    since: Mapped[datetime]
    until_year: Mapped[int]  # a series of a later year cannot have been printed from
    why: Mapped[str]
    released_at: Mapped[datetime | None]


class PaperGap(Model):
    """Numbers that are left out on purpose, because they may be on paper already, and why."""

    __tablename__ = "paper_gap"
    __table_args__ = (CheckConstraint("first <= last", "in_order"), CheckConstraint("why <> ''", "has_reason"))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    year: Mapped[int]
    first: Mapped[int]
    last: Mapped[int]
    why: Mapped[str]
    made_at: Mapped[datetime]


class Paper(Model):
    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("issuer_id", "kind", "year", "serial"),
        CheckConstraint("state IN ('issuing', 'issued', 'void')", "state_known"),
        CheckConstraint("state <> 'issued' OR file_sha256 IS NOT NULL", "issued_has_file"),
        CheckConstraint("state <> 'void' OR void_reason <> ''", "void_has_reason"),
        Index("ix_paper_not_journalled", "frozen_at", sqlite_where=text("journalled_at IS NULL"),
              postgresql_where=text("journalled_at IS NULL")),
        Index("ix_paper_issuing", "frozen_at", sqlite_where=text("state = 'issuing'"),
              postgresql_where=text("state = 'issuing'")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    number: Mapped[str] = mapped_column(unique=True)
    issuer_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    serial: Mapped[int]
    premises_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"), index=True)
    visit_id: Mapped[UUID | None] = mapped_column(index=True)
    issued_on: Mapped[date]  # 成文日期
    content: Mapped[dict[str, Any]]
    content_sha256: Mapped[str]
    state: Mapped[str] = mapped_column(default="issuing")
    frozen_at: Mapped[datetime]
    journalled_at: Mapped[datetime | None]  # its number stands in the number journal; before that nothing is drawn
    made_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    # The printed address: `mark` stands in the path, `code` is typed from the paper and is never part of an address.
    mark: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str]
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    file_key_id: Mapped[str | None]
    file_signature: Mapped[str | None]
    issued_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(default="")
    void_reason: Mapped[str] = mapped_column(default="")
    wrong_codes: Mapped[int] = mapped_column(default=0)
    wrong_codes_on: Mapped[date | None]

    @property
    def is_stuck(self) -> bool:
        """Whether its drawing failed too often and waits for 再做一次 or 作废."""
        return self.state == "issuing" and self.attempts >= MOST_ATTEMPTS


class PaperLine(Model):
    """One hazard on one paper, with its own date."""

    __tablename__ = "paper_line"
    __table_args__ = (UniqueConstraint("paper_id", "position"),)
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazard.id"), primary_key=True, index=True)
    position: Mapped[int]
    due_on: Mapped[date | None]


class Service(Model):
    """送达: when, how, to whom, with a receipt or the reason for none."""

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("way IN ('in_person', 'scan', 'post', 'left')", "way_known"),
        CheckConstraint(
            "signature_id IS NOT NULL OR received_by <> '' OR no_receipt_reason <> ''", "receipt_or_reason"
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"), index=True)
    way: Mapped[str]
    served_at: Mapped[datetime]
    received_by: Mapped[str] = mapped_column(default="")
    signature_id: Mapped[UUID | None] = mapped_column(ForeignKey("signature.id"))
    no_receipt_reason: Mapped[str] = mapped_column(default="")
    served_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
