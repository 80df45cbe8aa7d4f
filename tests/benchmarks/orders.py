"""A database with many frozen orders that wait to be drawn, as a night of issuing leaves them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.hashing import content_hash
from inspect_app.kernel.ids import new_code
from inspect_app.papers.models import Paper
from tests.conftest import build_app
from tests.support import seed


@contextmanager
def frozen(folder: Path, content: dict[str, Any], many: int) -> Iterator[Flask]:
    """An application whose SQLite database holds `many` orders of one content, each with its own number, none drawn."""
    app = build_app(folder, f"sqlite:///{folder}/inspect.db")
    with app.app_context():
        district = seed()
        with writing():
            for serial in range(1, many + 1):
                said = content | {"number": f"青消整〔2026〕{serial}号", "mark": new_code(10), "code": new_code(6)}
                db.session.add(_row(said, serial, district.cast.offices["fire"], district.places[0]))
        yield app


def _row(content: dict[str, Any], serial: int, issuer: Any, place: Any) -> Paper:
    day = date.fromisoformat(content["issued_on"])
    return Paper(
        kind="notice", number=content["number"], issuer_id=issuer, year=day.year, serial=serial, premises_id=place,
        issued_on=day, content=content, content_sha256=content_hash(content), state="issuing", frozen_at=clock.now(),
        mark=content["mark"], code=content["code"],
    )  # fmt: skip
