"""Urgent calls between the clock, which rings again, and somebody who takes several over at that moment."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from inspect_app.casework import urgent
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.people.models import Account
from inspect_app.urgent_calls.models import UrgentCall
from tests.database.crowd import in_the_middle
from tests.originals import Town


def test_taking_over_and_ringing_again_hold_calls_in_one_order(own_town: Town, backend: str) -> None:
    """Before: the one by their ids, the other by when they came, and the database gave one of the two up."""
    if backend != "postgresql":
        pytest.skip("SQLite has one writer: nobody waits in a circle")
    district, now = own_town.district, clock.now()
    ids = [UUID(int=number) for number in (1, 2, 3)]
    scope = district.scope("du1")
    reporter = db.session.get_one(Account, district.cast.accounts["daibiao1"]).person_id
    with writing():
        for number, call_id in enumerate(ids):
            came = now - timedelta(minutes=10 + number)  # the greater the id, the earlier it came
            db.session.add(
                UrgentCall(
                    id=call_id, person_id=reporter, area_id=district.cast.communities[0], danger="gas",
                    where_words=f"{number} 号楼", photos=[], captured_at=came, received_at=came,
                )
            )  # fmt: skip
        db.session.flush()
        for call in db.session.scalars(select(UrgentCall)):
            call.bundle_id = ids[0]

    def take_over() -> None:
        with writing():
            urgent.take_over(db.session.get_one(UrgentCall, ids[2]), scope)

    def ring() -> int:
        with writing():
            return urgent.urge_again(clock.now())

    assert in_the_middle(own_town.app, "FOR UPDATE", take_over, ring) == [None, 0]
