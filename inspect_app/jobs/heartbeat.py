"""What the worker writes down about itself every few seconds, so that others see it live, hang or fail.

The file lies in DATA_DIR, not in the database: it tells also where the database is what is wrong. Ages are counted by
the machine's monotonic clock, which all processes share and nobody can set.
"""

import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from inspect_app.kernel import clock

FILE = "worker.json"
EVERY = 2.0  # seconds between two beats
# A sweep does a bounded amount: twenty photos that each stand still until their limit take less.
LONGEST_SWEEP = timedelta(hours=1)
_BOOT = Path("/proc/sys/kernel/random/boot_id")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SweepRun:
    """The newest run of a sweep and its newest failure, as ISO instants; `failures` counts those in a row."""

    ended_at: str = ""
    seconds: float = 0.0
    failed_at: str = ""
    fault: str = ""
    failures: int = 0


@dataclass(frozen=True)
class Beat:
    """One heartbeat. `beaten` and `began` are seconds of the monotonic clock of boot `boot`."""

    pid: int
    started_at: str
    at: str
    beaten: float
    boot: str
    doing: str = ""
    began: float = 0.0
    sweeps: dict[str, SweepRun] = field(default_factory=dict)

    def age(self) -> float | None:
        """Seconds since this beat; None where it is from before the machine was started."""
        return time.monotonic() - self.beaten if self.boot == _boot() else None

    def busy_for(self) -> float:
        """Seconds that the present sweep had taken at this beat; 0 between sweeps."""
        return self.beaten - self.began if self.doing else 0.0


def read(data_dir: Path) -> Beat | None:
    """The newest heartbeat; None where there is none, or none that can be read."""
    try:
        raw = json.loads((data_dir / FILE).read_text())
        return Beat(**raw | {"sweeps": {name: SweepRun(**run) for name, run in raw["sweeps"].items()}})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


class Heart:
    """Beats for the process it lives in. Threads of the worker say what they do with `doing`."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE
        self._lock = threading.Lock()
        before = read(data_dir)
        # A sweep in which the last worker was killed or died comes last from now on: it must not keep the others waiting.
        self.fell_in = before.doing if before else ""
        now = clock.now().isoformat()
        self._beat = Beat(os.getpid(), now, now, time.monotonic(), _boot(), sweeps=before.sweeps if before else {})

    def start(self) -> None:
        """Beat from now on, in a thread that ends with the process."""
        self.beat()
        threading.Thread(target=self._go_on, name="heartbeat", daemon=True).start()

    def beat(self) -> None:
        """Write a heartbeat. A full disk is no reason to stop working; others see that the beats do not come."""
        with self._lock:
            self._beat = replace(self._beat, at=clock.now().isoformat(), beaten=time.monotonic())
            part = self._path.with_suffix(".part")
            try:
                part.write_text(json.dumps(asdict(self._beat)))
                part.replace(self._path)
            except OSError as fault:
                log.warning("the heartbeat could not be written: %s", fault.strerror)

    @contextmanager
    def doing(self, sweep: str) -> Iterator[None]:
        """Around a sweep: when it began, when it ended, and that it failed; the failure goes on to the caller."""
        self._change(doing=sweep, began=time.monotonic())
        self.beat()
        fault = ""
        try:
            yield
        except Exception as failure:
            fault = type(failure).__name__
            raise
        finally:
            self._note(sweep, fault)

    def _note(self, sweep: str, fault: str) -> None:
        before, now = self._beat.sweeps.get(sweep, SweepRun()), clock.now().isoformat()
        run = replace(before, ended_at=now, seconds=round(time.monotonic() - self._beat.began, 2), failures=0)
        if fault:
            run = replace(run, failed_at=now, fault=fault, failures=before.failures + 1)
        self._change(doing="", sweeps=self._beat.sweeps | {sweep: run})

    def _change(self, **values: object) -> None:
        with self._lock:
            self._beat = replace(self._beat, **values)  # type: ignore[arg-type]

    def _go_on(self) -> None:
        while True:
            time.sleep(EVERY)
            self.beat()


def _boot() -> str:
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
