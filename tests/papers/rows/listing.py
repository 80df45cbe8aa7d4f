"""挂牌督办通知书: made by an office that may list what was determined as major; it is the step 挂牌督办."""

from flask import Flask

from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.expected import Enter, Row, pressed
from tests.support import DETERMINED, District, determined, found


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = determined(district, found(district, major=True), app.extensions["storage"])
    db.session.commit()
    typed = {
        "duty": "店主负责整改。",
        "measures": "打开出口。",
        "money": "店主自筹。",
        "time": "三日内。",
        "plan": "派人看守。",
        "signed_off_by": "丁峰",
    }
    paper = pressed(enter("yingji1"), f"/desk/hazards/{hazard.id}", hazard, "listing", typed)
    assert db.session.get_one(Hazard, hazard.id).listed_at is not None, "it is the step as well"
    return paper


ROW = Row(
    title="挂牌督办通知书",
    list_name="挂牌督办通知书",
    number=r"青应急督〔\d{4}〕1号",
    to="王记面馆",
    ways=("in_person", "post", "left", "electronic"),
    says=(
        DETERMINED,
        "认定为重大",
        "安全生产法》第四十一条第三款",
        "决定挂牌督办",
        "一、责任：店主负责整改。",
        "五、预案：派人看守。",
    ),
    make=_make,
)
