"""`make bench`: whole visits taken in by the real server, a page beside slow uploads, what web and worker weigh; then the
field on a phone (field.py) and the papers (papers.py).

A visit is start + 60 answers + submit in one request and one transaction, answered by one signed receipt that names each
id and hash; chain on, synchronous FULL. Contents are checked afterwards. The floor beside it is a request that only signs in
its session and answers a token, so that the figure can be read as a ratio on a shared machine.

`python -m tests.benchmarks.run intake` measures the intake alone, `... intake sqlite 4` with one database and so many clients.
VISITS says how many visits of a kind (200).
"""

import http.client
import io
import json
import os
import socket
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from dataclasses import field as field_of
from pathlib import Path

from flask import Flask
from PIL import Image
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.rules import Item
from inspect_app.evidence.models import Photo
from inspect_app.hazards import audit
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.sightings import Sighting
from inspect_app.intake.models import Receipt
from inspect_app.intake.receipts import receipt_holds
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.ids import new_id
from inspect_app.visits.models import Visit, VisitAnswers
from tests.benchmarks import field, papers
from tests.benchmarks.processes import cpu_seconds, pss, web_cpu
from tests.benchmarks.serving import serving, sign_in
from tests.conftest import POSTGRES, build_app, postgres_schema
from tests.support import District, seed

VISITS = int(os.environ.get("VISITS", "200"))
WARM = 40  # visits of each kind before anything is measured
PATIENCE, PAUSE = 300, 1  # seconds for which, and after which, what found the server busy or was cut off is sent again
_NAME = f"bench_{os.getpid()}"  # of the server's connections to PostgreSQL


# What the web's CPU of each may be, in multiples of the floor's; a photo is counted beside the visit it belongs to.
BACKENDS, CLIENTS = ("sqlite", "postgresql"), (4, 50)
GOALS = {"passes": 2.5, "one fails": 4.0, "one fails, its photo with it": 6.0}


def main(*only: str) -> int:
    print(
        "whole visits (62 operations, chain, receipt) taken in; CPU is what web and database use for each, the floor a request"
    )
    print("that only signs in; all in ms, and the ratio is what can be compared on a shared machine")
    for backend in [name for name in BACKENDS if name in only] or BACKENDS:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as schemas:
            url = f"sqlite:///{folder}/inspect.db"
            if backend == "postgresql":
                url = schemas.enter_context(postgres_schema(f"bench_{os.getpid()}")) + f"&application_name={_NAME}"
            _bench(backend, Path(folder), url, [count for count in CLIENTS if str(count) in only] or CLIENTS)
    if "intake" in only:
        return 0
    field.main()
    return papers.main()


