"""How long an import of many places takes, and how long whoever registers at a desk waits for it meanwhile.

`python -m tests.benchmarks.imports` (ROWS=10000, POSTGRES=1): a sheet of so many new places, the same again, and every row of it
changed. Somebody else takes the lock of writers every few milliseconds and notes how long that took.
"""

import logging
import os
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from inspect_app.imports import actions
from inspect_app.imports.models import ImportJob
from inspect_app.imports.working import go_on
from inspect_app.kernel.database import db, writing
from tests.conftest import POSTGRES, build_app
from tests.database.importing import counts, tools
from tests.originals import Originals
from tests.sheets import book, place
from tests.support import District

ROWS = int(os.environ.get("ROWS", "10000"))


class OtherWriter:
    """Another writer beside the import: how long each of its turns took."""

    def __init__(self, app: Flask) -> None:
        self.waited: list[float] = []
        self._app, self._stop = app, threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self) -> "OtherWriter":
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._stop.set()
        self._thread.join(30)

    def _write(self) -> None:
        with self._app.app_context():
            while not self._stop.is_set():
                began = time.monotonic()
                with writing():  # what a registration locks and writes is a row of an area
                    db.session.execute(text("UPDATE area SET duty_phone = duty_phone"))
                self.waited.append(time.monotonic() - began)
                time.sleep(0.02)


def _work(app: Flask, job_id: Any, what: str) -> None:
    began, used = time.monotonic(), time.process_time()
    with OtherWriter(app) as other:
        while go_on(tools(app), seconds=5):
            pass
    waited = sorted(other.waited)
    db.session.expire_all()
    job = db.session.get_one(ImportJob, job_id)
    print(
        f"{what:26} {time.monotonic() - began:6.1f} s, {time.process_time() - used:5.1f} s of work; {len(waited)} turns of another writer, "
        f"middle {waited[len(waited) // 2] * 1000:.0f} ms, longest {waited[-1] * 1000:.0f} ms; {job.state} {counts(job)}"
    )


def _import(app: Flask, district: District, rows: Sequence[Mapping[str, Any]], what: str) -> None:
    data = book(rows)
    app.extensions["imports"].put(data)
    with writing():
        job_id = actions.bring(district.scope("du1"), "places", data, "x.xlsx").id
    _work(app, job_id, f"{what}, read and checked")
    with writing():
        job = db.session.get_one(ImportJob, job_id)
        if job.added or job.changed:
            actions.confirm(district.scope("du1"), job_id)
        else:
            actions.cancel(district.scope("du1"), job_id)
    if db.session.get_one(ImportJob, job_id).state == "confirmed":
        _work(app, job_id, f"{what}, written")


def main() -> None:
    """Print a line for each piece of work; what holds the lock says itself how long, by the wall and of work."""
    logging.basicConfig(format="  %(message)s")
    logging.getLogger("inspect_app.imports.writing").setLevel(logging.INFO)
    backend = "postgresql" if os.environ.get("POSTGRES") else "sqlite"
    with tempfile.TemporaryDirectory() as name, ExitStack() as ends:
        folder = Path(name)
        originals = Originals(folder, f"imports{os.getpid()}", POSTGRES, build_app)
        ends.callback(originals.close)
        if backend == "postgresql":
            url = ends.enter_context(originals.postgres("bench", filled=True))
        else:
            url = originals.sqlite(folder / "bench.db")
        app = build_app(folder, url)
        print(f"{backend}, {ROWS} rows, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        with app.app_context():
            district = originals.district(backend)
            _import(app, district, [place(n) for n in range(1, ROWS + 1)], "new places")
            _import(app, district, [place(n) for n in range(1, ROWS + 1)], "the same again")
            _import(app, district, [place(n, floor_area=300, party="别人") for n in range(1, ROWS + 1)], "all changed")
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
