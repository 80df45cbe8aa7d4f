"""整改通知书: made by an officer of the competent handler, in the form on the hazard's page."""

from flask import Flask

from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.expected import Enter, Row, pressed
from tests.support import District, accepted, found, handed_over, typed_order


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    typed = typed_order(district)
    db.session.commit()
    return pressed(enter("xiaofang1"), f"/inbox/{hazard.id}", hazard, "notice", typed)


ROW = Row(
    title="责令限期改正通知书",
    list_name="整改通知书",
    number=r"青消整〔\d{4}〕1号",
    to="王记面馆",
    ways=("in_person", "post", "left", "electronic"),
    says=("经营者王某，未办照", "检〔2026〕1号", "现责令你单位", "派人看守", "行政复议", "送达人"),
    make=_make,
)
