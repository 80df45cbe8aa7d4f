"""Tables of papers. Numbers come from one counter row per series and year, so they have neither gaps nor doubles."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id

from .kinds import title_of
from .service import WAYS, Result

# A drawing that failed so often waits for a person; until then the worker tries again by itself.
MOST_ATTEMPTS = 8
# A service of today's rules that nobody has corrected.
_COUNTS = "result = 'served' AND corrected_at IS NULL"


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
    """A paper with its number and frozen content; its file once it was drawn."""

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("issuer_id", "kind", "year", "serial"),
        CheckConstraint("state IN ('issuing', 'issued', 'void')", "state_known"),
        CheckConstraint("state <> 'issued' OR file_sha256 IS NOT NULL", "issued_has_file"),
        CheckConstraint("state <> 'void' OR void_reason <> ''", "void_has_reason"),
        Index(
            "ix_paper_not_journalled",
            "frozen_at",
            sqlite_where=text("journalled_at IS NULL"),
            postgresql_where=text("journalled_at IS NULL"),
        ),
        Index(
            "ix_paper_issuing",
            "frozen_at",
            sqlite_where=text("state = 'issuing'"),
            postgresql_where=text("state = 'issuing'"),
        ),
    )

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
    # The paper this one was issued to take the place of; the other stays, and says so wherever it is shown.
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("paper.id"), unique=True)

    @property
    def title(self) -> str:
        """As it is printed."""
        return title_of(self.kind, self.content)

    @property
    def is_being_made(self) -> bool:
        """Whether it has its number and waits for its file."""
        return self.state == "issuing"

    @property
    def is_issued(self) -> bool:
        """Whether it was made and never given up."""
        return self.state == "issued"

    @property
    def is_void(self) -> bool:
        """Whether it was given up; its number is not used again."""
        return self.state == "void"

    @property
    def is_stuck(self) -> bool:
        """Whether its drawing failed too often and waits for 再做一次 or 作废."""
        return self.is_being_made and self.attempts >= MOST_ATTEMPTS


class PaperSeal(Model):
    """What a paper said when it was drawn, in one signed document: content, lines, dates, code. Nothing of it changes."""

    __tablename__ = "paper_seal"
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    document: Mapped[str]
    key_id: Mapped[str]
    signature: Mapped[str]
    sealed_at: Mapped[datetime]


class PaperStamp(Model):
    """A copy of a file with words across every page, made when the paper no longer stands. The file itself stays."""

    __tablename__ = "paper_stamp"
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    words: Mapped[str] = mapped_column(primary_key=True)
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    made_at: Mapped[datetime]


class PaperLine(Model):
    """One hazard on one paper, with its own date."""

    __tablename__ = "paper_line"
    __table_args__ = (UniqueConstraint("paper_id", "position"),)
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazard.id"), primary_key=True, index=True)
    position: Mapped[int]
    due_on: Mapped[date | None]


class Service(Model):
    """送达, or what came of trying it: when, how, whom it reached, with what evidence.

    `result` is empty in rows older than the question: they were taken for served whatever they say, and stay as they are.
    `corrected_at`: the desk found that it does not count (更正送达); what was recorded stays.
    """

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint(one_of("way", WAYS), "way_known"),
        CheckConstraint(
            "signature_id IS NOT NULL OR received_by <> '' OR no_receipt_reason <> ''", "receipt_or_reason"
        ),
        CheckConstraint(f"result IS NULL OR result IN ({', '.join(repr(str(one)) for one in Result)})", "result_known"),
        CheckConstraint(
            "result IS NULL OR result <> 'served' OR signature_id IS NOT NULL OR received_by <> '' OR way = 'left'",
            "served_somebody",
        ),
        CheckConstraint("result IS NULL OR result = 'served' OR no_receipt_reason <> ''", "not_served_for_a_reason"),
        CheckConstraint(
            "result IS NULL OR way <> 'left' OR (place <> '' AND (witness <> '' OR CAST(scans AS TEXT) <> '[]'))",
            "left_with_evidence",
        ),
        CheckConstraint("way <> 'electronic' OR CAST(scans AS TEXT) <> '[]'", "electronic_with_consent"),
        CheckConstraint("way <> 'on_phone' OR signature_id IS NOT NULL", "on_phone_signed"),
        CheckConstraint(
            "corrected_at IS NULL OR (corrected_by_person_id IS NOT NULL AND correction_reason <> '')",
            "corrected_with_a_reason",
        ),
        # A paper is served once.
        Index("uq_service_served", "paper_id", unique=True, sqlite_where=text(_COUNTS), postgresql_where=text(_COUNTS)),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"), index=True)
    way: Mapped[str]
    served_at: Mapped[datetime]
    result: Mapped[str | None]
    received_by: Mapped[str] = mapped_column(default="")
    signature_id: Mapped[UUID | None] = mapped_column(ForeignKey("signature.id"))
    no_receipt_reason: Mapped[str] = mapped_column(default="")
    witness: Mapped[str] = mapped_column(default="")  # saw it left, or passed it on
    place: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")  # number of the letter
    scans: Mapped[list[str]] = mapped_column(default=list)
    served_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    corrected_at: Mapped[datetime | None]
    corrected_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    correction_reason: Mapped[str] = mapped_column(default="")

    @property
    def counts(self) -> bool:
        """Whether it is a service, as far as anybody has said."""
        return self.result in (None, Result.SERVED) and self.corrected_at is None
