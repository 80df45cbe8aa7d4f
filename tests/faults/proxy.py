"""A bad network between a browser and the server: a small HTTP/1.1 proxy that cuts, delays, lies and doubles, by a seed.

It reads as much of HTTP as it must to act on single requests, and it counts what really came from the browser: bytes
read from the browser's socket and those still lying in it at a cut. The socket's buffer is kept small, so that what the
browser believes to have sent is nearly what was delivered.
"""

import fcntl
import json
import re
import socket
import struct
import termios
import threading
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

BUFFER = 4096  # bytes; what a browser can have delivered beyond what was read
PIECE = 4096
SERVER_PATIENCE = 90  # seconds
LOGIN_PAGE = b"<!doctype html><title>Wi-Fi</title><form><input name=login></form>"
STATUSES = {"500": "Internal Server Error", "502": "Bad Gateway", "403": "Forbidden", "413": "Content Too Large", "429": "Too Many Requests"}  # fmt: skip
CUTS = frozenset({"cut_unpassed", "cut_passed"})
SOFT = frozenset({"delay", "trickle"})  # the exchange still succeeds: they do not count towards the share of faults
# What can befall any request that carries no photo, and how often one of them is drawn.
FAULTS = {
    "cut_unpassed": 3, "cut_passed": 3, "cut_answered": 4, "cut_in_answer": 3, "half_answer": 3, "500": 3, "502": 2,
    "403": 2, "413": 1, "429": 2, "timeout": 1, "login": 3, "doubled": 3, "delay": 2, "trickle": 2,
}  # fmt: skip
# Before a photo has been cut once: only what leaves it unfinished.
UNFINISHED = {"500": 2, "502": 2, "403": 1, "429": 2, "login": 2}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass
class Request:
    """The head of a request; the body is still on its way."""

    method: str
    target: str
    headers: Mapping[str, str]  # names in small letters
    raw: bytes
    length: int
    photo: str = ""  # the photo's id where the body is, or may be, a photo's

    @property
    def path(self) -> str:
        return self.target.split("?")[0]


@dataclass(frozen=True)
class Plan:
    """What will happen to a request; kind "" is nothing. `share` of the body or answer, `seconds` of waiting."""

    kind: str = ""
    share: float = 0.5
    seconds: float = 0.0
    early: bool = False  # answered before the body was read, as a busy front server does


@dataclass
class Counts:
    """Everything that happened, to be printed and to be asserted."""

    requests: Counter[str] = field(default_factory=Counter)  # by class
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)  # by (class, kind)
    down: int = 0  # met a server that was not there
    cuts: Counter[str] = field(default_factory=Counter)  # inside the body, by photo
    delivered: Counter[str] = field(default_factory=Counter)  # body bytes from the browser, by photo
    told_too_large: set[str] = field(default_factory=set)
    other_bytes: int = 0  # bodies that are no photos

    def share(self, *classes: str) -> float:
        """The share of requests of these classes that met a fault which breaks the exchange."""
        hard = sum(n for (name, kind), n in self.faults.items() if name in classes and kind not in SOFT)
        return hard / max(1, sum(self.requests[name] for name in classes))


INTAKE = ("token", "operations", "upload", "upload_state", "photo_receipts")


class Policy:
    """Which request meets what. The same seed draws the same for the n-th request of a class or of a photo.

    `share` is aimed at for intake requests. Mercy grows with every fault in a row of the same class, and with every
    fault of the same photo, so that a run ends. Each photo is cut at least once inside its body.
    """

    def __init__(
        self, seed: int | str, *, share: float = 0.42, patience: float = 0.8, faults: Mapping[str, int] = FAULTS
    ) -> None:
        self.seed, self.share, self.patience = seed, share, patience
        self.faults = dict(faults)
        self._seen: Counter[str] = Counter()
        self._row: Counter[str] = Counter()
        self._photos: dict[str, int] = {}
        self._of_photo: Counter[str] = Counter()
        self._cut: set[str] = set()
        self._lock = threading.Lock()
        self.calm = False  # nothing is faulted: for the last look

    def plan(self, name: str, request: Request) -> Plan:
        """`name` is the class of the request, "" for one that is never faulted."""
        if not name or self.calm:
            return Plan()
        with self._lock:
            return self._photo(request) if name == "upload" else self._other(name)

    def not_cut(self, photo: str) -> None:
        """The cut that was planned came to nothing: the server was not there, or the phone died first."""
        with self._lock:
            self._cut.discard(photo)

    def _draw(self, key: str) -> Random:
        self._seen[key] += 1
        return Random(f"{self.seed}:{key}:{self._seen[key]}")

    def _photo(self, request: Request) -> Plan:
        number = self._photos.setdefault(request.photo, len(self._photos))
        rng = self._draw(f"photo {number}")
        if request.photo not in self._cut:
            if self._of_photo[request.photo] < 2 and rng.random() < 0.25:
                self._of_photo[request.photo] += 1
                return Plan(_one(rng, UNFINISHED), early=True)
            self._cut.add(request.photo)
            self._of_photo[request.photo] += 1
            lost_in_the_air = rng.random() < 0.2
            kind, share = ("cut_unpassed", 0.03) if lost_in_the_air else ("cut_passed", rng.uniform(0.1, 0.9))
            return Plan(kind, share=share)
        if rng.random() >= self.share * 0.7 ** self._of_photo[request.photo]:
            return Plan()
        self._of_photo[request.photo] += 1
        kind = _one(rng, self.faults)
        share = 0.03 if kind == "cut_unpassed" else rng.uniform(0.1, 0.9)
        return Plan(kind, share=share, seconds=rng.uniform(0.05, 0.4), early=kind in STATUSES or kind == "login")

    def _other(self, name: str) -> Plan:
        rng = self._draw(name)
        if self._row[name] >= 3 or rng.random() >= self.share:
            self._row[name] = 0
            return Plan()
        kind = _one(rng, self.faults)
        self._row[name] += kind not in SOFT
        return Plan(kind, share=rng.uniform(0.05, 0.95), seconds=rng.uniform(0.05, 0.6))


