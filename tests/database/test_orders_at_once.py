"""Several officers at the same instant: one order is live, on both databases. One finger twice: tests/web/test_twice_is_once.py."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from inspect_app.casework import papers
from inspect_app.hazards.events import Event
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Step
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import Refused
from inspect_app.papers.models import Paper
from tests.originals import Town
from tests.support import accepted, found, handed_over, typed_order


@pytest.mark.slow
def test_orders_made_at_once_are_one(own_town: Town) -> None:
    district = own_town.district
    with writing():
        hazard_id = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1").id
    together = Barrier(4)

    def press(_officer: int) -> str:
        with own_town.app.app_context():
            scope, actor = district.scope("xiaofang1"), district.actor("xiaofang1")
            typed = typed_order(district)
            db.session.rollback()
            together.wait(30)
            try:
                with writing():
                    made = papers.issue_for_hazard(
                        "notice", lock(hazard_id), scope, actor, address="http://x", typed=typed
                    )
                    return made.number
            except Refused as refusal:
                return refusal.message
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(press, range(4)))
    made = db.session.scalars(select(Paper)).all()
    ordered = db.session.scalars(select(Event.id).where(Event.hazard_id == hazard_id, Event.step == Step.ORDER)).all()
    assert (len(made), len(ordered)) == (1, 1)
    assert db.session.get_one(Hazard, hazard_id).order_number == made[0].number
    assert said.count(made[0].number) == 1
    assert sum(f"已经有{made[0].number}" in words for words in said) == 3
