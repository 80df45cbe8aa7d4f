"""Several connections at one moment: each act runs in a thread of its own, with its own session, and really commits."""

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, select, text

from inspect_app.checklists import queries as checklists
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.people.models import Account
from inspect_app.premises import actions as premises
from tests.operations import operation
from tests.support import District

PATIENCE = 60  # seconds after which threads that wait for each other are a fault of their own


def at_once(app: Flask, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each act returns. They begin at one moment; whatever one of them raises is raised here."""
    found: list[Any] = [None] * len(acts)
    faults: list[BaseException] = []
    gate = threading.Barrier(len(acts))

    def run(number: int) -> None:
        try:
            gate.wait(PATIENCE)
            found[number] = acts[number]()
        except BaseException as fault:
            faults.append(fault)

    db.session.remove()
    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other for ever"
    if faults:
        raise faults[0]
    return found


def in_the_middle(app: Flask, words: str, act: Callable[[], Any], other: Callable[[], Any]) -> list[Any]:
    """What two acts return, of which the other one begins right after the first statement of this one with these words;
    this one goes on once the other has ended or waits for it. PostgreSQL only: SQLite has one writer."""
    here, threads, found, faults = threading.get_ident(), list[threading.Thread](), list[Any](), list[BaseException]()
    blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND :me = ANY(pg_blocking_pids(pid))")

    def run() -> None:
        with app.app_context():
            try:
                found.append(other())
            except BaseException as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    def begin(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if threads or threading.get_ident() != here or words not in statement:
            return
        threads.append(threading.Thread(target=run, daemon=True))
        threads[0].start()
        me = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
        with connection.engine.connect() as looking:
            while threads[0].is_alive() and not looking.scalar(blocked, {"me": me}):
                pass

    db.session.remove()
    event.listen(db.engine, "after_cursor_execute", begin)
    try:
        found.insert(0, act())
    finally:
        event.remove(db.engine, "after_cursor_execute", begin)
    for thread in threads:
        thread.join(PATIENCE)
    assert len(threads) == 1, f"nothing was said with {words}"
    if faults:
        raise faults[0]
    return found


class Phone:
    """A phone as the server sees it: what it says goes in by requests, and is numbered by its own counter."""

    def __init__(self, app: Flask, login: str, name: str = "") -> None:
        self.app, self.login, self.seq = app, login, 0
        self.device = f"{name or login}-{uuid4()}"
        mark = db.session.scalar(select(Account.fs_uniquifier).where(Account.login == login))
        self.session = {"_user_id": mark, "_fresh": True, "signed_in_at": clock.now().isoformat()}

    def says(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """One operation with the next number of this phone."""
        self.seq += 1
        return operation(kind, payload, self.seq, device=self.device)

    def client(self) -> FlaskClient:
        """A browser signed in as the owner of the phone."""
        client = self.app.test_client()
        with client.session_transaction() as session:
            session.update(self.session)
        return client

    def send(self, raw: Sequence[dict[str, Any]]) -> list[str]:
        """One request; the outcome of each operation as the signed receipt says. A server that is busy is asked again."""
        client = self.client()
        said = {"operations": list(raw), "phone": {"device": self.device, "sent_at": clock.now().isoformat(),
                                                   "counter": self.seq}}  # fmt: skip
        for _ in range(5):
            answer = client.post("/intake/operations", json=said)
            if answer.status_code != 503:
                break
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return [str(line["outcome"]) for line in json.loads(answer.json["document"])["operations"]]


def new_place(district: District, name: str = "面馆") -> UUID:
    """A place of its own, so that rounds do not see each other's hazards."""
    with writing():
        row = premises.register(
            district.scope("du1"), name=f"{name}{uuid4().hex[:8]}", kind="small_restaurant", address="柳荫街",
            area_id=district.cast.communities[0], facts={"gas_kind": "bottled"},
        )  # fmt: skip
        return row.id


def started(phone: Phone, place: UUID, district: District, *mates: str) -> str:
    """A visit begun from a phone, with companions; returns its id."""
    visit = str(uuid4())
    lists = [str(row.id) for row in checklists.current_for("small_restaurant")]
    companions = [{"person_id": str(district.cast.persons[login]), "name": login} for login in mates]
    start = {"visit": visit, "premises": str(place), "versions": lists, "companions": companions}
    assert phone.send([phone.says("visit.start", start)]) == ["applied"]
    return visit


def answer(phone: Phone, visit: str, item: str, value: str = "fail", **more: Any) -> dict[str, Any]:
    return phone.says("visit.answer", {"visit": visit, "item": item, "value": value} | more)
