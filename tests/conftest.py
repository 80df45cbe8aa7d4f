"""Databases for tests: each test of database work runs on SQLite and on PostgreSQL, inside a transaction rolled back."""

import gc
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, select, text

from inspect_app import create_app
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.journal import NumberJournal
from inspect_app.settings import Settings
from tests import statements
from tests.originals import Originals, Town
from tests.proofreading import proofread
from tests.statements import Counting
from tests.support import District

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg:///test")
BACKENDS = ("sqlite", "postgresql")
ROOT = Path(__file__).parents[1]
# Rows and statements die young, and nearly all of them by themselves: looking for cycles took an eighth of the time.
gc.set_threshold(100_000, 50, 100)
os.environ["DEMO"] = "street"  # what tests know their way in, where one starts the whole program on an empty folder
os.environ.setdefault("ALLOW_LOSS", "1")  # tests go down to older migrations with what they have made


def _settings(folder: Path, url: str) -> Settings:
    return Settings.from_environment(
        {
            "DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "PORT": "8000",
            "SECRET_KEY": "s" * 40,
            "PASSWORD_SALT": "p" * 40,
        }
    )


@contextmanager
def _required() -> Iterator[None]:
    """What needs PostgreSQL: skipped where it cannot be had, failed where it must be."""
    try:
        yield
    except Exception as fault:
        if os.environ.get("REQUIRE_POSTGRES"):
            pytest.fail(f"PostgreSQL is required and cannot be used: {fault}")
        pytest.skip("PostgreSQL cannot be used (set TEST_POSTGRES_URL; the role must be allowed to create databases)")


@contextmanager
def postgres_schema(schema: str) -> Iterator[str]:
    """The URL of an empty schema of its own, which goes afterwards; skips without PostgreSQL, fails when it is required."""
    engine = create_engine(POSTGRES)

    def drop_then(more: str = "") -> None:
        with engine.begin() as connection:
            connection.execute(text(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))
            if more:
                connection.execute(text(more))

    with _required():
        drop_then(f'CREATE SCHEMA "{schema}"')
    try:
        yield f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options=-csearch_path%3D{schema}%20-csynchronous_commit%3Doff"
    finally:
        drop_then()
        engine.dispose()


@pytest.fixture(scope="session")
def run_id(testrun_uid: str, worker_id: str) -> str:
    """Names what belongs to this run and worker alone: two runs on one machine do not meet."""
    return f"{testrun_uid[:12]}_{worker_id}"


class Browser(FlaskClient):
    """Each request on its own: what the last one knew about its visitor lives in the context a test holds open.

    Every page that comes back is proofread, whatever the test asked for it: a fault on it fails the test.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if g:
            for name in list(g):
                g.pop(name)
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and not answer.is_streamed and "location" not in answer.headers:
            page = answer.get_data(as_text=True)
            whole = page.lstrip()[:15].lower().startswith("<!doctype")
            wrong = proofread(page, whole)
            assert not wrong, f"{answer.request.path} ({answer.status_code}):\n" + "\n".join(wrong)
        return answer


# A hash that takes a tenth of a second and 64 MB protects a person's password; here it would only be waited for.
QUICK_HASH = {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
_migrated: list[bytes] = []  # an empty SQLite database on the newest migration, once made


def build_app(folder: Path, url: str, **overrides: Any) -> Flask:
    """An application on a database with all migrations; on SQLite the second and later new files of a run are copies of the first."""
    from flask_migrate import upgrade

    file = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None
    if file is not None and _migrated and not file.exists():
        file.write_bytes(_migrated[0])
    settled = {
        "TESTING": True,
        "WTF_CSRF_ENABLED": False,
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": QUICK_HASH,
    }
    app = create_app(_settings(folder, url), settled | overrides)
    app.test_client_class = Browser
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        db.session.remove()
        if file is not None and not _migrated:
            with closing(sqlite3.connect(file)) as reading:
                _migrated.append(reading.serialize())
    return app


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory, run_id: str) -> Iterator[Originals]:
    """What databases of one's own are copied from."""
    made = Originals(tmp_path_factory.mktemp("originals"), run_id, POSTGRES, build_app)
    yield made
    made.close()


@contextmanager
def town_on(backend: str, folder: Path, originals: Originals, name: str) -> Iterator[Town]:
    """An application on a database of its own with the district in it."""
    with ExitStack() as ends:
        if backend == "postgresql":
            with _required():
                url = ends.enter_context(originals.postgres(name, filled=True))
        else:
            url = originals.sqlite(folder / f"{name}.db")
        app = build_app(folder, url)
        yield Town(app, originals.district(backend))
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session")
def _apps(tmp_path_factory: pytest.TempPathFactory, originals: Originals) -> Iterator[Callable[[str], Town]]:
    made: dict[str, Town] = {}
    with ExitStack() as ends:

        def app_on(backend: str) -> Town:
            if backend not in made:
                made[backend] = ends.enter_context(
                    town_on(backend, tmp_path_factory.mktemp(backend), originals, "test")
                )
            return made[backend]

        yield app_on


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def app(_apps: Callable[[str], Town], backend: str, tmp_path: Path) -> Iterator[Flask]:
    """The application with a district in it; whatever the test commits is rolled back after it."""
    application = _apps(backend).app
    # The journal outlives what is rolled back, as it should: each test begins one of its own.
    application.extensions["numbers"] = NumberJournal(tmp_path / "heads")
    with application.app_context():
        engines = db._app_engines[application]
        engine = engines[None]
        assert isinstance(engine, Engine)
        connection = engine.connect()
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]
        try:
            yield application
        finally:
            db.session.remove()
            outer.rollback()
            connection.close()
            engines[None] = engine


@pytest.fixture
def district(app: Flask, _apps: Callable[[str], Town], backend: str) -> District:
    """Who and what there is in the seeded district."""
    return _apps(backend).district


@pytest.fixture
def client_of(app: Flask, district: District) -> Callable[[str], FlaskClient]:
    """A browser already signed in as a login of the district."""
    from inspect_app.people.models import Account

    def sign_in(login: str) -> FlaskClient:
        client = app.test_client()
        mark = db.session.scalar(select(Account.fs_uniquifier).where(Account.login == login))
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = mark, True
            session["signed_in_at"] = clock.now().isoformat()
        return client

    return sign_in


@pytest.fixture
def counting() -> Counting:
    """Counts the SQL statements of a block: `with counting() as asked: ...`, then `len(asked)`."""
    return statements.counting


@pytest.fixture
def own_database(tmp_path: Path, backend: str, originals: Originals) -> Iterator[Flask]:
    """An application on a migrated, empty database of its own."""
    with ExitStack() as ends:
        url = f"sqlite:///{tmp_path / 'own.db'}"
        if backend == "postgresql":
            with _required():
                url = ends.enter_context(originals.postgres("own", filled=False))
        application = build_app(tmp_path, url)
        with application.app_context():
            yield application
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def own_town(tmp_path: Path, backend: str, originals: Originals) -> Iterator[Town]:
    """A district on a database of its own, in its context, for tests with several connections at once."""
    with town_on(backend, tmp_path, originals, "own") as town, town.app.app_context():
        yield town
