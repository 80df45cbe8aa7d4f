"""`make run`: migrate, load the demo into an empty database, start web and worker, say where to go."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from inspect_app.backup import restoring
from inspect_app.kernel import identity
from inspect_app.kernel.database import db, writing
from inspect_app.papers import numbering
from inspect_app.settings import Settings

THREADS = 32
WORKERS = 2


class CannotStart(Exception):  # noqa: N818  # read as a sentence
    """One line that tells the operator why and what to do."""


def serve(app: Flask) -> int:
    """Run until stopped; returns the exit code. Every reason not to start is one clear line."""
    settings: Settings = app.extensions["settings"]
    try:
        _check(settings)
        _belongs(app, settings)
        _migrate(app)
        _settle(app, settings)
        demo = _demo(app, settings)
    except CannotStart as reason:
        print(f"cannot start: {reason}", file=sys.stderr)
        return 2
    return _run(settings, demo)


def _check(settings: Settings) -> None:
    try:
        from weasyprint.text.ffi import harfbuzz_subset
    except OSError as fault:
        raise CannotStart(f"a library of Debian is missing ({fault}): run .ci/install run") from None
    if not harfbuzz_subset:
        raise CannotStart("libharfbuzz-subset0 is missing: apt-get install libharfbuzz-subset0")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as fault:
            raise CannotStart(
                f"port {settings.port} is taken or not allowed ({fault.strerror}): set PORT to another"
            ) from None


def _migrate(app: Flask) -> None:
    from flask_migrate import upgrade

    folder = str(Path(app.root_path).parent / "migrations")
    with app.app_context():
        try:
            with db.engine.connect() as connection:
                found = MigrationContext.configure(connection).get_current_revision()
            if found is not None:
                ScriptDirectory(folder).get_revision(found)
            upgrade(directory=folder)
        except CommandError as fault:
            raise CannotStart(f"the database was made by a newer version of this program ({fault})") from None
        except OperationalError as fault:
            raise CannotStart(f"the database cannot be opened: {fault.orig}") from None
        finally:
            db.session.remove()


def _belongs(app: Flask, settings: Settings) -> None:
    """The database is that of DATA_DIR, and no restore was cut off in it."""
    if (settings.data_dir / restoring.MARKER).exists():
        raise CannotStart(f"a restore into {settings.data_dir} was not finished: restore again into an empty DATA_DIR")
    with app.app_context():
        try:
            identity.check(db.engine, settings.data_dir)
        except identity.Mismatch as reason:
            raise CannotStart(str(reason)) from None
        except OperationalError as fault:
            raise CannotStart(f"the database cannot be opened: {fault.orig}") from None


def _settle(app: Flask, settings: Settings) -> None:
    """Name the installation, and hold back numbers that an older copy of the database would give a second time."""
    with app.app_context():
        with writing():
            identity.settle(settings.data_dir)
            held = numbering.hold_behind(app.extensions["numbers"])
        for series in held:
            print(
                f"numbers of {series.kind} {series.year} are held back: the database is older than the number journal "
                "(flask --app wsgi papers series, papers resume)",
                file=sys.stderr,
            )
        db.session.remove()


def _demo(app: Flask, settings: Settings) -> bool:
    """Load the demo into an empty database; refuse to show demo accounts to a network or to production."""
    from inspect_app.demo import district
    from inspect_app.people.models import Account

    with app.app_context():
        anybody = db.session.scalar(select(Account.id).limit(1)) is not None
        demo = db.session.scalar(select(Account.id).where(Account.is_demo).limit(1)) is not None
        db.session.remove()
        if demo and settings.production:
            raise CannotStart("this database holds demo accounts with known passwords: production needs its own")
        if (demo or not anybody) and settings.https and not settings.demo_on_network and not settings.production:
            raise CannotStart(
                "HTTPS=1 serves the network and demo accounts have known passwords: set DEMO_ON_NETWORK=1 as well"
            )
        if not anybody and not settings.production:
            district.load(app, say=lambda line: print(line, flush=True))
            demo = True
        for login in district.accounts() if demo else []:
            print(f"  {login['role']:<14} {login['login']:<12} {login['password']}")
    return demo


def _run(settings: Settings, demo: bool) -> int:
    command = [
        sys.executable, "-m", "gunicorn", "wsgi:app", "--worker-class", "gthread", "--workers", str(WORKERS),
        "--threads", str(THREADS), "--bind", f"{settings.host}:{settings.port}", "--preload", "--timeout", "60",
        "--log-level", "warning", "--worker-tmp-dir", "/dev/shm",
    ]  # fmt: skip
    if settings.https:
        from inspect_app import https

        certificate, key, authority = https.ensure(settings.data_dir / "ca")
        command += ["--certfile", str(certificate), "--keyfile", str(key)]
        print(https.advice(authority, settings.port))
        if addresses := https.lan_addresses():
            # What is printed on papers must open on the phones of this network.
            os.environ.setdefault("PUBLIC_ADDRESS", f"https://{addresses[0]}:{settings.port}")
    web = subprocess.Popen(command)
    worker = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"])
    _wait_for_answer(settings.port, web)
    scheme = "https" if settings.https else "http"
    print(f"隐患巡查 {scheme}://127.0.0.1:{settings.port}", flush=True)
    return _watch(web, worker)


def _wait_for_answer(port: int, web: subprocess.Popen[bytes]) -> None:
    """The address is printed when it can be opened, or when the web process has ended and nothing will."""
    while web.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def _watch(web: subprocess.Popen[bytes], worker: subprocess.Popen[bytes]) -> int:
    """Until one of the two ends or we are told to stop; then both end."""
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping and web.poll() is None and worker.poll() is None:
        time.sleep(0.2)
    for child in (web, worker):
        if child.poll() is None:
            child.terminate()
    for child in (web, worker):
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
    return 0 if stopping else 1