def _one(rng: Random, weights: Mapping[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


class Gone(Exception):  # noqa: N818  # the other side went away; nothing is wrong with us
    """The browser or the server is not there any more."""


class Proxy:
    """Listens on a port of its own; `server` is the port behind. Signed answers that were passed go to `receipts`.

    Without `keep_alive` each request has a connection of its own. With it a browser that meets a cut on a connection it
    has used before sends the request once more by itself, unasked: one more doubled request.
    """

    def __init__(
        self, server: int, policy: Policy, *, port: int = 0, receipts: Path | None = None, keep_alive: bool = False
    ) -> None:
        self.server, self.policy, self.receipts, self.keep_alive = server, policy, receipts, keep_alive
        self.counts = Counts()
        self._photo_of: dict[str, str] = {}  # address of an upload -> photo
        self.gone = False  # nothing is heard or said: the phone has no network
        self._lock = threading.Lock()
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen(64)
        self.port: int = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        line = Line(client)
        try:
            if self.gone:
                raise Gone
            while (request := line.head()) is not None:
                request.photo = self._photo(request)
                name = class_of(request)
                plan = self.policy.plan(name, request)
                self._count(name, plan)
                try:
                    if not self._meet(line, request, plan):
                        return
                finally:
                    self._weigh(request, plan, line)
        except (OSError, Gone):
            line.reset()
        finally:
            client.close()

    def _count(self, name: str, plan: Plan) -> None:
        with self._lock:
            self.counts.requests[name or "not faulted"] += 1
            if plan.kind:
                self.counts.faults[name, plan.kind] += 1

    def _weigh(self, request: Request, plan: Plan, line: "Line") -> None:
        """The bytes of the body that came, whatever became of them, and whether the cut was inside it."""
        got = min(request.length, line.taken + line.lying)
        with self._lock:
            if not request.photo:
                self.counts.other_bytes += got
                return
            self.counts.delivered[request.photo] += got
            if plan.kind in CUTS and 0 < line.taken < request.length:
                self.counts.cuts[request.photo] += 1
            elif plan.kind in CUTS and not self.counts.cuts[request.photo]:
                self.policy.not_cut(request.photo)
            if plan.kind == "413":
                self.counts.told_too_large.add(request.photo)

    def _photo(self, request: Request) -> str:
        """Whose bytes these are: by the address of a PUT, by the metadata of a creation, by the upload's address."""
        if request.method == "PUT" and request.path.startswith("/intake/photos/"):
            return request.path.rsplit("/", 1)[1]
        if not request.path.startswith("/intake/uploads"):
            return ""
        if request.method == "POST":
            return metadata(request.headers.get("upload-metadata", "")).get("photo", "")
        if request.method == "PATCH":
            named = UUID.search(request.path)
            return self._photo_of.get(request.path, named.group() if named else "unknown")
        return ""

    def _meet(self, line: "Line", request: Request, plan: Plan) -> bool:
        """Let the request meet its plan; False when the connection is over."""
        if plan.early or plan.kind in STATUSES or plan.kind == "login":
            return self._refuse(line, request, plan)
        if plan.kind == "cut_unpassed":
            for _ in line.body(request, _inside(request.length, plan.share)):
                pass
            raise Gone
        if plan.kind in ("delay", "timeout"):
            time.sleep(plan.seconds)
        if plan.kind == "doubled":
            return self._doubled(line, request, plan)
        stop = _inside(request.length, plan.share) if plan.kind == "cut_passed" else request.length
        answer = self._ask(request, self._slowly(line.body(request, stop), plan), whole=stop == request.length)
        if plan.kind == "cut_passed" or plan.kind == "cut_answered":
            raise Gone
        if plan.kind == "timeout":
            time.sleep(self.policy.patience)
            raise Gone
        return self._pass(line, answer, plan)

    @staticmethod
    def _slowly(pieces: Iterator[bytes], plan: Plan) -> Iterator[bytes]:
        for piece in pieces:
            if plan.kind == "trickle":
                time.sleep(0.005)
            yield piece

    def _refuse(self, line: "Line", request: Request, plan: Plan) -> bool:
        if not plan.early:
            for _ in line.body(request, request.length):
                pass
        if plan.kind == "login":
            line.say(200, "OK", LOGIN_PAGE, "text/html")
        else:
            extra = "Retry-After: 1\r\n" if plan.kind == "429" else ""
            line.say(int(plan.kind), STATUSES[plan.kind], b"<html>no</html>", "text/html", extra)
        line.linger()
        return False

    def _doubled(self, line: "Line", request: Request, plan: Plan) -> bool:
        """Twice to the server, at once or one after the other; one of the two answers reaches the browser."""
        body = b"".join(line.body(request, request.length))
        answers: list[bytes] = []

        def ask() -> None:
            with suppress(OSError, Gone):
                answers.append(self._ask(request, iter([body])))

        both = [threading.Thread(target=ask) for _ in range(2)]
        for thread in both:
            thread.start()
            if plan.share < 0.5:
                thread.join()
        for thread in both:
            thread.join()
        if not answers:
            raise Gone
        return self._pass(line, answers[-1 if plan.share < 0.75 else 0], plan)

    def _ask(self, request: Request, body: Iterator[bytes], *, whole: bool = True) -> bytes:
        """Send it on and read the answer to its end; without the whole body the server is left in the middle."""
        try:
            behind = socket.create_connection(("127.0.0.1", self.server), timeout=SERVER_PATIENCE)
        except OSError:
            with self._lock:
                self.counts.down += 1
            raise Gone from None
        with behind:
            with suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has read everything
                behind.sendall(_close_after(request.raw))
                for piece in body:
                    behind.sendall(piece)
            if not whole:
                return b""
            answer = b"".join(iter(lambda: behind.recv(65536), b""))
        if not answer:
            raise Gone
        self._learn(request, answer)
        return answer

    def _learn(self, request: Request, answer: bytes) -> None:
        """Which photo an upload's address stands for."""
        found = re.search(rb"\r\nlocation: *(\S+)\r\n", answer.partition(b"\r\n\r\n")[0] + b"\r\n", re.IGNORECASE)
        if found and request.method == "POST" and request.photo:
            address = found.group(1).decode()
            self._photo_of[re.sub(r"^https?://[^/]+", "", address)] = request.photo

    def _pass(self, line: "Line", answer: bytes, plan: Plan) -> bool:
        head, _, body = answer.partition(b"\r\n\r\n")
        kept_open = self.keep_alive and b"\r\ncontent-length:" in head.lower()
        if kept_open:
            answer = _without_connection(head) + b"\r\n\r\n" + body
            head = answer.partition(b"\r\n\r\n")[0]
        if plan.kind in ("cut_in_answer", "half_answer"):
            at = len(head) + 4 + _inside(len(body), plan.share) if body and plan.share > 0.3 else len(head) // 2
            line.send(answer[:at])
            if plan.kind == "cut_in_answer":
                raise Gone
            return False
        self._keep(head, body)
        size = max(200, len(answer) // 20) if plan.kind == "trickle" else len(answer)
        for start in range(0, len(answer), size):
            line.send(answer[start : start + size])
            if plan.kind == "trickle":
                time.sleep(0.01)
        return kept_open

    def _keep(self, head: bytes, body: bytes) -> None:
        if self.receipts is None or b'"signature"' not in body or b" 200 " not in head[:16]:
            return
        with suppress(ValueError), self._lock, self.receipts.open("a") as file:
            file.write(json.dumps(json.loads(body)) + "\n")

    def table(self, payload: Mapping[str, int] | None = None) -> str:
        """What happened, as text. `payload` is the size of each photo, to weigh what was sent against what was owned."""
        counts = self.counts
        kinds = sorted({kind for _, kind in counts.faults})
        lines = [
            f"{'requests':<14}{'all':>7}{'faulted':>9}   " + " ".join(f"{kind:>{max(5, len(kind))}}" for kind in kinds)
        ]
        for name in sorted(counts.requests):
            own = [counts.faults[name, kind] for kind in kinds]
            cells = " ".join(f"{n:>{max(5, len(kind))}}" for kind, n in zip(kinds, own, strict=True))
            lines.append(f"{name:<14}{counts.requests[name]:>7}{sum(own):>9}   {cells}")
        lines.append(f"share of intake requests broken: {counts.share(*INTAKE):.0%}")
        lines.append(f"requests that met no server: {counts.down}")
        if payload is not None:
            cut = sum(1 for photo in payload if counts.cuts[photo])
            lines.append(f"photos cut inside their body: {cut} of {len(payload)}, {sum(counts.cuts.values())} cuts")
            lines.append(
                f"photo bytes delivered / owned: {self.cost(payload):.2f} ({sum(counts.delivered.values())} bytes)"
            )
        return "\n".join(lines)

    def cost(self, payload: Mapping[str, int]) -> float:
        """Photo bytes the browser delivered, for each byte it owned."""
        return sum(self.counts.delivered.values()) / max(1, sum(payload.values()))


def class_of(request: Request) -> str:
    """The class of a request that may be faulted; "" for pages, scripts and signing in."""
    path = request.path
    if path == "/intake/operations":
        return "operations"
    if path == "/intake/token":
        return "token"
    if path.startswith("/intake/photos/receipts"):
        return "photo_receipts"
    if path.startswith(("/intake/uploads", "/intake/photos/")):
        return "upload" if request.photo and request.length > 1 else "upload_state"
    if path.startswith("/intake/"):
        return "operations"
    return "field_data" if re.fullmatch(r"/field/(data.*|.*/answers|.*\.json)", path) else ""


def metadata(header: str) -> dict[str, str]:
    """Upload-Metadata as tus writes it: names with base64 values, between commas."""
    pairs = (part.strip().partition(" ") for part in header.split(",") if part.strip())
    return {name: b64decode(value).decode(errors="replace") for name, _, value in pairs}


def _inside(length: int, share: float) -> int:
    """A place inside a body: at least one byte before it and one after."""
    return max(1, min(length - 1, int(length * share))) if length > 1 else 0


def _without_connection(head: bytes) -> bytes:
    return b"\r\n".join(one for one in head.split(b"\r\n") if not one.lower().startswith(b"connection:"))


def _close_after(head: bytes) -> bytes:
    """The head as it goes on: one request a connection, and the answer in plain text, which is read here."""
    plain = b"\r\n".join(one for one in head.split(b"\r\n") if not one.lower().startswith(b"accept-encoding:"))
    first, _, rest = _without_connection(plain).partition(b"\r\n")
    return first + b"\r\nConnection: close\r\n" + rest


class Line:
    """The browser's end of a connection. `taken` counts the body read of the present request, `lying` what lay unread."""

    def __init__(self, client: socket.socket) -> None:
        self.client, self.kept, self.taken, self.lying = client, b"", 0, 0

    def head(self) -> Request | None:
        """The next request, or None when the browser has hung up."""
        while b"\r\n\r\n" not in self.kept:
            try:
                piece = self.client.recv(PIECE)
            except OSError:
                return None
            if not piece:
                return None
            self.kept += piece
        raw, _, self.kept = self.kept.partition(b"\r\n\r\n")
        first, *rest = raw.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
        self.taken = self.lying = 0
        return Request(method, target, headers, raw + b"\r\n\r\n", int(headers.get("content-length", 0)))

    def body(self, request: Request, stop: int) -> Iterator[bytes]:
        """The body as it comes, up to `stop` bytes; at a cut also what had arrived by then, but never all of it."""
        while self.taken < stop:
            piece, self.kept = self.kept[: stop - self.taken], self.kept[stop - self.taken :]
            if not piece:
                piece = self.client.recv(min(PIECE, stop - self.taken))
            if not piece:
                raise Gone
            self.taken += len(piece)
            yield piece
        if stop < request.length:
            self.lying = min(len(self.kept) + self._unread(), request.length - self.taken)

    def _unread(self) -> int:
        (count,) = struct.unpack("i", fcntl.ioctl(self.client.fileno(), termios.FIONREAD, b"\0" * 4))
        return int(count)

    def send(self, data: bytes) -> None:
        self.client.sendall(data)

    def say(self, status: int, words: str, body: bytes, kind: str, extra: str = "") -> None:
        head = (
            f"HTTP/1.1 {status} {words}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        )
        self.send(head.encode() + extra.encode() + b"\r\n" + body)

    def linger(self) -> None:
        """Nothing more from us; wait a moment before the end, which the browser meets while it still sends."""
        with suppress(OSError):
            self.client.shutdown(socket.SHUT_WR)
        time.sleep(0.05)
        self.lying = 0 if self.taken else self._unread() + len(self.kept)

    def reset(self) -> None:
        """An end without a good-bye."""
        with suppress(OSError):
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
