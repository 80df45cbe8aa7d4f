"""Going down to an older migration loses nothing without being told to."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from inspect_app.evidence.models import PhotoMark
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.losses import WouldLose
from tests.conftest import ROOT
from tests.originals import Town
from tests.support import rows_in

FOLDER = str(ROOT / "migrations")
pytestmark = pytest.mark.slow


def _revision() -> str:
    with db.engine.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


def test_a_downgrade_names_what_would_be_lost_and_changes_nothing(
    own_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALLOW_LOSS")
    district = own_town.district
    with writing():
        mark = {"id": new_id(), "photo_id": new_id(), "account_id": district.cast.accounts["daibiao1"]}
        db.session.add(PhotoMark(**mark, marks=[], made_at=clock.now()))
    db.session.remove()
    before = _revision()
    with pytest.raises(WouldLose, match="photo_mark: 1 rows"):
        downgrade(directory=FOLDER, revision="0007")
    assert (_revision(), rows_in(PhotoMark)) == (before, 1)
    db.session.remove()
    monkeypatch.setenv("ALLOW_LOSS", "1")
    downgrade(directory=FOLDER, revision="0007")
    assert _revision() == "0007"


def test_where_nothing_would_be_lost_it_goes_down(own_database: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALLOW_LOSS")
    downgrade(directory=FOLDER, revision="base")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 0


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_links_are_checked_after_a_migration_that_had_nothing_to_do(own_town: Town) -> None:
    upgrade(directory=FOLDER)
    with db.engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
