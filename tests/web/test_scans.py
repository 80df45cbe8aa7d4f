"""The tray as an office sees it: what it brings, what is said of each page, the tap, the refusals; what pages know of a filed scan."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from inspect_app.evidence import actions as evidence
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers import queries as papers
from inspect_app.papers.filed import filed_of
from inspect_app.papers.models import Paper
from inspect_app.scans.models import ScannedPage, ScanUpload
from inspect_app.scans.rules import WORDS, Why
from tests.database.prints import issued
from tests.scanned import jpeg, noise
from tests.support import District

OFFICE = "xiaofang1"
Clients = Callable[[str], FlaskClient]


@pytest.fixture
def paper(app: Flask, district: District) -> Paper:
    """An order of the fire brigade, with its file."""
    return issued(app, district, [1])[0]


def _page(app: Flask, district: District, **values: object) -> ScannedPage:
    """A page that the worker has read for the fire brigade."""
    sha256 = evidence.keep(app.extensions["storage"], jpeg(noise(300, 420, seed=len(values))), "image/jpeg")
    scope = district.scope(OFFICE)
    upload = ScanUpload(
        organisation_id=scope.organisation_id, account_id=scope.account_id, received_at=clock.now(), files=[sha256],
        read_at=clock.now(),
    )  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    page = ScannedPage(**{"upload_id": upload.id, "file": 0, "page": 1, "of_pages": 1, "copy_sha256": sha256} | values)
    db.session.add(page)
    db.session.commit()
    return page


def _bring(client: FlaskClient, *files: bytes) -> TestResponse:
    sent = [(io.BytesIO(data), f"第{number}张.jpg") for number, data in enumerate(files)]
    return client.post("/scans", data={"files": sent}, content_type="multipart/form-data")


def test_the_tray_takes_files_and_says_what_it_will_not_take(app: Flask, client_of: Clients) -> None:
    client = client_of(OFFICE)
    assert "收件盘是空的" in client.get("/scans").text
    for files, words in (((), "还没有选文件"), ((b"MZ",), "第 1 个文件不是照片，也不是 PDF")):
        answer = _bring(client, *files)
        assert (answer.status_code, words in answer.text) == (422, True)
    answer = _bring(client, jpeg(noise()), b"%PDF-1.7 whatever")
    assert answer.status_code == 303
    text = client.get("/scans").text
    assert "正在读：0／2 页" in text
    assert client.get("/scans/reading", headers={"HX-Request": "true"}).headers.get("HX-Refresh") is None
    assert "正在读" not in client_of("jiedao1").get("/scans").text, "another office's"


def test_each_reason_to_wait_has_its_sentence_and_its_page(app: Flask, district: District, client_of: Clients) -> None:
    assert set(WORDS) == set(Why)
    client = client_of(OFFICE)
    for why in Why:
        page = _page(app, district, state="stuck", why=why)
        assert WORDS[why] in client.get("/scans").text
        shown = client.get(f"/scans/{page.id}").text
        assert WORDS[why] in shown
        assert "就是这张，收下" not in shown


def test_today_and_an_inbox_count_what_waits_in_the_tray_of_the_own_office(
    app: Flask, district: District, client_of: Clients
) -> None:
    desk, inbox = client_of("du1"), client_of(OFFICE)
    assert "收扫描件" not in desk.get("/desk/").text + inbox.get("/inbox/").text, "where none waits there is no line"
    for state in ("stuck", "read"):
        _page(app, district, state=state, why="unreadable" if state == "stuck" else "")
    _page(app, district, state="stuck", why="unreadable")
    text = inbox.get("/inbox/").text
    assert re.search(r'href="/scans">收扫描件\s*<span class="count">2</span>', text), (
        "one that is being read does not wait"
    )
    assert "2 件事等您办" in text
    assert "收扫描件" not in desk.get("/desk/").text, "another office's"
    for upload in db.session.scalars(select(ScanUpload)):
        upload.organisation_id = district.cast.offices["street_congress"]
    db.session.commit()
    assert re.search(r'href="/scans">收扫描件\s*<span class="count">2</span>', desk.get("/desk/").text)
    assert "收扫描件" not in inbox.get("/inbox/").text


def test_one_tap_files_it_and_the_hazards_page_and_the_portal_know_it(
    app: Flask, district: District, paper: Paper, client_of: Clients
) -> None:
    client, hazard = client_of(OFFICE), papers.lines(paper)[0][1]
    assert "盖章件还没扫回来" in client.get(f"/inbox/{hazard.id}").text
    assert "盖章件还没扫回来" in client.get("/papers").text
    page = _page(app, district, state="proposed", paper_id=paper.id)
    assert "就是这张，收下" in client.get(f"/scans/{page.id}").text
    answer = client.post(f"/scans/{page.id}/file", follow_redirects=True)
    assert f"{paper.number} 的扫描件收下了。" in answer.text
    text = client.get(f"/inbox/{hazard.id}").text
    assert "扫描件已存档" in text
    assert "扫描件已存档" in client.get("/papers").text
    assert "盖章件还没扫回来" not in text
    assert "扫描件存档" in text, "in the log"
    (kept,) = filed_of([paper.id])[paper.id]
    data = app.extensions["storage"].get(kept.received_sha256)
    assert client.get(f"/papers/{paper.id}/scans/1").data == data
    assert client.get(f"/papers/{paper.id}/scans/2").status_code == 404
    compared = app.test_client().post(
        f"/z/{paper.mark}",
        data={"code": paper.code, "file": (io.BytesIO(data), "x.jpg")},
        content_type="multipart/form-data",
    )
    assert "这是盖章或签字以后扫回来存档的那一份" in compared.text
    again = client.post(f"/scans/{page.id}/file")
    assert (again.status_code, "已经处理过了" in again.text) == (422, True)


def test_a_receipt_is_recorded_in_the_same_tap_and_what_lacks_stands_beside_its_field(
    app: Flask, district: District, paper: Paper, client_of: Clients
) -> None:
    client = client_of(OFFICE)
    page = _page(app, district, state="proposed", paper_id=paper.id)
    now = clock.now().astimezone(clock.SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    whole = {"way": "in_person", "received_by": "王老板", "served_at": now}
    for lacking, words in (
        ({"way": "left"}, "请选怎么送达的"),
        ({"received_by": ""}, "当面送达还差签收人"),
        ({"served_at": ""}, "请写签收的时间"),
        ({"served_at": "2020-01-01T10:00"}, "送达时间不能早于成文日期"),
        ({"way": "post"}, "邮寄送达还差邮件单号"),
    ):
        answer = client.post(f"/scans/{page.id}/serve", data=whole | lacking)
        assert (answer.status_code, words in answer.text) == (422, True), words
        assert filed_of([paper.id])[paper.id] == []
    assert client.post(f"/scans/{page.id}/serve", data=whole).status_code == 303
    served = papers.served(paper.id)
    assert served is not None
    assert (served.received_by, served.way, len(served.scans)) == ("王老板", "in_person", 1)
    second = _page(app, district, state="proposed", paper_id=paper.id, turn=1.0)
    assert "一起记送达" not in client.get(f"/scans/{second.id}").text, "it is served"
    again = client.post(f"/scans/{second.id}/serve", data=whole)
    assert (again.status_code, "已经送达过了" in again.text) == (422, True)
    assert "当面送达，王老板签收" in client.get(f"/inbox/{papers.lines(paper)[0][1].id}").text


def test_a_page_is_assigned_by_number_or_dropped_with_a_reason(
    app: Flask, district: District, paper: Paper, client_of: Clients
) -> None:
    client = client_of(OFFICE)
    page = _page(app, district, state="stuck", why="unreadable")
    wrong = client.post(f"/scans/{page.id}/assign", data={"paper_number": "某〔2026〕1号"})
    assert (wrong.status_code, "没有找到本单位出的这一号" in wrong.text) == (422, True)
    assert "某〔2026〕1号" in wrong.text, "what was typed stays"
    answer = client.post(f"/scans/{page.id}/assign", data={"paper_number": paper.number}, follow_redirects=True)
    assert "就是这张，收下" in answer.text
    empty = client.post(f"/scans/{page.id}/drop", data={"drop_reason": " "})
    assert (empty.status_code, "为什么去掉" in empty.text) == (422, True)
    assert client.post(f"/scans/{page.id}/drop", data={"drop_reason": "重复了"}).status_code == 303
    assert "这一页去掉了：重复了" in client.get(f"/scans/{page.id}").text
    assert "收件盘是空的" in client.get("/scans").text
