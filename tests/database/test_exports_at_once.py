"""Exports of one account asked for at one moment: no more than are allowed begin, on both databases."""

from typing import Any

from sqlalchemy import func, select

from inspect_app.exports.models import Export
from inspect_app.exports.rules import MOST_AT_ONCE
from inspect_app.kernel.database import db, writing
from tests.database.conftest import Town
from tests.database.crowd import Phone, at_once
from tests.support import found


def test_of_many_presses_at_once_no_more_begin_than_are_allowed(town: Town) -> None:
    with writing():
        found(town.district)

    def press() -> Any:
        client = Phone(town.app, "du2").client()
        return lambda: client.post("/desk/hazards/export", data={"form": "csv"}, buffered=False).status_code

    answers = at_once(town.app, [press() for _ in range(MOST_AT_ONCE + 2)])
    assert sorted(answers) == [200] * MOST_AT_ONCE + [422, 422]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Export)) == MOST_AT_ONCE
