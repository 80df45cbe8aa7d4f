"""A database that is not the one of its folder, or not there any more, takes nothing and says so."""

import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, select

from inspect_app import create_app
from inspect_app.backup import databases
from inspect_app.kernel import clock, identity
from inspect_app.kernel.database import DatabaseGone, begin_writing, db, gone, writing
from inspect_app.kernel.identity import Installation
from inspect_app.people.models import Account
from inspect_app.serving import CannotStart, _belongs, _migrate, _settle
from tests.conftest import Browser, _settings
from tests.support import PIXEL, seed


def _data_dir(app: Flask) -> Path:
    return Path(app.extensions["settings"].data_dir)


def _starts(app: Flask) -> None:
    settings = app.extensions["settings"]
    _belongs(app, settings)
    _migrate(app)
    _settle(app, settings)


@pytest.fixture
def settled(own_database: Flask) -> Flask:
    _starts(own_database)
    return own_database


def test_database_and_folder_know_each_other_from_the_first_start(settled: Flask) -> None:
    known = identity.in_folder(_data_dir(settled))
    assert known is not None
    assert db.session.scalars(select(Installation.id)).all() == [known]
    db.session.remove()
    _starts(settled)
    assert identity.in_folder(_data_dir(settled)) == known


def test_a_database_of_another_installation_is_refused(settled: Flask) -> None:
    (_data_dir(settled) / identity.FILE).write_text(f"{uuid4()}\n")
    with pytest.raises(CannotStart, match="one of DATA_DIR and DATABASE_URL is wrong"):
        _starts(settled)
    (_data_dir(settled) / identity.FILE).unlink()
    with pytest.raises(CannotStart, match="point DATA_DIR to its folder"):
        _starts(settled)


def test_a_database_that_was_never_started_is_refused_beside_a_folder_that_was(settled: Flask) -> None:
    with writing():
        db.session.execute(delete(Installation))
    db.session.remove()
    with pytest.raises(CannotStart, match="the database to none"):
        _starts(settled)


@pytest.mark.parametrize("left", ["heads", "keys", "id"])
def test_an_empty_database_beside_an_old_folder_is_refused(left: str, tmp_path: Path) -> None:
    """No fresh demo beside old heads and keys; and nothing is made that would hinder a restore."""
    app = create_app(_settings(tmp_path, f"sqlite:///{tmp_path / 'inspect.db'}"), {"TESTING": True})
    if left == "heads":
        (tmp_path / "heads").mkdir()
        (tmp_path / "heads" / "2026-11-01.json").write_text("{}")
    elif left == "keys":
        app.extensions["keys"].sign(b"")
    else:
        (tmp_path / identity.FILE).write_text(f"{uuid4()}\n")
    with pytest.raises(CannotStart, match="the database is empty"):
        _starts(app)
    with app.app_context():
        assert databases.is_empty(db.engine)
        db.engine.dispose()


def test_a_start_beside_a_restore_that_was_cut_off_is_refused(settled: Flask) -> None:
    (_data_dir(settled) / "restoring").write_text("")
    with pytest.raises(CannotStart, match="not finished"):
        _starts(settled)


@pytest.mark.parametrize("how", ["removed", "exchanged"])
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_writes_stop_when_the_file_is_removed_or_exchanged(settled: Flask, how: str) -> None:
    seed()
    path = Path(str(db.engine.url.database))
    client = settled.test_client()
    settled.test_client_class = Browser
    mark = db.session.scalar(select(Account.fs_uniquifier).where(Account.login == "daibiao1"))
    db.session.remove()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = mark, True
        session["signed_in_at"] = clock.now().isoformat()
    assert gone(settled.extensions["settings"].database_url) == ""
    shutil.copy(path, path.with_suffix(".older"))
    path.unlink()
    if how == "exchanged":
        path.with_suffix(".older").rename(path)
    assert gone(settled.extensions["settings"].database_url) == str(path)
    with pytest.raises(DatabaseGone):
        begin_writing()
    db.session.rollback()
    answer = client.put(f"/intake/photos/{uuid4()}", data=PIXEL)
    assert answer.status_code == 503, answer.text
    assert "数据库文件不见了" in answer.get_json()["error"]
    assert path.exists() == (how == "exchanged"), "a new empty database was made"
