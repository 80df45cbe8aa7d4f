"""Going back to an older migration drops tables and columns: what would be lost with them is named before it is.

`flask db downgrade` refuses while there is anything in them, unless it is told ALLOW_LOSS=1. Alembic's environment
(migrations/env.py) uses this; migrations themselves need not think of it.
"""

from alembic.operations import Operations, ops, toimpl
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

# What a column holds that nobody has filled.
_NOTHING = "('', '0', '0.0', 'false', '[]', '{}', 'null')"


class WouldLose(Exception):  # noqa: N818  # read as a sentence
    """Names the tables and columns with how much they hold."""


def goes_down(context: MigrationContext) -> bool:
    """Whether the command that runs migrations is a downgrade: alembic gives its own function to the context."""
    return getattr(context.opts.get("fn"), "__name__", "") == "downgrade"


def watch() -> list[str]:
    """From now on every table or column that a downgrade drops is looked into first; the list fills with what it holds."""
    lost: list[str] = []

    @Operations.implementation_for(ops.DropTableOp, replace=True)
    def drop_table(operations: Operations, operation: ops.DropTableOp) -> None:
        _note(lost, operations, operation.table_name, "")
        toimpl.drop_table(operations, operation)

    @Operations.implementation_for(ops.DropColumnOp, replace=True)
    def drop_column(operations: Operations, operation: ops.DropColumnOp) -> None:
        _note(lost, operations, operation.table_name, operation.column_name)
        toimpl.drop_column(operations, operation)

    return lost


def _note(lost: list[str], operations: Operations, table: str, column: str) -> None:
    context = operations.migration_context
    if not goes_down(context) or context.connection is None:
        return
    filled = _filled(context.connection, table, column)
    if filled:
        lost.append(f"{table}.{column}: {filled} values" if column else f"{table}: {filled} rows")


def _filled(connection: Connection, table: str, column: str) -> int:
    held = f'"{column}" IS NOT NULL AND CAST("{column}" AS TEXT) NOT IN {_NOTHING}' if column else "1 = 1"
    return int(
        connection.execute(text(f'SELECT count(*) FROM "{table}" WHERE {held}'.replace(":", "\\:"))).scalar() or 0
    )


def refuse(lost: list[str]) -> None:
    """Raise WouldLose where anything would be; the transaction of the caller undoes what was dropped so far."""
    if lost:
        raise WouldLose(
            "going down would lose " + ", ".join(lost) + ". Take a backup (flask --app wsgi backup TO); "
            "then set ALLOW_LOSS=1 to lose it"
        )
