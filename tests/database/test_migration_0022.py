"""The migration to two depths: visits so far were whole, what they checked is known by place, and the way down loses only
what it names."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.losses import WouldLose
from inspect_app.visits import queries as visits
from inspect_app.visits.models import ItemChecked, Visit
from tests.conftest import ROOT
from tests.operations import answer_of, end_of, operation, start_of, submit_of, taken, walk_of, zone_of
from tests.originals import Town
from tests.support import District

FOLDER = str(ROOT / "migrations")
pytestmark = pytest.mark.slow


def _visit(app: Flask, district: District, answers: dict[str, str | None], *, days_ago: int) -> UUID:
    visit, at = str(uuid4()), clock.now() - timedelta(days=days_ago)
    said = [answer_of(visit, value, seq, item=item) for seq, (item, value) in enumerate(answers.items(), 2)]
    sent = [start_of(district, visit), *said, operation("visit.submit", {"visit": visit}, 99)]
    with writing():
        assert set(taken(app, district, "daibiao1", [op | {"captured_at": at.isoformat()} for op in sent])) == {
            "applied"
        }
    return UUID(visit)


def _checked() -> dict[str, tuple[object, object]]:
    return {row.item_code: (row.on_day, row.earlier_on) for row in db.session.scalars(select(ItemChecked))}


def test_what_was_checked_is_found_again_on_the_way_up(own_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALLOW_LOSS", raising=False)
    district = own_town.district
    _visit(own_town.app, district, {"F-EXIT-01": "pass", "F-EXIT-02": "pass", "F-EXIT-03": "unsure"}, days_ago=9)
    _visit(own_town.app, district, {"F-EXIT-01": "fail", "F-EXIT-04": "na"}, days_ago=2)
    with writing():
        written = _checked()
    assert set(written) == {"F-EXIT-01", "F-EXIT-02", "F-EXIT-04"}
    db.session.remove()
    downgrade(directory=FOLDER, revision="0021")  # every visit was whole: nothing is lost
    upgrade(directory=FOLDER)
    with writing():
        assert _checked() == written
        assert {row.depth for row in db.session.scalars(select(Visit))} == {"full"}


def test_on_the_way_down_short_visits_are_named_and_their_zones_leave_the_taps(
    own_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALLOW_LOSS", raising=False)
    district = own_town.district
    kept, thrown = str(uuid4()), str(uuid4())
    sent = [
        walk_of(district, kept),
        answer_of(kept, "pass", 2),
        zone_of(kept, 3),
        end_of(kept, "ended_early", 4),
    ]
    with writing():
        assert set(taken(own_town.app, district, "daibiao1", [*sent, submit_of(kept, 5)])) == {"applied"}
        sent = [walk_of(district, thrown, seq=6), end_of(thrown, "void", 7), submit_of(thrown, 8)]
        assert set(taken(own_town.app, district, "daibiao1", sent)) == {"applied"}
    db.session.remove()
    with pytest.raises(WouldLose, match=r"visit\.depth: 2 values"):
        downgrade(directory=FOLDER, revision="0021")
    db.session.remove()
    monkeypatch.setenv("ALLOW_LOSS", "1")
    downgrade(directory=FOLDER, revision="0021")
    with db.engine.connect() as connection:
        ends = connection.execute(text("SELECT outcome, submitted_at IS NULL AS open FROM visit")).all()
    assert {(row.outcome, bool(row.open)) for row in ends} == {("inspected", False), (None, True)}
    upgrade(directory=FOLDER)
    with writing():
        assert set(visits.answers(UUID(kept))) == {"F-EXIT-01"}
        assert visits.zones(UUID(kept)) == {}
