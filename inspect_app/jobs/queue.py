"""Background work on Huey with its SQLite store. PDF and image work happens here, never in a web thread."""

import logging
import time
from collections.abc import Callable
from contextlib import nullcontext

from flask import Flask
from huey import SqliteHuey, crontab

from inspect_app.kernel import logs
from inspect_app.kernel.processes import WORKER_LOCK, hold
from inspect_app.settings import Settings

from . import sweeps
from .heartbeat import Heart

log = logging.getLogger(__name__)
GATHER = 0.4  # seconds: many requests in a row wake the worker once, not each time
SWEEPS: tuple[Callable[[], object], ...] = (
    sweeps.make_photo_copies,
    sweeps.draw_papers,
    sweeps.stamp_papers,
    sweeps.urge_urgent_calls,
    sweeps.lapse_requests,
    sweeps.close_unopposed,
    sweeps.escalate_waiting,
    sweeps.recompute_dates,
    sweeps.sign_daily_head,
    sweeps.drop_forgotten_parts,
    sweeps.recognise_photos,
    sweeps.judge_photos,
)


def register_jobs(app: Flask, settings: Settings) -> None:
    """Give the app its queue; after each writing request the worker is woken."""
    queue = SqliteHuey("inspect", filename=str(settings.data_dir / "queue.db"), results=False)

    def run_all() -> None:
        time.sleep(GATHER)
        with app.app_context():
            run_sweeps(app.extensions.get("heart"))

    run = queue.task(name="run_all")(run_all)
    queue.periodic_task(crontab(minute="*"), name="each_minute")(run_all)

    def wake() -> None:
        """Cheap, and never a reason for a request to fail: the sweep of each minute finds the rows anyway."""
        try:
            if queue.pending_count() == 0:  # one that waits will see these rows too
                run()
        except Exception:  # the request is already committed and must be answered
            log.warning("the worker could not be woken", exc_info=True)

    app.extensions["queue"] = queue
    if not app.testing and not app.config.get("TESTING"):
        app.wake_worker = wake  # type: ignore[attr-defined]


def run_sweeps(heart: Heart | None = None) -> None:
    """All sweeps in turn; the one in which the last worker fell comes last."""
    fell_in = heart.fell_in if heart else ""
    for sweep in sorted(SWEEPS, key=lambda one: one.__name__ == fell_in):
        run_one(sweep, heart)


def run_one(sweep: Callable[[], object], heart: Heart | None = None) -> None:
    """One sweep; its failure is logged and does not stop the others."""
    started = time.monotonic()
    try:
        with heart.doing(sweep.__name__) if heart else nullcontext():
            sweep()
    except Exception:
        log.exception("%s failed after %.1f s", sweep.__name__, time.monotonic() - started)


def run_worker(app: Flask) -> None:
    """The worker process: one thread draws and shrinks, the clock beats each minute. Raises Held beside another one."""
    data_dir = app.extensions["settings"].data_dir
    hold(data_dir / WORKER_LOCK)
    logs.start(data_dir, "worker")
    heart = app.extensions["heart"] = Heart(data_dir)
    heart.start()
    app.extensions["queue"].create_consumer(workers=1, worker_type="thread", check_worker_health=True).run()
