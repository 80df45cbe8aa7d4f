"""/healthz and the administrator's page 系统: what is wrong is seen, said in words, and stuck work is tried again."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from inspect_app.evidence import actions as evidence
from inspect_app.jobs import health
from inspect_app.jobs.heartbeat import Heart
from inspect_app.jobs.queue import run_one
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.papers.models import MOST_ATTEMPTS, Paper
from inspect_app.settings import Settings
from tests.support import PIXEL, District

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def folder(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Path:
    """DATA_DIR, without what other tests left there."""
    data_dir: Path = app.extensions["settings"].data_dir
    for name in ("worker.json", "backups.json", "clock.json"):
        (data_dir / name).unlink(missing_ok=True)
    monkeypatch.setattr(health, "NEARLY_FULL", health.FULL)  # of the machine that tests it
    return data_dir


def _told(app: Flask, status: int = 200) -> dict[str, Any]:
    answer = app.test_client().get("/healthz")
    assert answer.status_code == status
    body: dict[str, Any] = answer.json
    return body


def test_all_is_well_with_a_beating_heart_and_a_fresh_backup(app: Flask, folder: Path) -> None:
    Heart(folder).beat()
    (folder / "backups.json").write_text(json.dumps({"at": clock.now().isoformat(), "ok": True}))
    body = _told(app)
    assert body["status"] == "ok"
    assert body["queue"] == {"status": "ok", "papers": 0, "photos": 0}


def test_what_is_missing_is_named_and_phones_are_served_all_the_same(app: Flask, folder: Path) -> None:
    body = _told(app)
    assert body["status"] == "degraded"
    assert body["worker"] == {"status": "degraded", "why": "never"}
    assert body["backup"] == {"status": "degraded", "why": "never"}
    assert body["database"] == {"status": "ok"}


def test_a_backup_that_failed_or_was_left_out_is_told(app: Flask, folder: Path) -> None:
    for hours, ok, why in ((1, False, "failed"), (50, True, "late")):
        at = clock.now() - timedelta(hours=hours)
        (folder / "backups.json").write_text(json.dumps({"at": at.isoformat(), "ok": ok}))
        assert _told(app)["backup"] == {"status": "degraded", "age_hours": hours, "why": why}


def test_it_tells_a_stranger_nothing_about_anybody(app: Flask, folder: Path, district: District) -> None:
    Heart(folder).beat()
    said = app.test_client().get("/healthz").text
    settings: Settings = app.extensions["settings"]
    assert str(settings.data_dir) not in said
    assert settings.secret_key not in said
    assert str(os.getpid()) not in said


def test_without_a_database_it_says_so_and_makes_none(app: Flask, folder: Path, tmp_path: Path) -> None:
    """Also to somebody who is signed in: whose session it is stands in the database that is gone."""
    gone = tmp_path / "gone.db"
    lost = replace(app.extensions["settings"], database_url=f"sqlite:///{gone}")
    kept, app.extensions["settings"] = app.extensions["settings"], lost
    try:
        body = _told(app, 503)
    finally:
        app.extensions["settings"] = kept
    assert (body["status"], body["database"]) == ("down", {"status": "down"})
    assert not gone.exists()


def test_an_empty_file_is_no_database(tmp_path: Path, app: Flask) -> None:
    (tmp_path / "empty.db").touch()
    found_out = health.check_all(replace(app.extensions["settings"], database_url=f"sqlite:///{tmp_path / 'empty.db'}"))
    assert found_out.of("database").state is health.HealthState.DOWN


def test_a_full_disk_serves_no_more(app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(folder)._replace(free=10 * 1024**2)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    assert _told(app, 503)["disk"]["status"] == "down"


def test_a_silent_worker_and_one_of_before_the_machine_was_started(app: Flask, folder: Path) -> None:
    heart = Heart(folder)
    heart.beat()
    raw = json.loads((folder / "worker.json").read_text())
    (folder / "worker.json").write_text(json.dumps(raw | {"beaten": raw["beaten"] - 3600}))
    assert _told(app)["worker"]["why"] == "silent"
    (folder / "worker.json").write_text(json.dumps(raw | {"boot": "another"}))
    assert _told(app)["worker"]["why"] == "never"
    (folder / "worker.json").write_text("{half a")
    assert _told(app)["worker"]["why"] == "never"


def test_a_sweep_that_fails_is_named_until_it_works_again(app: Flask, folder: Path) -> None:
    heart = Heart(folder)
    works = False

    def draw_papers() -> None:
        if not works:
            raise ZeroDivisionError("张三")

    run_one(draw_papers, heart)
    run_one(draw_papers, heart)
    heart.beat()
    assert _told(app)["worker"] == {
        "status": "degraded", "why": "failing", "failing": ["draw_papers"], "doing": "", "age_seconds": 0,
    }  # fmt: skip
    assert "张三" not in (folder / "worker.json").read_text(), "what a fault says may name somebody"
    works = True
    run_one(draw_papers, heart)
    heart.beat()
    assert _told(app)["worker"]["status"] == "ok"


def test_a_clock_that_stands_before_a_signed_day(app: Flask, folder: Path) -> None:
    heads = folder / "heads"
    heads.mkdir(exist_ok=True)
    head = heads / f"{clock.today() + timedelta(days=3):%Y-%m-%d}.json"
    head.write_text("{}")
    try:
        assert _told(app)["clock"] == {"status": "degraded", "why": "behind", "days": 3}
    finally:
        head.unlink()


def test_a_clock_that_was_moved_while_it_ran(app: Flask, folder: Path) -> None:
    with time_machine.travel(clock.now() + timedelta(hours=5), tick=True):
        body = _told(app)["clock"]
    assert body["why"] == "moved"
    assert body["seconds"] == pytest.approx(5 * 3600, abs=60)


def test_the_page_says_it_in_words_with_what_to_do(client_of: ClientOf, folder: Path) -> None:
    page = client_of("guanli1").get("/admin/system").text
    for words in ("系统", "从来没有备份过", "没有在运行", "看守程序会自己把它拉起来", "走得正常", "没有卡住的"):
        assert words in page
    assert client_of("du1").get("/admin/system").status_code == 403


def test_a_backup_by_a_clock_that_ran_ahead_is_not_well(app: Flask, client_of: ClientOf, folder: Path) -> None:
    at = (clock.now() + timedelta(days=500)).isoformat()
    (folder / "backups.json").write_text(json.dumps({"at": at, "ok": True}))
    assert _told(app)["backup"]["why"] == "ahead"
    assert "最近一次记的时间在将来" in client_of("guanli1").get("/admin/system").text


def test_a_backup_after_which_nothing_could_be_tidied_up_is_told_as_made(client_of: ClientOf, folder: Path) -> None:
    said = {"at": clock.now().isoformat(), "ok": True, "untidy": "旧备份没有清理掉：Permission denied：/x/files.txt"}
    (folder / "backups.json").write_text(json.dumps(said))
    page = client_of("guanli1").get("/admin/system").text
    assert "最近一次在 0 小时前，做好了，也核对过" in page
    assert said["untidy"] in page
    assert "没有做成" not in page


def test_a_stuck_paper_is_drawn_again_under_its_number(client_of: ClientOf, district: District, folder: Path) -> None:
    paper = Paper(
        kind="tip", number="青人〔2026〕1号", issuer_id=district.cast.offices["street_congress"], year=2026, serial=1,
        premises_id=district.places[0], issued_on=clock.today(), content={}, content_sha256="", frozen_at=clock.now(),
        mark="M", code="C", attempts=MOST_ATTEMPTS, fault="x",
    )  # fmt: skip
    db.session.add(paper)
    db.session.commit()
    client = client_of("guanli1")
    assert paper.number in client.get("/admin/system").text
    answer = client.post(f"/admin/system/papers/{paper.id}/again")
    assert answer.status_code == 303
    db.session.expire_all()
    assert (paper.attempts, paper.state) == (0, "issuing")
    assert "没有卡住的" in client.get("/admin/system").text


def test_a_photo_that_waits_for_long_is_shown_and_counted(
    app: Flask, client_of: ClientOf, district: District, folder: Path
) -> None:
    photo = evidence.receive_photo(
        app.extensions["storage"], PIXEL, photo_id=new_id(), account_id=district.cast.accounts["daibiao1"]
    )
    photo.received_at = clock.now() - timedelta(hours=2)
    db.session.commit()
    client = client_of("guanli1")
    assert "一张照片还没有处理好" in client.get("/admin/system").text
    assert client.post(f"/admin/system/photos/{photo.id}/again").status_code == 303


def test_a_photo_that_could_not_be_read_is_named_and_tried_again(
    app: Flask, client_of: ClientOf, district: District, folder: Path
) -> None:
    photo = evidence.receive_photo(
        app.extensions["storage"], PIXEL, photo_id=new_id(), account_id=district.cast.accounts["daibiao1"]
    )
    photo.refused_reason, photo.refused_at = "这个文件不是照片。", clock.now()
    db.session.commit()
    client = client_of("guanli1")
    assert "这个文件不是照片。" in client.get("/admin/system").text
    assert client.post(f"/admin/system/photos/{photo.id}/again").status_code == 303
    db.session.expire_all()
    assert photo.refused_reason is None
    assert client.post(f"/admin/system/photos/{photo.id}/again").status_code == 422
