"""The whole demo district: the street of the small demo among twelve, 220 deputies, 1,500 places, a year of what happened.

What can wait is left to the worker: papers are drawn and photos copied once people are served (jobs/sweeps.py).
"""

from collections.abc import Callable

from flask import Flask

from inspect_app.evidence import copying
from inspect_app.jobs import sweeps
from inspect_app.kernel import clock

from . import answers, district, wider
from .growing import growth
from .growing.visits import visit_all

PLACES = 1_436  # beside those of the street
HAZARDS = 1_300
VISITS = 1_100
_OPEN_SHARE = 0.16
_USUAL_AGE = 1.0
_SEED = 12
_DRAWN_AT_ONCE = 24  # photos that the grown hazards show again


def load(app: Flask, say: Callable[[str], None]) -> None:
    """Build the district in an empty database. Raises ValueError when there are accounts already."""
    with app.app_context():
        world, places = district.begin(app, say, wider=wider.make)
        say("demo: twelve streets, 220 deputies")
        district.run(app, district.agenda_of(world, places, clock.today()), say, draw=False)
        copying.make_waiting_copies(world.storage, _DRAWN_AT_ONCE)
        sweeps.judge_photos()
    growth.grow(app, growth.Growth(HAZARDS, PLACES, _OPEN_SHARE, _SEED, years=1, usual_age=_USUAL_AGE), say)
    with app.app_context():
        visit_all(VISITS, _SEED, say)
        say(f"demo: {answers.answer(world)} owners have answered")
        answers.begin_printing(world)
        district.end(app, world, places, say)
