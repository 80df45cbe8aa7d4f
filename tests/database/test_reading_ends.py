"""What a transaction that only read leaves behind, and what one that wrote does."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from inspect_app.kernel.database import begin_writing, db, end_reading, writing
from inspect_app.people.models import Area


def _is_postgres() -> bool:
    return db.engine.dialect.name == "postgresql"


def test_what_is_prepared_outlives_the_end_of_a_reading(own_database: Flask) -> None:
    """The driver forgets all that a connection has prepared when it sees a rollback: each visit was planned anew."""
    if not _is_postgres():
        pytest.skip("SQLite keeps its statements whatever ends")
    for _ in range(8):  # it prepares what it has seen five times
        db.session.execute(select(Area.id)).all()
        end_reading()
        with writing():
            pass
    assert db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%area%'")) == 1


def test_what_was_written_or_waits_to_be_is_undone(own_database: Flask) -> None:
    begin_writing()
    db.session.execute(text("CREATE TABLE counter (value INTEGER NOT NULL)"))
    end_reading()
    db.session.execute(select(Area.id)).all()
    db.session.add(Area(name="东一街道", code="520102001", kind="street"))
    end_reading()
    assert not db.session.new
    assert not db.session.scalars(select(Area).where(Area.code == "520102001")).all()
    with pytest.raises(Exception, match="counter"):
        db.session.execute(text("SELECT value FROM counter"))
    db.session.rollback()


def test_postgresql_packs_what_is_long_by_lz4_where_it_can(own_database: Flask) -> None:
    if not _is_postgres():
        pytest.skip("SQLite packs nothing")
    can, does = db.session.execute(
        text("SELECT 'lz4' = ANY(enumvals), setting FROM pg_settings WHERE name = 'default_toast_compression'")
    ).one()
    assert (does == "lz4") is can
