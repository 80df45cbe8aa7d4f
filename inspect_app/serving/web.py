"""What gunicorn is told (`-c python:inspect_app.serving.web`): its settings and two hooks, by the names it knows."""

import os
import signal
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from inspect_app.kernel import logs
from inspect_app.kernel.processes import dies_with
from inspect_app.settings import Settings

THREADS = 32
WORKERS = 2
GRACE = 30  # seconds in which what is being sent is taken to its end


class Web(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """A web process that lets go of the port as soon as it is to end: finishing an upload keeps nobody out."""

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not enabled and (not self.alive or self.ppid != os.getppid()):
            for listener in self.sockets:
                listener.close()


class Log(Logger):  # type: ignore[misc]
    """What gunicorn has to say goes the way of everything else."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        logs.start(Settings.from_environment(os.environ).data_dir, "web")


def post_fork(_server: Any, worker: Any) -> None:
    """A web process ends with its master, also when that is killed, and finishes first what it holds."""
    dies_with(worker.ppid, signal.SIGTERM)


worker_class = Web
logger_class = Log
workers = WORKERS
threads = THREADS
preload_app = True
timeout = 60
graceful_timeout = GRACE
loglevel = "warning"
worker_tmp_dir = "/dev/shm"
control_socket_disable = True  # one per user, whoever comes second would take it from the first
