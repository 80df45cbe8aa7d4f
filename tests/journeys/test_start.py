"""Each reason not to start is one clear line and an exit code that is not 0."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from inspect_app.kernel import identity
from inspect_app.kernel.database import db
from tests.conftest import ROOT, build_app
from tests.support import seed

pytestmark = pytest.mark.journey
LONG = "k" * 40
PATIENCE = 240  # seconds, beside a busy neighbour


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with demo accounts in its database."""
    folder = tmp_path_factory.mktemp("start")
    app = build_app(folder, f"sqlite:///{folder / 'inspect.db'}")
    with app.app_context():
        seed()
        db.session.remove()
        db.engine.dispose()
    return folder


def _start(folder: Path | str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "DEMO": "street"} | settings
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


def _one_line(answer: "subprocess.CompletedProcess[str]") -> str:
    assert answer.returncode != 0
    lines = [line for line in answer.stderr.splitlines() if line.startswith("cannot start: ")]
    assert len(lines) == 1, answer.stderr
    assert "Traceback" not in answer.stderr
    return lines[0]


def test_a_taken_port(served: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"port {port} is taken" in _one_line(_start(served, PORT=str(port)))


def test_a_folder_that_cannot_be_written() -> None:
    assert "cannot be written" in _one_line(_start("/proc/nowhere"))


def test_a_port_that_is_none(served: Path) -> None:
    assert "PORT must be" in _one_line(_start(served, PORT="eighty"))


def test_demo_accounts_are_not_shown_to_the_network_without_a_word(served: Path) -> None:
    assert "DEMO_ON_NETWORK=1" in _one_line(_start(served, HTTPS="1", PORT="18999"))


def test_production_refuses_demo_accounts_and_made_up_secrets(served: Path) -> None:
    production = {
        "APP_ENV": "production",
        "PUBLIC_ADDRESS": "https://example.invalid",
        "PORT": "18999",
        "TRUSTED_PROXIES": "1",
    }
    assert "SECRET_KEY is not set" in _one_line(_start(served, **production))
    secrets = {"SECRET_KEY": LONG, "PASSWORD_SALT": LONG}
    assert "demo accounts" in _one_line(_start(served, **production, **secrets))


def test_a_database_of_a_newer_version(served: Path, tmp_path: Path) -> None:
    copy = tmp_path / "inspect.db"
    with closing(sqlite3.connect(served / "inspect.db")) as whole, closing(sqlite3.connect(copy)) as other:
        whole.backup(other)  # with what lies in its -wal
    if (named := served / identity.FILE).exists():  # started before: the folder says whose it is
        shutil.copy(named, tmp_path)
    engine = create_engine(f"sqlite:///{copy}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert "newer version" in _one_line(_start(tmp_path, PORT="18999"))


@pytest.mark.parametrize("left_over", [False, True], ids=["whole", "with a -wal that was not taken in"])
def test_a_copy_is_verified_without_writing_in_it(served: Path, tmp_path: Path, left_over: bool) -> None:
    """Before: the queue, keys and files of SQLite were made beside it."""
    copy = tmp_path / "copy"
    source = create_engine(f"sqlite:///{served / 'inspect.db'}")
    with source.connect() as reading:  # who still has it open leaves the -wal
        reading.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # what a start that died left behind
        if left_over:
            with source.begin() as connection:
                connection.execute(text("UPDATE person SET name = name || '甲'"))
        reading.execute(text("SELECT 1 FROM person"))
        shutil.copytree(served, copy, ignore=shutil.ignore_patterns("*-shm", "queue.db*"))
    source.dispose()
    assert left_over == ((copy / "inspect.db-wal").exists() and (copy / "inspect.db-wal").stat().st_size > 0)
    before = _listed(copy)
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(copy), "READ_ONLY": "1"}
    for words in (("chain", "verify"),) if left_over else (("chain", "verify"), ("papers", "verify")):
        answer = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert "都完整" in answer.stdout
    assert _listed(copy) == before
    for words in () if left_over else ("serve", "worker"):
        answer = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", words],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert "READ_ONLY=1 is for commands that only look" in _one_line(answer)


def _listed(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder with its size and the instant of its last change."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size if path.is_file() else 0, path.stat().st_mtime_ns)
        for path in [folder, *folder.rglob("*")]
    }
