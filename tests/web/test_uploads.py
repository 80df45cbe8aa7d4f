"""Photos in parts: somebody else's tus client against a running server, and each way a request can end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from tusclient.client import TusClient

from inspect_app.evidence.models import Photo, StoredFile
from inspect_app.evidence.rules import MOST_BYTES
from inspect_app.evidence.senders import Sender
from inspect_app.evidence.shapes import NOTHING_SAID
from inspect_app.intake import uploads
from inspect_app.intake.models import Upload
from inspect_app.jobs import sweeps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.ids import new_id
from inspect_app.people.models import Account
from tests.conftest import ROOT
from tests.originals import Town
from tests.support import District, rows_in

ClientOf = Callable[[str], FlaskClient]
TUS = {"Tus-Resumable": "1.0.0"}
PART = TUS | {"Content-Type": "application/offset+octet-stream"}


def _jpeg(size: tuple[int, int] = (320, 240)) -> bytes:
    data = BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(data, "JPEG")
    return data.getvalue()


def _meta(photo_id: UUID, data: bytes, **more: str) -> dict[str, str]:
    said = {"photo": str(photo_id), "sha256": sha256_hex(data), "source": "camera"} | more
    return {"Upload-Metadata": ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items())}


def _begin(client: FlaskClient, photo_id: UUID, data: bytes, first: bytes = b"", **more: str):  # type: ignore[no-untyped-def]
    headers = PART | _meta(photo_id, data, **more) | {"Upload-Length": str(len(data))}
    return client.post("/intake/uploads", data=first, headers=headers)


def _patch(client: FlaskClient, photo_id: UUID, offset: int, data: bytes):  # type: ignore[no-untyped-def]
    return client.patch(f"/intake/uploads/{photo_id}", data=data, headers=PART | {"Upload-Offset": str(offset)})


def _offset(client: FlaskClient, photo_id: UUID) -> int:
    answer = client.head(f"/intake/uploads/{photo_id}", headers=TUS)
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


def test_a_photo_comes_in_parts_and_is_there_once(app: Flask, district: District, client_of: ClientOf) -> None:
    client, photo_id, data = client_of("daibiao1"), new_id(), _jpeg()
    times = json.dumps({"mono_ms": 5000.5, "page_opened_ms": 1, "zone_minutes": 480})
    begun = _begin(
        client, photo_id, data, captured_at="2026-03-05T08:00:00+08:00", position="118.7,32.1,12", times=times
    )
    assert (begun.status_code, begun.headers["Upload-Offset"]) == (201, "0")
    assert begun.headers["Location"] == f"/intake/uploads/{photo_id}"
    first = _patch(client, photo_id, 0, data[:1000])
    assert (first.status_code, first.headers["Upload-Offset"], first.headers["Tus-Resumable"]) == (204, "1000", "1.0.0")
    assert _offset(client, photo_id) == 1000
    assert db.session.get(Photo, photo_id) is None
    assert _patch(client, photo_id, 1000, data[1000:]).headers["Upload-Offset"] == str(len(data))
    row = db.session.get_one(Photo, photo_id)
    assert (row.sha256, row.lon, row.source) == (sha256_hex(data), 118.7, "camera")
    assert row.times == {"mono_ms": 5000.5, "page_opened_ms": 1, "zone_minutes": 480}
    assert rows_in(Upload) == 0
    parts = app.extensions["storage"].parts_untouched_since(clock.now() + timedelta(days=1))
    assert [part for part in parts if part.startswith(str(photo_id))] == []
    # Asked and sent again, in every way: the same photo.
    assert _offset(client, photo_id) == len(data)
    again = _begin(client, photo_id, data)
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, str(len(data)))
    assert _patch(client, photo_id, len(data), b"").status_code == 204
    assert rows_in(Photo) == 1


def test_the_whole_photo_may_come_with_its_creation_and_a_second_one_goes_on(
    district: District, client_of: ClientOf
) -> None:
    client, whole, half, data = client_of("daibiao1"), new_id(), new_id(), _jpeg()
    assert _begin(client, whole, data, data).headers["Upload-Offset"] == str(len(data))
    assert _begin(client, half, data, data[:700]).headers["Upload-Offset"] == "700"
    assert _begin(client, half, data, data[:700]).headers["Upload-Offset"] == "700", "as far as it has come"
    assert _patch(client, half, 700, data[700:]).status_code == 204
    assert rows_in(Photo) == 2
    assert rows_in(StoredFile) == 1


def test_what_does_not_fit_the_protocol_is_said_and_changes_nothing(district: District, client_of: ClientOf) -> None:
    client, photo_id, data = client_of("daibiao1"), new_id(), _jpeg()
    _begin(client, photo_id, data, data[:100])
    address = f"/intake/uploads/{photo_id}"
    other = client.patch(address, data=b"x", headers=PART | {"Tus-Resumable": "0.2.2", "Upload-Offset": "100"})
    assert (other.status_code, other.headers["Tus-Version"]) == (412, "1.0.0")
    assert _patch(client, photo_id, 99, data[99:]).status_code == 409
    assert _patch(client, photo_id, 101, data[101:]).status_code == 409
    assert _patch(client, photo_id, 100, data[100:] + b"more").status_code == 413
    assert client.patch(address, data=b"x", headers=TUS | {"Upload-Offset": "100"}).status_code == 415
    assert client.patch(address, data=b"x", headers=PART).status_code == 400
    assert client.post(address, data=b"x", headers=PART | {"Upload-Offset": "100"}).status_code == 405
    assert client.head(f"/intake/uploads/{new_id()}", headers=TUS).status_code == 404
    assert _offset(client, photo_id) == 100
    for wrong in (
        {},
        {"Upload-Length": "x"},
        {"Upload-Length": "0"},
        {"Upload-Length": "9", "Upload-Metadata": "photo ?"},
    ):
        assert client.post("/intake/uploads", headers=_meta(new_id(), data) | PART | wrong).status_code == 400
    heavy = {"Upload-Length": str(MOST_BYTES + 1)}
    assert client.post("/intake/uploads", headers=_meta(new_id(), data) | PART | heavy).status_code == 413
    assert rows_in(Upload) == 1
    told = client.options("/intake/uploads")
    assert (told.status_code, told.headers["Tus-Extension"]) == (204, "creation,creation-with-upload")


def test_a_proxy_that_knows_no_patch_is_gone_around(district: District, client_of: ClientOf) -> None:
    client, photo_id, data = client_of("daibiao1"), new_id(), _jpeg()
    _begin(client, photo_id, data)
    headers = PART | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert client.post(f"/intake/uploads/{photo_id}", data=data, headers=headers).status_code == 204
    assert rows_in(Photo) == 1


def test_bytes_that_are_no_photo_or_not_the_declared_ones_leave_nothing(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    client = client_of("daibiao1")
    for data, sent in ((b"%PDF-1.7 no photo", b"%PDF-1.7 no photo"), (_jpeg(), _jpeg())):
        photo_id = new_id()
        _begin(client, photo_id, data)
        padded = sent[: len(data)].ljust(len(data), b"\0")
        refused = _patch(client, photo_id, 0, padded)
        assert refused.status_code == 422
        assert refused.get_json()["error"]
        assert client.head(f"/intake/uploads/{photo_id}", headers=TUS).status_code == 404
        assert app.extensions["storage"].get(sha256_hex(padded)) is None
    assert (rows_in(Photo), rows_in(StoredFile), rows_in(Upload)) == (0, 0, 0)


def test_a_photo_made_smaller_under_the_same_id_begins_anew(district: District, client_of: ClientOf) -> None:
    client, photo_id, large, small = client_of("daibiao1"), new_id(), _jpeg((800, 600)), _jpeg()
    _begin(client, photo_id, large, large[:5000])
    assert _begin(client, photo_id, small, small).headers["Upload-Offset"] == str(len(small))
    assert db.session.get_one(Photo, photo_id).sha256 == sha256_hex(small)


def test_another_account_neither_sees_nor_touches_it(district: District, client_of: ClientOf) -> None:
    photo_id, data = new_id(), _jpeg()
    _begin(client_of("daibiao1"), photo_id, data, data[:500])
    other = client_of("daibiao2")
    assert other.head(f"/intake/uploads/{photo_id}", headers=TUS).status_code == 404
    assert _patch(other, photo_id, 500, data[500:]).status_code == 404
    assert _begin(other, photo_id, data).status_code == 404
    assert _patch(client_of("daibiao1"), photo_id, 500, data[500:]).status_code == 204
    assert other.head(f"/intake/uploads/{photo_id}", headers=TUS).status_code == 404
    assert _begin(other, photo_id, data).status_code == 404


def test_an_account_has_so_many_open_and_not_more(
    district: District, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_OPEN", 2)
    client, data = client_of("daibiao1"), _jpeg()
    assert [_begin(client, new_id(), data).status_code for _ in range(3)] == [201, 201, 429]
    assert _begin(client_of("daibiao2"), new_id(), data).status_code == 201


def test_the_process_may_die_between_any_two_steps(
    app: Flask, district: District, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, photo_id, data = client_of("daibiao1"), new_id(), _jpeg()
    _begin(client, photo_id, data)

    def dies(*_: object, **__: object) -> None:
        raise SystemExit

    for step in ("check", "finish"):  # before anything is stored; then: the file is there, the row is not
        with monkeypatch.context() as patch:
            patch.setattr(uploads, step, dies)
            with pytest.raises(SystemExit):
                _patch(client, photo_id, 0, data) if step == "check" else _offset(client, photo_id)
        db.session.rollback()
        assert db.session.get(Photo, photo_id) is None
    with monkeypatch.context() as patch:  # the row is there, the part is not dropped
        patch.setattr(type(app.extensions["storage"]), "drop", dies)
        with pytest.raises(SystemExit):
            _offset(client, photo_id)
    assert db.session.get(Photo, photo_id) is not None
    assert _offset(client, photo_id) == len(data)
    assert rows_in(Photo) == 1


def test_a_file_that_a_restore_lost_is_asked_for_again(app: Flask, district: District, client_of: ClientOf) -> None:
    client, photo_id, data = client_of("daibiao1"), new_id(), _jpeg()
    _begin(client, photo_id, data, data)
    storage = app.extensions["storage"]
    storage.path(sha256_hex(data)).unlink()
    assert _begin(client, photo_id, data, data).headers["Upload-Offset"] == str(len(data))
    assert storage.get(sha256_hex(data)) == data
    assert rows_in(Photo) == 1


def test_parts_nobody_came_back_for_are_dropped(app: Flask, district: District, client_of: ClientOf) -> None:
    client, old, young, data = client_of("daibiao1"), new_id(), new_id(), _jpeg()
    with clock.stopped_at(clock.now() - timedelta(days=41)):
        with client.session_transaction() as session:
            session["signed_in_at"] = clock.now().isoformat()
        _begin(client, old, data, data[:500])
    _begin(client_of("daibiao1"), young, data, data[:500])
    storage = app.extensions["storage"]
    forgotten = (clock.now() - timedelta(days=41)).timestamp()
    os.utime(storage._part(db.session.get_one(Upload, old).part), (forgotten, forgotten))
    assert sweeps.drop_forgotten_parts() == 1
    assert list(db.session.scalars(select(Upload.photo_id))) == [young]
    assert storage.part_size(db.session.get_one(Upload, young).part) == 500


def test_a_part_that_belongs_to_nothing_any_more_goes_after_a_day(
    app: Flask, client_of: Callable[[str], FlaskClient]
) -> None:
    """The process was killed between the photo's row and the part: nobody will ask for it again."""
    storage, data, begun = app.extensions["storage"], _jpeg(), new_id()
    _begin(client_of("daibiao1"), begun, data, data[:500])
    waiting = db.session.get_one(Upload, begun).part
    for part in ("a" * 36, "b" * 36):
        with storage.adding(part, 0) as add:
            assert add(b"left")
    yesterday = (clock.now() - timedelta(days=2)).timestamp()
    for part in ("a" * 36, waiting):
        os.utime(storage._part(part), (yesterday, yesterday))
    sweeps.drop_forgotten_parts()
    assert [storage.part_size(part) for part in ("a" * 36, "b" * 36, waiting)] == [0, 4, 500]


