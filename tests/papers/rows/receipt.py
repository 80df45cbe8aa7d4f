"""送达回证: blank before an order is brought, filled once its service is recorded; the second takes the place of the first."""

from flask import Flask

from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.spoken_dates import datetime_full
from inspect_app.papers.models import Paper, Service
from tests.papers.expected import Enter, Row, pressed
from tests.support import District, accepted, found, handed_over, typed_order


def served(paper: Paper, by: str, district: District) -> Service:
    """What is recorded of bringing a paper that was drawn."""
    row = Service(
        paper_id=paper.id, way="left", served_at=clock.now(), result="served", no_receipt_reason="不愿签",
        place="收银台上", witness="网格员徐芳", served_by_person_id=district.cast.persons[by], recorded_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


def _make(app: Flask, district: District, enter: Enter) -> Paper:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    typed = typed_order(district)
    db.session.commit()
    officer, page = enter("xiaofang1"), f"/inbox/{hazard.id}"
    order = pressed(officer, page, hazard, "notice", typed)
    blank = pressed(officer, page, hazard, "receipt", {"paper": str(order.id)})
    assert (blank.content["served_at"], blank.content["way"]) == ("", "")
    service = served(order, "xiaofang1", district)
    officer.post(f"/hazards/{hazard.id}/papers/receipt", data={"paper": str(order.id), "hazard": str(hazard.id)})
    paper = db.session.query(Paper).filter_by(replaces_id=blank.id).one()
    assert paper.content["served_at"] == datetime_full(service.served_at), "to the minute"
    assert db.session.get_one(Hazard, hazard.id).order_number == order.number
    return paper


ROW = Row(
    title="送达回证",
    list_name="送达回证",
    number=r".+送达回证 \d{4}-0002",
    to="王记面馆",
    ways=(),
    says=("青消整〔", "留置送达", "收银台上", "网格员徐芳", "不愿签", "代替区消防大队送达回证"),
    make=_make,
)
