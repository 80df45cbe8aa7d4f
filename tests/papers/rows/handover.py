"""转办函: made by the desk in the form on the hazard's page; it is the step 交办."""

from datetime import timedelta

from flask import Flask

from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.expected import Enter, Row, pressed
from tests.support import District, found


def typed(district: District, office: str = "street", **said: str) -> dict[str, str]:
    """What a supervisor types and chooses for a letter of handing over."""
    return {
        "handler_id": str(district.cast.offices[office]),
        "reply_on": (clock.today() + timedelta(days=7)).isoformat(),
        "due_on": (clock.today() + timedelta(days=10)).isoformat(),
        "matter": "请先到现场看一次。",
        "signed_off_by": "任志远（主任）",
        "copies": "区消防大队、区应急局",
    } | said


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = found(district)
    db.session.commit()
    paper = pressed(enter("du1"), f"/desk/hazards/{hazard.id}", hazard, "handover", typed(district))
    now = db.session.get_one(Hazard, hazard.id)
    assert (now.state, now.handler_id) == ("rectifying", district.cast.offices["street"]), "it is the step as well"
    return paper


ROW = Row(
    title="转办函",
    list_name="转办函",
    number=r"青人.*转〔\d{4}〕1号",
    to="青江区人民政府柳荫街道办事处",
    ways=(),
    says=(
        "代表法》第三十一条第一款",
        "研究处理",
        "反馈我单位",
        "签发：任志远（主任）",
        "抄送：区消防大队，区应急局。",
        "安全出口上锁",
    ),
    make=_make,
)
