"""A paper's way from draft to service in the database: numbers kept, faults told, printed dates final."""

import io
from datetime import datetime, timedelta
from typing import Any

import pdfplumber
import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.casework import papers as casework
from inspect_app.evidence import actions as evidence
from inspect_app.hazards.actions import steps
from inspect_app.hazards.dates import Clock
from inspect_app.hazards.events import Event
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.messages.models import Message
from inspect_app.papers import actions, issuing, page, queries, reading, samples
from inspect_app.papers.models import MOST_ATTEMPTS, Paper
from tests.database.paperwork import ADDRESS, draw, ordered, serve_paper
from tests.support import District, accepted, closed, found, handed_over, photo, submitted, typed_order, verified


def test_the_file_is_drawn_once_signed_and_served_as_stored(app: Flask, district: District) -> None:
    _, paper = ordered(district)
    assert paper.state == "issuing"
    assert (draw(app), draw(app)) == (1, 0)
    db.session.refresh(paper)
    stored = app.extensions["storage"].get(paper.file_sha256)
    assert stored == f"%PDF-1.7 {paper.number}".encode()
    assert app.extensions["keys"].verify(paper.file_key_id, paper.file_signature, bytes.fromhex(sha256_hex(stored)))


def test_a_failed_drawing_keeps_its_number_is_told_and_drawn_again(app: Flask, district: District) -> None:
    _, paper = ordered(district)
    number = paper.number
    with clock.stopped_at(clock.now() + timedelta(hours=3)):
        for _ in range(MOST_ATTEMPTS + 2):
            draw(app, fault=RuntimeError("no ink"))
        db.session.refresh(paper)
        assert paper.is_stuck
        assert paper.attempts == MOST_ATTEMPTS
        told = db.session.scalars(select(Message.text).where(Message.subject_id == paper.id)).all()
        assert len(told) == 1
        assert number in told[0]
        assert draw(app) == 0, "it waits for a person"
        with writing():
            actions.draw_again(db.session.get_one(Paper, paper.id))
        assert draw(app) == 1
    db.session.refresh(paper)
    assert (paper.number, paper.state, paper.fault) == (number, "issued", "")


def test_a_short_outage_does_not_use_up_the_attempts(app: Flask, district: District) -> None:
    _, paper = ordered(district)
    for _ in range(20):
        draw(app, fault=RuntimeError("the disk is full"))
    db.session.refresh(paper)
    assert paper.attempts < MOST_ATTEMPTS
    assert not paper.is_stuck


def test_one_paper_that_fails_does_not_hold_up_the_others(app: Flask, district: District) -> None:
    ordered(district)
    draw(app, fault=RuntimeError("no ink"))
    draw(app, fault=RuntimeError("no ink"))
    _, other = ordered(district)
    assert draw(app) == 1
    db.session.refresh(other)
    assert other.state == "issued"


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        ("officer_2", "选两个人"),
        ("inspected_on", "检查日期"),
        ("inspected_at", "检查地点"),
        ("record", "检查记录编号"),
        ("requirement", "整改要求"),
        ("identity", "被责令人的身份"),
        ("basis", "违反的规定"),
        ("due_on", "整改期限"),
    ],
)
def test_what_an_order_lacks_is_named_and_takes_no_number(
    app: Flask, district: District, left_out: str, named: str
) -> None:
    with pytest.raises(Refused, match=named):
        ordered(district, **{left_out: ""})
    assert db.session.scalar(select(Paper.id)) is None


def test_the_date_an_order_prints_is_final(app: Flask, district: District) -> None:
    hazard, paper = ordered(district)
    draw(app)
    newest = select(Clock).where(Clock.hazard_id == hazard.id, Clock.kind == "mending").order_by(Clock.id.desc())
    row = db.session.scalars(newest).first()
    assert row is not None
    assert row.printed
    serve_paper(district, paper)
    db.session.refresh(hazard)
    assert hazard.mending_on == row.due_on == queries.lines(paper)[0][0].due_on


def test_a_sheet_that_is_not_drawn_yet_cannot_be_served(app: Flask, district: District) -> None:
    _, paper = ordered(district)
    with pytest.raises(Refused, match="还没有做好"):
        serve_paper(district, paper)
    draw(app)
    serve_paper(district, paper)
    assert len(queries.services(paper.id)) == 1


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"served_at": timedelta(hours=1)}, "不能晚于现在"),
        ({"served_at": timedelta(days=-2)}, "不能早于成文日期"),
        ({"received_by": ""}, "还差签收人"),
        ({"no_receipt_reason": "拒收"}, "不算送达"),
        ({"way": "pigeon"}, "方式"),
    ],
)
def test_a_service_that_cannot_be_is_refused(app: Flask, district: District, said: dict[str, Any], named: str) -> None:
    _, paper = ordered(district)
    draw(app)
    if "served_at" in said:
        said = {"served_at": clock.now() + said["served_at"]}
    with pytest.raises(Refused, match=named):
        serve_paper(district, paper, **said)


