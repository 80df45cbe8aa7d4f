"""Alembic's environment: migrations run on the application's own engine, in one transaction each."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from inspect_app.kernel import losses

migrate = current_app.extensions["migrate"]


def run() -> None:
    engine = migrate.db.engine
    with engine.connect() as connection, _unlinked(connection):
        _configure(connection.execution_options(writing=True), each_alone=True)
        if losses.goes_down(context.get_context()) and os.environ.get("ALLOW_LOSS") != "1":
            _down_without_loss(connection)
            return
        with context.begin_transaction():
            context.run_migrations()


def _configure(connection: Connection, *, each_alone: bool) -> None:
    more = {} if each_alone else {"transactional_ddl": True}  # SQLite can, where the driver is kept from meddling
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        render_as_batch=True,
        compare_type=False,
        transaction_per_migration=each_alone,
        user_module_prefix="database.",
        **more,
    )


def _down_without_loss(connection: Connection) -> None:
    """All in one transaction, undone where anything would be lost."""
    _configure(connection.execution_options(writing=True), each_alone=False)
    lost = losses.watch()
    with context.begin_transaction():
        context.run_migrations()
        losses.refuse(lost)


@contextmanager
def _unlinked(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by building it anew, and dropping the old one would break what points to it.

    The check is off meanwhile, which works only outside a transaction, and every link is checked afterwards.
    """
    driver = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration left rows that point nowhere: {broken[:5]}")
    finally:
        connection.rollback()  # where nothing was to be done, what was read is still open, and the check would stay off
        driver.execute("PRAGMA foreign_keys=ON")


run()
