"""The page behind a paper's code, as the one who holds the sheet meets it, and as one who guesses does."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select
from werkzeug.test import TestResponse

from inspect_app.casework import papers as casework
from inspect_app.hazards.actions import settling
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.messages.models import Message
from inspect_app.papers import codes, queries
from inspect_app.papers.models import Paper
from inspect_app.papers.reading import read, unnamed
from inspect_app.people.signing_in import SignIn
from inspect_app.web.portal import doors
from tests.support import District, accepted, closed, found, handed_over, photo, submitted, typed_order, verified


@pytest.fixture
def paper(app: Flask, district: District) -> Paper:
    """A 整改通知书 of one hazard, issued."""
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    due_on = clock.today() + timedelta(days=10)
    row = casework.issue_for_hazard(
        "notice", lock(hazard.id), district.scope("xiaofang1"), district.actor("xiaofang1"), address="http://x",
        typed=typed_order(district, due_on=due_on.isoformat()),
    )  # fmt: skip
    db.session.commit()
    return row


def _type(client: FlaskClient, paper: Paper, code: str, address: str = "10.0.0.1", **more: str) -> TestResponse:
    return client.post(
        f"/z/{paper.mark}", data={"code": code} | more, environ_base={"REMOTE_ADDR": address}, follow_redirects=True
    )


def _hazard(paper: Paper) -> Hazard:
    return queries.lines(paper)[0][1]


def test_the_code_opens_number_issuer_lines_dates_and_telephone(app: Flask, paper: Paper) -> None:
    client = app.test_client()
    asked = client.get(f"/z/{paper.mark}").text
    assert "请输入单子右下角的验证码" in asked
    assert paper.number not in asked
    answer = _type(client, paper, paper.code)
    assert answer.status_code == 200
    due_on = clock.today() + timedelta(days=10)
    for words in (
        "本机关发过这一号文书", paper.number, paper.content["issuer"], "安全出口上锁打不开",
        f"{due_on.year}年{due_on.month}月{due_on.day}日", f"tel:{paper.content['phone']}",
    ):  # fmt: skip
        assert words in answer.text
    assert "真的" not in answer.text, "only the holder can tell, by comparing"


def _shown_whole(paper: Paper, text: str) -> None:
    """All that a paper says stands on the page."""
    assert unnamed(paper.kind, paper.content) == set()
    reading = read(paper.kind, paper.content)
    for one in (*reading.head, *reading.rest, *(one for line in reading.lines for one in line.said)):
        assert all(str(escape(words)) in text for words in one.words)


def test_the_page_says_all_that_an_order_says(app: Flask, paper: Paper) -> None:
    text = _type(app.test_client(), paper, paper.code).text
    _shown_whole(paper, text)
    for officer in paper.content["officers"]:
        assert f"{officer['name']}（执法证号 {officer['card']}）" in text
    assert paper.content["lines"][0]["basis"][0] in text


def test_a_report_says_all_and_lapses_when_the_hazard_is_opened_again(app: Flask, district: District) -> None:
    storage = app.extensions["storage"]
    hazard = submitted(district, accepted(district, handed_over(district, found(district))), storage)
    closed(district, verified(district, hazard))
    report = casework.issue_for_hazard(
        "closure", lock(hazard.id), district.scope("du1"), district.actor("du1"), address="http://x", typed={}
    )
    db.session.commit()
    text = _type(app.test_client(), report, report.code).text
    assert "已办结" in text
    _shown_whole(report, text)
    settling.reopen(
        lock(hazard.id), district.actor("du1"), reason="又有了", photo_ids=(photo(storage, district, "du1"),)
    )
    db.session.commit()
    assert "隐患已经重开，这份报告失效了。" in _type(app.test_client(), report, report.code).text


def test_a_paper_in_whose_place_another_stands_names_it(app: Flask, district: District, paper: Paper) -> None:
    casework.void(paper, district.scope("xiaofang1"), district.actor("xiaofang1"), reason="改正")
    newer = Paper(
        **{column.key: getattr(paper, column.key) for column in Paper.__table__.columns if column.key not in ("id", "number", "mark", "serial")},
        number="换发的一号", mark="MARK2", serial=paper.serial + 1,
    )  # fmt: skip
    newer.replaces_id, newer.state = paper.id, "issuing"
    db.session.add(newer)
    db.session.commit()
    text = _type(app.test_client(), paper, paper.code).text
    assert "这一号文书已被 换发的一号 代替" in text


def test_the_page_is_read_without_cookies_and_scripts_and_leaks_nothing(app: Flask, paper: Paper) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    forgetful = app.test_client(use_cookies=False)
    try:
        asked = forgetful.get(f"/z/{paper.mark}")
        answer = _type(forgetful, paper, paper.code)
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 200
    assert paper.number in answer.text
    for page in (asked, answer):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert paper.code not in page.text


@pytest.mark.parametrize("written", ["lower", "spaced", "full width"])
def test_mark_and_code_may_be_written_as_people_write_them(app: Flask, paper: Paper, written: str) -> None:
    code = {
        "lower": paper.code.lower(),
        "spaced": f" {paper.code[:3]} - {paper.code[3:]} ",
        "full width": "".join(chr(ord(mark) + 0xFEE0) for mark in paper.code),
    }[written]
    answer = app.test_client().post(f"/z/{paper.mark.lower()}", data={"code": code})
    assert answer.status_code == 200


def test_looking_uses_nothing_up(app: Flask, paper: Paper) -> None:
    for _ in range(20):
        assert app.test_client().get(f"/z/{paper.mark}").status_code == 200
    assert _type(app.test_client(), paper, paper.code).status_code == 200


def test_a_stranger_who_guesses_locks_out_only_themselves(app: Flask, paper: Paper) -> None:
    client = app.test_client()
    answers = [_type(client, paper, "WRONG2", "10.0.0.66") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "验证码不对，请对照单子右下角再输一次。" in answers[0].text
    assert "还要写上单子的编号" in answers[5].text
    assert _type(app.test_client(), paper, paper.code, "10.0.0.7").status_code == 200
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert _type(app.test_client(), paper, paper.code, "10.0.0.66").status_code == 200


def test_who_holds_the_sheet_gets_in_behind_the_address_of_one_who_guesses(app: Flask, paper: Paper) -> None:
    guesser, holder, near = app.test_client(), app.test_client(), "10.0.0.66"
    for _ in range(40):
        _type(guesser, paper, "WRONG2", near)
    assert _type(holder, paper, paper.code, near).status_code == 429, "the code alone is not looked at"
    assert _type(holder, paper, paper.code, near, number=str(paper.serial + 1)).status_code == 422
    let_in = _type(holder, paper, paper.code, near, number=f"{paper.serial:04d}")
    assert let_in.status_code == 200
    assert paper.number in let_in.text


def test_without_the_number_no_guess_is_looked_at_and_right_or_wrong_reads_alike(app: Flask, paper: Paper) -> None:
    near = "10.0.0.66"
    for _ in range(6):
        _type(app.test_client(), paper, "WRONG2", near)
    said = {
        _type(app.test_client(), paper, code, near, number="999").text
        for code in ("WRONG2", paper.code, paper.code.lower())
    }
    assert len(said) == 1


def test_guesses_are_bounded_from_many_networks_and_at_many_papers(app: Flask, paper: Paper) -> None:
    for number in range(doors.MOST_FROM_ANYWHERE):
        assert _type(app.test_client(), paper, "WRONG2", f"10.1.0.{number}").status_code == 422
    assert _type(app.test_client(), paper, paper.code, "10.2.0.1").status_code == 429
    proved = [
        _type(app.test_client(), paper, "WRONG2", f"10.3.0.{number}", number=str(paper.serial)).status_code
        for number in range(doors.MOST_PROVED + 1)
    ]
    assert proved == [422] * doors.MOST_PROVED + [429], "whoever knows the number as well is bounded, too"
    text = _type(app.test_client(), paper, paper.code, "10.4.0.1", number=str(paper.serial)).text
    assert "我们给您换一个验证码" in text


def test_a_code_given_anew_opens_the_doors_again_and_the_old_one_says_so(
    app: Flask, district: District, paper: Paper
) -> None:
    inside = app.test_client()
    inside.get(f"/z/{paper.mark}")
    assert paper.number in _type(inside, paper, paper.code).text
    for number in range(doors.MOST_FROM_ANYWHERE + 1):
        _type(app.test_client(), paper, "WRONG2", f"10.1.0.{number}")
    newer = codes.give_anew(paper, district.scope("xiaofang1"), reason="单子被别人拍走了").code
    db.session.commit()
    out = inside.get(f"/z/{paper.mark}").text
    assert paper.number not in out, "who was in by the old one is out"
    assert "这个验证码换过了" in out
    old = _type(app.test_client(), paper, paper.code)
    assert old.status_code == 422
    assert "这个验证码换过了" in old.text
    assert f"tel:{paper.content['phone']}" in old.text
    assert paper.number in _type(app.test_client(), paper, newer).text


def test_the_cookie_is_of_one_paper_short_lived_and_out_of_reach(app: Flask, paper: Paper) -> None:
    client = app.test_client()
    client.get(f"/z/{paper.mark}")
    answer = client.post(f"/z/{paper.mark}", data={"code": paper.code})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/z/{paper.mark}"
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("holder=")]
    for part in (f"Path=/z/{paper.mark}", "HttpOnly", "SameSite=Lax", "Max-Age=7200"):
        assert part in cookie
    assert paper.code not in cookie
    assert "session=" not in str(answer.headers)
    with clock.stopped_at(clock.now() + timedelta(hours=3)):
        assert paper.number not in client.get(f"/z/{paper.mark}").text
    client.set_cookie("holder", cookie.split("=", 1)[1].split(";")[0][:-2] + "xx", path=f"/z/{paper.mark}")
    assert client.get(f"/z/{paper.mark}").status_code == 200
    assert paper.number not in client.get(f"/z/{paper.mark}").text


def test_a_right_code_forgives_the_wrong_ones_before(app: Flask, paper: Paper) -> None:
    client = app.test_client()
    for _ in range(3):
        for _ in range(4):
            assert _type(client, paper, "WRONG2").status_code == 422
        assert _type(client, paper, paper.code).status_code == 200


def test_the_office_is_told_once_when_many_guess(app: Flask, paper: Paper) -> None:
    for number in range(55):
        _type(app.test_client(), paper, "WRONG2", f"10.0.1.{number}")
    told = db.session.scalars(select(Message.text).where(Message.to_organisation_id == paper.issuer_id)).all()
    assert len([words for words in told if paper.number in words]) == 1


def test_no_code_is_written_anywhere(app: Flask, paper: Paper, caplog: pytest.LogCaptureFixture) -> None:
    client = app.test_client()
    _type(client, paper, "GUESS2")
    _type(client, paper, paper.code)
    rows = db.session.scalars(select(SignIn)).all()
    assert [(row.typed, row.ok) for row in rows] == [(f"/z/{paper.mark}", False), (f"/z/{paper.mark}", True)]
    for secret in ("GUESS2", paper.code):
        assert secret not in caplog.text
        assert not any(secret in f"{row.typed}{row.why}{row.agent}" for row in rows)


def test_a_mark_that_is_on_no_paper_says_what_to_do(app: Flask, district: District) -> None:
    answer = app.test_client().get("/z/ZZZZZZZZZZ")
    assert answer.status_code == 404
    assert "请对照单子上的网址再输一次" in answer.text


def test_a_paper_given_up_says_so_and_asks_for_nothing(app: Flask, district: District, paper: Paper) -> None:
    casework.void(paper, district.scope("xiaofang1"), district.actor("xiaofang1"), reason="写错了")
    db.session.commit()
    text = _type(app.test_client(), paper, paper.code).text
    assert "这一号文书已经作废，不用照它办。" in text
    assert "请您看一看" not in text
    _shown_whole(paper, text)


def test_when_all_is_mended_it_says_thank_you(app: Flask, district: District) -> None:
    from tests.operations import receipt_of, whole_visit

    receipt_of(app, district, whole_visit(district, fails=1))
    tip = db.session.scalars(select(Paper)).one()
    hazard = _hazard(tip)
    verified(
        district,
        submitted(district, accepted(district, handed_over(district, hazard)), app.extensions["storage"]),
        "du2",
    )
    db.session.commit()
    assert hazard.state == "closed"
    assert "1 处都改好了，已经办结，谢谢您。" in _type(app.test_client(), tip, tip.code).text


def test_past_the_date_it_warns_without_threat(app: Flask, district: District, paper: Paper) -> None:
    with clock.stopped_at(clock.now() + timedelta(days=13)):
        text = _type(app.test_client(), paper, paper.code).text
    assert "期限已过 3 天" in text
    assert "逾期" not in text.replace(paper.content["consequence"], ""), "beyond what the sheet itself says"
