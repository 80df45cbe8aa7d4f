"""A file held against the archive from the page behind a paper's code: which file it is, or that it is another; nothing kept."""

import io
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from inspect_app.casework import delivering
from inspect_app.casework import papers as casework
from inspect_app.evidence import actions as evidence
from inspect_app.evidence.models import Photo, StoredFile
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers import queries
from inspect_app.papers.models import Paper, PaperStamp
from inspect_app.web.portal.comparing import MOST_BYTES
from tests.database.paperwork import ordered, serve_paper
from tests.database.prints import issued, pdf_of
from tests.support import District, photo

SAME = "与存档文件完全一致"
DIFFERENT = "不一致（重新保存、扫描也会这样），请逐条对照下面的文字。"


@pytest.fixture
def paper(app: Flask, district: District) -> Paper:
    """An order that is issued, with its file."""
    return issued(app, district, [2])[0]


def _bring(
    client: FlaskClient, paper: Paper, data: bytes | None, name: str = "单子.pdf", code: str = ""
) -> TestResponse:
    file = (io.BytesIO(data or b""), name if data is not None else "")
    return client.post(
        f"/z/{paper.mark}", data={"code": code or paper.code, "file": file}, content_type="multipart/form-data"
    )


def _stored(app: Flask, sha256: str | None) -> bytes:
    assert sha256 is not None
    data: bytes | None = app.extensions["storage"].get(sha256)
    assert data is not None
    return data


def test_the_issued_file_is_known_whatever_it_is_called(app: Flask, paper: Paper) -> None:
    data = _stored(app, paper.file_sha256)
    for name in ("单子.pdf", "x.exe", "没有后缀"):
        answer = _bring(app.test_client(), paper, data, name)
        assert answer.status_code == 200
        assert f"{SAME}：这就是发出时的原件。" in answer.text
        assert paper.number in answer.text, "with all of its text to compare"


def test_the_stamped_copy_is_known_and_the_page_says_what_became_of_it(
    app: Flask, district: District, paper: Paper
) -> None:
    casework.void(paper, district.scope("xiaofang1"), district.actor("xiaofang1"), reason="写错了")
    copy = pdf_of("作废", 2)
    sha256 = evidence.keep(app.extensions["storage"], copy, "application/pdf")
    db.session.add(PaperStamp(paper_id=paper.id, words="作废", file_sha256=sha256, made_at=clock.now()))
    db.session.commit()
    answer = _bring(app.test_client(), paper, copy)
    assert f"{SAME}：这是单子不再有效以后，盖了字样的副本。" in answer.text
    assert "这一号文书现在：已作废" in answer.text


def test_a_filed_scan_is_known_until_its_service_is_corrected(app: Flask, district: District, paper: Paper) -> None:
    scan = photo(app.extensions["storage"], district, "xiaofang1")
    serve_paper(district, paper, scans=(scan,))
    db.session.commit()
    data = _stored(app, db.session.get_one(Photo, scan).sha256)
    assert f"{SAME}：这是送达时存档的扫描件。" in _bring(app.test_client(), paper, data, "扫描.jpg").text
    service = queries.services(paper.id)[0]
    delivering.correct(paper, service.id, district.scope("xiaofang1"), district.actor("xiaofang1"), reason="不是这张")
    db.session.commit()
    assert DIFFERENT in _bring(app.test_client(), paper, data, "扫描.jpg").text


def test_anything_else_is_another_file_and_nothing_of_it_is_kept(app: Flask, district: District, paper: Paper) -> None:
    other = issued(app, district, [1])[0]
    before = db.session.scalar(select(func.count()).select_from(StoredFile))
    kept = {path for path in Path(app.extensions["storage"].folder).rglob("*") if path.is_file()}
    whole = _stored(app, paper.file_sha256)
    for data in (whole + b"\n", whole[:-1], _stored(app, other.file_sha256), b"\xff\xd8\xff\xe0 a photo"):
        answer = _bring(app.test_client(), paper, data)
        assert DIFFERENT in answer.text
        assert SAME not in answer.text
    for data in (b"<html>%", b"PK\x03\x04", b"x"):
        assert "这个文件不是 PDF，也不是照片" in _bring(app.test_client(), paper, data, "单子.pdf").text
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == before
    assert {path for path in Path(app.extensions["storage"].folder).rglob("*") if path.is_file()} == kept


def test_none_empty_and_too_large_are_each_said(app: Flask, paper: Paper) -> None:
    client = app.test_client()
    assert "还没有选文件" in _bring(client, paper, None).text
    assert "这个文件是空的" in _bring(client, paper, b"").text
    assert "这个文件超过 20 MB" in _bring(client, paper, b"%PDF-" + bytes(MOST_BYTES)).text
    assert client.post(
        f"/z/{paper.mark}", data={"code": paper.code, "file": (io.BytesIO(bytes(31 << 20)), "x.pdf")}
    ).status_code == 413  # fmt: skip


def test_without_the_code_a_file_tells_nothing(app: Flask, paper: Paper) -> None:
    answer = _bring(app.test_client(), paper, _stored(app, paper.file_sha256), code="WRONG2")
    assert answer.status_code == 422
    assert SAME not in answer.text
    assert paper.number not in answer.text


def test_before_a_file_is_brought_the_page_says_how_the_paper_stands(app: Flask, paper: Paper) -> None:
    shown = app.test_client().post(f"/z/{paper.mark}", data={"code": paper.code}).text
    assert "这一号文书现在：有效" in shown
    assert "比一比" in shown
    assert SAME not in shown
    assert "不一致" not in shown


def test_a_paper_without_a_file_offers_nothing_to_compare(app: Flask, district: District) -> None:
    _, paper = ordered(district)
    shown = app.test_client().post(f"/z/{paper.mark}", data={"code": paper.code}).text
    assert "文件还在做" in shown
    assert "比一比" not in shown
