"""Memory that stays: 20,000 requests of 50 people who go on as people do, and what the web processes hold meanwhile.

35 phones and 15 people at a desk or an inbox open what they really open, on a district with some months behind it; every
ninth request of a phone is a whole visit handed in. The server is a process of its own on a database of its own, reached
over loopback. Ends after MINUTES at the latest and says so. `make soak`, or `make soak REQUESTS=4000` for a quick answer, some MB lower.
"""

import http.client
import itertools
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from uuid import UUID, uuid4

from sqlalchemy import select

from inspect_app.checklists import queries as checklists
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.premises import actions as premises
from inspect_app.premises.models import Premises
from tests.benchmarks.processes import pss, web_cpu
from tests.benchmarks.serving import serving, sign_in
from tests.conftest import build_app
from tests.support import District, accepted, closed, found, handed_over, seed, submitted, verified

REQUESTS = int(os.environ.get("REQUESTS", "20000"))
MINUTES = float(os.environ.get("MINUTES", "40"))
PHONES, DESKS = 35, 15
GOAL_MB = 250
FLAT_MB = 5  # how much more the last quarter may hold than the one before it: a page of a list, not a leak
READ_EVERY = 500  # requests
AT_DESKS = ("du1", "du2", "zheng1")
ITEMS = ("F-EXIT-01", "F-EXIT-02", "F-EXIT-04", "F-EXIT-05", "F-ELEC-01", "F-ELEC-02", "F-EXT-01", "F-EXT-02")

Request = tuple[str, str, bytes]

BUSY = 503


@dataclass(frozen=True)
class World:
    """What there is to open."""

    places: tuple[UUID, ...]
    versions: tuple[UUID, ...]  # of the lists that a small restaurant gets
    codes: tuple[str, ...]
    hazards: tuple[UUID, ...]
    handed_over: tuple[UUID, ...]  # those that the street's office has


