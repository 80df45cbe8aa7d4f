"""Bringing a workbook in tests, and having the worker go on with it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Flask

from inspect_app.imports import actions, queries
from inspect_app.imports.models import ImportJob
from inspect_app.imports.rules import RowVerdict
from inspect_app.imports.working import ImportTools, go_on
from inspect_app.kernel.database import db, writing
from inspect_app.premises.models import Party, Premises, PremisesParty
from tests.sheets import book
from tests.support import District, rows_in


def bring(
    app: Flask, district: District, rows: Sequence[Mapping[str, Any]] | bytes, login: str = "du1", kind: str = "places"
) -> ImportJob:
    """Rows are brought, and the worker looks at them to where they wait for somebody."""
    data = rows if isinstance(rows, bytes) else book(rows, kind)
    app.extensions["imports"].put(data)
    with writing():
        job_id = actions.bring(district.scope(login), kind, data, "台账.xlsx").id
    return work(app, job_id)


def tools(app: Flask) -> ImportTools:
    """What the worker has at hand."""
    return ImportTools(app.extensions["imports"].whole, app.config["SECRET_KEY"])


def work(app: Flask, job_id: UUID) -> ImportJob:
    """The worker goes on until nothing is left for it."""
    while go_on(tools(app), seconds=60):
        pass
    db.session.expire_all()
    return db.session.get_one(ImportJob, job_id)


def confirmed(app: Flask, district: District, job: ImportJob, login: str = "du1") -> ImportJob:
    """确认导入, and the worker writes."""
    with writing():
        actions.confirm(district.scope(login), job.id)
    return work(app, job.id)


def decided(app: Flask, district: District, job: ImportJob, said: Mapping[int, str], login: str = "du1") -> ImportJob:
    """Which rows are which, and the worker looks at them again."""
    with writing():
        actions.decide(district.scope(login), job.id, said)
    return work(app, job.id)


def counts(job: ImportJob) -> dict[str, int]:
    """What its rows come to."""
    return {str(verdict): getattr(job, verdict) for verdict in RowVerdict if getattr(job, verdict)}


def faults(job: ImportJob) -> dict[int, list[tuple[str, str]]]:
    """Row of the sheet → column and sentence of each thing that is wrong."""
    return {
        row.number: [(column, said) for column, said in row.faults]
        for row in queries.all_rows(job.id, RowVerdict.FAULTY)
    }


def register() -> dict[str, int]:
    """How many places, parties, and parts there are."""
    return {model.__tablename__: rows_in(model) for model in (Premises, Party, PremisesParty)}
