"""Alembic's environment: migrations run on the application's own engine, in one transaction each."""

from alembic import context
from flask import current_app

migrate = current_app.extensions["migrate"]


def run() -> None:
    engine = migrate.db.engine
    with engine.connect() as connection:
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


run()
