"""Writers of SQLite wait in line: whose turn it is, first among the threads of a process, then among the processes."""

import fcntl
import os
import threading
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.pool import ConnectionPoolEntry, Pool

_queue = threading.Lock()
QUEUE_SECONDS = 5  # as long as SQLite itself would wait


class _Mine(threading.local):
    """A thread's turn in the line, while it has no connection yet: whether it got one, and until when it may wait."""

    turn: tuple[bool, float] | None = None


_mine = _Mine()


def wait_in_line() -> None:
    """Get this thread's turn before it asks for a connection: those are few, and whoever only reads needs one."""
    _mine.turn = _wait_for_turn()


def leave_unused() -> None:
    """Give back a turn that came to no connection, which would have given it back."""
    unused, _mine.turn = _mine.turn, None
    if unused and unused[0]:
        _queue.release()


def _wait_for_turn() -> tuple[bool, float]:
    until = time.monotonic() + QUEUE_SECONDS
    return _queue.acquire(timeout=QUEUE_SECONDS), until


def stand_in_line(connection: Connection) -> None:
    """Writers wait in line, first the threads of a process, then the processes.

    SQLite alone makes them poll with growing pauses, and whoever has just written gets the next turn (measured: some
    requests waited thirty times as long as the others). The place is kept until the connection is given back; who waited
    too long, for a thread or for a process that was stopped in the middle, goes on without one and hears from SQLite itself.
    """
    if connection.info.get("in_line"):
        return
    (got, until), _mine.turn = _mine.turn or _wait_for_turn(), None
    if not got:
        return
    connection.info["in_line"] = True
    if (database := connection.engine.url.database) and database != ":memory:":
        handle = os.open(f"{database}.queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if _locked(handle, until - time.monotonic()):
            connection.info["line_file"] = handle
        else:
            os.close(handle)


def _locked(handle: int, seconds: float) -> bool:
    """Whether the lock of an open file was got in time. The kernel has no time limit for it, and polling would let those
    pass who came later: a thread waits in our place. Where it is too late, closing the file gives back what it still gets.
    """
    with suppress(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    got = threading.Event()

    def wait() -> None:
        with suppress(OSError):  # closed meanwhile
            fcntl.flock(handle, fcntl.LOCK_EX)
            got.set()

    threading.Thread(target=wait, name="line of writers", daemon=True).start()
    return got.wait(max(0.0, seconds))


@event.listens_for(Pool, "checkin")
def _leave_line(_dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
    handle = record.info.pop("line_file", None)
    if handle is not None:
        os.close(handle)
    if record.info.pop("in_line", False):
        _queue.release()
