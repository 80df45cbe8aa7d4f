"""Which index SQLite walks, where the order of a list decides and not its statistics (they are not kept at all).

SQLAlchemy hands hints to the dialects that know any; for SQLite it knows none, though INDEXED BY is one.
"""

from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

Chosen = TypeVar("Chosen", bound="Select[*tuple[Any, ...]]")


def walking(statement: Chosen, table: Any, index: str) -> Chosen:
    """The statement, which walks that index of the table on SQLite; PostgreSQL chooses by its statistics.

    SQLite refuses a statement that cannot use the index: its conditions must hold those of a partial one, literally.
    """
    return statement.with_hint(table, f"INDEXED BY {index}", "sqlite")


def by_id(statement: Chosen, table: Any) -> Chosen:
    """The statement, which looks the rows of that table up by their ids on SQLite, and reads it last."""
    return walking(statement, table, f"sqlite_autoindex_{table.__tablename__}_1")


def _from_hint(self: Any, table: Any, text: str | None) -> str | None:
    return text


SQLiteCompiler.get_from_hint_text = _from_hint  # type: ignore[method-assign]
