"""延期批复: made by the office that set the date, in answer to who asked for a later one; it is the step 同意延期."""

from datetime import timedelta

from flask import Flask

from inspect_app.hazards.actions import requesting
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Who
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.expected import Enter, Row, pressed
from tests.support import District, accepted, found, handed_over


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = accepted(district, handed_over(district, found(district)))
    until = clock.today() + timedelta(days=20)
    requesting.ask_extension(
        lock(hazard.id), Actor(Who.PARTY, party_id=hazard.party_id), until=until, reason="配件没有到", interim="断电"
    )
    db.session.commit()
    typed = {"answer": "yes", "explanation": "每天拍照。", "signed_off_by": "彭雪"}
    paper = pressed(enter("jiedao1"), f"/inbox/{hazard.id}", hazard, "extensionreply", typed)
    assert db.session.get_one(Hazard, hazard.id).mending_on == until, "it is the step as well"
    return paper


ROW = Row(
    title="延期批复",
    list_name="延期批复",
    number=r"柳街批〔\d{4}〕1号",
    to="王记面馆",
    ways=("in_person", "post", "forwarded", "left"),
    says=("同意延期", "配件没有到", "防范措施：断电", "每天拍照"),
    make=_make,
)
