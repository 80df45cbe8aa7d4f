"""延期申请: made by the office that has the hazard, to another one that set its date; it is the step 申请延期."""

from datetime import timedelta

from flask import Flask

from inspect_app.hazards.actions import handing, ordering
from inspect_app.hazards.clocks import TimeLimit
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.expected import Enter, Row, pressed
from tests.support import District, accepted, found, handed_over, order_of


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    ordering.order(lock(hazard.id), district.actor("xiaofang1"), order_of(district))
    street = district.cast.offices["street"]
    handing.reassign(
        lock(hazard.id), district.actor("du1"), handler_id=street, restart=False, reply=TimeLimit(5), reason="属地办理"
    )
    accepted(district, hazard)
    db.session.commit()
    typed = {
        "until": (clock.today() + timedelta(days=20)).isoformat(),
        "reason": "配件没有到货。",
        "interim": "派人看守。",
        "signed_off_by": "彭雪（主任）",
    }
    paper = pressed(enter("jiedao1"), f"/inbox/{hazard.id}", hazard, "extension", typed)
    assert db.session.get_one(Hazard, hazard.id).last_step == "ask_extension", "it is the step as well"
    return paper


ROW = Row(
    title="延期申请",
    list_name="延期申请",
    number=r"柳街延〔\d{4}〕1号",
    to="青江区消防救援大队",
    ways=(),
    says=("现申请延期", "配件没有到货。", "派人看守。", "仍按原来的期限整改"),
    make=_make,
)
