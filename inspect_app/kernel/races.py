"""What two connections do to each other: telling a race from a fault, and making a row that another may be making too."""

from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Executable, inspect
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError

from .database import Model, db, run, with_defaults

Row = TypeVar("Row", bound=Model)
_TWICE = frozenset({"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})
_GIVEN_UP = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected: PostgreSQL, appendix A


def _code(fault: BaseException) -> str:
    if not isinstance(fault, DBAPIError):
        return ""
    return str(getattr(fault.orig, "sqlstate", None) or getattr(fault.orig, "sqlite_errorname", ""))


def collided(fault: BaseException) -> bool:
    """Whether somebody else has made the same row a moment ago. Read again, it is there; nobody's data is at fault."""
    return _code(fault) in _TWICE


def given_up(fault: BaseException) -> bool:
    """Whether the database gave this transaction up for another's sake: begun anew as a whole, it goes through."""
    return _code(fault) in _GIVEN_UP


def insert_if_absent(model: type[Model], **values: Any) -> bool:
    """Make a row unless it is there; two who make it at once are both fine, the later one waits for the first. Whether it
    was made here."""
    db.session.flush()
    made: int = run(_if_absent(model, db.engine.dialect.name), with_defaults(model, values)).rowcount
    return made > 0


@cache
def _if_absent(model: type[Model], dialect: str) -> Executable:
    return cast(Executable, _into(model.__table__, dialect).inline().on_conflict_do_nothing())


def hold_or_insert(model: type[Row], **values: Any) -> Row:
    """The row with this key as it is now, locked until the transaction ends; made of the values where there is none. All in
    one statement: a row that others may delete could be gone between being found there and being locked."""
    key = [column.name for column in inspect(model).primary_key]
    statement = _into(model, db.engine.dialect.name).values(**values)
    same = {name: statement.excluded[name] for name in key}
    held = statement.on_conflict_do_update(index_elements=key, set_=same).returning(model)
    row: Row = db.session.scalars(held, execution_options={"populate_existing": True}).one()
    return row


def _into(target: Any, dialect: str) -> Any:
    return (postgres_insert if dialect == "postgresql" else sqlite_insert)(target)