# --- a running server -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """gunicorn as it serves, with one worker process that can be killed."""

    app: Flask
    port: int
    cookie: str
    token: str
    master: "subprocess.Popen[bytes]"

    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-CSRFToken": self.token}

    def raw(self, method: str, path: str, headers: dict[str, str], body: bytes) -> socket.socket:
        """A request written by hand, so that it can stop anywhere."""
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in (self.headers() | headers).items()]
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return connection

    def offset(self, photo_id: UUID) -> int:
        """How far a photo has come; -1 where nothing is known of it."""
        return self._offset("HEAD", f"/intake/uploads/{photo_id}", TUS)

    def begin(self, photo_id: UUID, data: bytes) -> int:
        """The same, asked by who announces it and sends nothing of it."""
        length = {"Upload-Length": str(len(data)), "Content-Length": "0"}
        return self._offset("POST", "/intake/uploads", PART | _meta(photo_id, data) | length)

    def _offset(self, method: str, path: str, headers: dict[str, str]) -> int:
        with self.raw(method, path, headers | {"Connection": "close"}, b"") as connection:
            answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
        return next((int(line.split(":")[1]) for line in answer.splitlines() if line.startswith("Upload-Offset")), -1)

    def kill_worker(self) -> None:
        """Without a word to it; the next one is there afterwards."""
        worker = self.worker()
        os.kill(worker, signal.SIGKILL)
        _until(lambda: self.worker() not in (0, worker))

    def worker(self) -> int:
        """Its process; 0 for the moment between one and the next."""
        children = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children").read_text().split()
        return int(children[0]) if children else 0


