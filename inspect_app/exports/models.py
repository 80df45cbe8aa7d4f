"""The log of exports: who took which rows out, when, under which filters, with what of persons and why. It is evidence: rows are
written before the first byte goes out, completed once, and neither changed nor deleted after that, by the database itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, BigInteger, CheckConstraint, ForeignKey, Index, event, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id

from .rules import ExportForm, ExportState

_SENDING = text("state = 'sending'")


class Export(Model):
    """One export. What was asked for stands from the beginning; `rows`, `sha256` and the state say what came of it."""

    __tablename__ = "export"
    __table_args__ = (
        CheckConstraint(one_of("state", ExportState), "state_known"),
        CheckConstraint(one_of("form", ExportForm), "form_known"),
        CheckConstraint("(state = 'sending') = (ended_at IS NULL)", "ended_or_sending"),
        CheckConstraint("state <> 'done' OR sha256 IS NOT NULL", "done_has_hash"),
        CheckConstraint("rows >= 0", "rows_counted"),
        Index("ix_export_account", "account_id", "began_at", "id"),
        Index("ix_export_began", "began_at", "id"),
        Index("ix_export_sending", "touched_at", sqlite_where=_SENDING, postgresql_where=_SENDING),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    term_id: Mapped[UUID] = mapped_column(ForeignKey("term.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    who: Mapped[str]  # name, role and office, as they were
    kind: Mapped[str]
    words: Mapped[str]  # the list and its filters, as a person reads them
    address: Mapped[str]  # the same as an address of ours, to be opened again; empty where rows were ticked
    ordered: Mapped[str] = mapped_column(default="")
    form: Mapped[str]
    persons: Mapped[list[str]]  # headings of the columns that hold something of a person
    reason: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=ExportState.SENDING)
    began_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(default=0)
    more: Mapped[bool] = mapped_column(default=False)  # the list goes on beyond what one export may hold
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None]


_REFUSE_SQLITE = """
CREATE TRIGGER export_no_{verb} BEFORE {verb} ON export{when}
BEGIN SELECT RAISE(ABORT, 'exports are never changed'); END
"""
_REFUSE_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION export_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'exports are never changed'; END $$
"""
_REFUSE_POSTGRES = """
CREATE TRIGGER export_no_{verb} BEFORE {verb} ON export FOR EACH ROW{when} EXECUTE FUNCTION export_refuse()
"""
# Kept as plain statements so that the migration issues the very same ones.
KEPT_FOR_EVER: dict[str, list[str]] = {
    "sqlite": [
        _REFUSE_SQLITE.format(verb="UPDATE", when=" WHEN OLD.state <> 'sending'"),
        _REFUSE_SQLITE.format(verb="DELETE", when=""),
    ],
    "postgresql": [
        _REFUSE_POSTGRES_FUNCTION,
        _REFUSE_POSTGRES.format(verb="UPDATE", when=" WHEN (OLD.state <> 'sending')"),
        _REFUSE_POSTGRES.format(verb="DELETE", when=""),
    ],
}


def _ddl(statement: str) -> Any:
    return DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]


for _dialect, _statements in KEPT_FOR_EVER.items():
    for _statement in _statements:
        event.listen(Export.__table__, "after_create", _ddl(_statement).execute_if(dialect=_dialect))
