"""Whether the installation can serve, and what is going wrong beside it. Reads only, and works when the database is gone.

Each check is a name, a state and a few plain facts; web/health.py gives them as JSON, web/admin/installation.py in words.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from inspect_app import https
from inspect_app.backup import making
from inspect_app.hazards import heads
from inspect_app.hazards.explained import explanations
from inspect_app.kernel import clock, stamps
from inspect_app.kernel.database import gone
from inspect_app.kernel.keys import KeyRing
from inspect_app.settings import Settings

from . import clockwatch, heartbeat

FULL = 64 * 1024 * 1024  # bytes free with which no photo should be taken any more
NEARLY_FULL = 2 * 1024 * 1024 * 1024
BACKUP_EVERY = timedelta(hours=36)  # nightly, and a night may be missed by hours
CERTIFICATE_SOON = 14  # days: it is renewed long before
MOVED = 60  # seconds the wall clock may go apart from the machine's own since the start
WAITS_LONG = timedelta(hours=1)  # a queue that moves is emptied each minute
_PATIENCE = 2  # seconds for the database


class HealthState(StrEnum):
    """How a part, or the whole, is; the worst of the parts is the whole's."""

    OK = "ok"
    DEGRADED = "degraded"  # it serves, and somebody should look
    DOWN = "down"  # it cannot serve


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. Facts are numbers and fixed words: nothing secret, nothing about anybody."""

    name: str
    state: HealthState
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    """All that was looked at, once."""

    checks: tuple[Check, ...]

    @property
    def state(self) -> HealthState:
        """The worst state among the checks."""
        states = {check.state for check in self.checks}
        return next((state for state in (HealthState.DOWN, HealthState.DEGRADED) if state in states), HealthState.OK)

    def of(self, name: str) -> Check:
        """The check of that name; raises StopIteration for a name that is not checked."""
        return next(check for check in self.checks if check.name == name)


# The wall clock against the one nobody can set, as they stood when this process began; forked processes keep it.
_APART = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


def check_all(settings: Settings) -> Health:
    """Every check, in the order in which it is shown."""
    database, waiting = _database(settings)
    return Health(
        (
            Check("web", HealthState.OK),
            worker(settings),
            database,
            disk(settings.data_dir),
            backup(settings.data_dir),
            certificate(settings),
            clock_check(settings.data_dir),
            waiting,
        )
    )


def worker(settings: Settings) -> Check:
    """By its heartbeat: there, silent, stuck in one sweep, or with a sweep that fails again and again."""
    beat = heartbeat.read(settings.data_dir)
    age = beat.age() if beat else None
    if beat is None or age is None:
        return Check("worker", HealthState.DEGRADED, {"why": "never"})
    facts = {"age_seconds": round(age), "doing": beat.doing}
    if age > settings.worker_silent.total_seconds():
        return Check("worker", HealthState.DEGRADED, facts | {"why": "silent"})
    if beat.busy_for() > heartbeat.LONGEST_SWEEP.total_seconds():
        return Check("worker", HealthState.DEGRADED, facts | {"why": "stuck"})
    failing = sorted(name for name, run in beat.sweeps.items() if run.failures)
    if failing:
        return Check("worker", HealthState.DEGRADED, facts | {"why": "failing", "failing": failing})
    return Check("worker", HealthState.OK, facts)


def disk(folder: Path) -> Check:
    """Room where photos go."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return Check("disk", HealthState.DOWN, {"why": "gone"})
    state = (
        HealthState.DOWN if usage.free < FULL else HealthState.DEGRADED if usage.free < NEARLY_FULL else HealthState.OK
    )
    return Check(
        "disk", state, {"free_mb": usage.free // 1024**2, "free_percent": round(100 * usage.free / usage.total)}
    )


def backup(folder: Path) -> Check:
    """How the last backup went, by the file that backing up writes; without one there never was any."""
    said = making.last(folder)
    try:
        begun = datetime.fromisoformat(str(said["at"]))
        hours = (clock.now() - begun).total_seconds() / 3600
    except (ValueError, KeyError, TypeError):
        return Check("backup", HealthState.DEGRADED, {"why": "never"})
    facts = {"age_hours": round(hours)}
    if said.get("ok") is not True:
        return Check("backup", HealthState.DEGRADED, facts | {"why": "failed"})
    if stamps.ahead(begun, clock.now()):
        return Check("backup", HealthState.DEGRADED, facts | {"why": "ahead"})
    if hours > BACKUP_EVERY.total_seconds() / 3600:
        return Check("backup", HealthState.DEGRADED, facts | {"why": "late"})
    if said.get("untidy"):
        return Check("backup", HealthState.DEGRADED, facts | {"why": "untidy"})
    return Check("backup", HealthState.OK, facts)


def certificate(settings: Settings) -> Check:
    """How long phones will still trust the certificate of this machine; nothing to look at without HTTPS=1."""
    if not settings.https:
        return Check("certificate", HealthState.OK, {"why": "none"})
    days = https.days_left(settings.data_dir / "ca")
    if days is None:
        return Check("certificate", HealthState.DEGRADED, {"why": "missing"})
    return Check(
        "certificate", HealthState.DEGRADED if days < CERTIFICATE_SOON else HealthState.OK, {"days_left": days}
    )


def clock_check(folder: Path) -> Check:
    """Whether the clock was moved since the start, or stands before a day that was already signed for."""
    moved = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) - _APART
    newest = heads.newest_day(folder / "heads")
    if newest is not None and newest > clock.today():  # unless that is explained
        newest = heads.newest_day(folder / "heads", explanations(folder / "heads", KeyRing(folder / "keys"))[0])
    if newest is not None and newest > clock.today():
        return Check("clock", HealthState.DEGRADED, {"why": "behind", "days": (newest - clock.today()).days})
    if (state := clockwatch.last(folder).get("state")) in (clockwatch.BEHIND, clockwatch.JUMPED):
        return Check("clock", HealthState.DEGRADED, {"why": state})
    if abs(moved) > MOVED:
        return Check("clock", HealthState.DEGRADED, {"why": "moved", "seconds": round(moved)})
    return Check("clock", HealthState.OK)


