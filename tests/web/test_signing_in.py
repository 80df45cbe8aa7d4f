"""Signing in as a person meets it: by name or mobile, with a lock that frees itself, a first password, a second factor."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from inspect_app.demo.people import PASSWORD
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people import actions as people
from inspect_app.people.rules import Role
from inspect_app.people.signing_in import SignIn
from tests.support import District, account_of

ClientOf = Callable[[str], FlaskClient]


def _try(
    client: FlaskClient, login: str, password: str = PASSWORD, *, address: str = "10.0.0.1", **more: str
) -> TestResponse:
    return client.post(
        "/sign-in", data={"login": login, "password": password}, environ_base={"REMOTE_ADDR": address}, headers=more
    )


@pytest.fixture
def newcomer(app: Flask, district: District) -> tuple[str, str]:
    """Login and first password of a deputy whose account was made a minute ago."""
    office = district.scope("daibiao1")
    account, first = people.create_account(
        name="新代表", login="xindaibiao", role=Role.DEPUTY, organisation_id=office.organisation_id,
        area_id=office.area_id, since=clock.today(), mobile="13912345678",
    )  # fmt: skip
    db.session.commit()
    return account.login, first


@pytest.mark.parametrize("typed", ["xindaibiao", " 13912345678 "])
def test_name_and_mobile_number_both_let_in(app: Flask, newcomer: tuple[str, str], typed: str) -> None:
    answer = _try(app.test_client(), typed, newcomer[1])
    assert answer.status_code == 302
    assert db.session.execute(select(SignIn.ok).where(SignIn.typed == typed.strip())).scalar_one()


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(app: Flask, district: District) -> None:
    known, unknown = (_try(app.test_client(), login, "falsch-falsch") for login in ("daibiao1", "niemand"))
    assert known.status_code == unknown.status_code == 422
    assert "账号或密码不对" in known.text
    blank = [re.sub(r'(content|value)="[\w.-]{36,}"', "", page.text) for page in (known, unknown)]
    assert blank[0].replace("daibiao1", "") == blank[1].replace("niemand", "")


def test_guessing_is_stopped_for_the_guesser_alone_and_not_for_ever(app: Flask, district: District) -> None:
    guesser = app.test_client()
    for _ in range(5):
        assert _try(guesser, "daibiao1", "falsch-falsch").status_code == 422
    locked = _try(guesser, "daibiao1")
    assert locked.status_code == 429
    assert "分钟后再试" in locked.text
    assert _try(app.test_client(), "daibiao1", address="10.0.0.2").status_code == 302
    with clock.stopped_at(clock.now() + timedelta(seconds=31)):
        assert _try(guesser, "daibiao1").status_code == 302


def test_nothing_opens_before_the_first_password_is_changed(app: Flask, newcomer: tuple[str, str]) -> None:
    login, first = newcomer
    client, elsewhere = app.test_client(), app.test_client()
    assert _try(client, login, first).location == "/password"
    assert _try(elsewhere, login, first).location == "/password"
    assert client.get("/field/").location == "/password"
    assert client.get("/intake/token").status_code == 403
    change = {"old": first, "new": "柳荫街的树又高又大很好看", "again": "柳荫街的树又高又大很好看"}
    assert client.post("/password", data=change | {"again": "柳荫街"}).status_code == 422
    assert client.post("/password", data=change).status_code == 302
    assert client.get("/field/").status_code == 200
    assert "/sign-in" in elsewhere.get("/field/").location


def test_a_reset_password_ends_the_sessions_of_the_account(app: Flask, client_of: ClientOf) -> None:
    client = client_of("daibiao1")
    assert client.get("/field/").status_code == 200
    people.reset_password(account_of("daibiao1"))
    db.session.commit()
    assert "/sign-in" in client.get("/field/").location


def test_a_supervisor_needs_the_second_factor_and_guessing_it_is_stopped(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SECOND_FACTOR", True)
    totp = app.extensions["totp"]
    client = app.test_client()
    assert _try(client, "du1").location.startswith("/second-factor")
    assert "/sign-in" in client.get("/desk/").location
    assert "密钥" in client.get("/second-factor").text
    secret = account_of("du1").tf_new_secret
    with client.session_transaction() as session:
        assert str(secret) not in str(dict(session)), "a cookie can be read by whoever holds it"
    code = totp.generate_totp_password(secret)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert client.post("/second-factor", data={"code": wrong}).status_code == 422
    assert client.post("/second-factor", data={"code": code}).status_code == 302
    assert client.get("/desk/").status_code == 200

    again = app.test_client()
    _try(again, "du1")
    assert "密钥" not in again.get("/second-factor").text
    assert again.post("/second-factor", data={"code": code}).status_code == 422, "a code is taken once"
    for _ in range(4):
        assert again.post("/second-factor", data={"code": wrong}).status_code == 422
    assert again.post("/second-factor", data={"code": code}).status_code == 429
    assert "/sign-in" in again.get("/desk/").location


def test_half_a_sign_in_does_not_wait_for_ever(app: Flask, district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SECOND_FACTOR", True)
    client = app.test_client()
    _try(client, "du1")
    with clock.stopped_at(clock.now() + timedelta(minutes=11)):
        assert "/sign-in" in client.get("/second-factor").location


def test_a_deputy_is_not_asked_for_a_second_factor(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SECOND_FACTOR", True)
    assert "second-factor" not in _try(app.test_client(), "daibiao1").location


def test_an_account_that_was_switched_off_is_out_at_once(app: Flask, client_of: ClientOf) -> None:
    client = client_of("jiedao1")
    people.set_active(account_of("jiedao1"), False)
    db.session.commit()
    assert "/sign-in" in client.get("/inbox/").location
    assert _try(app.test_client(), "jiedao1").status_code == 422


def test_signing_out_ends_the_session(client_of: ClientOf) -> None:
    client = client_of("daibiao1")
    client.post("/sign-out")
    assert "/sign-in" in client.get("/field/").location


def test_signing_out_ends_the_session_on_the_server(app: Flask, district: District) -> None:
    """A copy of the cookie, taken before, opens nothing."""
    client, copy = app.test_client(), app.test_client()
    _try(client, "daibiao1")
    cookie = client.get_cookie("session")
    assert cookie is not None
    copy.set_cookie("session", cookie.value)
    assert copy.get("/field/").status_code == 200
    client.post("/sign-out")
    assert copy.get("/intake/token").status_code == 401
    assert "/sign-in" in copy.get("/field/").location


def test_an_answer_that_comes_late_leaves_the_next_session_alone(app: Flask, district: District) -> None:
    """A phone has many on their way when somebody signs out. What one of them sets in its head would hold for the form to sign
    in that shows by then: its token would no longer fit."""

    def cookies(path: str) -> list[str]:
        return [one for one in client.get(path).headers.getlist("Set-Cookie") if one.startswith("session=")]

    client = app.test_client()
    _try(client, "daibiao1")
    late = ("/intake/token", "/field/data", "/field/worker.js", "/messages", "/field/")
    client.get("/intake/token")  # the page's token
    assert {path: cookies(path) for path in late} == {path: [] for path in late}
    kept = client.get_cookie("session")
    client.post("/sign-out")
    assert kept is not None
    assert client.get_cookie("session") is None
    client.set_cookie("session", kept.value)  # asked before, answered afterwards
    assert {path: cookies(path) for path in late} == {path: [] for path in late}
    assert len(cookies("/sign-in")) == 1


def test_an_upload_that_is_the_first_of_a_day_does_not_put_back_whose_session_it_was(
    app: Flask, district: District
) -> None:
    """It takes minutes; meanwhile somebody else may have signed in on the same phone."""
    phone, first = app.test_client(), app.test_client()
    _try(phone, "daibiao1")
    phone.get("/intake/token")  # the page's token
    kept = phone.get_cookie("session")
    assert kept is not None
    first.set_cookie("session", kept.value)
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        sent = first.post("/intake/operations", json={"operations": []})
        assert sent.status_code == 422
        assert not [one for one in sent.headers.getlist("Set-Cookie") if one.startswith("session=")]
        renewed = [one for one in first.get("/field/data").headers.getlist("Set-Cookie") if one.startswith("session=")]
        assert len(renewed) == 1


@pytest.mark.parametrize("in_place", [{}, {"HX-Request": "true"}], ids=["on its page", "in place"])
def test_a_form_to_sign_in_that_no_longer_fits_keeps_the_name_and_works_the_second_time(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch, in_place: dict[str, str]
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    client = app.test_client()
    client.get("/sign-in")
    typed = {"login": "daibiao1", "password": PASSWORD}
    refused = client.post("/sign-in?next=/field/places", data=typed | {"csrf_token": "old"}, headers=in_place)
    assert refused.status_code == (401 if in_place else 400)
    assert "这一页开得太久了" in refused.text
    assert 'value="daibiao1"' in refused.text
    assert PASSWORD not in refused.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', refused.text)
    assert token
    again = client.post("/sign-in?next=/field/places", data=typed | {"csrf_token": token[1]}, headers=in_place)
    assert (again.status_code, again.location) == ((200, None) if in_place else (302, "/field/places"))


def test_what_was_drawn_for_one_person_is_not_sent_by_another_who_signs_in_over_them(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    client = app.test_client()

    def token(page: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
        assert found
        return found[1]

    def enter(login: str) -> TestResponse:
        return client.post("/sign-in", data={"login": login, "password": PASSWORD, "csrf_token": token("/sign-in")})

    assert enter("du1").status_code == 302
    drawn = token("/messages")
    assert enter("du1").status_code == 302
    assert client.post("/messages/read", data={"csrf_token": drawn}).status_code != 400, "one's own page goes on"
    drawn = token("/messages")
    assert enter("du2").status_code == 302
    assert client.post("/messages/read", data={"csrf_token": drawn}).status_code == 400


def test_a_session_from_before_sign_ins_were_kept_goes_on_and_can_be_ended(app: Flask, client_of: ClientOf) -> None:
    client = client_of("daibiao1")
    assert client.get("/account").status_code == 200
    with client.session_transaction() as session:
        kept = dict(session)
    client.post("/sign-out")
    with client.session_transaction() as session:
        session.update(kept)
    assert client.get("/intake/token").status_code == 401


def test_where_one_is_signed_in_is_listed_and_ended_one_by_one(app: Flask, district: District) -> None:
    mine, lost = app.test_client(), app.test_client()
    _try(mine, "daibiao1")
    _try(lost, "daibiao1", address="10.0.0.9", **{"User-Agent": "Mozilla/5.0 (iPhone) MicroMessenger Safari"})
    page = mine.get("/account").text
    assert all(words in page for words in ("这一台", "苹果手机，微信", "10.0.0.9"))
    (address,) = re.findall(r'action="(/account/sign-ins/[^"]+/end)"', page)
    assert app.test_client().post(address).status_code == 302, "nobody without a session"
    stranger = app.test_client()
    _try(stranger, "daibiao2")
    assert stranger.post(address).status_code == 404
    assert lost.get("/field/").status_code == 200
    assert mine.post(address).status_code == 303
    assert "/sign-in" in lost.get("/field/").location
    assert mine.get("/field/").status_code == 200
    assert "苹果手机" not in mine.get("/account").text


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "/\t/evil.example/x", "/\n/evil.example",
        "///evil.example", "/field/\r\nSet-Cookie: a=b", "\t//evil.example", "/\u2028/evil.example", "field/",
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_but_home(app: Flask, district: District, target: str) -> None:
    answer = app.test_client().post(
        "/sign-in", query_string={"next": target}, data={"login": "daibiao1", "password": PASSWORD}
    )
    assert answer.location == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(app: Flask, district: District) -> None:
    target = "/desk/places?q=老李&only=new"
    answer = app.test_client().post(
        "/sign-in", query_string={"next": target}, data={"login": "du1", "password": PASSWORD}
    )
    assert unquote(answer.location) == target


def test_an_ended_session_offers_the_way_back_outside_the_form(app: Flask, district: District) -> None:
    client = app.test_client()
    answer = client.post("/messages/read", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "<html" not in answer.text
    assert "您填的都还在" in answer.text
    inside = client.get("/sign-in", headers={"HX-Request": "true"})
    assert "<html" not in inside.text
    assert 'name="password"' in inside.text
    signed = _try(client, "daibiao1", **{"HX-Request": "true"})
    assert signed.status_code == 200
    assert "<html" not in signed.text


def test_a_form_without_its_token_writes_nothing(
    app: Flask, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    client = client_of("daibiao1")
    before = account_of("daibiao1").password
    change = {"old": PASSWORD, "new": "柳荫街的树又高又大很好看", "again": "柳荫街的树又高又大很好看"}
    assert client.post("/password", data=change).status_code == 400
    db.session.expire_all()
    assert account_of("daibiao1").password == before
    refused = client.post("/intake/operations", json={"operations": []})
    assert refused.status_code == 400
    token = client.get("/intake/token").json
    assert token is not None
    sent = client.post("/intake/operations", json={"operations": []}, headers={"X-CSRFToken": token["token"]})
    assert sent.status_code == 422


@pytest.mark.parametrize("path", ["/sign-in", "/field/", "/no/such/page", "/field/places/not-an-id"])
def test_every_answer_forbids_inline_script_and_framing(client_of: ClientOf, path: str) -> None:
    answer = client_of("daibiao1").get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy or "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in answer.text
    assert " onclick=" not in answer.text


def test_a_page_that_is_not_there_says_so_in_chinese(client_of: ClientOf) -> None:
    answer = client_of("daibiao1").get("/no/such/page")
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.text
    assert "Not Found" not in answer.text


def test_a_fault_shows_no_traceback_and_loses_nothing(
    app: Flask, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("inspect_app.web.account.views.scope", broken)
    answer = client_of("daibiao1").get("/messages")
    assert answer.status_code == 500
    assert "您填的都还在" in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("login", "page", "holds", "ends"),
    [
        ("daibiao1", "/field/", timedelta(days=29), timedelta(days=31)),
        ("du1", "/desk/", timedelta(hours=11), timedelta(hours=13)),
        ("jiedao1", "/inbox/", timedelta(hours=11), timedelta(hours=13)),
    ],
)
def test_a_session_ends_by_itself_however_busy_it_was(
    client_of: ClientOf, login: str, page: str, holds: timedelta, ends: timedelta
) -> None:
    client, start = client_of(login), clock.now()
    with clock.stopped_at(start + holds):
        assert client.get(page).status_code == 200
    with clock.stopped_at(start + ends):
        assert "/sign-in" in client.get(page).location


def test_a_page_that_outlived_its_session_is_led_back_in(
    app: Flask, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its token checked first, an ended session must not look like a broken form."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    client = app.test_client()
    answer = client.post("/messages/read", data={"csrf_token": "old"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert 'name="password"' in answer.text
    plain = client.post("/messages/read", data={"csrf_token": "old"}, headers={"Referer": "http://localhost/messages"})
    assert plain.location == "/sign-in?next=/messages"
    elsewhere = client_of("du1").post("/messages/read", data={"csrf_token": "old"}, headers={"HX-Request": "true"})
    assert elsewhere.status_code == 401
    assert "data-token=" in elsewhere.text, "signed in anew meanwhile: the page gets the new token and goes on"


def test_the_authenticator_is_set_up_by_scanning(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SECOND_FACTOR", True)
    client = app.test_client()
    _try(client, "du1")
    page = client.get("/second-factor").text
    assert "<svg" in page
    assert 'autocomplete="one-time-code"' in page


def test_a_password_reset_while_its_hash_was_computed_lets_nobody_in(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inspect_app.web.account import entering

    def reset_meanwhile() -> None:
        people.reset_password(account_of("daibiao1"))
        db.session.commit()

    monkeypatch.setattr(entering, "now_write", reset_meanwhile)
    assert _try(app.test_client(), "daibiao1").status_code == 422
