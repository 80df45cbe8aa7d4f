"""巡查记录表: a button of the desk on the page of a visit."""

from flask import Flask
from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from inspect_app.visits.models import Visit
from tests.operations import receipt_of, whole_visit
from tests.papers.expected import Enter, Row
from tests.support import District


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    receipt_of(app, district, whole_visit(district))
    visit, desk = db.session.scalars(select(Visit)).one(), enter("du1")
    assert "出巡查记录表" in desk.get(f"/desk/visits/{visit.id}").text
    assert desk.post(f"/desk/visits/{visit.id}/record").status_code == 303
    paper = db.session.scalars(select(Paper).where(Paper.kind == "visitrecord")).one()
    assert paper.number in desk.get(f"/desk/visits/{visit.id}").text
    return paper


ROW = Row(
    title="巡查记录表",
    list_name="巡查记录表",
    number=r".+巡查记录 \d{4}-0001",
    to="王记面馆",
    ways=(),
    says=("非行政执法文书", "陈玉兰", "不合格", "分开数", "不是合格"),
    make=_make,
)
