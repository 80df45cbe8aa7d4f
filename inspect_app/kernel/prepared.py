"""Statements that only write, compiled once for each database. What SQLAlchemy does around each of them otherwise, finding its
compiled form by a key over all its parts and making a result of nothing, takes longer than the database does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, UpdateBase
from sqlalchemy.sql.compiler import SQLCompiler


@dataclass(frozen=True)
class Prepared:
    """The text of a statement as the driver takes it, and how the values for it are made."""

    sql: str
    by_name: bool  # whether the driver takes values by their names, else in their order
    parts: tuple[
        tuple[str, Callable[[Any], Any] | None], ...
    ]  # each value's name, and what its column's type makes of it
    own: Mapping[str, Any]  # values of the statement's own

    def values(self, row: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """The values of one row, as the driver takes them."""
        given = {**self.own, **row} if self.own else row
        if self.by_name:
            return {name: turn(given[name]) if turn else given[name] for name, turn in self.parts}
        return tuple([turn(given[name]) if turn else given[name] for name, turn in self.parts])


@lru_cache(maxsize=256)
def prepared(statement: UpdateBase, dialect: Dialect, names: tuple[str, ...]) -> Prepared | None:
    """A statement that is kept by a module, for rows that name these columns or parameters. None where it is more than that: it
    returns something, gives a column its default, or is put together anew for the number of its values."""
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    assert isinstance(compiled, SQLCompiler)
    gives_defaults = compiled.insert_prefetch or compiled.update_prefetch
    if (
        gives_defaults
        or compiled.effective_returning
        or compiled.post_compile_params
        or compiled.literal_execute_params
    ):
        return None
    turns = {name: part.type.dialect_impl(dialect).bind_processor(dialect) for name, part in compiled.binds.items()}
    wanted = compiled.positiontup if compiled.positional else list(compiled.params)
    own = {name: value for name, value in compiled.params.items() if name not in names}
    return Prepared(compiled.string, not compiled.positional, tuple((name, turns[name]) for name in wanted or ()), own)
