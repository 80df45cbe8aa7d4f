"""Writers on SQLite wait in line: nobody fails, and nobody keeps a place that is not needed."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import text

from inspect_app.kernel import turns
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
    assert not turns._queue.locked(), "the next writer would wait for a place that nobody holds"


def test_a_writer_that_fails_leaves_the_line(counter: Flask) -> None:
    with pytest.raises(ZeroDivisionError), writing():
        raise ZeroDivisionError
    begin_writing()
    db.session.execute(text("UPDATE counter SET value = 5"))
    db.session.commit()
    assert db.session.execute(text(_READ)).scalar() == 5


@contextmanager
def _stopped_in_the_middle() -> Iterator[None]:
    """Another process that holds the line and does not get on: a file opened anew is as good as one."""
    handle = os.open(f"{db.engine.url.database}.queue", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_whoever_stopped_in_the_middle_does_not_keep_the_others_waiting_for_ever(
    counter: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "QUEUE_SECONDS", 0.2)
    faults: list[str] = []
    with _stopped_in_the_middle():
        writer = threading.Thread(target=_add, args=(counter, 3, faults), daemon=True)
        writer.start()
        writer.join(60)
        assert not writer.is_alive(), "it waits for a place that it will never get"
    assert faults == []
    assert db.session.execute(text(_READ)).scalar() == 3
    with _stopped_in_the_middle():
        pass  # those who gave up waiting do not keep the place they came too late for


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_who_gets_the_place_while_waiting_keeps_it(counter: Flask) -> None:
    faults: list[str] = []
    with _stopped_in_the_middle():
        writer = threading.Thread(target=_add, args=(counter, 1, faults), daemon=True)
        writer.start()
        writer.join(0.3)
        assert writer.is_alive(), "somebody else's turn"
    writer.join(60)
    assert (writer.is_alive(), faults) == (False, [])
    assert not turns._queue.locked()
