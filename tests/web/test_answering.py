"""Whoever holds a paper answers it without an account: what they see, what they may do, and what the offices learn of it."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from inspect_app.casework import papers as casework
from inspect_app.casework import photo_flags
from inspect_app.casework.answering import receiving
from inspect_app.evidence.models import Photo
from inspect_app.evidence.senders import written
from inspect_app.hazards.actions import requesting
from inspect_app.hazards.events import Event
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard, HazardRequest
from inspect_app.hazards.photos import HazardPhoto, PhotoFlag
from inspect_app.hazards.rules import Step
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.messages.models import Message
from inspect_app.papers import queries
from inspect_app.papers.holders import PaperAnswer
from inspect_app.papers.models import Paper
from tests.operations import receipt_of, whole_visit
from tests.support import District, accepted, closed, found, handed_over, photo, rows_in, typed_order, verified

ClientOf = Callable[[str], FlaskClient]
FORBIDDEN = ("责令", "限期", "违法", "逾期")


def jpeg(shade: int = 7, size: tuple[int, int] = (80, 60)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (shade, 90, 200 - shade)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def tip(app: Flask, district: District) -> Paper:
    """The 提示单 of a visit with two findings, of which the street has the first."""
    receipt_of(app, district, whole_visit(district, fails=2))
    paper = db.session.scalars(select(Paper)).one()
    accepted(district, handed_over(district, hazard(paper, 1)))
    db.session.commit()
    return paper


@pytest.fixture
def order(app: Flask, district: District) -> Paper:
    """A 整改通知书 of one hazard."""
    row = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    due_on = clock.today() + timedelta(days=10)
    paper = casework.issue_for_hazard(
        "notice", lock(row.id), district.scope("xiaofang1"), district.actor("xiaofang1"), address="http://x",
        typed=typed_order(district, due_on=due_on.isoformat()),
    )  # fmt: skip
    db.session.commit()
    return paper


def hazard(paper: Paper, line: int) -> Hazard:
    db.session.expire_all()
    return next(row for place, row in queries.lines(paper) if place.position == line)


def holder(app: Flask, paper: Paper) -> FlaskClient:
    """A browser in which the code of a paper was typed."""
    client = app.test_client()
    client.get(f"/z/{paper.mark}")
    assert client.post(f"/z/{paper.mark}", data={"code": paper.code}).status_code == 303
    return client


def page(client: FlaskClient, paper: Paper, more: str = "") -> str:
    return client.get(f"/z/{paper.mark}{more}").text


def fields(client: FlaskClient, paper: Paper, more: str) -> dict[str, str]:
    """The hidden fields of a form, as the browser has them."""
    return dict(re.findall(r'name="(token|once)" value="([^"]+)"', page(client, paper, more)))


def answer(client: FlaskClient, paper: Paper, more: str, typed: dict[str, Any]) -> TestResponse:
    return client.post(f"/z/{paper.mark}{more}", data=fields(client, paper, more) | typed)


def sends(client: FlaskClient, paper: Paper, line: int, *files: bytes, words: str = "", **more: Any) -> TestResponse:
    named = [(BytesIO(data), f"{number}.jpg") for number, data in enumerate(files)]
    return answer(client, paper, f"/{line}", {"photos": named, "words": words} | more)


def said_in(chain_of: Hazard) -> Event:
    return db.session.scalars(
        select(Event).where(Event.hazard_id == chain_of.id).order_by(Event.seq.desc()).limit(1)
    ).one()


def told(login: str, district: District) -> list[str]:
    person = district.scope(login).person_id
    return list(db.session.scalars(select(Message.text).where(Message.to_person_id == person)))


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_until_when_what_to_do_and_offers_one_button_a_line(app: Flask, tip: Paper) -> None:
    client = holder(app, tip)
    text = page(client, tip)
    due = tip.content["lines"][0]["due_on"]
    _, month, day = (int(part) for part in due.split("-"))
    assert f"{month}月{day}日" in re.search(r"<h1>(.*?)</h1>", text)[1]  # type: ignore[index]
    assert "改好了在这里拍给我们看" in text
    assert "共 2 件。" in text
    assert text.count(">拍照</a>") == 2
    for line in tip.content["lines"]:
        assert line["title"] in text
        assert line["advice"] in text
    for words in (
        "不会拍、没法拍",
        f"tel:{tip.content['phone']}",
        "这家店已经不是我的了",
        "只有拿着单子和验证码的人能打开这一页",
    ):
        assert words in text


def test_a_congress_paper_orders_nothing_on_any_of_its_pages(app: Flask, tip: Paper) -> None:
    client = holder(app, tip)
    sends(client, tip, 2, jpeg())
    for more in ("", "/1", "/1/later", "/1/wrong", "/gone"):
        text = page(client, tip, more).replace("这是提醒和建议，不是处罚，不收任何费用。", "")
        assert not [word for word in (*FORBIDDEN, "处罚") if word in text], more


def test_an_order_is_shown_with_its_own_words_whole_and_names_the_office(app: Flask, order: Paper) -> None:
    text = page(holder(app, order), order)
    assert f"<h1>{order.content['issuer']}责令在" in text
    assert '<details class="whole" open>' in text
    for words in (order.title, order.content["issuer"], order.content["requirement"], order.content["consequence"]):
        assert words in text


def test_a_paper_that_asks_nothing_of_its_holder_takes_no_answer(app: Flask, district: District, tip: Paper) -> None:
    client = holder(app, tip)
    typed = fields(client, tip, "/1")
    casework.void(tip, district.scope("du1"), district.actor("du1"), reason="写错了")
    db.session.commit()
    assert "拍照" not in page(client, tip)
    refused = client.post(f"/z/{tip.mark}/1", data=typed | {"photos": (BytesIO(jpeg()), "a.jpg")})
    assert refused.status_code == 422
    assert "这张单子现在不用照它办了" in refused.text
    assert f"tel:{tip.content['phone']}" in refused.text
    assert rows_in(PaperAnswer) == 0


def sends_anyway(client: FlaskClient, paper: Paper, line: int = 1) -> TestResponse:
    """As a page that was opened before would."""
    token = re.search(r'data-token="([^"]+)"', page(client, paper))
    data = {"token": token[1] if token else "", "photos": (BytesIO(jpeg(31)), "a.jpg")}
    return client.post(f"/z/{paper.mark}/{line}", data=data)


# --- it is mended -----------------------------------------------------------------------------------------------------


def test_photos_and_a_sentence_are_the_partys_step_with_a_receipt_and_people_are_told(
    app: Flask, district: District, tip: Paper, client_of: ClientOf
) -> None:
    client = holder(app, tip)
    done = sends(client, tip, 1, jpeg(), words="换了新的")
    assert done.status_code == 303
    row, kept = hazard(tip, 1), db.session.scalars(select(PaperAnswer)).one()
    assert row.state == "awaiting_verification"
    event = said_in(row)
    assert event.step == Step.SUBMIT
    assert event.body["actor"] == {
        "who": "party", "paper": str(tip.id), "receipt": kept.receipt,
    } | ({"party": str(row.party_id)} if row.party_id else {})  # fmt: skip
    shown = client.get(done.headers["Location"]).text
    assert shown.count(f"回执 {kept.receipt}") == 2, "said at the head and kept at the line"
    assert "看过会在这里告诉您结果" in shown
    assert "已经拍来 1 件" in shown
    assert any("店里凭单子说改好了" in words for words in told("jiedao1", district))
    desk = client_of("du1").get(f"/desk/hazards/{row.id}").text
    assert f"凭单子答复，回执 {kept.receipt}" in desk
    assert "凭单子发来" in desk


def test_a_line_that_nobody_has_taken_over_is_answered_too(app: Flask, district: District, tip: Paper) -> None:
    client = holder(app, tip)
    assert hazard(tip, 2).state == "found"
    assert sends(client, tip, 2, jpeg()).status_code == 303
    row = hazard(tip, 2)
    assert row.state == "awaiting_verification"
    assert any("请安排核验" in words for words in told("du1", district))
    verified(district, row, "daibiao2", passed=False)
    db.session.commit()
    assert hazard(tip, 2).state == "found"
    assert "不合格：看过了" in page(client, tip)


def test_the_page_follows_from_received_to_failed_with_the_reason_to_passed(
    app: Flask, district: District, tip: Paper
) -> None:
    client = holder(app, tip)
    sends(client, tip, 1, jpeg())
    verified(district, hazard(tip, 1), "daibiao2", passed=False)
    db.session.commit()
    back = page(client, tip)
    assert "answer-back" in back
    assert "来看过了，不合格：看过了" in back
    assert sends(client, tip, 1, jpeg(99)).status_code == 303
    assert "answer-back" not in page(client, tip)
    verified(district, hazard(tip, 1), "du2")
    db.session.commit()
    text = page(client, tip)
    assert "看过了，合格。" in text
    if hazard(tip, 1).state != "closed":
        closed(district, hazard(tip, 1))
        db.session.commit()
        text = page(client, tip)
    assert "办结了，谢谢您。" in text


def test_the_photos_are_known_as_the_holders_and_are_asked_about_like_any_other(
    app: Flask, district: District, tip: Paper, client_of: ClientOf
) -> None:
    client, data = holder(app, tip), jpeg(50, (400, 300))
    sends(client, tip, 1, data)
    shot = db.session.scalars(select(Photo).where(Photo.paper_id == tip.id)).one()
    link = db.session.scalars(select(HazardPhoto).where(HazardPhoto.photo_id == shot.id)).one()
    assert (shot.account_id, link.senders, link.slot) == (None, written((tip.id,)), "after")
    used = sends(client, tip, 2, data)
    assert used.status_code == 303, "of another line it is a question to the desk, as from everybody"
    db.session.execute(update(Photo).values(fingerprint=""))  # the worker has looked at them
    db.session.commit()
    photo_flags.judge_waiting(500)
    text = client_of("du1").get(f"/desk/hazards/{hazard(tip, 2).id}").text
    assert "同一张" in text


def test_what_comes_in_parts_is_the_answers_too(app: Flask, tip: Paper) -> None:
    client, data, photo_id = holder(app, tip), jpeg(12), new_id()
    begun = begin(client, tip, photo_id, data)
    assert begun.status_code == 201
    early = sends(client, tip, 1, photo=str(photo_id))
    assert early.status_code == 422
    assert "没有传完" in early.text
    at, address = 0, begun.headers["Location"]
    while at < len(data):
        sent = client.patch(
            address, data=data[at : at + 300],
            headers={"Tus-Resumable": "1.0.0", "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"},
        )  # fmt: skip
        assert sent.status_code == 204
        at = int(sent.headers["Upload-Offset"])
        assert client.head(address, headers={"Tus-Resumable": "1.0.0"}).headers["Upload-Offset"] == str(at)
    assert sends(client, tip, 1, photo=str(photo_id)).status_code == 303
    assert db.session.get_one(Photo, photo_id).paper_id == tip.id


def begin(client: FlaskClient, paper: Paper, photo_id: UUID, data: bytes, **claims: str) -> TestResponse:
    known = {"photo": str(photo_id), "sha256": hashlib.sha256(data).hexdigest()} | claims
    metadata = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in known.items())
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
    return client.post(f"/z/{paper.mark}/photos", headers=headers)


def brings(client: FlaskClient, paper: Paper, data: bytes, **claims: str) -> UUID:
    """A photo that the script of the page has sent, with what it read in the picture."""
    photo_id = new_id()
    location = begin(client, paper, photo_id, data, **claims).headers["Location"]
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert client.patch(location, data=data, headers=headers).status_code == 204
    return photo_id


def test_what_a_picture_says_of_its_own_time_is_asked_about_and_where_it_came_from_is_not_taken(
    app: Flask, tip: Paper
) -> None:
    client, before = holder(app, tip), clock.now() - timedelta(days=30)
    claims = {
        "captured_at": before.isoformat(),
        "source": "camera",
        "original_sha256": "a" * 64,
        "visit": str(tip.visit_id),
    }
    old, silent = brings(client, tip, jpeg(3), **claims), brings(client, tip, jpeg(90))
    row = db.session.get_one(Photo, old)
    assert (row.source, row.captured_at, row.original_sha256) == ("unknown", before, "a" * 64)
    assert sends(client, tip, 1, photo=[str(old), str(silent)]).status_code == 303
    db.session.execute(update(Photo).values(fingerprint=""))  # the worker has looked at them
    db.session.commit()
    photo_flags.judge_waiting(500)
    asked = db.session.execute(select(PhotoFlag.photo_id, PhotoFlag.kind)).all()
    assert [tuple(one) for one in asked] == [(old, "older_than_paper")], (
        "a chat strips the time: that alone is no question"
    )


def test_a_receipt_is_nobody_elses(app: Flask, tip: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    client, drawn = holder(app, tip), iter(["KKKK", "KKKK", "MMMM"])
    monkeypatch.setattr(receiving, "new_code", lambda length: next(drawn))
    sends(client, tip, 1, jpeg(1))
    sends(client, tip, 2, jpeg(2))
    assert set(db.session.scalars(select(PaperAnswer.receipt))) == {"KKKK", "MMMM"}


def test_pressed_twice_it_is_one_answer(app: Flask, tip: Paper) -> None:
    client = holder(app, tip)
    typed = fields(client, tip, "/1")
    answers = [client.post(f"/z/{tip.mark}/1", data=typed | {"photos": (BytesIO(jpeg()), "a.jpg")}) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert rows_in(PaperAnswer) == 1
    assert db.session.scalar(select(func.count()).select_from(Photo).where(Photo.paper_id == tip.id)) == 1


def test_a_press_whose_answer_was_lost_is_once_though_the_page_was_drawn_anew(app: Flask, tip: Paper) -> None:
    client, photo_id, data = holder(app, tip), new_id(), jpeg(12)
    location = begin(client, tip, photo_id, data).headers["Location"]
    client.patch(
        location, data=data,
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
    )  # fmt: skip
    key = str(new_id())
    for _ in range(2):
        again = holder(app, tip)
        token = fields(again, tip, "/2")["token"]
        sent = {"token": token, "once": key, "words": "", "photo": str(photo_id)}
        assert again.post(f"/z/{tip.mark}/1", data=sent, headers={"Accept": "application/json"}).status_code == 303
    assert rows_in(PaperAnswer) == 1


# --- more time, a dispute, not mine -----------------------------------------------------------------------------------


def later(**said: str) -> dict[str, str]:
    until = (clock.today() + timedelta(days=20)).isoformat()
    return {"until": until, "why": "等配件", "reason": "", "interim": "先不用这一路"} | said


def test_more_time_is_asked_of_who_set_the_date_and_the_page_says_what_came_of_it(
    app: Flask, district: District, tip: Paper
) -> None:
    client, day = holder(app, tip), clock.today() + timedelta(days=20)
    assert answer(client, tip, "/1/later", later()).status_code == 303
    request = db.session.scalars(select(HazardRequest)).one()
    assert (request.step, request.reason, request.asked_by_person_id) == (Step.ASK_EXTENSION, "等配件", None)
    asked = page(client, tip)
    assert f"想晚到{day.month}月{day.day}日" in asked
    assert "同意不同意，会写在这里" in asked
    assert asked.count("这一条来不及") == 2, "once as words and once as a label, of the other line"
    requesting.decide_extension(lock(hazard(tip, 1).id), district.actor("jiedao1"), grant=True, reason="")
    db.session.commit()
    granted = page(client, tip)
    assert f"同意晚到{day.month}月{day.day}日" in granted
    assert granted.index(f"{day.month}月{day.day}日（") > 0


def test_a_refusal_of_more_time_stands_with_its_reason(app: Flask, district: District, tip: Paper) -> None:
    client = holder(app, tip)
    answer(client, tip, "/1/later", later(why="其他", reason="房东在外地"))
    requesting.decide_extension(
        lock(hazard(tip, 1).id), district.actor("jiedao1"), grant=False, reason="太危险，不能等"
    )
    db.session.commit()
    text = page(client, tip)
    assert "没有同意：太危险，不能等" in text
    assert text.count("这一条来不及") == 4, "and may be asked for again"


def test_more_time_where_nobody_has_set_a_date_is_told_to_the_desk(app: Flask, district: District, tip: Paper) -> None:
    client = holder(app, tip)
    assert answer(client, tip, "/2/later", later()).status_code == 303
    event = said_in(hazard(tip, 2))
    assert (event.step, event.body["facts"]["until"]) == (Step.PARTY_SAYS, later()["until"])
    assert any("店里来话" in words for words in told("du1", district))
    assert "会和您联系" in page(client, tip)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"until": ""}, "打算哪天完成"),
        ({"until": "2020-01-01"}, "新的日期要晚于现在的整改期限"),
        ({"until": "2999-01-01"}, "年份"),
        ({"why": "", "reason": ""}, "请选一个原因"),
        ({"why": "因为"}, "请从上面选一个原因"),
        ({"why": "其他"}, "选了“其他”的，请写一句"),
        ({"until": "", "why": "", "interim": ""}, "还差 3 处"),
        ({"interim": ""}, "先怎么防着"),
        ({"reason": "长" * 501}, "500"),
    ],
)
def test_what_is_missing_for_more_time_is_said_and_nothing_is_written(
    said: dict[str, str], words: str, app: Flask, tip: Paper
) -> None:
    client = holder(app, tip)
    before = _standing(tip)
    refused = answer(client, tip, "/1/later", later(**said))
    assert refused.status_code == 422
    assert words in refused.text
    assert f"tel:{tip.content['phone']}" in refused.text
    assert _standing(tip) == before


def test_a_dispute_goes_to_who_issued_the_paper_and_its_answer_to_the_page(
    app: Flask, district: District, tip: Paper
) -> None:
    client = holder(app, tip)
    assert answer(client, tip, "/2/wrong", {"reason": "这不是我家的"}).status_code == 303
    request = db.session.scalars(select(HazardRequest)).one()
    assert (request.step, request.asked_of_id) == (Step.DISPUTE, tip.issuer_id)
    assert "答复会写在这里" in page(client, tip)
    requesting.answer_dispute(lock(hazard(tip, 2).id), district.actor("du1"), upheld=False, reason="看过了，是您家后门")
    db.session.commit()
    assert "答复是：看过了，是您家后门" in page(client, tip)


def test_not_mine_any_more_is_told_once_and_ends_nothing(app: Flask, district: District, tip: Paper) -> None:
    client = holder(app, tip)
    assert answer(client, tip, "/gone", {"reason": "上个月搬走了"}).status_code == 303
    kept = db.session.scalars(select(PaperAnswer)).one()
    assert (kept.what, kept.hazard_id) == ("gone", None)
    for line in (1, 2):
        event = said_in(hazard(tip, line))
        assert (event.step, event.body["facts"]["gone"], event.body["actor"]["receipt"]) == (
            Step.PARTY_SAYS, True, kept.receipt,
        )  # fmt: skip
    assert {hazard(tip, 1).state, hazard(tip, 2).state} == {"rectifying", "found"}
    text = page(client, tip)
    assert f"回执 {kept.receipt}" in text
    assert "这家店已经不是我的了" not in text
    again = client.post(
        f"/z/{tip.mark}/gone", data={"token": fields(client, tip, "/gone")["token"], "reason": "真的搬走了"}
    )
    assert again.status_code == 422
    assert kept.receipt in again.text


# --- hostile ----------------------------------------------------------------------------------------------------------


def _standing(paper: Paper) -> tuple[Any, ...]:
    """Everything that an answer could write."""
    db.session.expire_all()
    return (
        [(row.state, row.version) for _, row in queries.lines(paper)],
        *(rows_in(model) for model in (Event, PaperAnswer, HazardRequest, HazardPhoto, Photo, Message)),
    )


FILES: dict[str, tuple[list[bytes], str]] = {
    "none": ([], "请先拍一张照片"),
    "empty": ([b""], "有一张照片是空的"),
    "no picture": ([b"%PDF-1.7 something else"], "照片"),
    "cut short": ([jpeg()[:40]], "照片"),
    "twice the same": ([jpeg(), jpeg()], "有两张是同一张照片"),
}


@pytest.mark.parametrize("case", list(FILES))
def test_each_bad_photo_has_its_sentence_and_a_telephone_and_nothing_is_written(
    case: str, app: Flask, tip: Paper
) -> None:
    client, (files, words) = holder(app, tip), FILES[case]
    before = _standing(tip)
    refused = sends(client, tip, 1, *files)
    assert refused.status_code == 422
    assert words in refused.text
    assert f"tel:{tip.content['phone']}" in refused.text
    assert _standing(tip) == before


def test_a_file_too_large_has_its_sentence(app: Flask, tip: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    client, before = holder(app, tip), _standing(tip)
    typed = fields(client, tip, "/1")
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 2000)
    refused = client.post(f"/z/{tip.mark}/1", data=typed | {"photos": (BytesIO(b"x" * 5000), "a.jpg")})
    assert refused.status_code == 413
    assert "照片太大" in refused.text
    assert f"tel:{tip.content['phone']}" in refused.text
    assert _standing(tip) == before


def test_a_photo_of_before_is_no_proof(app: Flask, district: District, tip: Paper) -> None:
    client = holder(app, tip)
    sends(client, tip, 1, jpeg())
    verified(district, hazard(tip, 1), "daibiao2", passed=False)
    db.session.commit()
    before = _standing(tip)
    refused = sends(client, tip, 1, jpeg())
    assert refused.status_code == 422
    assert "照片已经用在别处了" in refused.text
    assert _standing(tip) == before


def test_what_was_closed_meanwhile_says_so(app: Flask, district: District, tip: Paper) -> None:
    client = holder(app, tip)
    sends(client, tip, 1, jpeg())
    again = sends_anyway(client, tip)
    assert again.status_code == 422
    assert "刚才已经报改好了" in again.text
    verified(district, hazard(tip, 1), "du2")
    if hazard(tip, 1).state != "closed":
        closed(district, hazard(tip, 1))
    db.session.commit()
    before = _standing(tip)
    late = sends_anyway(client, tip)
    assert late.status_code == 422
    assert "已经办结了" in late.text
    assert f"tel:{tip.content['phone']}" in late.text
    assert _standing(tip) == before
    assert client.get(f"/z/{tip.mark}/1").status_code == 303, "its form leads back to the paper"


def test_a_form_without_the_holders_token_writes_nothing(app: Flask, tip: Paper, order: Paper) -> None:
    client, other = holder(app, tip), holder(app, order)
    before = _standing(tip)
    foreign = fields(other, order, "/1")["token"]
    for token in ("", "x", foreign, fields(holder(app, tip), tip, "/1")["token"]):
        data = {"token": token, "photos": (BytesIO(jpeg()), "a.jpg")}
        refused = client.post(f"/z/{tip.mark}/1", data=data)
        assert refused.status_code == 403
        assert "没有写进去" in refused.text
    assert _standing(tip) == before


EVERY_PAGE = ("/1", "/1/later", "/1/wrong", "/gone", "/1/then")


def test_without_the_code_nothing_opens_and_a_robot_uses_nothing_up(app: Flask, tip: Paper) -> None:
    robot = app.test_client(use_cookies=False)
    before = _standing(tip)
    for more in EVERY_PAGE:
        for _ in range(3):
            answer = robot.get(f"/z/{tip.mark}{more}")
            assert answer.status_code in (303, 401)
            assert tip.number not in answer.text
        assert robot.post(f"/z/{tip.mark}{more}", data={"reason": "x"}).status_code in (303, 401, 405)
    assert begin(robot, tip, new_id(), jpeg()).status_code == 401
    assert _standing(tip) == before
    assert tip.number in page(holder(app, tip), tip)


def test_the_cookie_of_one_paper_opens_no_other(app: Flask, tip: Paper, order: Paper) -> None:
    client = holder(app, tip)
    value = client.get_cookie("holder", path=f"/z/{tip.mark}")
    assert value is not None
    client.set_cookie("holder", value.value, path=f"/z/{order.mark}")
    assert order.number not in page(client, order)
    for more in EVERY_PAGE:
        assert client.get(f"/z/{order.mark}{more}").status_code in (303, 401)
    for inside in ("/desk/", f"/desk/hazards/{hazard(tip, 1).id}", f"/papers/{tip.id}.pdf", "/messages"):
        client.set_cookie("holder", value.value, path="/")
        assert client.get(inside).status_code in (302, 303, 401, 403, 404)


def test_lines_and_photos_of_others_are_out_of_reach(app: Flask, district: District, tip: Paper, order: Paper) -> None:
    mine, theirs = holder(app, tip), holder(app, order)
    stranger = photo(app.extensions["storage"], district, "daibiao1")
    db.session.commit()
    data, sent = jpeg(77), new_id()
    location = begin(theirs, order, sent, data).headers["Location"]
    theirs.patch(
        location, data=data,
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
    )  # fmt: skip
    before = _standing(tip), _standing(order)
    for more in ("/3", "/0", "/99", "/3/later", "/3/wrong", "/3/then", "/x"):
        assert mine.get(f"/z/{tip.mark}{more}").status_code == 404, more
    for named in (stranger, sent, new_id()):
        assert sends(mine, tip, 1, photo=str(named)).status_code == 422
    assert sends(mine, tip, 1, photo="nothing").status_code == 422
    assert begin(mine, tip, sent, data).status_code == 404, "an id belongs to who used it first"
    assert mine.head(f"/z/{tip.mark}/photos/{sent}", headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    assert (_standing(tip), _standing(order)) == before


def test_a_code_in_wrong_hands_fills_no_disk_and_calls_nobody_all_day(
    app: Flask, tip: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = holder(app, tip)
    monkeypatch.setattr(receiving, "MOST_PHOTOS_A_DAY", 2)
    monkeypatch.setattr(receiving, "MOST_ANSWERS_A_DAY", 2)
    assert sends(client, tip, 1, jpeg(1), jpeg(2)).status_code == 303
    full = sends(client, tip, 2, jpeg(3))
    assert full.status_code == 429
    assert "今天发来的照片太多了" in full.text
    assert begin(client, tip, new_id(), jpeg(4)).status_code == 429
    for _ in range(2):
        assert answer(client, tip, "/2/later", later()).status_code == 303
    assert "已经答复过好几次了" in answer(client, tip, "/2/later", later()).text


def test_the_photo_of_then_is_the_one_printed_and_no_other(app: Flask, district: District, tip: Paper) -> None:
    printed = [one["photo"] for line in tip.content["lines"] for one in line["photos"]]
    shown = holder(app, tip).get(f"/z/{tip.mark}/1/then")
    assert shown.status_code == (200 if printed else 404)


# --- the desk ---------------------------------------------------------------------------------------------------------


def test_the_issuing_office_gives_another_code_and_prints_or_tells_it(
    app: Flask, district: District, tip: Paper, client_of: ClientOf
) -> None:
    desk, address = client_of("du1"), f"/papers/{tip.id}/code"
    assert "换验证码" in desk.get(f"/desk/hazards/{hazard(tip, 1).id}").text
    assert tip.code in desk.get(address).text
    assert desk.post(address, data={"reason": ""}).status_code == 422
    text = desk.post(address, data={"reason": "单子丢了"}, follow_redirects=True).text
    assert "换好了" in text
    assert tip.code not in text
    newer = re.search(r'<p class="digits"><strong>(\w{6})</strong>', text)
    assert newer is not None
    assert "单子丢了" in text
    assert tip.number in holder_by(app, tip, newer[1])
    assert client_of("jiedao1").get(address).status_code == 403, "another office's"


def holder_by(app: Flask, paper: Paper, code: str) -> str:
    client = app.test_client()
    return client.post(f"/z/{paper.mark}", data={"code": code}, follow_redirects=True).text
