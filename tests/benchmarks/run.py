"""`make bench`: whole visits taken in by the real server, a page beside slow uploads, what web and worker weigh; then the
field on a phone (field.py) and the papers (papers.py).

A visit is start + 60 answers + submit in one request and one transaction, answered by one signed receipt that names each
id and hash; chain on, synchronous FULL. Contents are checked afterwards. The floor beside it is a request that only signs in
its session and answers a token, so that the figure can be read as a ratio on a shared machine.
"""

import http.client
import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

from flask import Flask
from sqlalchemy import func, select, text

from inspect_app.checklists import queries as checklists
from inspect_app.hazards import audit
from inspect_app.hazards.models import Hazard
from inspect_app.intake.actions import receipt_holds
from inspect_app.intake.models import Receipt
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.visits.models import Visit, VisitAnswers
from tests.benchmarks import field, papers
from tests.benchmarks.processes import pss, web_cpu
from tests.benchmarks.serving import serving, sign_in
from tests.conftest import build_app, postgres_schema
from tests.support import District, seed

VISITS = int(os.environ.get("VISITS", "200"))


def main() -> int:
    print("whole visits (62 operations, chain, receipt) taken in; to beat: 135/s and p95 49 ms with 4 clients")
    for backend in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as schemas:
            url = f"sqlite:///{folder}/inspect.db"
            if backend == "postgresql":
                url = schemas.enter_context(postgres_schema(f"bench_{os.getpid()}"))
            _bench(backend, Path(folder), url)
    field.main()
    return papers.main()


def _bench(backend: str, folder: Path, url: str) -> None:
    app = build_app(folder, url, SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={})  # as costly as it is
    with app.app_context():
        district = seed()
        versions = [str(row.id) for row in checklists.current_for("small_restaurant")]
        codes = [item.code for row in district.versions for item in checklists.version(row).items][:60]
        db.session.remove()
    with serving(folder, url) as (server, port):
        cookies = [sign_in(port, f"daibiao{n}") for n in range(1, 21)]
        for clients in (4, 50):
            floor = _measure(port, clients, cookies, lambda _n: ("GET", "/intake/token", b""))
            used = web_cpu(server.pid)
            visits = _measure(port, clients, cookies, lambda n: _visit(district, versions, codes, n))
            used = (web_cpu(server.pid) - used) / VISITS * 1000
            print(
                f"{backend:<11}{clients:>3} clients: {visits[0]:6.0f} visits/s, p95 {visits[1]:5.0f} ms, web {used:4.1f} ms CPU each   "
                f"floor {floor[0]:6.0f}/s, p95 {floor[1]:4.0f} ms   ratio {visits[0] / floor[0]:.2f}"
            )
        said = 2 * VISITS
        if backend == "sqlite":
            said += _envelope(server.pid, port, cookies, lambda n, phone: _visit(district, versions, codes, n, phone))
        quiet, slowed = _beside_slow_uploads(port, cookies)
        print(f"{backend:<11}a page alone p95 {quiet:.0f} ms, beside ten slow uploads p95 {slowed:.0f} ms")
        print(f"{backend:<11}memory: {_memory(server.pid)}")
    _check(app, backend, said)


def _envelope(
    server: int, port: int, cookies: list[tuple[str, str]], visit: Callable[[int, bool], tuple[str, str, bytes]]
) -> int:
    """What it costs that a phone says which it is, what it holds and what its clocks show; returns how many visits came."""
    found = {}
    for phone in (False, True):
        used = web_cpu(server)
        speed, p95 = _measure(port, 4, cookies, lambda n, phone=phone: visit(n, phone))  # type: ignore[misc]
        found[phone] = speed, p95, (web_cpu(server) - used) / VISITS * 1000
    (bare, bare_p95, bare_cpu), (full, full_p95, full_cpu) = found[False], found[True]
    print(
        f"sqlite       4 clients: without the phone's envelope {bare:.0f} visits/s, p95 {bare_p95:.0f} ms, web {bare_cpu:.1f} ms CPU;"
        f" with it {full:.0f}/s, {full_p95:.0f} ms, {full_cpu:.1f} ms: {full_cpu / bare_cpu:.2f} × the CPU"
    )
    return 2 * VISITS


def _visit(
    district: District, versions: list[str], codes: list[str], number: int, phone: bool = True
) -> tuple[str, str, bytes]:
    """A whole visit in one request, as a phone sends it; without `phone` as pages did that said nothing of theirs."""
    visit, now, device = str(uuid4()), clock.now(), f"bench-{number % 20:04}"
    payloads: list[tuple[str, dict[str, object]]] = [
        ("visit.start", {"visit": visit, "premises": str(district.places[number % 3]), "versions": versions})
    ]
    payloads += [("visit.answer", {"visit": visit, "item": code, "value": "pass"}) for code in codes]
    payloads += [("visit.submit", {"visit": visit})]
    opened = {"page_opened_ms": round(now.timestamp() * 1000) - 3_600_000}
    body: dict[str, object] = {
        "operations": [
            {"id": str(uuid4()), "kind": kind, "v": 1, "device": device, "seq": seq, "captured_at": now.isoformat(), "payload": payload}
            | ({"times": opened | {"mono_ms": 3_500_000 + seq * 1000, "zone_minutes": 480}} if phone else {})
            for seq, (kind, payload) in enumerate(payloads, start=1)
        ]
    }  # fmt: skip
    if phone:
        body["phone"] = opened | {
            "device": device, "sent_at": now.isoformat(), "mono_ms": 3_600_000, "counter": len(payloads),
            "held": [[1, len(payloads)]], "photos": 0, "oldest_at": now.isoformat(), "version": "0123456789ab",
        }  # fmt: skip
    return "POST", "/intake/operations", json.dumps(body).encode()


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


def _memory(parent: int) -> str:
    sizes = pss(parent)
    return f"web {sizes['web']:.0f} MB (goal 250), worker {sizes['worker']:.0f} MB (goal 400)"


def _check(app: Flask, backend: str, sent: int) -> None:
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
        good = visits == sent and answers == 60 * visits and not broken and not faults and full
        print(
            f"{backend:<11}checked: {visits} visits, {answers} answers, {hazards} hazards, {'all right' if good else 'WRONG'}"
        )
        db.session.remove()
        db.engine.dispose()
        if not good:
            sys.exit("contents are not what was sent")


if __name__ == "__main__":
    sys.exit(main())
