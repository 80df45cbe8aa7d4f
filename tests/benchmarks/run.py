"""`make bench`: whole visits taken in by the real server, a page beside slow uploads, what web and worker weigh.

A visit is start + 60 answers + submit in one request and one transaction, answered by one signed receipt that names each
id and hash; chain on, synchronous FULL. Contents are checked afterwards. The floor beside it is a request that only signs in
its session and answers a token, so that the figure can be read as a ratio on a shared machine.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from flask import Flask
from sqlalchemy import func, select, text

from inspect_app.checklists import queries as checklists
from inspect_app.demo.people import PASSWORD
from inspect_app.hazards import audit
from inspect_app.hazards.models import Hazard
from inspect_app.intake.actions import receipt_holds
from inspect_app.intake.models import Receipt
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.visits.models import Visit, VisitAnswers
from tests.benchmarks import papers
from tests.conftest import ROOT, build_app, postgres_url
from tests.support import District, seed

VISITS = int(os.environ.get("VISITS", "200"))


def main() -> int:
    print("whole visits (62 operations, chain, receipt) taken in; to beat: 135/s and p95 49 ms with 4 clients")
    for backend in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/inspect.db" if backend == "sqlite" else postgres_url("bench")
            _bench(backend, Path(folder), url)
    return papers.main()


def _bench(backend: str, folder: Path, url: str) -> None:
    app = build_app(folder, url)
    with app.app_context():
        district = seed()
        versions = [str(row.id) for row in checklists.current_for("small_restaurant")]
        codes = [item.code for row in district.versions for item in checklists.version(row).items][:60]
        db.session.remove()
    port = _free_port()
    environment = os.environ | {"DATA_DIR": str(folder), "PORT": str(port), "DATABASE_URL": url}
    server = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port)
        cookies = [_sign_in(port, f"daibiao{n}") for n in range(1, 21)]
        for clients in (4, 50):
            floor = _measure(port, clients, cookies, lambda _n: ("GET", "/intake/token", b""))
            used = _cpu(server.pid)
            visits = _measure(port, clients, cookies, lambda n: _visit(district, versions, codes, n))
            used = (_cpu(server.pid) - used) / VISITS * 1000
            print(
                f"{backend:<11}{clients:>3} clients: {visits[0]:6.0f} visits/s, p95 {visits[1]:5.0f} ms, web {used:4.1f} ms CPU each   "
                f"floor {floor[0]:6.0f}/s, p95 {floor[1]:4.0f} ms   ratio {visits[0] / floor[0]:.2f}"
            )
        quiet, slowed = _beside_slow_uploads(port, cookies)
        print(f"{backend:<11}a page alone p95 {quiet:.0f} ms, beside ten slow uploads p95 {slowed:.0f} ms")
        print(f"{backend:<11}memory: {_memory(server.pid)}")
    finally:
        server.terminate()
        server.wait(timeout=20)
    _check(app, backend)


def _visit(district: District, versions: list[str], codes: list[str], number: int) -> tuple[str, str, bytes]:
    visit, now = str(uuid4()), clock.now().isoformat()
    payloads: list[tuple[str, dict[str, object]]] = [
        ("visit.start", {"visit": visit, "premises": str(district.places[number % 3]), "versions": versions})
    ]
    payloads += [("visit.answer", {"visit": visit, "item": code, "value": "pass"}) for code in codes]
    payloads += [("visit.submit", {"visit": visit})]
    operations = [
        {
            "id": str(uuid4()),
            "kind": kind,
            "v": 1,
            "device": "bench-0001",
            "seq": seq,
            "captured_at": now,
            "payload": payload,
        }
        for seq, (kind, payload) in enumerate(payloads, start=1)
    ]
    return "POST", "/intake/operations", json.dumps({"operations": operations}).encode()


def _measure(
    port: int, clients: int, cookies: list[tuple[str, str]], request: Callable[[int], tuple[str, str, bytes]]
) -> tuple[float, float]:
    """(requests per second, p95 in ms) of VISITS requests by so many clients, each its own connection."""
    prepared = [request(number) for number in range(VISITS)]
    took: list[float] = []
    faults: list[str] = []

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        cookie, token = cookies[number % len(cookies)]
        headers = {"Cookie": cookie, "X-CSRFToken": token, "Content-Type": "application/json"}
        for method, path, body in prepared[number::clients]:
            begun = time.perf_counter()
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            took.append(time.perf_counter() - begun)
            if answer.status != 200:
                faults.append(f"{answer.status} {content[:200]!r}")
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if faults:
        sys.exit(f"{len(faults)} requests failed: {faults[0]}")
    return len(took) / seconds, sorted(took)[int(len(took) * 0.95)] * 1000


def _beside_slow_uploads(port: int, cookies: list[tuple[str, str]]) -> tuple[float, float]:
    """p95 in ms of a deputy's first page, alone and while ten phones in a basement upload a photo each."""
    cookie = cookies[0][0]
    alone, done = _page_times(port, cookie, 60), threading.Event()

    def upload(number: int) -> None:
        cookie, token = cookies[number]
        with socket.create_connection(("127.0.0.1", port)) as connection:
            head = (
                f"PUT /intake/photos/{uuid4()} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
                f"X-CSRFToken: {token}\r\nContent-Type: image/jpeg\r\nContent-Length: 600000\r\n\r\n"
            )
            connection.sendall(head.encode() + b"\xff\xd8\xff")
            while not done.wait(0.05):
                connection.sendall(b"x" * 512)

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    beside = _page_times(port, cookie, 60)
    done.set()
    for thread in threads:
        thread.join()
    return alone, beside


