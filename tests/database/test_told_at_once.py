"""One work order registered at two desks at one moment: one hazard, and the other desk is led to it, on both databases."""

from typing import Any

from sqlalchemy import func, select

from inspect_app.hazards.models import Hazard
from inspect_app.hazards.origins import HazardOrigin
from inspect_app.kernel.database import db
from tests.originals import Town

from .crowd import Phone, at_once


def test_one_work_order_at_two_desks_is_one_hazard(town: Town) -> None:
    before = db.session.scalar(select(func.count()).select_from(Hazard)) or 0
    db.session.rollback()

    def press(login: str, place: int) -> Any:
        client = Phone(town.app, login).client()
        form = {
            "premises_id": str(town.district.places[place]), "title": "楼梯间停电动车充电", "field": "fire", "source": "hotline",
            "work_order": "GD20261201-0042",
        }  # fmt: skip
        return lambda: client.post("/desk/hazards/new", data=form).status_code

    answers = at_once(town.app, [press("du1", 0), press("du2", 1), press("du1", 2)])
    assert sorted(answers) == [303, 422, 422]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Hazard)) == before + 1
    assert db.session.scalar(select(func.count()).select_from(HazardOrigin)) == 1
    db.session.rollback()
