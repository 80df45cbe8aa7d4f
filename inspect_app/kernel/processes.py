"""Processes of one installation: who holds a DATA_DIR, and children that do not outlive whoever started them."""

import ctypes
import fcntl
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

INSTANCE_LOCK = "instance.lock"  # in DATA_DIR, held by `serve`
WORKER_LOCK = "worker.lock"  # held by the worker, also by one started alone
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class LockHeld(Exception):  # noqa: N818  # read as a sentence
    """Another process holds the lock; `pid` is its number, 0 where the file does not say."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"held by process {pid or '?'}")
        self.pid = pid


def hold(path: Path) -> int:
    """Take a lock file until this process ends, however it ends, and write down who holds it; returns the open file.

    Raises Held where another process has it. A file left behind locks nothing: only a living process does.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 20, 0).strip()
        os.close(handle)
        raise LockHeld(int(holder) if holder.isdigit() else 0) from None
    with suppress(OSError):  # on a full disk the lock holds all the same, it only has no name
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return handle


def die_with(parent: int, how: signal.Signals) -> None:
    """Have the calling process get a signal once its parent has ended, SIGKILL included; at once where it already has."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), how)


def dying_with_me(how: signal.Signals) -> Callable[[], None]:
    """What a child runs before its program (`preexec_fn`), so that it does not outlive the process that starts it."""
    me = os.getpid()
    return lambda: die_with(me, how)
