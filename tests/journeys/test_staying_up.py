"""Real processes, killed apart: the site stays, what died comes back, nothing is left behind. States are waited for, no times."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from inspect_app import https
from inspect_app.jobs import heartbeat
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from tests.conftest import ROOT, build_app
from tests.faults.site import free_port
from tests.support import seed

pytestmark = pytest.mark.journey
PATIENCE = 180  # seconds after which a machine, however busy, should have got there


def until(what: str, comes: Callable[[], Any]) -> Any:
    """What `comes` gives once it gives anything; fails after far longer than it may take."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := comes():
            return found
        time.sleep(0.1)
    pytest.fail(f"waited {PATIENCE} s for {what}")


@dataclass
class Serving:
    """`flask serve` on a folder of its own, the way `make run` starts it."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"

    def health(self) -> dict[str, Any]:
        """What /healthz says; empty while nobody answers."""
        scheme = "https" if (self.folder / "ca").exists() else "http"
        unproven = ssl._create_unverified_context()
        try:
            with urlopen(f"{scheme}://127.0.0.1:{self.port}/healthz", timeout=10, context=unproven) as answer:
                return dict(json.load(answer))
        except HTTPError as answer:
            return dict(json.load(answer))
        except (URLError, OSError):
            return {}

    def told(self) -> dict[str, Any]:
        """Who the watcher watches."""
        try:
            return dict(json.loads((self.folder / "serving.json").read_text()))
        except (OSError, ValueError):
            return {}

    def pid(self, child: str) -> int:
        return int(self.told()["children"][child]["pid"] or 0)

    def beats_again(self, than: int) -> bool:
        """A worker other than `than` is alive and its heart beats."""
        beat = heartbeat.read(self.folder)
        return beat is not None and beat.pid != than and (beat.age() or 99) < 10

    def is_up(self) -> bool:
        return bool(self.health()) and self.beats_again(0) and self.told().get("pid") == self.process.pid

    def log(self) -> str:
        return (self.folder / "out.log").read_text()


def _environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "APP_ENV", "HTTPS")}
    return kept | {"DATA_DIR": str(folder), "PORT": str(port), "WORKER_SILENT_SECONDS": "10"} | more


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", *words]


@contextmanager
def _served(folder: Path, **more: str) -> Iterator[Serving]:
    app = build_app(folder, f"sqlite:///{folder / 'inspect.db'}")
    with app.app_context():
        seed()
        db.session.remove()
        db.engine.dispose()
    port = free_port()
    with (folder / "out.log").open("w") as log:
        process = subprocess.Popen(
            _command("serve"),
            cwd=ROOT,
            env=_environment(folder, port, **more),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    site = Serving(folder, port, process)
    try:
        until("the site and its worker", lambda: process.poll() is not None or site.is_up())
        assert process.poll() is None, site.log()
        yield site
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=90)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One that outlives what is done to it."""
    with _served(tmp_path_factory.mktemp("up")) as site:
        yield site


@pytest.fixture
def ending(tmp_path: Path) -> Iterator[Serving]:
    """One to be ended."""
    with _served(tmp_path) as site:
        yield site


