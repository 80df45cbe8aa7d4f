"""What gunicorn is told (`-c python:inspect_app.serving.web`): its settings and two hooks, by the names it knows."""

import gc
import os
import signal
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import Flask
from gunicorn import util
from gunicorn.glogging import Logger
from gunicorn.http import wsgi
from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker
from sqlalchemy.orm import configure_mappers

from inspect_app.checklists import library
from inspect_app.kernel import logs
from inspect_app.kernel.processes import die_with
from inspect_app.kernel.workdays import published_calendar
from inspect_app.people.rules import network_of
from inspect_app.settings import Settings

from .refusals import write_refusal

THREADS = 32
WORKERS = 2
# That live on before circles are looked for among them: what a visit makes, some thousands, goes by itself when it is answered,
# and was looked through several times meanwhile.
NEW_OBJECTS = 10_000
GRACE = 30  # seconds in which what is being sent is taken to its end
# Whoever sends half of something and falls silent holds a thread: not for long, and not all of them (ADR 23).
SILENT = 30  # seconds without a byte
GOODBYE = 2.0  # seconds for whoever is told that it was the last answer
FROM_ONE_NETWORK = THREADS * 3 // 4  # threads of a process that may be busy for one network at once


class Seats:
    """How many threads are busy for each network."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._busy: Counter[str] = Counter()

    @contextmanager
    def one(self, network: str) -> Iterator[bool]:
        """A seat while something is answered; False where its network has taken all that it may. Without one: all."""
        with self._lock:
            got = not network or self._busy[network] < self._most
            self._busy[network] += got
        try:
            yield got
        finally:
            with self._lock:
                self._busy[network] -= got
                if not self._busy[network]:
                    del self._busy[network]


_seats = Seats(FROM_ONE_NETWORK)


class Web(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """A web process that lets go of the port as soon as it is to end: finishing an upload keeps nobody out."""

    behind_ours = False

    def init_process(self) -> None:
        """Look once whether a proxy of ours stands in front, then serve."""
        self.behind_ours = Settings.from_environment(os.environ).proxies > 0
        super().init_process()

    def set_accept_enabled(self, enabled: bool) -> None:
        """Stop or go on taking connections; a process that is to end closes its sockets at once."""
        super().set_accept_enabled(enabled)
        if not enabled and (not self.alive or self.ppid != os.getppid()):
            for listener in self.sockets:
                listener.close()

    def handle(self, conn: TConn) -> Any:
        """Who has said nothing yet waits without a thread; who falls silent in the middle is let go."""
        if not conn.initialized and not conn.data_ready and not conn.wait_for_data(0):
            return _DEFER
        for direction in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):  # who takes nothing any more is let go as well
            conn.sock.setsockopt(socket.SOL_SOCKET, direction, struct.pack("ll", SILENT, 0))
        with _seats.one(self._network(conn)) as got:
            goes_on = super().handle(conn) if got else self._refuse(conn)
            if not goes_on:
                _say_goodbye(conn.sock, GOODBYE if got else 0)
            return goes_on

    def _network(self, conn: TConn) -> str:
        """Behind a proxy of ours everybody comes from one address: there it is the proxy that counts."""
        return "" if self.behind_ours else network_of(str(conn.client[0]))

    def _refuse(self, conn: TConn) -> bool:
        if not self.cfg.is_ssl:
            write_refusal(conn.sock, 503, "", "")
        return False


def _say_goodbye(sock: socket.socket, seconds: float) -> None:
    """The last of an answer reaches whoever goes on sending. gunicorn waits for that in the thread that takes everybody
    in: somebody who never closes would hold up all others, for two seconds each."""
    until = time.monotonic() + seconds
    with suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        while True:
            sock.settimeout(max(0.01, until - time.monotonic()))
            if not sock.recv(65536) or time.monotonic() > until:
                break
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


class Log(Logger):  # type: ignore[misc]
    """What gunicorn has to say goes the way of everything else."""

    def setup(self, cfg: Any) -> None:
        """Take gunicorn's own handlers away and write where everything else is written."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        logs.start(Settings.from_environment(os.environ).data_dir, "web")


def when_ready(server: Any) -> None:
    """Load once, before the web processes are forked, what each would load by itself; it stays shared
    instead of being touched by the collector in each of them."""
    load(server.app.wsgi())
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])


def load(app: Flask) -> None:
    """Load what the first requests would: tables and their relations, the calendar, the library's rules, the pages."""
    configure_mappers()
    published_calendar()
    library.suspicion_rules()  # with the bases they stand on
    library.aliases()
    library.national()
    with app.app_context():
        for name in app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("papers/")):
            app.jinja_env.get_template(name)


def post_fork(_server: Any, worker: Any) -> None:
    """Have a web process end with its master, also when that is killed, and finish first what it holds."""
    die_with(worker.ppid, signal.SIGTERM)


util.write_error = write_refusal  # what gunicorn itself refuses, it refuses in our words
wsgi.SERVER = "web"  # which program and which version is nobody's concern
worker_class = Web
logger_class = Log
workers = WORKERS
threads = THREADS
preload_app = True
timeout = 60
keepalive = 10
limit_request_line = 8190
graceful_timeout = GRACE
loglevel = "warning"
worker_tmp_dir = "/dev/shm"
control_socket_disable = True  # one per user, whoever comes second would take it from the first
