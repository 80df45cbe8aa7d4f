"""更正说明: made by the desk once something was put right that a paper of its own says wrong; it takes that paper's place."""

from flask import Flask

from inspect_app.hazards.actions import correcting
from inspect_app.hazards.locking import lock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.expected import Enter, Row, pressed
from tests.papers.rows import handover
from tests.support import District, found


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = found(district)
    db.session.commit()
    desk, page = enter("du1"), f"/desk/hazards/{hazard.id}"
    letter = pressed(desk, page, hazard, "handover", handover.typed(district))
    put_right = correcting.Correction(spot="后门")
    correcting.correct(lock(hazard.id), district.actor("du2"), put_right, reason="位置记错了")
    db.session.commit()
    typed = {"about": f"corrected:{letter.id}", "remark": "请照这一张办。", "signed_off_by": "任志远"}
    paper = pressed(desk, page, hazard, "statement", typed)
    assert (paper.replaces_id, paper.content["replaces"]) == (letter.id, letter.number)
    return paper


ROW = Row(
    title="更正说明",
    list_name="说明",
    number=r"青人.*说〔\d{4}〕1号",
    to="青江区人民政府柳荫街道办事处",
    ways=(),
    says=("更正为", "位置记错了", "沈卫东", "不再有效", "请照这一张办。"),
    make=_make,
)
