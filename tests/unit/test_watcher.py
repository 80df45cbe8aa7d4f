"""The watcher's patience: what ends is started again at growing distances, never so often that it burns the machine."""

import os
import sys
import time
from pathlib import Path

import pytest

from inspect_app.kernel.processes import LockHeld, hold
from inspect_app.serving import watcher
from inspect_app.serving.watcher import Child, renewing


def _wait(child: Child) -> None:
    assert child.process is not None
    child.process.wait(timeout=60)


def test_the_pause_grows_with_each_end_in_a_row_and_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    child = Child("short-lived", [sys.executable, "-c", ""], grace=1)
    child.start()
    pauses = []
    for _ in range(9):
        _wait(child)
        assert child.look(), "its end is seen"
        began = now
        while child.process is None:
            now += 0.5
            child.look()
        pauses.append(now - began)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert child.restarts == 9
    now += watcher.STEADY + 1  # it ran for long: a single mishap
    _wait(child)
    child.look()
    now += 1
    assert child.look()
    _wait(child)


def test_one_that_hangs_is_killed_and_replaced() -> None:
    child = Child(
        "hung", [sys.executable, "-c", "import time; time.sleep(600)"], grace=1, ails=lambda _pid, _ran: "hangs"
    )
    child.start()
    first = child.process
    assert child.look()
    assert first is not None
    assert first.returncode == -9
    assert "SIGKILL" in child.last_end


def test_a_certificate_that_cannot_be_renewed_ends_nothing() -> None:
    def fails() -> bool:
        raise OSError("disk full")

    renewing(fails, Child("web", [], grace=1))()


def test_a_lock_names_its_holder_and_a_file_left_behind_locks_nothing(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("4711\n")
    handle = hold(tmp_path / "lock")
    with pytest.raises(LockHeld) as other:
        hold(tmp_path / "lock")
    assert other.value.pid == os.getpid()
    os.close(handle)
    os.close(hold(tmp_path / "lock"))