def _alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not fetched yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _children(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError:
            return False
        return True


def test_a_killed_worker_comes_back_and_takes_nobody_with_it(serving: Serving) -> None:
    worker, web = serving.pid("worker"), serving.pid("web")
    os.kill(worker, signal.SIGKILL)
    assert serving.health(), "pages answer while it is gone"
    until("another worker", lambda: serving.beats_again(worker))
    assert serving.pid("web") == web
    assert until("a calm worker", lambda: serving.health()["worker"]["status"] == "ok")
    assert serving.told()["children"]["worker"]["restarts"] > 0
    assert "SIGKILL" in serving.told()["children"]["worker"]["last_end"]


def test_a_stopped_worker_is_seen_by_its_heartbeat_and_replaced(serving: Serving) -> None:
    worker = serving.pid("worker")
    os.kill(worker, signal.SIGSTOP)
    assert until("its silence being told", lambda: serving.health()["worker"].get("why") == "silent")
    until("another worker", lambda: serving.beats_again(worker))
    assert not _alive(worker), "two would draw the same paper"
    assert serving.health()["status"] != "down"


def test_a_killed_web_comes_back_on_its_port(serving: Serving) -> None:
    master, worker = serving.pid("web"), serving.pid("worker")
    old = _children(master)
    os.kill(master, signal.SIGKILL)
    until("another web", lambda: serving.pid("web") not in (0, master))
    assert until("an answer", serving.health)
    until("the end of the old ones", lambda: not any(_alive(pid) for pid in old))
    assert serving.pid("worker") == worker


def test_killing_serve_leaves_nobody_who_holds_the_port_or_the_folder(ending: Serving) -> None:
    master, worker = ending.pid("web"), ending.pid("worker")
    until("both processes of the web", lambda: len(_children(master)) == 2)  # one answers before the other is born
    family = {master, worker} | _children(master)
    os.kill(worker, signal.SIGSTOP)  # one that cannot end by itself either
    os.kill(ending.process.pid, signal.SIGKILL)
    ending.process.wait(timeout=60)
    until("the port", lambda: _is_free(ending.port))
    until("the end of all", lambda: not any(_alive(pid) for pid in family))


def test_a_second_instance_is_refused_by_the_number_of_the_first(serving: Serving) -> None:
    for words, holder in (("serve", serving.process.pid), ("worker", serving.pid("worker"))):
        second = subprocess.run(
            _command(words), cwd=ROOT, env=_environment(serving.folder, free_port()), capture_output=True, text=True,
            timeout=PATIENCE, check=False,
        )  # fmt: skip
        lines = second.stderr.strip().splitlines()
        assert second.returncode != 0
        assert len(lines) == 1, second.stderr
        assert lines[0].startswith("cannot start: ")
        assert str(holder) in lines[0]
    assert serving.health()


def test_asked_to_end_it_ends_all_and_finishes_what_is_being_sent(ending: Serving) -> None:
    master, worker = ending.pid("web"), ending.pid("worker")
    until("both processes of the web", lambda: len(_children(master)) == 2)
    family = {master, worker} | _children(master)
    with socket.create_connection(("127.0.0.1", ending.port), timeout=PATIENCE) as phone:
        # Half a request: its thread waits for the rest, as with an upload on a bad network.
        body = b"login=nobody&password=nothing"
        head = f"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
        phone.sendall(head.encode() + body[:5])
        until("the web to have taken it", lambda: _taken(ending.port))
        ending.process.send_signal(signal.SIGINT)
        until("nobody new to be let in", lambda: _is_closed(ending.port))
        phone.sendall(body[5:])
        assert phone.recv(12).startswith(b"HTTP/1.1 ")
    ending.process.wait(timeout=PATIENCE)
    assert ending.process.returncode == 0
    assert not any(_alive(pid) for pid in family)
    assert _is_free(ending.port)


def _taken(port: int) -> bool:
    """Whether nothing waits to be accepted at the port."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{port:04X}") and fields[3] == "0A":
            return fields[4].endswith(":00000000")
    return False


def _is_closed(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return True
    return False


@pytest.mark.long  # the watcher looks at certificates once a minute
def test_a_certificate_near_its_end_is_renewed_while_phones_go_on(tmp_path: Path) -> None:
    """A phone trusts the authority alone; it asks before and after and is answered both times, without a restart."""
    with _served(tmp_path, HTTPS="1", DEMO_ON_NETWORK="1") as site:
        folder, master = tmp_path / "ca", site.pid("web")
        phone = ssl.create_default_context(cafile=str(folder / "authority.crt"))
        first = _serial(site.port, phone)
        with clock.stopped_at(clock.now() - timedelta(days=https.LASTS - 3)):
            https._make_certificate(
                folder / "server.crt", folder / "server.key", folder / "authority.crt", folder / "authority.key", []
            )
        assert until("the days that are left", lambda: (https.days_left(folder) or 0) > 300)
        until("another certificate", lambda: _serial(site.port, phone) not in ("", first))
        assert site.pid("web") == master
        assert site.health()["certificate"]["status"] == "ok"


def _serial(port: int, phone: ssl.SSLContext) -> str:
    """The number of the certificate that is shown to a phone; empty while there is none it trusts."""
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
            phone.wrap_socket(plain, server_hostname="127.0.0.1") as talk,
        ):
            return str((talk.getpeercert() or {}).get("serialNumber", ""))
    except OSError:
        return ""
