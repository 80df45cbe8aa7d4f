"""Papers held against what was signed: files and rows that were changed, lost or exchanged, and what no longer stands."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pdfplumber
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from inspect_app.casework import papers as casework
from inspect_app.evidence import actions as evidence
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import content_hash
from inspect_app.papers import audit, issuing, page, queries, samples, stamping
from inspect_app.papers.models import Paper, PaperLine, PaperSeal
from tests.database.paperwork import draw, ordered
from tests.support import District


def test_verifying_names_a_file_that_was_changed_lost_or_signed_by_another(app: Flask, district: District) -> None:
    keys = app.extensions["keys"]
    storage = app.extensions["storage"]
    papers = [ordered(district)[1] for _ in range(4)]
    draw(app)
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
    ordered(district)
    _, paper = ordered(district)
    draw(app)
    db.session.refresh(paper)
    keys, storage = app.extensions["keys"], app.extensions["storage"]
    assert audit.verify(storage.get, keys) == ([], 2)
    change(paper)
    db.session.flush()
    db.session.expire_all()
    faults, _ = audit.verify(storage.get, keys)
    assert any(named in fault for fault in faults), faults


def test_verifying_names_one_brought_back_and_one_that_is_gone(app: Flask, district: District) -> None:
    _, back = ordered(district)
    _, gone = ordered(district)
    draw(app)
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
    _, paper = ordered(district)

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
