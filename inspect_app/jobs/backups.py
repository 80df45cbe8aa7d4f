"""The nightly backup, in a process of its own: photos and papers do not wait for it."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import current_app

from inspect_app.backup import making
from inspect_app.kernel import clock, stamps

HOUR = 2  # in Shanghai: nobody is out then
AGAIN_AFTER = timedelta(hours=1)
_running: list[subprocess.Popen[bytes]] = []


def due(now: datetime, last: Mapping[str, object]) -> bool:
    """Whether a backup is to be begun: once a day from 02:00 on, also late; one that failed again after an hour,
    one by a clock that ran ahead at once."""
    begun = last.get("at")
    if not isinstance(begun, str):
        return True
    before = datetime.fromisoformat(begun)
    if stamps.ahead(before, now):
        return True
    if not last.get("ok"):
        return now - before >= AGAIN_AFTER
    night = clock.to_local(now).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return before < (night if clock.to_local(now) >= night else night - timedelta(days=1))


def back_up() -> bool:
    """Begin the nightly backup if it is due and BACKUP_DIR is set; whether one was begun. How it went: backups.json."""
    settings = current_app.extensions["settings"]
    _running[:] = [process for process in _running if process.poll() is None]
    if settings.backup_dir is None or _running or not due(clock.now(), making.last(settings.data_dir)):
        return False
    command = ["backup", str(settings.backup_dir), "--keep", str(settings.backup_keep)]
    _running.append(
        subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", *command], stdin=subprocess.DEVNULL)
    )
    return True
