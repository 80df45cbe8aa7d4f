"""提请认定函: made by the desk to the authority that may determine in the field; it is the step 提请认定."""

from flask import Flask

from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.expected import Enter, Row, pressed
from tests.support import District, found


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = found(district, major=True)
    db.session.commit()
    typed = {
        "authority_id": str(district.cast.offices["fire"]),
        "reason": "楼上住了人，只有这一个出口。",
        "signed_off_by": "任志远（主任）",
        "copies": "区应急局",
    }
    paper = pressed(enter("du1"), f"/desk/hazards/{hazard.id}", hazard, "determination", typed)
    assert db.session.get_one(Hazard, hazard.id).referred_at is not None, "it is the step as well"
    return paper


ROW = Row(
    title="疑似重大隐患提请认定函",
    list_name="提请认定函",
    number=r"青人.*认〔\d{4}〕1号",
    to="青江区消防救援大队",
    ways=(),
    says=("疑似重大：", "只有这一个出口。", "请你单位依法核实认定", "抄送：区应急局。"),
    make=_make,
)
