"""The migration to links keeps what bundles announced and gave up, up and down, on both databases."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from inspect_app.kernel.database import db
from tests.conftest import ROOT
from tests.originals import Town
from tests.support import accepted, found, handed_over

AT = datetime(2026, 11, 2, tzinfo=UTC)
CAME, LOST = UUID(int=501), UUID(int=502)


def _to(revision: str, *, down: bool = False) -> None:
    from flask_migrate import downgrade, upgrade

    db.session.commit()
    db.session.remove()
    (downgrade if down else upgrade)(directory=str(ROOT / "migrations"), revision=revision)


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=db.engine)


def _rows(name: str) -> list[dict[str, object]]:
    with db.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.select(_table(name)))]


def _as_uuid(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


@pytest.mark.slow
def test_bundles_become_links_and_links_bundles(own_town: Town) -> None:
    district = own_town.district
    hazard_id = accepted(district, handed_over(district, found(district))).id
    _to("0002", down=True)
    rounds, bundle = _table("hazard_round"), uuid4()
    raw = str if db.engine.dialect.name == "postgresql" else (lambda value: value.hex)
    with db.engine.begin() as connection:
        connection.execute(
            sa.insert(_table("bundle")).values(
                id=bundle if db.engine.dialect.name == "postgresql" else bundle.hex, subject_kind="hazard",
                subject_id=raw(hazard_id), photo_ids=[str(CAME), str(LOST)], given_up={str(LOST): "手机丢了"}, made_at=AT,
            )
        )  # fmt: skip
        connection.execute(sa.update(rounds).values(bundle_id=raw(bundle), submitted_at=AT, by_party=True))
    _to("head")
    links = {_as_uuid(row["photo_id"]): row for row in _rows("hazard_photo")}
    assert set(links) == {CAME, LOST}
    assert (links[CAME]["dropped"], links[LOST]["dropped"], links[LOST]["dropped_reason"]) == (
        None, "never_came", "手机丢了",
    )  # fmt: skip
    assert [row["evidence_from"] for row in _rows("hazard_round")] == [1]
    assert "bundle" not in sa.inspect(db.engine).get_table_names()
    _to("0002", down=True)
    kept = _rows("bundle")
    assert len(kept) == 1
    assert {str(CAME), str(LOST)} == set(kept[0]["photo_ids"])  # type: ignore[call-overload]
    assert kept[0]["given_up"] == {str(LOST): "手机丢了"}
    assert [_as_uuid(row["bundle_id"]) for row in _rows("hazard_round")] == [_as_uuid(kept[0]["id"])]
    _to("head")
    assert {_as_uuid(row["photo_id"]) for row in _rows("hazard_photo")} == {CAME, LOST}


@pytest.mark.slow
def test_the_log_is_still_append_only_after_the_migration(own_town: Town) -> None:
    district = own_town.district
    found(district)
    _to("0002", down=True)
    _to("head")
    with pytest.raises(sa.exc.DBAPIError, match="never changed"), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE hazard_event SET step = 'close'"))
