"""Writers on SQLite wait in line: nobody fails, and nobody keeps a place that is not needed."""

import threading
import time

import pytest
from flask import Flask
from sqlalchemy import text

from inspect_app.kernel import database
from inspect_app.kernel.database import begin_writing, db, writing


@pytest.fixture
def counter(own_database: Flask) -> Flask:
    with writing():
        db.session.execute(text("CREATE TABLE counter (value INTEGER NOT NULL)"))
        db.session.execute(text("INSERT INTO counter VALUES (0)"))
    db.session.remove()
    return own_database


def _add(app: Flask, times: int, faults: list[str]) -> None:
    with app.app_context():
        try:
            for _ in range(times):
                with writing():
                    value = db.session.execute(
                        text("SELECT value FROM counter FOR UPDATE" if _locks() else _READ)
                    ).scalar()
                    time.sleep(0.001)
                    db.session.execute(text("UPDATE counter SET value = :value"), {"value": (value or 0) + 1})
        except Exception as fault:
            faults.append(repr(fault))
        finally:
            db.session.remove()


_READ = "SELECT value FROM counter"


def _locks() -> bool:
    return db.engine.dialect.name == "postgresql"


def test_many_who_read_and_then_write_lose_nothing(counter: Flask) -> None:
    faults: list[str] = []
    threads = [threading.Thread(target=_add, args=(counter, 10, faults)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert db.session.execute(text(_READ)).scalar() == 80


def test_two_transactions_on_one_connection_leave_the_line_when_it_is_given_back(counter: Flask) -> None:
    with db.engine.connect() as connection:
        writer = connection.execution_options(writing=True)
        for _ in range(2):
            with writer.begin():
                writer.execute(text("UPDATE counter SET value = value + 1"))
    assert not database._queue.locked(), "the next writer would wait for a place that nobody holds"


def test_a_writer_that_fails_leaves_the_line(counter: Flask) -> None:
    with pytest.raises(ZeroDivisionError), writing():
        raise ZeroDivisionError
    begin_writing()
    db.session.execute(text("UPDATE counter SET value = 5"))
    db.session.commit()
    assert db.session.execute(text(_READ)).scalar() == 5
