"""A paper's way from draft to service in the database: numbers kept, faults told, printed dates final, all checkable."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pdfplumber
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from inspect_app.casework import delivering
from inspect_app.casework import papers as casework
from inspect_app.evidence import actions as evidence
from inspect_app.hazards.actions import steps
from inspect_app.hazards.case import lock
from inspect_app.hazards.dates import Clock
from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.kernel.hashing import content_hash, sha256_hex
from inspect_app.messages.models import Message
from inspect_app.papers import actions, audit, issuing, page, queries, reading, samples, stamping
from inspect_app.papers.models import MOST_ATTEMPTS, Paper, PaperLine, PaperSeal
from inspect_app.papers.service import Delivery
from tests.support import District, accepted, closed, found, handed_over, photo, submitted, typed_order, verified

ADDRESS = "http://127.0.0.1:8000"


def _ordered(district: District, **typed: str) -> tuple[Hazard, Paper]:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    paper = casework.issue_for_hazard(
        "notice", lock(hazard.id), district.scope("xiaofang1"), district.actor("xiaofang1"), address=ADDRESS,
        typed=typed_order(district, **typed),
    )  # fmt: skip
    db.session.commit()
    return hazard, paper


def _draw(app: Flask, *, fault: Exception | None = None) -> int:
    def render(kind: str, content: dict[str, object], at: datetime) -> bytes:
        if fault is not None:
            raise fault
        return f"%PDF-1.7 {content['number']}".encode()

    def store(data: bytes, kind: str) -> str:
        return evidence.keep(app.extensions["storage"], data, kind)

    return issuing.draw_waiting(render, store, app.extensions["keys"], app.extensions["numbers"])


def _serve(district: District, paper: Paper, **said: Any) -> None:
    words = {"way": "in_person", "served_at": clock.now(), "received_by": "店长"} | said
    delivering.serve(paper, district.scope("xiaofang1"), district.actor("xiaofang1"), Delivery(**words))


def test_the_file_is_drawn_once_signed_and_served_as_stored(app: Flask, district: District) -> None:
    _, paper = _ordered(district)
    assert paper.state == "issuing"
    assert (_draw(app), _draw(app)) == (1, 0)
    db.session.refresh(paper)
    stored = app.extensions["storage"].get(paper.file_sha256)
    assert stored == f"%PDF-1.7 {paper.number}".encode()
    assert app.extensions["keys"].verify(paper.file_key_id, paper.file_signature, bytes.fromhex(sha256_hex(stored)))


def test_a_failed_drawing_keeps_its_number_is_told_and_drawn_again(app: Flask, district: District) -> None:
    _, paper = _ordered(district)
    number = paper.number
    with clock.stopped_at(clock.now() + timedelta(hours=3)):
        for _ in range(MOST_ATTEMPTS + 2):
            _draw(app, fault=RuntimeError("no ink"))
        db.session.refresh(paper)
        assert paper.is_stuck
        assert paper.attempts == MOST_ATTEMPTS
        told = db.session.scalars(select(Message.text).where(Message.subject_id == paper.id)).all()
        assert len(told) == 1
        assert number in told[0]
        assert _draw(app) == 0, "it waits for a person"
        with writing():
            actions.draw_again(db.session.get_one(Paper, paper.id))
        assert _draw(app) == 1
    db.session.refresh(paper)
    assert (paper.number, paper.state, paper.fault) == (number, "issued", "")


def test_a_short_outage_does_not_use_up_the_attempts(app: Flask, district: District) -> None:
    _, paper = _ordered(district)
    for _ in range(20):
        _draw(app, fault=RuntimeError("the disk is full"))
    db.session.refresh(paper)
    assert paper.attempts < MOST_ATTEMPTS
    assert not paper.is_stuck


def test_one_paper_that_fails_does_not_hold_up_the_others(app: Flask, district: District) -> None:
    _ordered(district)
    _draw(app, fault=RuntimeError("no ink"))
    _draw(app, fault=RuntimeError("no ink"))
    _, other = _ordered(district)
    assert _draw(app) == 1
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
        _ordered(district, **{left_out: ""})
    assert db.session.scalar(select(Paper.id)) is None


def test_the_date_an_order_prints_is_final(app: Flask, district: District) -> None:
    hazard, paper = _ordered(district)
    _draw(app)
    newest = select(Clock).where(Clock.hazard_id == hazard.id, Clock.kind == "mending").order_by(Clock.id.desc())
    row = db.session.scalars(newest).first()
    assert row is not None
    assert row.printed
    _serve(district, paper)
    db.session.refresh(hazard)
    assert hazard.mending_on == row.due_on == queries.lines(paper)[0][0].due_on


def test_a_sheet_that_is_not_drawn_yet_cannot_be_served(app: Flask, district: District) -> None:
    _, paper = _ordered(district)
    with pytest.raises(Refused, match="还没有做好"):
        _serve(district, paper)
    _draw(app)
    _serve(district, paper)
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
    _, paper = _ordered(district)
    _draw(app)
    if "served_at" in said:
        said = {"served_at": clock.now() + said["served_at"]}
    with pytest.raises(Refused, match=named):
        _serve(district, paper, **said)


def test_the_signed_sheet_photographed_stands_with_the_hazard(app: Flask, district: District) -> None:
    hazard, paper = _ordered(district)
    _draw(app)
    scan = photo(app.extensions["storage"], district, "xiaofang1")
    _serve(district, paper, scans=(scan,))
    places = db.session.execute(
        select(HazardPhoto.photo_id, HazardPhoto.place).where(HazardPhoto.hazard_id == hazard.id)
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
    hazard, paper = _ordered(district)
    _draw(app)
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
        _serve(district, paper)
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
    _, paper = _ordered(district)

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
        _, before = _ordered(district)
    with clock.stopped_at(datetime.fromisoformat("2026-12-31T16:30:00+00:00")):
        _, after = _ordered(district)
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


def test_verifying_names_a_file_that_was_changed_lost_or_signed_by_another(app: Flask, district: District) -> None:
    keys = app.extensions["keys"]
    storage = app.extensions["storage"]
    papers = [_ordered(district)[1] for _ in range(4)]
    _draw(app)
    assert audit.verify(storage.get, keys) == ([], 4)
    changed, lost, signed, content = (db.session.get_one(Paper, paper.id) for paper in papers)
    signed.file_signature = changed.file_signature
    content.content = content.content | {"remedies": "没有"}
    db.session.flush()

    def stored(sha256: str) -> bytes | None:
        if sha256 == lost.file_sha256:
            return None
        return b"another" if sha256 == changed.file_sha256 else storage.get(sha256)

    faults, _ = audit.verify(stored, keys)
    assert len(faults) == 4
    for paper, words in (
        (changed, "文件被改过"), (lost, "文件不在了"), (signed, "签名不对"), (content, "内容和它的指纹不一致"),
    ):  # fmt: skip
        assert any(paper.number in fault and words in fault for fault in faults)


def _content_with_hash(paper: Paper) -> None:
    paper.content = paper.content | {"remedies": "没有"}
    paper.content_sha256 = content_hash(paper.content)


def _date_everywhere(paper: Paper) -> None:
    """Whoever knows the tables changes the line, the content and its fingerprint together."""
    later = clock.today() + timedelta(days=300)
    row = queries.lines(paper)[0][0]
    row.due_on = later
    paper.content = paper.content | {"lines": [paper.content["lines"][0] | {"due_on": later.isoformat()}]}
    paper.content_sha256 = content_hash(paper.content)


def _line_of_another(paper: Paper) -> None:
    other = db.session.scalars(select(Hazard.id).where(Hazard.id != queries.lines(paper)[0][1].id)).first()
    db.session.execute(update(PaperLine).where(PaperLine.paper_id == paper.id).values(hazard_id=other))


def _code(paper: Paper) -> None:
    paper.code = "ZZZZZZ"
    paper.content = paper.content | {"code": "ZZZZZZ"}
    paper.content_sha256 = content_hash(paper.content)


def _given_up(paper: Paper) -> None:
    paper.state, paper.void_reason = "void", "看不见的手"


def _no_seal(paper: Paper) -> None:
    db.session.execute(delete(PaperSeal).where(PaperSeal.paper_id == paper.id))


def _another_seal(paper: Paper) -> None:
    seal = db.session.get_one(PaperSeal, paper.id)
    seal.document = seal.document.replace(paper.code, "ZZZZZZ")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_content_with_hash, "内容的指纹和封存的不一样"),
        (_content_with_hash, "内容的指纹和隐患记录里的不一样"),
        (_date_everywhere, "条目或它们的日期和封存的不一样"),
        (_line_of_another, "登记的条目和内容里的不一致"),
        (_line_of_another, "条目或它们的日期和封存的不一样"),
        (_code, "验证码和封存的不一样"),
        (_given_up, "隐患的记录里没有作废这一步"),
        (_no_seal, "封存的记录不见了"),
        (_another_seal, "封存的记录被改过"),
        (lambda paper: setattr(paper, "issued_on", paper.issued_on - timedelta(days=30)), "登记的成文日期和内容里的不一致"),
        (lambda paper: setattr(paper, "number", "换过的号"), "文号和封存的不一样"),
        (lambda paper: setattr(paper, "file_sha256", None) or setattr(paper, "state", "issuing"), "做好的文件和封存的不一样"),
    ],
)  # fmt: skip
def test_verifying_says_what_was_changed_in_the_database(
    app: Flask, district: District, change: Callable[[Paper], None], named: str
) -> None:
    _ordered(district)
    _, paper = _ordered(district)
    _draw(app)
    db.session.refresh(paper)
    keys, storage = app.extensions["keys"], app.extensions["storage"]
    assert audit.verify(storage.get, keys) == ([], 2)
    change(paper)
    db.session.flush()
    db.session.expire_all()
    faults, _ = audit.verify(storage.get, keys)
    assert any(named in fault for fault in faults), faults


def test_verifying_names_one_brought_back_and_one_that_is_gone(app: Flask, district: District) -> None:
    _, back = _ordered(district)
    _, gone = _ordered(district)
    _draw(app)
    casework.void(back, district.scope("xiaofang1"), district.actor("xiaofang1"), reason="写错了")
    number = gone.number
    keys, storage = app.extensions["keys"], app.extensions["storage"]
    assert audit.verify(storage.get, keys)[0] == []
    db.session.refresh(back)
    back.state = "issued"
    for table in (PaperSeal, PaperLine):
        db.session.execute(delete(table).where(table.paper_id == gone.id))
    db.session.execute(delete(Paper).where(Paper.id == gone.id))
    db.session.flush()
    faults = "\n".join(audit.verify(storage.get, keys)[0])
    assert f"{back.number}：隐患的记录里已经作废，登记的却没有" in faults
    assert f"{number}：隐患的记录里出过，登记的文书不见了" in faults


def test_a_file_of_a_paper_that_no_longer_stands_is_stamped_and_the_stored_one_stays(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    storage, keys = app.extensions["storage"], app.extensions["keys"]
    _, paper = _ordered(district)

    def store(data: bytes, kind: str) -> str:
        return evidence.keep(storage, data, kind)

    def render(kind: str, content: dict[str, object], at: datetime) -> bytes:
        return page.render(kind, content, samples.picture)

    issuing.draw_waiting(render, store, keys, app.extensions["numbers"])
    db.session.refresh(paper)
    assert paper.file_sha256 is not None
    address, officer = f"/papers/{paper.id}.pdf", client_of("xiaofang1")
    assert officer.get(address).data == storage.get(paper.file_sha256)
    casework.void(paper, district.scope("xiaofang1"), district.actor("xiaofang1"), reason="写错了")
    db.session.commit()
    waiting = officer.get(address)
    assert (waiting.status_code, "正在加盖字样" in waiting.text) == (404, True)
    assert (stamping.stamp_waiting(storage.get, store), stamping.stamp_waiting(storage.get, store)) == (1, 0)
    shown = officer.get(address).data
    with pdfplumber.open(io.BytesIO(shown)) as pdf:
        assert len(pdf.pages) >= 1
        for sheet in pdf.pages:
            # Turned text comes out in the order of its places, not of its reading.
            assert {"作", "废"} <= set(sheet.extract_text())
        assert paper.number in pdf.pages[0].extract_text()
    db.session.refresh(paper)
    assert audit.verify(storage.get, keys) == ([], 1), "the stored file is as it was signed"
