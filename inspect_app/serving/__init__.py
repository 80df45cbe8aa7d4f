"""`make run`: migrate, load the demo into an empty database, start web and worker, say where to go."""

import os
import socket
import ssl
import sys
import time
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from inspect_app.backup import restoring
from inspect_app.kernel import identity, logs
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.processes import INSTANCE_LOCK, WORKER_LOCK, LockHeld, hold
from inspect_app.papers import numbering
from inspect_app.settings import Settings

from .watcher import Child, end, renewing, silent_worker, watch
from .web import GRACE, THREADS, WORKERS

__all__ = ["THREADS", "WORKERS", "CannotStart", "serve"]
BACKLOG = 2048  # who comes while the web is started again waits here


class CannotStart(Exception):  # noqa: N818  # read as a sentence
    """One line that tells the operator why and what to do."""


def serve(app: Flask) -> int:
    """Run until stopped; returns the exit code. Every reason not to start is one clear line."""
    settings: Settings = app.extensions["settings"]
    try:
        if settings.read_only:
            raise CannotStart("READ_ONLY=1 is for commands that only look")
        _check_libraries()
        _be_the_only_one(settings)
        door = _open_door(settings)
        _belongs(app, settings)
        _migrate(app)
        _settle(app, settings)
        _demo(app, settings)
    except CannotStart as reason:
        print(f"cannot start: {reason}", file=sys.stderr)
        return 2
    return _run(settings, door)


def _check_libraries() -> None:
    try:
        from weasyprint.text.ffi import harfbuzz_subset
    except OSError as fault:
        raise CannotStart(f"a library of Debian is missing ({fault}): run .ci/install run") from None
    if not harfbuzz_subset:
        raise CannotStart("libharfbuzz-subset0 is missing: apt-get install libharfbuzz-subset0")


def _be_the_only_one(settings: Settings) -> None:
    """One instance per DATA_DIR, for as long as this process lives; a worker that was started alone counts."""
    for name in (INSTANCE_LOCK, WORKER_LOCK):
        try:
            handle = hold(settings.data_dir / name)
        except LockHeld as other:
            raise CannotStart(
                f"DATA_DIR {settings.data_dir} is in use by process {other.pid}: stop it first, or set another DATA_DIR"
            ) from None
        if name == WORKER_LOCK:
            os.close(handle)  # the worker that is started here takes it


def _open_door(settings: Settings) -> socket.socket:
    """The socket that phones come through. It is held here and lent to the web, whose restart then refuses nobody."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((settings.host, settings.port))
        door.listen(BACKLOG)
    except OSError as fault:
        raise CannotStart(
            f"port {settings.port} is taken or not allowed ({fault.strerror}): set PORT to another"
        ) from None
    return door


def _migrate(app: Flask) -> None:
    # The web processes import this package, too, and never migrate.
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError
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


def _demo(app: Flask, settings: Settings) -> None:
    """Load the demo into an empty database; refuse to show demo accounts to a network or to production."""
    from inspect_app import demo
    from inspect_app.demo import people
    from inspect_app.people.models import Account

    with app.app_context():
        anybody = db.session.scalar(select(Account.id).limit(1)) is not None
        shown = db.session.scalar(select(Account.id).where(Account.is_demo).limit(1)) is not None
        db.session.remove()
        if shown and settings.production:
            raise CannotStart("this database holds demo accounts with known passwords: production needs its own")
        if (shown or not anybody) and settings.https and not settings.demo_on_network and not settings.production:
            raise CannotStart(
                "HTTPS=1 serves the network and demo accounts have known passwords: set DEMO_ON_NETWORK=1 as well"
            )
        if not anybody and not settings.production:
            demo.load(app, say=lambda line: print(line, flush=True))
            shown = True
        for login in people.accounts() if shown else []:
            print(f"  {login['role']:<14} {login['login']:<12} {login['password']}")


def _run(settings: Settings, door: socket.socket) -> int:
    logs.start(settings.data_dir, "serve")
    # glibc keeps a heap for nearly every thread, and what is large it keeps once it was freed: of 50 people's requests two
    # web processes held 60 MB more (`make soak`). One heap for all threads, and large pieces go back at once.
    for name, value in (("ARENA_MAX", "1"), ("MMAP_THRESHOLD_", "131072"), ("TRIM_THRESHOLD_", "131072")):
        os.environ.setdefault(f"MALLOC_{name}", value)
    web = Child("web", _web_command(settings, door), grace=GRACE + 5, pass_fds=(door.fileno(),))
    worker = Child(
        "worker",
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
        grace=10,
        ails=silent_worker(settings.data_dir, settings.worker_silent.total_seconds()),
    )
    web.start()
    worker.start()
    if not _answers(settings, web):
        end([web, worker])
        return 1
    scheme = "https" if settings.https else "http"
    print(f"隐患巡查 {scheme}://127.0.0.1:{settings.port}", flush=True)
    chores = [renewing(partial(_renewed, settings.data_dir / "ca"), web)] if settings.https else []
    hurry = watch([web, worker], settings.data_dir, chores)
    door.close()  # nobody new; who is being served is served to the end
    end([web, worker], hurry)
    return 0


def _renewed(folder: Path) -> bool:
    """Whether the certificate is another one than it was before it was looked after."""
    from inspect_app import https

    before = (folder / "server.crt").read_bytes()
    return https.ensure(folder)[0].read_bytes() != before


def _web_command(settings: Settings, door: socket.socket) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "wsgi:app",
        "-c",
        "python:inspect_app.serving.web",
        "--bind",
        f"fd://{door.fileno()}",
    ]
    if settings.https:
        from inspect_app import https

        certificate, key, authority = https.ensure(settings.data_dir / "ca")
        command += ["--certfile", str(certificate), "--keyfile", str(key)]
        print(https.advice(authority, settings.port))
        if addresses := https.lan_addresses():
            # What is printed on papers must open on the phones of this network.
            os.environ.setdefault("PUBLIC_ADDRESS", f"https://{addresses[0]}:{settings.port}")
    return command


def _answers(settings: Settings, web: Child) -> bool:
    """Wait until the web answers, so that the address is printed when it can be opened; False where it ended instead."""
    assert web.process is not None
    while web.process.poll() is None:
        try:
            asking = _asking(settings)
            asking.request("GET", "/healthz")
            asking.getresponse().read()
            asking.close()
        except (OSError, HTTPException):
            time.sleep(0.05)
        else:
            return True
    return False


def _asking(settings: Settings) -> HTTPConnection:
    if not settings.https:
        return HTTPConnection("127.0.0.1", settings.port, timeout=5)
    # Our own certificate on our own machine: whether it answers is asked, not who it is.
    return HTTPSConnection("127.0.0.1", settings.port, timeout=5, context=ssl._create_unverified_context())
