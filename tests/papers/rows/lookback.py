"""回访情况记录: a button at the desk once a deputy has looked back."""

from flask import Flask

from inspect_app.hazards.actions import mending
from inspect_app.hazards.locking import lock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.expected import Enter, Row, pressed
from tests.support import District, accepted, found, handed_over, photo


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = accepted(district, handed_over(district, found(district)))
    for login, mended, words in (("daibiao1", False, "门还锁着"), ("daibiao2", True, "锁拆了")):
        shot = photo(app.extensions["storage"], district, login)
        mending.look_back(lock(hazard.id), district.actor(login), mended=mended, photo_ids=(shot,), words=words)
    db.session.commit()
    paper = pressed(enter("du1"), f"/desk/hazards/{hazard.id}", hazard, "lookback", {})
    assert len(paper.content["lines"][0]["photos"]) == 2
    return paper


ROW = Row(
    title="回访情况记录",
    list_name="回访记录",
    number=r".+回访记录 \d{4}-0001",
    to="王记面馆",
    ways=(),
    says=("回访核实", "门还锁着", "锁拆了", "周国平", "由核验和销号的单位确认"),
    make=_make,
)
