"""The bad network does what it says, to the byte, and counts it."""

import http.client
import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import pytest

from .proxy import CUTS, FAULTS, SOFT, Plan, Policy, Proxy, Request, class_of, metadata

BODY = b"x" * 50_000


class Behind(BaseHTTPRequestHandler):
    """A server that remembers what it got."""

    got: list[tuple[str, str, bytes]] = []

    def do_any(self) -> None:
        wanted = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(wanted)
        self.got.append((self.command, self.path, body))
        if len(body) < wanted:
            return
        answer = json.dumps({"document": "{}", "signature": "s", "key": "k"}).encode()
        self.send_response(200 if self.command != "POST" else 201)
        if self.path == "/intake/uploads":
            self.send_header("Location", "/intake/uploads/u-1")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_any  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


class Fixed(Policy):
    """One plan for everything that may be faulted."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(0, patience=0.2)
        self.fixed = plan

    def plan(self, name: str, request: Request) -> Plan:
        return self.fixed if name else Plan()


@pytest.fixture
def behind() -> Iterator[ThreadingHTTPServer]:
    Behind.got = []
    # Of its own kind: a request that an earlier test broke may still be read.
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Fresh", (Behind,), {"got": Behind.got}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _send(
    proxy: Proxy, method: str = "PUT", path: str | None = None, body: bytes = BODY, **headers: str
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)
    try:
        connection.request(method, path or f"/intake/photos/{uuid4()}", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _through(server: ThreadingHTTPServer, plan: Plan, receipts: Path | None = None) -> Proxy:
    return Proxy(server.server_address[1], Fixed(plan), receipts=receipts)


BROKEN = (ConnectionError, http.client.HTTPException, TimeoutError)


def test_without_a_fault_everything_goes_through_and_receipts_are_kept(
    behind: ThreadingHTTPServer, tmp_path: Path
) -> None:
    proxy = _through(behind, Plan(), tmp_path / "receipts.jsonl")
    assert _send(proxy)[0] == 200
    assert Behind.got[0][2] == BODY
    assert json.loads((tmp_path / "receipts.jsonl").read_text())["signature"] == "s"


@pytest.mark.parametrize("kind", sorted(set(FAULTS) - SOFT - {"doubled", "login", "500", "502", "403", "413", "429"}))
def test_what_breaks_gives_no_whole_answer(behind: ThreadingHTTPServer, kind: str) -> None:
    proxy = _through(behind, Plan(kind, share=0.5))
    with pytest.raises(BROKEN):
        _send(proxy)
    reached = [body for _, _, body in Behind.got]
    assert reached == ([] if kind == "cut_unpassed" else [BODY] if kind not in CUTS else reached)
    assert all(len(body) < len(BODY) for body in reached) or kind not in CUTS
    assert sum(proxy.counts.cuts.values()) == (kind in CUTS)


@pytest.mark.parametrize("kind", ["500", "502", "403", "413", "429", "login"])
def test_a_lie_never_reaches_the_server(behind: ThreadingHTTPServer, kind: str) -> None:
    for early in (False, True):
        try:
            status, body = _send(_through(behind, Plan(kind, early=early)))
        except BROKEN:
            assert early, "an early answer may be overrun by the body"
            continue
        assert status == (200 if kind == "login" else int(kind))
        assert body.startswith(b"<")
    assert Behind.got == []


def test_a_doubled_request_reaches_the_server_twice_and_is_answered_once(behind: ThreadingHTTPServer) -> None:
    for share in (0.1, 0.9):
        assert _send(_through(behind, Plan("doubled", share=share)))[0] == 200
    assert [body for _, _, body in Behind.got] == [BODY] * 4


@pytest.mark.parametrize("kind", sorted(SOFT))
def test_a_slow_network_is_only_slow(behind: ThreadingHTTPServer, kind: str) -> None:
    proxy = _through(behind, Plan(kind, seconds=0.1))
    assert _send(proxy)[0] == 200
    assert proxy.counts.share("upload") == 0


def _soon(condition: Callable[[], bool]) -> bool:
    """The network weighs a request after its answer has gone."""
    until = time.monotonic() + 5
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


def test_bytes_are_counted_for_the_photo_whichever_way_it_goes(behind: ThreadingHTTPServer) -> None:
    proxy, photo = _through(behind, Plan()), str(uuid4())
    named = {"Upload-Metadata": f"photo {b64encode(photo.encode()).decode()},source {b64encode(b'camera').decode()}"}
    _send(proxy, "POST", "/intake/uploads", BODY[:1000], **named)
    _send(proxy, "PATCH", "/intake/uploads/u-1", BODY[1000:])
    assert _soon(lambda: dict(proxy.counts.delivered) == {photo: len(BODY)})
    assert proxy.cost({photo: len(BODY)}) == 1.0
    _send(proxy, "PUT", f"/intake/photos/{photo}")
    assert _soon(lambda: proxy.cost({photo: len(BODY)}) == 2.0)


def test_what_lay_in_the_buffer_at_a_cut_is_counted_too(behind: ThreadingHTTPServer) -> None:
    proxy, photo = _through(behind, Plan("cut_unpassed", share=0.1)), str(uuid4())
    with pytest.raises(BROKEN):
        _send(proxy, "PUT", f"/intake/photos/{photo}")
    assert _soon(lambda: 5_000 <= proxy.counts.delivered[photo] <= 5_000 + 16 * 1024)


def test_a_server_that_is_not_there_is_no_answer() -> None:
    proxy = Proxy(1, Fixed(Plan()))
    with pytest.raises(BROKEN):
        _send(proxy)
    assert proxy.counts.down == 1


def _request(method: str, path: str, photo: str = "", length: int = 0) -> Request:
    return Request(method, path, {}, b"", length, photo)


def test_pages_and_signing_in_are_never_faulted_and_nothing_of_the_intake_is_left_out() -> None:
    for path in ("/sign-in", "/field/", "/static/js/field.js", "/field/visits/1"):
        assert class_of(_request("GET", path)) == ""
    for path in (
        "/intake/token",
        "/intake/operations",
        "/intake/uploads",
        "/intake/anything",
        "/intake/photos/receipts",
    ):
        assert class_of(_request("POST", path)) != ""


def test_every_photo_is_cut_inside_its_body_and_a_run_comes_to_an_end() -> None:
    policy = Policy("seed")
    for number in range(300):
        photo, kinds = f"photo-{number}", []
        while True:
            plan = policy.plan("upload", _request("PATCH", "/intake/uploads/1", photo, 1000))
            kinds.append(plan.kind)
            if not plan.kind or plan.kind in SOFT:
                break
            assert len(kinds) < 30
        assert CUTS & set(kinds), kinds


def test_more_than_a_third_of_the_requests_break_and_never_four_in_a_row() -> None:
    policy, kinds = Policy("seed"), []
    for _ in range(2000):
        kinds.append(policy.plan("operations", _request("POST", "/intake/operations", length=100)).kind)
    hard = [bool(kind) and kind not in SOFT for kind in kinds]
    assert sum(hard) / len(hard) > 0.34
    assert set(kinds) == {"", *FAULTS}
    assert not any(all(hard[at : at + 4]) for at in range(len(hard) - 3))


def test_the_same_seed_draws_the_same() -> None:
    first, second, other = Policy(1), Policy(1), Policy(2)
    drawn = [[one.plan("token", _request("GET", "/intake/token")) for _ in range(50)] for one in (first, second, other)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_the_metadata_of_tus_is_read() -> None:
    assert metadata(f"photo {b64encode(b'abc').decode()}, empty") == {"photo": "abc", "empty": ""}
