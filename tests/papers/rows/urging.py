"""催办函: made by the desk in a form while an office has the hazard; it is the step 催办."""

from datetime import timedelta

from flask import Flask

from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.expected import Enter, Row, pressed
from tests.support import District, accepted, found, handed_over


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = accepted(district, handed_over(district, found(district)))
    db.session.commit()
    typed = {
        "matter": "请先断电，再换线。",
        "answer_by": (clock.today() + timedelta(days=5)).isoformat(),
        "signed_off_by": "任志远",
    }
    paper = pressed(enter("du1"), f"/desk/hazards/{hazard.id}", hazard, "urging", typed)
    assert db.session.get_one(Hazard, hazard.id).last_step == "urge", "it is the step as well"
    return paper


ROW = Row(
    title="催办函",
    list_name="催办函",
    number=r"青人.*催〔\d{4}〕1号",
    to="青江区人民政府柳荫街道办事处",
    ways=(),
    says=("现予催办", "请先断电，再换线。", "安全出口上锁", "已签收，整改中", "签发：任志远"),
    make=_make,
)