@pytest.fixture
def server(own_town: Town) -> Iterator[Server]:
    settings = own_town.app.extensions["settings"]
    mark = db.session.scalar(select(Account.fs_uniquifier).where(Account.login == "daibiao1"))
    db.session.remove()
    with own_town.app.test_client() as client:
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = mark, True
            session["signed_in_at"] = clock.now().isoformat()
        token = client.get("/intake/token").get_json()["token"]
        kept = client.get_cookie("session")
        assert kept is not None
        cookie = f"session={kept.value}"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url, "SECRET_KEY": settings.secret_key,
        "PASSWORD_SALT": settings.password_salt, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--preload", "--worker-class", "gthread", "--workers", "1", "--threads",
               "4", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, env=environment) as master:
        try:
            _until(lambda: _answers(port))
            yield Server(own_town.app, port, cookie, token, master)
        finally:
            master.terminate()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("it did not come to hold")


@pytest.mark.slow
def test_somebody_elses_client_sends_a_photo_and_goes_on_after_a_break(server: Server) -> None:
    photo_id, data = new_id(), _jpeg((1600, 1200))
    client = TusClient(f"http://127.0.0.1:{server.port}/intake/uploads", headers=server.headers())
    meta = {"photo": str(photo_id), "sha256": sha256_hex(data), "source": "camera"}
    first = client.uploader(file_stream=BytesIO(data), chunk_size=50_000, metadata=meta)
    first.upload_chunk()
    first.upload_chunk()
    assert server.offset(photo_id) == 100_000
    second = client.uploader(file_stream=BytesIO(data), chunk_size=200_000, url=first.url)
    assert second.offset == 100_000, "the client asked how far it had come"
    second.upload()
    assert second.offset == len(data)
    with server.app.app_context():
        assert db.session.get_one(Photo, photo_id).sha256 == sha256_hex(data)
        assert server.app.extensions["storage"].get(sha256_hex(data)) == data
        db.session.remove()


