"""代表提示单: handed in with the visit on the phone."""

from flask import Flask
from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.operations import receipt_of, whole_visit
from tests.papers.expected import Enter, Row
from tests.support import District


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    receipt_of(app, district, whole_visit(district))
    return db.session.scalars(select(Paper)).one()


ROW = Row(
    title="代表提示单",
    list_name="提示单",
    number=r".+提示单 \d{4}-0001",
    to="王记面馆",
    ways=("in_person", "post", "forwarded", "scan", "on_phone"),
    says=("提示告知，非行政执法文书", "建议完成", "不是处罚，不收任何费用"),
    make=_make,
)
