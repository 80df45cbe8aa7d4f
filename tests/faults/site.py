"""The real server on a district of its own, that can be killed and started again on the same data."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from uuid import UUID

from flask import Flask

from inspect_app.checklists import actions as checklist_actions
from inspect_app.checklists import drafts
from inspect_app.checklists import queries as checklists
from inspect_app.kernel.database import db, writing
from inspect_app.premises import actions as premises
from inspect_app.serving import THREADS, WORKERS
from tests.conftest import ROOT, build_app
from tests.support import seed

from .records import Records

KIND = "small_restaurant"
MORE_PLACES = 20  # so that a thousand visits are not all at one door


@dataclass
class Site:
    """The web server in DATA_DIR `folder` on `port` with its worker, and what the drivers must know of its district.

    Both are started as `flask serve` starts them, but apart, so that each can be killed alone. `url` is the PostgreSQL
    database in place of the SQLite file.
    """

    folder: Path
    port: int
    url: str = ""
    places: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)  # items that are judged by a tap
    persons: dict[str, str] = field(default_factory=dict)  # login -> person
    process: "subprocess.Popen[bytes] | None" = None
    worker: "subprocess.Popen[bytes] | None" = None
    starts: int = 0
    shell: int = 0  # updates of the shell so far
    app: Flask | None = None
    supervisor: UUID | None = None

    @classmethod
    def new(cls, folder: Path, url: str = "") -> "Site":
        """A seeded district, not yet served."""
        folder.mkdir(parents=True, exist_ok=True)
        app = build_app(folder, url or f"sqlite:///{folder / 'inspect.db'}")
        with app.app_context():
            district = seed()
            area, supervisor = district.cast.communities[0], district.scope("du1")
            with writing():
                more = [
                    premises.register(supervisor, name=f"面馆{number}", kind=KIND, address=f"柳荫街{number}号",
                                      area_id=area, facts={"gas_kind": "bottled"}).id
                    for number in range(10, 10 + MORE_PLACES)
                ]  # fmt: skip
            site = cls(
                folder, free_port(), url, places=[str(place) for place in (district.places[0], *more)],
                persons={login: str(person) for login, person in district.cast.persons.items()},
                app=app, supervisor=supervisor.person_id,
            )  # fmt: skip
            site._learn()
            db.session.remove()
            db.engine.dispose()
        return site

    def _learn(self) -> None:
        """The lists in force now."""
        rows = [row.id for row in checklists.current_for(KIND)]
        items = [item for row in rows for item in checklists.version(row).items]
        judged = [item.code for item in items if item.kind == "judge" and item.grade != "advice"]
        self.versions, self.codes = [str(row) for row in rows], list(dict.fromkeys(judged))

    def withdraw(self) -> None:
        """The first list of our kind of place is withdrawn and another version of it published, while the server serves."""
        assert self.app is not None
        assert self.supervisor is not None
        with self.app.app_context():
            with writing():
                row = drafts.withdraw(UUID(self.versions[0]), self.supervisor, "有一项写错了")
                asked = checklists.version(row.id)
                checklist_actions.publish([replace(asked, title=f"{asked.title}，改")])
            self._learn()
            db.session.remove()
            db.engine.dispose()

    def start(self) -> None:
        """Serve, and return when it answers; the worker beside it. Raises RuntimeError with its log when it does not."""
        command = [
            sys.executable, "-m", "gunicorn", "tests.faults.serving:app", "--worker-class", "gthread", "--workers", str(WORKERS),
            "--threads", str(THREADS), "--bind", f"127.0.0.1:{self.port}", "--preload", "--timeout", "60",
            "--log-level", "warning",
        ]  # fmt: skip
        self.process = self._run(command)
        self.starts += 1
        self.start_worker()
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            try:
                urlopen(f"http://127.0.0.1:{self.port}/sign-in", timeout=5).close()
                return
            except (URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"the server did not start:\n{(self.folder / 'server.log').read_text()[-3000:]}")

    def start_worker(self) -> None:
        """The worker, where none runs."""
        if self.worker is None or self.worker.poll() is not None:
            self.worker = self._run([sys.executable, "-m", "flask", "--app", "wsgi", "worker"])

    def _run(self, command: list[str]) -> "subprocess.Popen[bytes]":
        environment = os.environ | {
            "DATA_DIR": str(self.folder),
            "PORT": str(self.port),
            "SHELL_NUMBER": str(self.shell),
            "DEMO": "street",
        }
        for name in ("DATABASE_URL", "APP_ENV", "HTTPS"):
            environment.pop(name, None)
        if self.url:
            environment["DATABASE_URL"] = self.url
        with (self.folder / "server.log").open("a") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )  # fmt: skip

    def kill(self) -> None:
        """kill -9 to the server and everything it started, the worker included."""
        self._kill(self.process)
        self.kill_worker()
        self.process = None

    def kill_worker(self) -> None:
        """kill -9 to the worker and what it started: a decoder in the middle of a photo, a page being drawn."""
        self._kill(self.worker)
        self.worker = None

    def kill_one(self) -> bool:
        """kill -9 to one of the web server's processes alone; its master puts another in its place."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        if not children:
            return False
        os.kill(int(children[0]), signal.SIGKILL)
        return True

    @staticmethod
    def _kill(process: "subprocess.Popen[bytes] | None") -> None:
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=20)

    def stop(self) -> None:
        for process in (self.process, self.worker):
            if process is not None:
                process.terminate()
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    self._kill(process)
        self.process = self.worker = None

    def settle(self, within: float = 120) -> None:
        """Wait until the worker has looked at every photo and drawn every paper."""
        records = Records(self.folder / "inspect.db", self.url)
        until = time.monotonic() + within
        while time.monotonic() < until:
            self.start_worker()
            left = records.rows("SELECT id FROM photo WHERE copies_at IS NULL AND refused_reason IS NULL")
            if not left and not records.rows("SELECT id FROM paper WHERE state = 'issuing'"):
                return
            time.sleep(0.5)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
