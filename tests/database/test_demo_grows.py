"""A grown demo is a demo: whoever audits it finds every chain whole and every rule kept, on both databases."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from inspect_app.demo.growing import growth, lives
from inspect_app.hazards import audit
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import OPEN, State
from inspect_app.kernel.database import db
from inspect_app.kernel.folding import fold
from inspect_app.premises.models import Premises
from tests.conftest import Town


@pytest.fixture
def grown(own_town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town grown by 400 hazards, each life lived through one office."""
    for name in ("OPEN", "SETTLED"):
        once = tuple(replace(life, through=life.through[:1]) for life in getattr(lives, name))
        monkeypatch.setattr(lives, name, once)
    growth.grow(own_town.app, growth.Growth(400, 300, 0.3, 7), say=lambda line: None)
    db.session.rollback()
    return own_town


def test_a_grown_demo_is_whole_and_holds_all_there_is(grown: Town, tmp_path: Path) -> None:
    keys, storage = grown.app.extensions["keys"], grown.app.extensions["storage"]
    faults, checked = audit.verify(tmp_path / "no-heads", keys, storage)
    assert [fault for fault in faults if "每日存证" not in fault] == []
    assert checked >= 400
    found = Counter(db.session.scalars(select(Hazard.state)))
    assert set(found) == {str(state) for state in State}
    assert 0.25 < sum(found[str(state)] for state in OPEN) / checked < 0.35
    rows = [*db.session.scalars(select(Hazard)), *db.session.scalars(select(Premises))]
    assert [row.id for row in rows if row.folded != fold(row)] == []
    assert len(set(db.session.scalars(select(Premises.twin_key)))) == len(rows) - checked
    open_twice = (
        select(Hazard.premises_id)
        .where(Hazard.settled_on.is_(None))
        .group_by(Hazard.premises_id, Hazard.item_code)
        .having(func.count() > 1)
    )
    assert db.session.scalars(open_twice).all() == []
