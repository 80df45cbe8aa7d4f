"""An import is written while somebody registers the same place at a desk, in truly concurrent connections: there is one of it."""

from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from inspect_app.imports import actions
from inspect_app.imports.models import ImportJob
from inspect_app.imports.working import go_on
from inspect_app.kernel.database import db, writing
from inspect_app.premises import actions as premises
from inspect_app.premises.actions import Registered
from inspect_app.premises.models import Premises
from tests.database.crowd import at_once
from tests.database.importing import bring, tools
from tests.originals import Town
from tests.sheets import place

ROUNDS = 4


def _write(app: Flask) -> None:
    with app.app_context():
        while go_on(tools(app), seconds=30):
            pass
        db.session.remove()


def _register(town: Town, name: str, address: str) -> bool:
    """At the desk, whether it was registered: who is there already is asked about."""
    with town.app.app_context():
        try:
            with writing():
                premises.register(
                    town.district.scope("du2"), name=name, kind="small_shop", address=address,
                    area_id=town.district.cast.communities[0], facts={},
                )  # fmt: skip
        except Registered:
            return False
        finally:
            db.session.remove()
        return True


def _state(job_id: UUID) -> str:
    db.session.expire_all()
    job = db.session.get_one(ImportJob, job_id)
    return job.state


def test_whoever_comes_second_learns_of_the_first(town: Town) -> None:
    for turn in range(ROUNDS):
        rows = [place(number) for number in range(turn * 100 + 1, turn * 100 + 41)]
        job_id = bring(town.app, town.district, rows).id
        with writing():
            actions.confirm(town.district.scope("du1"), job_id)
        twin = rows[20]
        _, registered = at_once(
            town.app,
            [lambda: _write(town.app), lambda twin=twin: _register(town, twin["name"], twin["address"])],  # type: ignore[misc]
        )
        state = _state(job_id)
        there = select(func.count()).select_from(Premises).where(Premises.name == twin["name"])
        assert db.session.scalar(there) == 1
        assert state == ("ready" if registered else "done"), (
            "shown again where the desk was first, else the desk is told"
        )
        if state == "ready":
            with writing():
                actions.cancel(town.district.scope("du1"), job_id)
