"""A register of places that comes as a workbook: all of it or nothing, once, beside people who go on registering."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from inspect_app.imports import actions, queries
from inspect_app.imports.models import ImportJob, ImportRow
from inspect_app.imports.rules import Verdict
from inspect_app.imports.working import go_on
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotAllowed, NotThere, Refused
from inspect_app.premises import actions as premises
from inspect_app.premises.models import Party, Premises, PremisesParty
from tests.sheets import book, place
from tests.support import District, rows_in

Bring = Callable[..., ImportJob]


@pytest.fixture
def bring(app: Flask, district: District) -> Bring:
    """Brings rows and has the worker look at them, to where it waits for somebody."""

    def brought(rows: Sequence[Mapping[str, Any]] | bytes, login: str = "du1", kind: str = "places") -> ImportJob:
        data = rows if isinstance(rows, bytes) else book(rows, kind)
        app.extensions["imports"].put(data)
        with writing():
            job_id = actions.bring(district.scope(login), kind, data, "台账.xlsx").id
        return work(app, job_id)

    return brought


def work(app: Flask, job_id: UUID) -> ImportJob:
    """The worker goes on until nothing is left for it."""
    while go_on(app.extensions["imports"].whole, seconds=60):
        pass
    db.session.expire_all()
    return db.session.get_one(ImportJob, job_id)


def confirmed(app: Flask, district: District, job: ImportJob, login: str = "du1") -> ImportJob:
    with writing():
        actions.confirm(district.scope(login), job.id)
    return work(app, job.id)


def counts(job: ImportJob) -> dict[str, int]:
    return {verdict: getattr(job, verdict) for verdict in Verdict if getattr(job, verdict)}


def faults(job: ImportJob) -> dict[int, list[list[str]]]:
    return {row.number: row.faults for row in queries.all_rows(job.id, Verdict.FAULTY)}


def _rows() -> dict[str, int]:
    return {model.__tablename__: rows_in(model) for model in (Premises, Party, PremisesParty)}


def test_places_are_shown_first_and_written_once_they_are_confirmed(
    app: Flask, district: District, bring: Bring
) -> None:
    before = _rows()
    job = bring([place(n) for n in range(1, 31)])
    assert (job.state, counts(job), _rows()) == ("ready", {"added": 30}, before)
    job = confirmed(app, district, job)
    assert (job.state, job.added) == ("done", 30)
    assert _rows() == {name: count + 30 for name, count in before.items()}
    row = db.session.scalars(select(Premises).where(Premises.name == "第7号示例铺")).one()
    assert (row.kind, row.area_id, row.phone, row.confirmed) == (
        "small_shop",
        district.cast.communities[0],
        "13900000007",
        True,
    )
    assert row.facts == {"floor_area": 67, "storeys": 1, "gas_kind": "none", "people_sleeping": False}
    assert Premises.holds("７号示例") is not None
    assert db.session.scalar(select(func.count()).select_from(Premises).where(Premises.holds("７号示例"))) == 3