def test_the_signed_sheet_photographed_stands_with_the_hazard(app: Flask, district: District) -> None:
    hazard, paper = ordered(district)
    draw(app)
    scan = photo(app.extensions["storage"], district, "xiaofang1")
    serve_paper(district, paper, scans=(scan,))
    places = db.session.execute(
        select(HazardPhoto.photo_id, HazardPhoto.slot).where(HazardPhoto.hazard_id == hazard.id)
    )
    assert (scan, "document") in [tuple(row) for row in places]


def test_of_many_photos_two_are_printed_and_the_rest_is_said(app: Flask, district: District) -> None:
    """Fifteen photos of one finding do not become two without a word, on the sheet or where it is compared."""
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    storage, by = app.extensions["storage"], district.cast.accounts["xiaofang1"]
    steps.add_photos(hazard, {photo(storage, district, "xiaofang1"): (by,) for _ in range(5)}, "before")
    paper = casework.issue_for_hazard(
        "notice", lock(hazard.id), district.scope("xiaofang1"), district.actor("xiaofang1"), address=ADDRESS,
        typed=typed_order(district),
    )  # fmt: skip
    line = paper.content["lines"][0]
    assert (len(line["photos"]), line["photos_not_printed"]) == (2, 3)
    said = {one.label: one.words for one in reading.read("notice", paper.content).lines[0].said}
    assert said["另有照片"] == ["3 张，没有印在纸上"]
    with pdfplumber.open(io.BytesIO(page.render("notice", dict(paper.content), samples.picture))) as sheet:
        text = "".join(one.extract_text() for one in sheet.pages).replace("\n", "")
    assert "还拍了3张照片，没有印在这里" in text.replace(" ", "")


def test_giving_up_a_paper_keeps_number_and_file_and_stands_in_the_chain(app: Flask, district: District) -> None:
    hazard, paper = ordered(district)
    draw(app)
    db.session.refresh(paper)
    file = paper.file_sha256
    with pytest.raises(NotAllowed, match="出这张单子的单位"):
        casework.void(paper, district.scope("du1"), district.actor("du1"), reason="写错了")
    casework.void(paper, district.scope("xiaofang2"), district.actor("xiaofang2"), reason="写错了")
    assert (paper.state, paper.file_sha256) == ("void", file)
    last = db.session.scalars(select(Event).where(Event.hazard_id == hazard.id).order_by(Event.seq.desc())).first()
    assert last is not None
    assert last.step == "void_paper"
    assert last.body["facts"]["number"] == paper.number
    with pytest.raises(Refused, match="已经作废"):
        serve_paper(district, paper)
    assert db.session.get_one(Hazard, hazard.id).order_number is None, "another order may be issued"
    typed = typed_order(district)
    again = casework.issue_for_hazard(
        "notice",
        lock(hazard.id),
        district.scope("xiaofang1"),
        district.actor("xiaofang1"),
        address=ADDRESS,
        typed=typed,
    )
    assert again.serial == paper.serial + 1


def test_a_paper_that_is_being_drawn_while_it_is_given_up_stays_given_up(app: Flask, district: District) -> None:
    _, paper = ordered(district)

    def render(kind: str, content: dict[str, object], at: datetime) -> bytes:
        with writing():
            row = db.session.get_one(Paper, paper.id)
            casework.void(row, district.scope("xiaofang1"), district.actor("xiaofang1"), reason="不用了")
        return b"%PDF"

    def store(data: bytes, kind: str) -> str:
        return evidence.keep(app.extensions["storage"], data, kind)

    assert issuing.draw_waiting(render, store, app.extensions["keys"], app.extensions["numbers"]) == 0
    db.session.refresh(paper)
    assert (paper.state, paper.file_sha256) == ("void", None)


def test_the_number_is_of_the_year_in_shanghai(app: Flask, district: District) -> None:
    with clock.stopped_at(datetime.fromisoformat("2026-12-31T23:30:00+08:00")):
        _, before = ordered(district)
    with clock.stopped_at(datetime.fromisoformat("2026-12-31T16:30:00+00:00")):
        _, after = ordered(district)
    assert (before.year, after.year) == (2026, 2027)
    assert after.number.endswith("〔2027〕1号")


def test_the_closing_report_tells_the_clocks_and_who_did_what(app: Flask, district: District) -> None:
    hazard = submitted(district, accepted(district, handed_over(district, found(district))), app.extensions["storage"])
    closed(district, verified(district, hazard))
    paper = casework.issue_for_hazard(
        "closure", lock(hazard.id), district.scope("du1"), district.actor("du1"), address=ADDRESS, typed={}
    )
    names = [row["name"] for row in paper.content["clocks"]]
    assert names == ["答复期限", "整改期限（建议）", "整改期限"]
    assert [event["step"] for event in paper.content["events"]] == [
        "发现",
        "交办",
        "签收",
        "报请核验",
        "回访核实：合格",
        "销号",
    ]
    assert all(event["who"] for event in paper.content["events"])
    assert len(paper.content["after"]) == 1