@dataclass
class Tally:
    """What has been answered so far, and what each reading of the memory found: requests → MB."""

    most: int
    until: float
    done: int = 0
    readings: dict[int, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def goes_on(self) -> bool:
        """Whether another request is to be sent."""
        return self.done < self.most and time.monotonic() < self.until and not self.faults

    def count(self, fault: str = "") -> None:
        """One more is answered; a fault ends everything."""
        with self.lock:
            self.done += 1
            if fault:
                self.faults.append(fault)


def main() -> int:
    """Print start, half and end; 1 where the memory is above its goal or grew over the second half."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/inspect.db"
        world = _fill(Path(folder), url)
        with serving(Path(folder), url) as (server, port):
            tally = Tally(REQUESTS, time.monotonic() + MINUTES * 60)
            clients = _clients(port, world)  # signed in: the web processes are there
            tally.readings[0], used = pss(server.pid)["web"], web_cpu(server.pid)
            _run(tally, server.pid, clients)
            worker, used = pss(server.pid)["worker"], web_cpu(server.pid) - used
    if tally.faults:
        sys.exit(f"a request failed: {tally.faults[0]}")
    return _told(tally, worker, used)


def _told(tally: Tally, worker: float, used: float) -> int:
    rows = sorted(tally.readings.items())
    third, last = (
        mean(size for requests, size in rows if low * tally.done <= requests <= high * tally.done)
        for low, high in ((0.5, 0.75), (0.75, 1.0))
    )
    most, grown = max(tally.readings.values()), last - third
    print(
        f"{tally.done} requests of {PHONES + DESKS} clients: web {rows[0][1]:.0f} MB at the start, {third:.1f} MB after the half, "
        f"{last:.1f} MB at the end, {most:.0f} MB at most (goal {GOAL_MB}); grew {grown:+.1f} MB (goal {FLAT_MB}); worker {worker:.0f} MB; "
        f"web CPU {used / tally.done * 1000:.1f} ms a request"
    )
    if tally.done < tally.most:
        print(f"ended after {MINUTES:g} minutes: only {tally.done} of {tally.most} requests were sent")
    return int(most > GOAL_MB or grown > FLAT_MB or tally.done < tally.most)


# ---- what there is


def _fill(folder: Path, url: str) -> World:
    app = build_app(folder, url)
    with app.app_context():
        district = seed()
        _more_places(district)
        hazards, given = _hazards(district, app.extensions["storage"])
        versions = tuple(row.id for row in checklists.current_for("small_restaurant"))
        codes = tuple(item.code for row in versions for item in checklists.version(row).items)[:60]
        places = tuple(db.session.scalars(select(Premises.id).order_by(Premises.code).limit(100)))
        db.session.remove()
        db.engine.dispose()
    return World(places, versions, codes, hazards, given)


def _more_places(district: District) -> None:
    scope = district.scope("du1")
    for number in range(300):
        premises.register(
            scope, name=f"{number + 1}号小店", kind="small_shop", address=f"长街{number + 1}号",
            area_id=district.cast.communities[number % 3], facts={"floor_area": 40},
        )  # fmt: skip
    db.session.commit()


def _hazards(district: District, storage: object) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """Hazards in every state of the usual way: (all, those that were handed over)."""
    steps: tuple[Callable[..., object], ...] = (
        lambda hazard: handed_over(district, hazard),
        lambda hazard: accepted(district, hazard),
        lambda hazard: submitted(district, hazard, storage),
        lambda hazard: verified(district, hazard),
        lambda hazard: closed(district, hazard),
    )
    made, given = [], []
    for number in range(120):
        hazard = found(district, place=number // 8 % 3, item=ITEMS[number % 8])
        for step in steps[: number % 6]:
            step(hazard)
        made.append(hazard.id)
        if number % 6:
            given.append(hazard.id)
        db.session.commit()
    return tuple(made), tuple(given)


# ---- what is asked


def _phone(world: World, number: int) -> Iterator[Request]:
    """One deputy after another fetches what a phone keeps, looks at a place and a hazard, and hands a visit in."""
    for turn in itertools.count(number):
        place, hazard = world.places[turn % len(world.places)], world.hazards[turn * 7 % len(world.hazards)]
        yield "GET", "/field/", b""
        yield "GET", "/field/data", b""
        yield "GET", "/field/data/places", b""
        yield "GET", f"/field/data/places/{place}", b""
        yield "GET", f"/field/lists/{world.versions[turn % len(world.versions)]}", b""
        yield "GET", "/intake/token", b""
        yield _visit(world, number, turn)
        yield "GET", f"/field/hazards/{hazard}", b""
        yield "GET", "/messages", b""


def _desk(world: World, number: int) -> Iterator[Request]:
    """Somebody at a desk begins with 今日, goes through the lists, and opens a hazard and a place from them."""
    for turn in itertools.count(number):
        yield "GET", "/desk/", b""
        yield "GET", "/desk/hazards", b""
        yield "GET", f"/desk/hazards/{world.hazards[turn * 11 % len(world.hazards)]}", b""
        yield "GET", "/desk/hazards?tab=pile:close", b""
        yield "GET", "/desk/places", b""
        yield "GET", f"/desk/places/{world.places[turn % len(world.places)]}", b""
        yield "GET", "/library/", b""
        yield "GET", "/messages", b""


def _inbox(world: World, number: int) -> Iterator[Request]:
    for turn in itertools.count(number):
        yield "GET", "/inbox/", b""
        yield "GET", "/inbox/all", b""
        yield "GET", f"/inbox/{world.handed_over[turn * 5 % len(world.handed_over)]}", b""


def _visit(world: World, number: int, turn: int) -> Request:
    """A visit of sixty answers, as a phone sends it when there is a signal again."""
    visit, now = str(uuid4()), clock.now()
    said: list[tuple[str, dict[str, object]]] = [
        ("visit.start", {"visit": visit, "premises": str(world.places[turn % 3]), "versions": [*map(str, world.versions)]}),
        *(("visit.answer", {"visit": visit, "item": code, "value": "pass"}) for code in world.codes),
        ("visit.submit", {"visit": visit}),
    ]  # fmt: skip
    operations = [
        {"id": str(uuid4()), "kind": kind, "v": 1, "device": f"soak-{number:04}", "seq": seq, "captured_at": now.isoformat(),
         "payload": payload}
        for seq, (kind, payload) in enumerate(said, start=1)
    ]  # fmt: skip
    return "POST", "/intake/operations", json.dumps({"operations": operations}).encode()


# ---- who asks


def _clients(port: int, world: World) -> list[Callable[[Tally], None]]:
    entered = {login: sign_in(port, login) for login in (*AT_DESKS, "jiedao1", *(f"daibiao{n}" for n in range(1, 21)))}
    rounds = [(f"daibiao{number % 20 + 1}", _phone(world, number)) for number in range(PHONES)]
    for number in range(DESKS):
        login = "jiedao1" if number % 5 == 4 else AT_DESKS[number % 5 % len(AT_DESKS)]
        rounds.append((login, _inbox(world, number) if login == "jiedao1" else _desk(world, number)))
    return [_client(port, entered[login], requests) for login, requests in rounds]


def _client(port: int, entered: tuple[str, str], requests: Iterator[Request]) -> Callable[[Tally], None]:
    cookie, token = entered
    headers = {"Cookie": cookie, "X-CSRFToken": token, "Content-Type": "application/json", "Accept-Encoding": "gzip"}

    def ask(tally: Tally) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while tally.goes_on():
            method, path, body = next(requests)
            try:
                connection.request(method, path, body or None, headers)
                answer = connection.getresponse()
                content = answer.read()
                if answer.status == BUSY:  # said under more load than there is room for: people wait and ask again
                    time.sleep(1)
                    continue
                tally.count("" if answer.status == 200 else f"{method} {path}: {answer.status} {content[:200]!r}")
            except http.client.RemoteDisconnected:  # it was silent for longer than the server keeps a connection
                connection.close()
            except OSError as fault:
                tally.count(f"{method} {path}: {fault!r}")
        connection.close()

    return ask


def _run(tally: Tally, server: int, clients: list[Callable[[Tally], None]]) -> None:
    threads = [threading.Thread(target=client, args=(tally,), daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    wanted = READ_EVERY
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.05)
        if tally.done >= wanted:
            wanted = tally.done + READ_EVERY
            size = tally.readings[tally.done] = pss(server)["web"]
            print(f"{tally.done:>7} requests  web {size:6.1f} MB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