@pytest.mark.slow
def test_what_came_before_a_phone_vanished_or_a_worker_was_killed_is_kept(server: Server) -> None:
    photo_id, data = new_id(), _jpeg((1600, 1200))
    headers = PART | _meta(photo_id, data) | {"Upload-Length": str(len(data)), "Content-Length": str(len(data))}
    connection = server.raw("POST", "/intake/uploads", headers, data[:40_000])
    storage = server.app.extensions["storage"]
    part = f"{photo_id}-{sha256_hex(data)[:16]}"
    _until(lambda: storage.part_size(part) >= 32_768)
    connection.close()
    _until(lambda: server.offset(photo_id) == 40_000)
    # While bytes trickle in, others write.
    headers = PART | {"Upload-Offset": "40000", "Content-Length": str(len(data) - 40_000)}
    connection = server.raw("PATCH", f"/intake/uploads/{photo_id}", headers, data[40_000:100_000])
    _until(lambda: storage.part_size(part) >= 40_000 + 49_152)
    with server.app.app_context(), writing():
        assert db.session.get_one(Upload, photo_id, with_for_update=True).length == len(data)
    server.kill_worker()
    kept = server.offset(photo_id)
    assert 40_000 + 49_152 <= kept <= 100_000
    connection.close()
    headers = PART | {"Upload-Offset": str(kept), "Content-Length": str(len(data) - kept), "Connection": "close"}
    connection = server.raw("PATCH", f"/intake/uploads/{photo_id}", headers, data[kept:])
    assert connection.recv(4096).startswith(b"HTTP/1.1 204")
    connection.close()
    with server.app.app_context():
        assert db.session.get_one(Photo, photo_id).sha256 == sha256_hex(data)
        db.session.remove()