def _database(settings: Settings) -> tuple[Check, Check]:
    """(whether it answers, what waits in it), by a connection of its own: the pool may be empty just when this is asked."""
    now = clock.now()
    if gone(settings.database_url):
        return Check("database", HealthState.DOWN, {"why": "exchanged"}), Check(
            "queue", HealthState.OK, {"why": "unknown"}
        )
    try:
        with _asking(settings) as ask:
            ask("SELECT version_num FROM alembic_version")
            papers = ask("SELECT count(*), min(frozen_at) FROM paper WHERE state = 'issuing'")
            photos = ask(
                "SELECT count(*), min(received_at) FROM photo WHERE copies_at IS NULL AND refused_reason IS NULL"
            )
    except (sqlite3.Error, SQLAlchemyError, OSError):
        return Check("database", HealthState.DOWN), Check("queue", HealthState.OK, {"why": "unknown"})
    oldest = [_instant(at) for _, at in (papers, photos) if at is not None]
    late = any(now - at > WAITS_LONG or stamps.ahead(at, now) for at in oldest)
    facts = {"papers": papers[0], "photos": photos[0]}
    return Check("database", HealthState.OK), Check("queue", HealthState.DEGRADED if late else HealthState.OK, facts)


@contextmanager
def _asking(settings: Settings) -> Iterator[Callable[[str], Any]]:
    """A function that gives the first row of a statement. SQLite is opened for reading alone: a lost file is not made anew."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        address = f"{Path(url.database or '').absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as connection:
            yield lambda statement: connection.execute(statement).fetchone()
        return
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": _PATIENCE})
    with engine.connect() as connection:
        connection.execute(text(f"SET statement_timeout = {_PATIENCE * 1000}"))
        yield lambda statement: connection.execute(text(statement)).one()


def _instant(value: Any) -> datetime:
    """SQLite gives back text in UTC, PostgreSQL an aware instant."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(f"{value}+00:00")