def _page_times(port: int, cookie: str, times: int) -> float:
    connection, took = http.client.HTTPConnection("127.0.0.1", port, timeout=60), []
    for _ in range(times):
        begun = time.perf_counter()
        connection.request("GET", "/field/", headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        took.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200:
            sys.exit(f"the page answered {answer.status}")
    connection.close()
    return sorted(took)[int(times * 0.95)]


def _sign_in(port: int, login: str) -> tuple[str, str]:
    """(cookie, CSRF token) of a signed-in deputy."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/sign-in")
    page = connection.getresponse()
    cookie = _cookie(page)
    token = page.read().decode().split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    form = urlencode({"login": login, "password": PASSWORD, "csrf_token": token})
    connection.request(
        "POST", "/sign-in", form, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    )
    answer = connection.getresponse()
    answer.read()
    cookie = _cookie(answer)
    connection.request("GET", "/intake/token", headers={"Cookie": cookie})
    answer = connection.getresponse()
    token = json.loads(answer.read())["token"]
    return _cookie(answer) or cookie, token


def _cookie(answer: http.client.HTTPResponse) -> str:
    return (answer.getheader("Set-Cookie") or "").split(";")[0]


def _processes(parent: int) -> Iterator[tuple[str, Path]]:
    """("web" or "worker", its folder in /proc) of what the server started."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or not _descends(int(folder.name), parent):
            continue
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        part = "web" if "gunicorn" in command else "worker" if " worker" in command else ""
        if part:
            yield part, folder


def _cpu(parent: int) -> float:
    """Seconds of CPU the web processes have used so far: a figure that busy neighbours hardly move."""
    ticks = 0
    for part, folder in _processes(parent):
        if part == "web":
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(parent: int) -> str:
    """PSS of gunicorn's processes and of the worker, in MB."""
    sizes = {"web": 0, "worker": 0}
    for part, folder in _processes(parent):
        lines = (folder / "smaps_rollup").read_text().splitlines()
        sizes[part] += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return f"web {sizes['web'] // 1024} MB (goal 250), worker {sizes['worker'] // 1024} MB (goal 400)"


def _descends(process: int, parent: int) -> bool:
    while process > 1:
        if process == parent:
            return True
        try:
            process = int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            return False
    return False


def _check(app: Flask, backend: str) -> None:
    """Every visit is whole, every receipt holds, the audit finds nothing, and SQLite syncs fully."""
    with app.app_context():
        visits = db.session.scalar(select(func.count()).select_from(Visit).where(Visit.submitted_at.is_not(None))) or 0
        answers = sum(len(taps) for taps in db.session.scalars(select(VisitAnswers.taps)))
        broken = [
            row.id for row in db.session.scalars(select(Receipt)) if not receipt_holds(row, app.extensions["keys"])
        ]
        faults, _ = audit.verify(
            app.extensions["settings"].data_dir / "heads", app.extensions["keys"], app.extensions["storage"]
        )
        full = backend != "sqlite" or db.session.scalar(text("PRAGMA synchronous")) == 2
        hazards = db.session.scalar(select(func.count()).select_from(Hazard))
        good = visits == 2 * VISITS and answers == 60 * visits and not broken and not faults and full
        print(
            f"{backend:<11}checked: {visits} visits, {answers} answers, {hazards} hazards, {'all right' if good else 'WRONG'}"
        )
        db.session.remove()
        db.engine.dispose()
        if not good:
            sys.exit("contents are not what was sent")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("the server did not start")


if __name__ == "__main__":
    sys.exit(main())