@pytest.mark.slow
def test_what_came_of_a_first_request_is_kept_where_its_worker_was_killed(server: Server) -> None:
    """It had written nothing down yet: who announces the photo again goes on from what there is."""
    photo_id, data = new_id(), _jpeg((1600, 1200))
    headers = PART | _meta(photo_id, data) | {"Upload-Length": str(len(data)), "Content-Length": str(len(data))}
    connection = server.raw("POST", "/intake/uploads", headers, data[:40_000])
    storage = server.app.extensions["storage"]
    _until(lambda: storage.part_size(f"{photo_id}-{sha256_hex(data)[:16]}") >= 32_768)
    server.kill_worker()
    connection.close()
    assert server.offset(photo_id) == -1
    kept = server.begin(photo_id, data)
    assert 32_768 <= kept <= 40_000
    assert server.offset(photo_id) == kept


def test_a_photo_that_came_whole_while_another_request_began_it_ends_that(
    district: District, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first request is still on its way as the phone announces the photo again, or another content under its id."""
    client, same, other, data, smaller = client_of("daibiao1"), new_id(), new_id(), _jpeg(), _jpeg((80, 60))
    looked = uploads.check
    for photo_id, announced, came in ((same, data, 1), (other, smaller, 0)):

        def meanwhile(*said: Any, one: UUID = photo_id, declared: bytes = announced) -> Any:
            account = db.session.scalars(select(Account.id).where(Account.login == "daibiao1")).one()
            storage = client.application.extensions["storage"]
            with writing():
                uploads.begin(
                    one,
                    Sender(account),
                    length=len(declared),
                    sha256=sha256_hex(declared),
                    said=NOTHING_SAID,
                    storage=storage,
                )
            return looked(*said)

        with monkeypatch.context() as patch:
            patch.setattr(uploads, "check", meanwhile)
            assert _begin(client, photo_id, data, data).status_code == 201
        assert db.session.get(Upload, photo_id) is None if came else db.session.get_one(Upload, photo_id)
        assert (db.session.get(Photo, photo_id) is not None) == bool(came)
    assert _patch(client, other, 0, smaller).status_code == 204
    assert db.session.get_one(Photo, other).sha256 == sha256_hex(smaller)


class _Trickling(BytesIO):
    """A body that notes at every read whether its request holds a connection to the database."""

    held: list[bool]

    def read(self, size: int | None = -1, /) -> bytes:
        self.held.append(db.session().in_transaction())
        return super().read(size)

    def readinto(self, buffer: Any, /) -> int:
        self.held.append(db.session().in_transaction())
        return super().readinto(buffer)


@pytest.mark.parametrize(
    ("login", "address", "kind", "body"),
    [
        ("daibiao1", "/intake/operations", "application/json", b'{"operations": []}'),
        ("daibiao1", "/intake/photos/receipts", "application/json", b'{"photos": []}'),
        ("daibiao1", "/account/password", "application/x-www-form-urlencoded", b"old=x&new=y"),
        ("du1", "/desk/backups", "multipart/form-data; boundary=x", b"--x--\r\n"),
        ("du1", "/messages/read", "application/x-www-form-urlencoded", b"a=b"),
    ],
)
def test_nothing_of_the_database_is_held_while_a_body_trickles_in(
    client_of: ClientOf, login: str, address: str, kind: str, body: bytes
) -> None:
    client = client_of(login)
    db.session.commit()
    stream = _Trickling(body)
    stream.held = []
    answer = client.post(address, input_stream=stream, content_length=len(body), content_type=kind)
    assert answer.status_code < 500
    assert set(stream.held) == {False}
