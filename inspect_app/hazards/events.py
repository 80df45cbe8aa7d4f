"""Tables of the log of a hazard: its events, the words of each, and the triggers by which no event is ever changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id

from .rules import EXCEPTIONS, Step

IS_EXCEPTION = one_of("step", EXCEPTIONS)
IS_REOPENED = f"step = {str(Step.REOPEN)!r}"


class Event(Model):
    """One line of the chained log. Never updated, never deleted: triggers refuse both."""

    __tablename__ = "hazard_event"
    __table_args__ = (
        UniqueConstraint("hazard_id", "seq"),
        CheckConstraint("(step IN ('pass', 'fail')) <= (person_id IS NOT NULL)", "verified_by_a_person"),
        # Literal, so that both databases use it for the list of exceptions.
        Index(
            "ix_hazard_event_exception",
            "hazard_id",
            sqlite_where=text(IS_EXCEPTION),
            postgresql_where=text(IS_EXCEPTION),
        ),
        # By it the worker finds the reports that no longer hold.
        Index(
            "ix_hazard_event_reopened",
            "hazard_id",
            "at",
            sqlite_where=text(IS_REOPENED),
            postgresql_where=text(IS_REOPENED),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazard.id"))
    seq: Mapped[int]
    step: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    body: Mapped[dict[str, Any]]
    algorithm: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]


class EventWords(Model):
    """The clear words of an event, outside the chain: what is committed to may be withheld later, the event stays."""

    __tablename__ = "hazard_event_words"
    event_id: Mapped[UUID] = mapped_column(ForeignKey("hazard_event.id"), primary_key=True)
    salt: Mapped[str]
    words: Mapped[dict[str, Any] | None]  # None: withheld by a recorded decision
    withheld_reason: Mapped[str | None]


_REFUSE_SQLITE = """
CREATE TRIGGER hazard_event_no_{verb} BEFORE {verb} ON hazard_event
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
"""
_REFUSE_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION hazard_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'events are never changed'; END $$
"""
_REFUSE_POSTGRES = """
CREATE TRIGGER hazard_event_no_change BEFORE UPDATE OR DELETE ON hazard_event
FOR EACH ROW EXECUTE FUNCTION hazard_event_refuse()
"""


def _ddl(statement: str) -> DDL:
    return DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]


# Kept as plain statements so that the migration issues the very same ones.
APPEND_ONLY = {
    "sqlite": [_REFUSE_SQLITE.format(verb="UPDATE"), _REFUSE_SQLITE.format(verb="DELETE")],
    "postgresql": [_REFUSE_POSTGRES_FUNCTION, _REFUSE_POSTGRES],
}
for _dialect, _statements in APPEND_ONLY.items():
    for _statement in _statements:
        event.listen(Event.__table__, "after_create", _ddl(_statement).execute_if(dialect=_dialect))
