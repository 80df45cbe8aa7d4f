"""复查意见书: made by the office whose order stands, after its own second look; it is the step 复查."""

from flask import Flask

from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.expected import Enter, Row, pressed
from tests.support import District, accepted, found, handed_over, typed_order


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    ordered = typed_order(district)
    db.session.commit()
    officer = enter("xiaofang1")
    pressed(officer, f"/inbox/{hazard.id}", hazard, "notice", ordered)
    typed = {
        "inspected_on": clock.today().isoformat(),
        "inspected_at": "柳荫街1号",
        "record": "复〔2026〕1号",
        "officer_1": ordered["officer_1"],
        "officer_2": ordered["officer_2"],
        "result": "no",
        "remark": "锁换成了链条",
    }
    paper = pressed(officer, f"/inbox/{hazard.id}", hazard, "reinspection", typed)
    assert db.session.get_one(Hazard, hazard.id).last_step == "reinspect", "it is the step as well"
    return paper


ROW = Row(
    title="复查意见书",
    list_name="复查意见书",
    number=r"青消复〔\d{4}〕1号",
    to="王记面馆",
    ways=("in_person", "post", "left", "electronic"),
    says=("落实青消整〔", "复查记录复〔2026〕1号", "未整改", "锁换成了链条", "执法证号", "继续按"),
    make=_make,
)
