"""Keeps web and worker running, each for itself: what ends is started again after a pause, what hangs is replaced.

Both are bound to this process: they end when it does, also when it is killed, so that nothing is left that holds the port
or the DATA_DIR. They are no part of its terminal's group: Ctrl-C reaches the watcher alone, which ends them in order.
"""

import json
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from inspect_app.jobs import heartbeat
from inspect_app.kernel import clock
from inspect_app.kernel.processes import dying_with_me

log = logging.getLogger(__name__)
FILE = "serving.json"  # in DATA_DIR: who is watched, how often it had to be started again
STEADY = 60.0  # seconds after which an end is a single mishap and not one of a row
LONGEST_PAUSE = 60.0
FIRST_BEAT = 180.0  # seconds a worker may take to come up on a busy machine
TICK = 0.2


@dataclass
class Child:
    """A process that is to run for as long as the watcher does.

    `ails` looks at the living process (number, seconds it has run) and says why it must be replaced, or nothing.
    `grace` is how many seconds it may take to end when asked to.
    """

    name: str
    command: Sequence[str]
    grace: float
    pass_fds: Sequence[int] = ()
    ails: Callable[[int, float], str] = lambda _pid, _ran: ""
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    started_at: str = ""
    restarts: int = 0
    last_end: str = ""
    _in_a_row: int = field(default=0, repr=False)
    _not_before: float = field(default=0.0, repr=False)

    def start(self) -> None:
        """Start the process, bound to this one's life."""
        self.process = subprocess.Popen(
            self.command, pass_fds=self.pass_fds, start_new_session=True, preexec_fn=dying_with_me(signal.SIGKILL)
        )
        self.started, self.started_at = time.monotonic(), clock.now().isoformat()

    def look(self) -> bool:
        """Start it again where it ended or hangs, once its pause is over; whether anything changed."""
        now = time.monotonic()
        if self.process is None:
            if now < self._not_before:
                return False
            self.restarts += 1
            self.start()
            return True
        if self.process.poll() is None:
            why = self.ails(self.process.pid, now - self.started)
            if not why:
                return False
            log.error("%s (process %s) is replaced: %s", self.name, self.process.pid, why)
            self.process.kill()
            self.process.wait()
        self._ended(now)
        return True

    def _ended(self, now: float) -> None:
        assert self.process is not None
        self._in_a_row = 1 if now - self.started > STEADY else self._in_a_row + 1
        pause = min(2.0 ** (self._in_a_row - 1), LONGEST_PAUSE)
        self.last_end = f"{clock.now().isoformat()} {_how(self.process.returncode)}"
        log.error(
            "%s (process %s) ended: %s; again in %.0f s",
            self.name,
            self.process.pid,
            _how(self.process.returncode),
            pause,
        )
        self.process, self._not_before = None, now + pause


def watch(children: Sequence[Child], data_dir: Path, chores: Sequence[Callable[[], None]] = ()) -> Callable[[], bool]:
    """Look after the children, already started, until SIGTERM, SIGINT or SIGHUP; returns whether there was another since."""
    asked = _Asked()
    since = clock.now().isoformat()
    _write_down(children, data_dir, since)
    while not asked.times:
        if any(child.look() for child in children):
            _write_down(children, data_dir, since)
        for chore in chores:
            chore()
        time.sleep(TICK)
    return lambda: asked.times > 1


def end(children: Sequence[Child], hurry: Callable[[], bool] = lambda: False) -> None:
    """Ask all to end, wait as long as each may take or until there is a hurry, and kill what is still there."""
    for child in children:
        if child.process is not None:
            child.process.terminate()
    asked_at = time.monotonic()
    for child in children:
        if child.process is None:
            continue
        while child.process.poll() is None and time.monotonic() - asked_at < child.grace and not hurry():
            time.sleep(0.05)
        if child.process.poll() is None:
            child.process.kill()
            child.process.wait()


class _Asked:
    """How often this process was asked to stop."""

    def __init__(self) -> None:
        self.times = 0
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._count)

    def _count(self, _signal: int, _frame: FrameType | None) -> None:
        self.times += 1


def silent_worker(data_dir: Path, silent_after: float) -> Callable[[int, float], str]:
    """Whether a living worker hangs, by its heartbeat: none comes any more, or one sweep has no end."""

    def ails(pid: int, ran: float) -> str:
        beat = heartbeat.read(data_dir)
        if beat is None or beat.pid != pid:
            return "" if ran < FIRST_BEAT else f"no heartbeat in {ran:.0f} s"
        age = beat.age()
        if age is None or age > silent_after:
            return f"no heartbeat for {age or ran:.0f} s, last seen in {beat.doing or 'no sweep'}"
        if beat.busy_for() > heartbeat.LONGEST_SWEEP.total_seconds():
            return f"{beat.doing} has taken {beat.busy_for():.0f} s"
        return ""

    return ails


def renewing(renew: Callable[[], bool], web: Child, every: float = 60.0) -> Callable[[], None]:
    """A chore: once in a while see to the certificate; where it was signed anew, the web takes it up without a break."""
    next_look = 0.0

    def chore() -> None:
        nonlocal next_look
        if time.monotonic() < next_look:
            return
        next_look = time.monotonic() + every
        try:
            renewed = renew()
        except (OSError, ValueError) as fault:  # the old one goes on serving, and the page 系统 counts its days
            log.error("the certificate could not be renewed: %s", fault)
            return
        if renewed and web.process is not None:
            log.warning("the certificate was signed anew")
            web.process.send_signal(signal.SIGHUP)

    return chore


def _write_down(children: Sequence[Child], data_dir: Path, since: str) -> None:
    told = {
        child.name: {
            "pid": child.process.pid if child.process else None,
            "started_at": child.started_at,
            "restarts": child.restarts,
            "last_end": child.last_end,
        }
        for child in children
    }
    part = data_dir / f"{FILE}.part"
    try:
        part.write_text(json.dumps({"pid": os.getpid(), "since": since, "children": told}))
        part.replace(data_dir / FILE)
    except OSError as fault:
        log.warning("%s could not be written: %s", FILE, fault.strerror)


def _how(code: int) -> str:
    """How a process ended, from its exit code."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
