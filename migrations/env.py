"""Alembic's environment: migrations run on the application's own engine, in one transaction each."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

migrate = current_app.extensions["migrate"]


def run() -> None:
    engine = migrate.db.engine
    with engine.connect() as connection, _unlinked(connection):
        writing = connection.execution_options(writing=True)
        context.configure(
            connection=writing,
            target_metadata=migrate.db.metadata,
            render_as_batch=True,
            compare_type=False,
            transaction_per_migration=True,
            user_module_prefix="database.",
        )
        with context.begin_transaction():
            context.run_migrations()


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
        driver.execute("PRAGMA foreign_keys=ON")


run()
