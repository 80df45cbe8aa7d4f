"""Background work on Huey with its SQLite store. PDF and image work happens here, never in a web thread."""

import logging
import os
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from uuid import UUID

from flask import Flask

from inspect_app.kernel import logs
from inspect_app.kernel.processes import WORKER_LOCK, hold
from inspect_app.settings import Settings, SettingsError

from . import backups, imports, nightly, prints, scans, sweeps
from .heartbeat import Heart
from .huey_alone import Huey, MemoryHuey, SqliteHuey, crontab

log = logging.getLogger(__name__)
MOST_WAITING = 50  # orders for single copies; whoever reloads a page gives no more
NICE = 5  # whoever waits for a page goes before whatever is made in the background
GATHER = 0.4  # seconds: many requests in a row wake the worker once, not each time
SWEEPS: tuple[Callable[[], object], ...] = (
    sweeps.make_photo_copies,
    sweeps.enter_numbers,
    sweeps.draw_papers,
    sweeps.draw_proofs,
    sweeps.stamp_papers,
    sweeps.urge_urgent_calls,
    sweeps.lapse_requests,
    sweeps.close_unopposed,
    sweeps.escalate_waiting,
    sweeps.recompute_dates,
    sweeps.sign_daily_head,
    sweeps.gather_tally,
    sweeps.index_words,
    sweeps.end_silent_exports,
    sweeps.drop_forgotten_parts,
    sweeps.drop_old_proofs,
    sweeps.forget_old_tries,
    sweeps.recognise_photos,
    sweeps.judge_photos,
    sweeps.look_over_copies,
    nightly.reconcile_visits,
    scans.read_scans,
    imports.go_on_with_imports,
    imports.drop_old_imports,
    prints.make_prints,
    prints.drop_old_prints,
    backups.back_up,
)


def register_jobs(app: Flask, settings: Settings) -> None:
    """Give the app its queue; after each writing request the worker is woken."""
    queue = (
        MemoryHuey("inspect", results=False)
        if settings.read_only
        else SqliteHuey("inspect", filename=str(settings.data_dir / "queue.db"), results=False)
    )

    def run_all() -> None:
        time.sleep(GATHER)
        with app.app_context():
            run_sweeps(app.extensions.get("heart"))

    run = queue.task(name="run_all")(run_all)
    queue.periodic_task(crontab(minute="*"), name="each_minute")(run_all)

    @queue.task(name="remake_copies")  # type: ignore[untyped-decorator]
    def remake_copies(photo_id: str) -> None:
        with app.app_context():
            run_one(partial(sweeps.remake_copies, UUID(photo_id)), app.extensions.get("heart"), "remake_copies")

    app.extensions["missing_copy"] = _asker(queue, remake_copies)

    app.extensions["queue"] = queue
    if not app.testing and not app.config.get("TESTING"):
        app.wake_worker = _waker(queue, run)  # type: ignore[attr-defined]


def _asker(queue: Huey, remake_copies: Callable[[str], object]) -> Callable[[UUID], None]:
    def missing(photo_id: UUID) -> None:
        """Have a copy made anew that is damaged or gone where somebody looks at it. A page may be without it."""
        try:
            if queue.pending_count() < MOST_WAITING:
                remake_copies(str(photo_id))
        except Exception:  # looking over all copies finds it as well
            log.warning("the worker could not be told of a missing copy", exc_info=True)

    return missing


def _waker(queue: Huey, run: Callable[[], object]) -> Callable[[], None]:
    def wake() -> None:
        """Cheap, and never a reason for a request to fail: the sweep of each minute finds the rows anyway."""
        try:
            if queue.pending_count() == 0:  # one that waits will see these rows too
                run()
        except Exception:  # the request is already committed and must be answered
            log.warning("the worker could not be woken", exc_info=True)

    return wake


def run_sweeps(heart: Heart | None = None) -> None:
    """Run all sweeps in turn; the one in which the last worker fell comes last."""
    fell_in = heart.fell_in if heart else ""
    for sweep in sorted(SWEEPS, key=lambda one: one.__name__ == fell_in):
        run_one(sweep, heart)


def run_one(sweep: Callable[[], object], heart: Heart | None = None, name: str = "") -> None:
    """Run one sweep; its failure is logged and does not stop the others."""
    name, started = name or sweep.__name__, time.monotonic()
    try:
        with heart.doing(name) if heart else nullcontext():
            sweep()
    except Exception:
        log.exception("%s failed after %.1f s", name, time.monotonic() - started)


def run_worker(app: Flask) -> None:
    """Be the worker process: one thread draws and shrinks, the clock beats each minute. Raises Held beside another one."""
    settings: Settings = app.extensions["settings"]
    if settings.read_only:
        raise SettingsError("READ_ONLY=1 is for commands that only look")
    data_dir = settings.data_dir
    hold(data_dir / WORKER_LOCK)
    os.nice(NICE)
    logs.start(data_dir, "worker")
    heart = app.extensions["heart"] = Heart(data_dir)
    heart.start()
    app.extensions["queue"].create_consumer(workers=1, worker_type="thread", check_worker_health=True).run()
