"""Two who take a step for the same hazards at one moment: each hazard is taken once, and nobody waits for ever."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.ids import new_id
from tests.database.conftest import Town
from tests.database.crowd import Phone, at_once, new_place
from tests.support import District, found

ROUNDS, MANY = 3, 6


def _made(district: District) -> list[str]:
    """Hazards of several places, as their checkboxes name them."""
    there = replace(district, places=tuple(new_place(district) for _ in range(MANY)))
    with writing():
        made = [found(there, place=place) for place in range(MANY)]
        return [f"{one.id}:{one.version}" for one in made]


def test_two_batches_of_the_same_hazards_take_each_once_and_do_not_block_each_other(town: Town) -> None:
    district = town.district
    for _ in range(ROUNDS):
        picks = _made(district)

        def press(login: str, order: list[str]) -> Any:
            form = {
                "pick": order, "once": str(new_id()), "handler_id": str(district.cast.offices["street"]),
                "reply_days": "5", "no_paper": "随清单交办",
            }  # fmt: skip
            client = Phone(town.app, login).client()
            return lambda: client.post("/desk/do/assign", data=form).status_code

        answers = at_once(town.app, [press("du1", picks), press("du2", picks[::-1])])
        assert set(answers) == {303}
        ids = [pick.split(":")[0] for pick in picks]
        rows = db.session.execute(select(Event.hazard_id, Event.step).where(Event.step == "hand_over")).all()
        assert sorted(str(row.hazard_id) for row in rows if str(row.hazard_id) in ids) == sorted(ids)
        states = db.session.scalars(select(Hazard.state).where(Hazard.id.in_(row.hazard_id for row in rows)))
        assert set(states) == {"rectifying"}
