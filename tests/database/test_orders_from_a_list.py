"""整改通知书 for a whole selection: from the list of an office to numbers, steps, drawn sheets, and one PDF for the printer."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from inspect_app.hazards.models import Hazard
from inspect_app.jobs import sweeps
from inspect_app.kernel.database import db
from inspect_app.papers import audit
from inspect_app.papers.models import Paper
from inspect_app.premises.models import Party, Premises
from inspect_app.printing.models import PrintJob
from tests.database.prints import bookmarks, bytes_of, unpacked, view_of, work
from tests.support import District, accepted, found, handed_over, typed_order

DETAILS = {
    "wordings": ["门上了锁"], "advice": ["打开"], "days": 7, "no_photo_reason": "测试",
    "basis": [{"document": "中华人民共和国消防法", "article": "第二十八条", "mark": "✔"}],
}  # fmt: skip
LIST = "/inbox/issue?kind=notice&tab=all"


@pytest.fixture
def hazards(app: Flask, district: District) -> list[Hazard]:
    """Two of one shop and one of each of two others, with the fire office; of the last nobody has entered who answers."""
    made = [
        accepted(
            district,
            handed_over(district, found(district, place=place, item=item, details=DETAILS), "fire"),
            "xiaofang1",
        )
        for place, item in ((0, "F-EXIT-01"), (0, "F-EXIT-02"), (1, "F-EXIT-01"), (2, "F-EXIT-01"))
    ]
    for place, row in ((0, made[0]), (1, made[2])):
        name = db.session.get_one(Premises, district.places[place]).name
        party = Party(name=f"{name}有限公司", credit_code=f"9200000000000000{place}X")
        db.session.add(party)
        db.session.flush()
        for one in made:
            if one.premises_id == row.premises_id:
                one.party_id = party.id
    db.session.commit()
    return made


def test_a_batch_of_orders_goes_from_the_selection_to_the_printer(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient], hazards: list[Hazard]
) -> None:
    client = client_of("xiaofang1")
    form = client.get(LIST).text
    asked = set(re.findall(r'name="(\w+)"', form))
    given = {name: value for name, value in typed_order(district).items() if name in asked}
    shown = client.post(LIST, data=given | {"do": "look"}).text
    assert "能出 2 份" in shown, "one sheet for each shop"
    assert "1 份出不了" in shown
    keys = re.findall(r'name="take" value="(\w+)" checked', shown)
    pressed = client.post(LIST, data=given | {"do": "issue", "take": keys})
    assert (pressed.status_code, pressed.location) == (303, "/prints")
    job = db.session.scalars(select(PrintJob)).one()
    assert work(app) is True, "the numbers are taken; the sheets are still to be drawn"
    papers = list(db.session.scalars(select(Paper).order_by(Paper.serial)))
    assert [paper.serial for paper in papers] == [1, 2]
    assert sorted(len(paper.content["lines"]) for paper in papers) == [1, 2]
    assert sweeps.draw_papers() == 2
    assert work(app) is False
    view = view_of(job)
    assert (view.made, view.left_out) == (2, [])
    pdf = bytes_of(app, job, "pdf")
    marks = bookmarks(pdf)
    assert all(paper.number in title for paper, (title, _) in zip(papers, marks, strict=True))
    assert all(page % 2 == 1 for _, page in marks), "each begins a sheet"
    words = "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)
    for paper in papers:
        assert all(said in words for said in ("".join(paper.number.split()), paper.content["addressee"]))
    files, rows = unpacked(bytes_of(app, job, "zip"))
    assert len(files) == len(rows) == 2
    db.session.expire_all()
    assert [bool(db.session.get_one(Hazard, row.id).order_number) for row in hazards] == [True, True, True, False]
    assert audit.verify(app.extensions["storage"].get, app.extensions["keys"]) == ([], 2)
    again = client.post(LIST, data=given | {"do": "issue", "take": keys})
    assert (again.status_code, "您看过以后，这里变了" in again.text) == (422, True), (
        "no second order over a standing one"
    )
