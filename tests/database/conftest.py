"""A database that a whole module shares, for what really commits, and the two administrators that a change of lists needs."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.conftest import BACKENDS, town_on
from tests.originals import Originals, Town
from tests.support import District


@pytest.fixture(scope="module", params=BACKENDS)
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, originals: Originals
) -> Iterator[Town]:
    """Each test keeps to places of its own."""
    with town_on(request.param, tmp_path_factory.mktemp("town"), originals, "town") as town, town.app.app_context():
        yield town


@pytest.fixture
def first(district: District) -> UUID:
    """The administrator who asks or uploads."""
    return district.cast.persons["guanli1"]


@pytest.fixture
def second(district: District) -> UUID:
    """The one who confirms or publishes."""
    return district.cast.persons["guanli2"]
