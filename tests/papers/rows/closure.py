"""闭环报告: a button at the desk once a hazard is closed."""

from flask import Flask

from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.expected import Enter, Row, pressed
from tests.support import District, accepted, closed, found, handed_over, submitted, verified


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = submitted(district, accepted(district, handed_over(district, found(district))), app.extensions["storage"])
    closed(district, verified(district, hazard))
    db.session.commit()
    return pressed(enter("du1"), f"/desk/hazards/{hazard.id}", hazard, "closure", {})


ROW = Row(
    title="闭环（销号）报告",
    list_name="闭环报告",
    number=r"青人.*销〔\d{4}〕1号",
    to="王记面馆",
    ways=(),
    says=("整改前后", "核实人", "销号人", "记录指纹"),
    make=_make,
)
