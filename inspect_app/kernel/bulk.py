"""Many rows by one statement that differ in one column only: its values come as one list."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Dialect, Text, bindparam, column
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _List(TypeDecorator[list[Any]]):
    """A list as one parameter: an array on PostgreSQL, JSON on SQLite with ids as its columns hold them."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: TypeEngine[Any]) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return ARRAY(self.kind) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return json.dumps([one.hex if isinstance(one, UUID) else one for one in value])


class _Members(FunctionElement[Any]):
    inherit_cache = True


@compiles(_Members)
def _unnest(element: _Members, compiler: SQLCompiler, **options: Any) -> str:
    return f"unnest({compiler.process(element.clauses, **options)})"


@compiles(_Members, "sqlite")
def _json_each(element: _Members, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


def each_of(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """The members of the list that is handed in under a name, one a row, in their order: to be selected beside what all rows
    share. `kind` is their type, an id or a text."""
    members = _Members(bindparam(name, type_=_List(kind)))
    return members.table_valued(column("value", kind), name="value").c.value
