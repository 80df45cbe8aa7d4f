"""A database that a whole module shares, for what really commits, and the two administrators that a change of lists needs."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask

from inspect_app.kernel.database import db
from tests.conftest import BACKENDS, build_app, postgres_schema
from tests.support import District, seed


@dataclass(frozen=True)
class Town:
    """An application on a database of its own with a district in it; any number of connections at once. Each test keeps to
    places of its own."""

    app: Flask
    district: District


@pytest.fixture(scope="module", params=BACKENDS)
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, run_id: str) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    with ExitStack() as schemas:
        url = f"sqlite:///{folder / 'town.db'}"
        if request.param == "postgresql":
            url = schemas.enter_context(postgres_schema(f"town_{run_id}"))
        app = build_app(folder, url)
        with app.app_context():
            yield Town(app, seed())
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def first(district: District) -> UUID:
    """The administrator who asks or uploads."""
    return district.cast.persons["guanli1"]


@pytest.fixture
def second(district: District) -> UUID:
    """The one who confirms or publishes."""
    return district.cast.persons["guanli2"]