@dataclass(frozen=True)
class Asked:
    """A request as a phone sends it."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field_of(default_factory=dict)
    answer: int = 200


def _bench(backend: str, folder: Path, url: str, counts: Sequence[int]) -> None:
    app = build_app(folder, url, SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={})  # as costly as it is
    with app.app_context():
        district = seed()
        lists = checklists.current_for("small_restaurant")
        versions = [str(row.id) for row in lists]
        items = [item for row in lists for item in checklists.version(row.id).items][
            :60
        ]  # what no list asks makes no hazard
        db.session.remove()
        db.engine.dispose()
    made = Made(district, versions, items)
    with serving(folder, url) as (server, port):
        cookies = [sign_in(port, f"daibiao{n}") for n in range(1, 21)]
        for request in made.kinds().values():  # so that what a process does once is not counted
            _measure(port, 4, cookies, request, WARM)
        for clients in counts:
            before = _floor(server.pid, port, clients, cookies)
            print(f"{backend:<11}{clients:>3} clients: {'floor':<28} {before.said()}")
            for words, goal in GOALS.items():
                found = _used(server.pid, port, clients, cookies, made.kinds()[words])
                after = _floor(server.pid, port, clients, cookies)
                ratio = f"{found.cpu / ((before.cpu + after.cpu) / 2):.2f} x the floor (goal {goal})"
                print(f"{backend:<11}{clients:>3} clients: {words:<28} {found.said()}   {ratio}")
                before = after
        if backend == "sqlite":
            _envelope(server.pid, port, cookies, made)
        quiet, slowed = _beside_slow_uploads(port, cookies)
        print(f"{backend:<11}a page alone p95 {quiet:.0f} ms, beside ten slow uploads p95 {slowed:.0f} ms")
        print(f"{backend:<11}memory: {_memory(server.pid)}")
    _check(app, backend, made)


@dataclass(frozen=True)
class Used:
    """What requests came to: how many a second, how long the slowest took, and the CPU of each in ms."""

    speed: float
    p95: float
    again: int  # requests that were sent once more
    web: float
    database: float  # 0 for SQLite, which is part of the web's; and where PostgreSQL runs on another machine

    @property
    def cpu(self) -> float:
        """Of web and database together."""
        return self.web + self.database

    def said(self) -> str:
        beside = f" + {self.database:4.1f} database" if self.database else ""
        again = f", {self.again} sent again" if self.again else ""
        return f"{self.speed:6.1f}/s, p95 {self.p95:5.0f} ms{again}, CPU {self.web:5.1f}{beside}"


def _used(
    server: int, port: int, clients: int, cookies: list[tuple[str, str]], request: Callable[[int], list[Asked]]
) -> Used:
    web, database = web_cpu(server), _postgres_cpu()
    speed, p95, again = _measure(port, clients, cookies, request)
    web, now = web_cpu(server) - web, _postgres_cpu()
    asked = sum(
        seconds - database.get(process, 0) for process, seconds in now.items()
    )  # without those that ended since
    return Used(speed, p95, again, web / VISITS * 1000, asked / VISITS * 1000)


def _floor(server: int, port: int, clients: int, cookies: list[tuple[str, str]]) -> Used:
    """What a bare request comes to; measured before and after each kind of visit, for neighbours come and go."""
    return _used(server, port, clients, cookies, lambda _n: [Asked("GET", "/intake/token")])


def _envelope(server: int, port: int, cookies: list[tuple[str, str]], made: "Made") -> None:
    """What it costs that a phone says which it is, what it holds and what its clocks show."""
    bare = _used(server, port, 4, cookies, lambda n: [made.visit(n, phone=False)])
    full = _used(server, port, 4, cookies, lambda n: [made.visit(n)])
    print(f"sqlite       4 clients: without the phone's envelope {bare.said()}; with it {full.said()}")


class Made:
    """Visits as phones send them, and how many of them there have been."""

    def __init__(self, district: District, versions: list[str], items: list[Item]) -> None:
        self._district, self._versions, self._codes = district, versions, [item.code for item in items]
        # Advice makes no hazard.
        self._fail = [item.code for item in items if item.kind == "judge" and item.grade != "advice"]
        self._picture = _photo()
        self.visits = self.photos = self.failed = 0

    def kinds(self) -> dict[str, Callable[[int], list[Asked]]]:
        return {
            "passes": lambda n: [self.visit(n)],
            "one fails": lambda n: [self.visit(n, failed=True)],
            "one fails, its photo with it": self._with_photo,
        }

    def visit(self, number: int, *, phone: bool = True, failed: bool = False, photo: str = "") -> Asked:
        """A whole visit in one request; without `phone` as pages did that said nothing of theirs. The item that fails is
        another each time: it makes hazards first, and is seen again later."""
        visit, now, device = str(new_id()), clock.now(), f"bench-{number % 20:04}"
        self.visits, self.failed = self.visits + 1, self.failed + failed
        fails = self._fail[number // 3 % len(self._fail)] if failed else ""
        wrong = {"value": "fail", "wordings": ["门上了锁"]} | (
            {"photos": [photo]} if photo else {"no_photo_reason": "不让拍"}
        )
        place = str(self._district.places[number % 3])
        payloads: list[tuple[str, dict[str, object]]] = [
            ("visit.start", {"visit": visit, "premises": place, "versions": self._versions}),
            *(
                ("visit.answer", {"visit": visit, "item": code} | (wrong if code == fails else {"value": "pass"}))
                for code in self._codes
            ),
            ("visit.submit", {"visit": visit}),
        ]
        opened = {"page_opened_ms": round(now.timestamp() * 1000) - 3_600_000}
        body: dict[str, object] = {
            "operations": [
                {"id": str(new_id()), "kind": kind, "v": 1, "device": device, "seq": seq, "captured_at": now.isoformat(), "payload": payload}
                | ({"times": opened | {"mono_ms": 3_500_000 + seq * 1000, "zone_minutes": 480}} if phone else {})
                for seq, (kind, payload) in enumerate(payloads, start=1)
            ]
        }  # fmt: skip
        if phone:
            body["phone"] = opened | {
                "device": device, "sent_at": now.isoformat(), "mono_ms": 3_600_000, "counter": len(payloads),
                "held": [[1, len(payloads)]], "photos": 0, "oldest_at": now.isoformat(), "version": "0123456789ab",
            }  # fmt: skip
        return Asked("POST", "/intake/operations", json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _with_photo(self, number: int) -> list[Asked]:
        photo, data = str(new_id()), self._picture + os.urandom(16)  # bytes behind a picture make it another file
        self.photos += 1
        said = {"photo": photo, "sha256": sha256_hex(data), "captured_at": clock.now().isoformat(), "source": "camera"}
        headers = {
            "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Length": str(len(data)),
            "Upload-Metadata": ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items()),
        }  # fmt: skip
        return [self.visit(number, failed=True, photo=photo), Asked("POST", "/intake/uploads", data, headers, 201)]


def _photo() -> bytes:
    """A JPEG of about 250 kB, as a phone sends it."""
    picture = Image.effect_noise((1280, 960), 42)
    for quality in range(95, 10, -5):
        held = io.BytesIO()
        picture.save(held, "JPEG", quality=quality)
        if held.tell() <= 260_000:
            break
    return held.getvalue()


def _measure(
    port: int, clients: int, cookies: list[tuple[str, str]], request: Callable[[int], list[Asked]], times: int = VISITS
) -> tuple[float, float, int]:
    """(done per second, p95 in ms, sent again) of so many times what `request` names, by so many clients, each its own
    connection."""
    prepared = [request(number) for number in range(times)]
    took: list[float] = []
    faults: list[str] = []
    again: list[int] = []

    def client(number: int) -> None:
        cookie, token = cookies[number % len(cookies)]
        phone = _Phone(port, {"Cookie": cookie, "X-CSRFToken": token})
        for together in prepared[number::clients]:
            begun = time.perf_counter()
            faults.extend(fault for asked in together if (fault := phone.send(asked)))
            took.append(time.perf_counter() - begun)
        again.append(phone.again)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if faults or len(took) != times:
        sys.exit(f"{times - len(took)} clients broke off, {len(faults)} requests failed: {faults[:1]}")
    return len(took) / seconds, sorted(took)[int(len(took) * 0.95)] * 1000, sum(again)


class _Phone:
    """Sends what it has until it is answered, as a phone does: once more where the server is busy, and where the connection
    was closed meanwhile."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = headers
        self.again = 0

    def send(self, asked: Asked) -> str:
        """What was wrong with the answer; empty where it is the one that is expected."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self._connection.request(
                    asked.method, asked.path, asked.body or None, {**self._headers, **asked.headers}
                )
                answer = self._connection.getresponse()
                status, content = answer.status, answer.read()
            except (OSError, http.client.HTTPException) as cut:
                self._connection.close()  # the next request opens it again
                status, content = 0, repr(cut).encode()
            if status not in (0, 503) or time.monotonic() > until:
                return "" if status == asked.answer else f"{status} {content[:200]!r}"
            self.again += 1
            if status:
                time.sleep(PAUSE)


def _beside_slow_uploads(port: int, cookies: list[tuple[str, str]]) -> tuple[float, float]:
    """p95 in ms of a deputy's first page, alone and while ten phones in a basement upload a photo each."""
    cookie = cookies[0][0]
    alone, done = _page_times(port, cookie, 60), threading.Event()

    def upload(number: int) -> None:
        cookie, token = cookies[number]
        with socket.create_connection(("127.0.0.1", port)) as connection:
            head = (
                f"PUT /intake/photos/{new_id()} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
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


def _postgres_cpu() -> dict[str, float]:
    """The same of PostgreSQL, for each connection of this server; empty where there are none, or they end on another machine."""
    try:
        with create_engine(POSTGRES).connect() as connection:
            asked = text("SELECT pid FROM pg_stat_activity WHERE application_name = :name")
            folders = [Path(f"/proc/{pid}") for pid in connection.scalars(asked, {"name": _NAME})]
    except DBAPIError:
        return {}
    return {folder.name: cpu_seconds(folder) for folder in folders if (folder / "stat").exists()}


def _memory(parent: int) -> str:
    sizes = pss(parent)
    return f"web {sizes['web']:.0f} MB (goal 250), worker {sizes['worker']:.0f} MB (goal 400)"


def _check(app: Flask, backend: str, made: Made) -> None:
    """Every visit is whole, what failed stands in a chain that holds, every photo and every receipt is there, and SQLite syncs
    fully."""
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
        hazards = db.session.scalar(select(func.count()).select_from(Hazard)) or 0
        seen = db.session.scalar(select(func.count()).select_from(Sighting)) or 0
        photos = db.session.scalar(select(func.count()).select_from(Photo)) or 0
        whole = (visits, answers, hazards + seen, photos) == (made.visits, 60 * visits, made.failed, made.photos)
        good = whole and hazards > 0 and not broken and not faults and full
        print(
            f"{backend:<11}checked: {visits} visits, {answers} answers, {hazards} hazards, {seen} seen again, {photos} photos, "
            f"{'all right' if good else f'WRONG {faults[:3]}'}"
        )
        db.session.remove()
        db.engine.dispose()
        if not good:
            sys.exit("contents are not what was sent")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
