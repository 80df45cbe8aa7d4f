"""The proof of visits, once a night and a piece at a time. How far it has come lies in a file: a restart goes on from there."""

import json
import logging
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app

from inspect_app.casework import reconcile
from inspect_app.kernel import clock

log = logging.getLogger(__name__)
FROM_HOUR = 2  # Shanghai: the first run after that begins the day's proof
SECONDS = 10.0  # for one run: photos and papers wait meanwhile
MOST_KEPT = 200  # lines of what is left, for who looks


def reconcile_visits() -> int:
    """A piece of the day's proof of all visits; returns how many were proved in this run."""
    path = Path(current_app.extensions["settings"].data_dir) / "reconcile.json"
    state = _read(path)
    today = clock.today()
    if state.get("day") != f"{today}":
        if clock.to_local(clock.now()).hour < FROM_HOUR:
            return 0
        state = {"day": f"{today}"}
    if state.get("done"):
        return 0
    proved = _go_on(state)
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(state, ensure_ascii=False, indent=1))
    temporary.replace(path)
    return proved


def last_proof(folder: Path) -> tuple[date, bool, int, list[str]] | None:
    """(day, whether it came to its end, visits proved, what is left) of the newest proof; None before the first."""
    state = _read(folder / "reconcile.json")
    if "day" not in state:
        return None
    return date.fromisoformat(state["day"]), bool(state.get("done")), int(state.get("visits", 0)), state.get("left", [])


def _go_on(state: dict[str, Any]) -> int:
    report, until = reconcile.Report(), time.monotonic() + SECONDS
    after = _reached(state.get("after"))
    while True:
        after = reconcile.prove(report, after)
        if after is None or time.monotonic() > until:
            break
    for words in report.mended:
        log.warning("reconciled: %s", words)
    for words in report.left:
        log.error("not reconciled: %s", words)
    state["visits"] = state.get("visits", 0) + report.visits
    state["mended"] = state.get("mended", 0) + len(report.mended)
    state["left"] = [*state.get("left", []), *report.left][:MOST_KEPT]
    state["after"] = [after[0].isoformat(), str(after[1])] if after else None
    state["done"] = after is None
    return report.visits


def _reached(said: Any) -> reconcile.Reached | None:
    return (datetime.fromisoformat(said[0]), UUID(said[1])) if said else None


def _read(path: Path) -> dict[str, Any]:
    """What was noted; nothing where there is no file yet or it cannot be read: then the proof begins anew."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
