"""示例函: made by the desk in a form. File 3 of the recipe: tests/papers/rows/example.py."""

from datetime import timedelta

from flask import Flask

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.expected import Enter, Row, pressed
from tests.support import District, accepted, found, handed_over


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = accepted(district, handed_over(district, found(district)))
    db.session.commit()
    typed = {"matter": "请先断电，再换线。", "answer_by": (clock.today() + timedelta(days=5)).isoformat()}
    return pressed(enter("du1"), f"/desk/hazards/{hazard.id}", hazard, "example", typed)


ROW = Row(
    title="示例函",
    list_name="示例函",
    number=r"青人.*例〔\d{4}〕1号",
    to="青江区人民政府柳荫街道办事处",
    ways=("in_person", "post"),
    says=("现予说明", "请先断电，再换线。", "安全出口上锁"),
    make=_make,
)
