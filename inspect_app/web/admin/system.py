"""系统: how the installation is, in words, with what to do about each; what is stuck, with 再试."""

import json
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from inspect_app.evidence import actions as evidence
from inspect_app.evidence import queries as evidence_queries
from inspect_app.evidence.models import Photo
from inspect_app.jobs import health, heartbeat
from inspect_app.kernel import clock, logs
from inspect_app.kernel.database import db, there
from inspect_app.papers import actions as papers
from inspect_app.papers import queries as paper_queries
from inspect_app.papers.models import Paper
from inspect_app.settings import Settings

from ..access import Permission, allowed
from .installation import front, line_of, sweep_name
from .pages import pages


@pages.get("/system")
@allowed(Permission.ADMINISTER)
def system() -> ResponseReturnValue:
    """How everything is: checks, processes, papers and photos that are stuck, the newest faults."""
    settings: Settings = current_app.extensions["settings"]
    found = health.check_all(settings)
    return render_template(
        "admin/system.html",
        lines=[*(line_of(check) for check in found.checks), front(settings)],
        stuck_papers=[(row, row.title) for row in paper_queries.stuck()],
        stuck_photos=_waiting(),
        refused_photos=evidence_queries.refused_photos(50),
        sweeps=_sweeps(settings),
        children=_children(settings),
        faults=logs.newest_faults(settings.data_dir),
        facts=_facts(settings),
    )


@pages.post("/system/papers/<uuid:paper_id>/again")
@allowed(Permission.ADMINISTER)
def draw_again(paper_id: UUID) -> ResponseReturnValue:
    """Have a paper drawn again from its frozen content after it failed."""
    paper = there(Paper, paper_id)
    papers.draw_again(paper)
    flash(f"{paper.title} {paper.number} 再做一次，一两分钟后看得到结果。")
    return redirect(url_for("admin.system"), 303)


@pages.post("/system/photos/<uuid:photo_id>/again")
@allowed(Permission.ADMINISTER)
def photo_again(photo_id: UUID) -> ResponseReturnValue:
    """A photo that merely waits is let be: the request itself wakes the worker."""
    if not any(photo.id == photo_id and not photo.attempts for photo in _waiting()):
        evidence.try_again(photo_id)
    flash("这张照片再处理一次，一两分钟后看得到结果。")
    return redirect(url_for("admin.system"), 303)


def _waiting() -> Sequence[Photo]:
    return evidence_queries.stuck_photos(clock.now() - health.WAITS_LONG, 50)


@dataclass(frozen=True)
class Ran:
    """A sweep's newest run, for showing."""

    name: str
    ended_at: datetime | None
    seconds: float
    failed_at: datetime | None
    fault: str
    failures: int


def _sweeps(settings: Settings) -> list[Ran]:
    beat = heartbeat.read(settings.data_dir)
    return [
        Ran(sweep_name(name), _read(run.ended_at), run.seconds, _read(run.failed_at), run.fault, run.failures)
        for name, run in (beat.sweeps if beat else {}).items()
    ]


@dataclass(frozen=True)
class Kept:
    """A process that is kept running, as whoever watches it wrote down."""

    label: str
    started_at: datetime | None
    restarts: int
    last_end: str


def _children(settings: Settings) -> list[Kept]:
    try:
        told = json.loads((settings.data_dir / "serving.json").read_text())["children"]
        return [
            Kept(
                label, _read(told[name]["started_at"]), told[name]["restarts"], told[name]["last_end"].partition(" ")[2]
            )
            for name, label in (("web", "网页"), ("worker", "后台"))
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # it was not started by `serve`
        return []


def _read(instant: str) -> datetime | None:
    return datetime.fromisoformat(instant) if instant else None


def _facts(settings: Settings) -> list[tuple[str, str]]:
    """What somebody who helps from afar asks first."""
    sqlite = db.engine.dialect.name == "sqlite"
    engine = (
        f"SQLite {sqlite3.sqlite_version}" if sqlite else f"PostgreSQL {db.session.scalar(text('SHOW server_version'))}"
    )
    return [
        ("页面版本", current_app.config["SHELL_VERSION"]),
        ("数据库版本", str(db.session.scalar(text("SELECT version_num FROM alembic_version")))),
        ("数据库", engine),
        ("Python", platform.python_version()),
        ("系统", f"{platform.system()} {platform.release()}"),
        ("数据文件夹", str(settings.data_dir)),
        ("对外地址", settings.public_address),
    ]
