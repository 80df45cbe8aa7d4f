"""Tables of blank slips. A slip has no content: what is written on it by hand is known once its scan comes back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id

from .rules import STATE_NAMES, SlipDeed, SlipState


class SlipPad(Model):
    """Slips that were asked for together: numbers one after the other, for one office, perhaps for one deputy to carry."""

    __tablename__ = "slip_pad"
    __table_args__ = (CheckConstraint("first <= last", "in_order"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    issuer_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    year: Mapped[int]
    first: Mapped[int]
    last: Mapped[int]
    given_to_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    made_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    journalled_at: Mapped[datetime | None]  # its numbers stand in the number journal; before that none is printed

    @property
    def count(self) -> int:
        """How many slips it has."""
        return self.last - self.first + 1

    @property
    def span(self) -> str:
        """Its numbers, as a list and a job call them."""
        first, last = (f"{self.year}-{serial:04d}" for serial in (self.first, self.last))
        return first if self.first == self.last else f"{first} 到 {last}"


class BlankSlip(Model):
    """One numbered sheet. Printed on it: number, address with `mark`, and `code`, which is typed and never in an address."""

    __tablename__ = "blank_slip"
    __table_args__ = (
        UniqueConstraint("issuer_id", "year", "serial"),
        CheckConstraint(one_of("state", SlipState), "state_known"),
        CheckConstraint("state NOT IN ('bound', 'returned') OR visit_id IS NOT NULL", "bound_to_a_visit"),
        CheckConstraint("state <> 'blank' OR visit_id IS NULL", "blank_is_bound_to_none"),
        CheckConstraint("state <> 'void' OR void_reason <> ''", "void_has_reason"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    pad_id: Mapped[UUID] = mapped_column(ForeignKey("slip_pad.id"), index=True)
    issuer_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    mark: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str]
    address: Mapped[str]  # as it is printed: an installation that moved still knows its old slips
    state: Mapped[str] = mapped_column(default=SlipState.BLANK)
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id"), index=True)
    void_reason: Mapped[str] = mapped_column(default="")
    wrong_codes: Mapped[int] = mapped_column(default=0)  # typed on that day at the page behind its code
    wrong_codes_on: Mapped[date | None]

    @property
    def short(self) -> str:
        """The number without the name of the office, as it is typed."""
        return f"{self.year}-{self.serial:04d}"

    @property
    def state_name(self) -> str:
        """Its state in words."""
        return STATE_NAMES[self.state]

    @property
    def is_blank(self) -> bool:
        """Whether nobody has used it or given it up."""
        return self.state == SlipState.BLANK

    @property
    def is_void(self) -> bool:
        """Whether it was given up."""
        return self.state == SlipState.VOID

    @property
    def is_open(self) -> bool:
        """Whether something may still become of it: it was neither given up nor filed."""
        return self.state in (SlipState.BLANK, SlipState.BOUND)

    def is_left_on(self, visit_id: UUID) -> bool:
        """Whether it stands bound to this visit."""
        return self.takes_scans and self.visit_id == visit_id

    @property
    def takes_scans(self) -> bool:
        """Whether it is bound, so that its filled sheet has where to be filed."""
        return self.state in (SlipState.BOUND, SlipState.RETURNED)


class SlipEvent(Model):
    """The log: who printed a pad, bound a slip, took it off, filed its scan, gave it up, and when. Rows are added, never changed."""

    __tablename__ = "slip_event"
    __table_args__ = (
        CheckConstraint(one_of("what", SlipDeed), "what_known"),
        CheckConstraint("(what = 'printed') = (slip_id IS NULL)", "of_a_slip_or_its_pad"),
        CheckConstraint("what NOT IN ('bound', 'taken_off') OR visit_id IS NOT NULL", "says_of_which_visit"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    pad_id: Mapped[UUID] = mapped_column(ForeignKey("slip_pad.id"), index=True)
    slip_id: Mapped[UUID | None] = mapped_column(ForeignKey("blank_slip.id"), index=True)
    # The visit to which a slip was bound or off which it was taken: the slip itself only knows the last one.
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id"), index=True)
    what: Mapped[str]
    at: Mapped[datetime]
    # None: the worker, which found that a number stands on another sheet.
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(default="")


class SlipScan(Model):
    """A page of a filled slip that came back: its file as received, the straightened copy, who took it for the slip's."""

    __tablename__ = "slip_scan"
    __table_args__ = (UniqueConstraint("slip_id", "received_sha256", "page"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slip_id: Mapped[UUID] = mapped_column(ForeignKey("blank_slip.id"), index=True)
    position: Mapped[int]
    received_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    page: Mapped[int]
    copy_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    filed_at: Mapped[datetime]
    filed_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
