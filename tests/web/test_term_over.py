"""A right that has ended: said plainly, the password changed, what was written down delivered, and nothing else opened."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.demo.people import PASSWORD
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people import actions as people
from inspect_app.people import appointing
from inspect_app.people.models import RoleTerm
from tests.operations import operation
from tests.support import District, account_of

ClientOf = Callable[[str], FlaskClient]
NEW = "柳荫街的树又高又大很好看"


def _end_yesterday(login: str) -> None:
    for term in db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == account_of(login).person_id)):
        appointing.end_term(term, clock.today() - timedelta(days=1))
    db.session.commit()


def _sign_in(client: FlaskClient, login: str, password: str = PASSWORD) -> str:
    answer = client.post("/sign-in", data={"login": login, "password": password})
    assert answer.status_code == 302
    return answer.location


def test_a_reset_password_is_changed_and_the_outbox_delivered_after_the_term(app: Flask, district: District) -> None:
    """Today's deadlock: neither went without the other."""
    _end_yesterday("daibiao1")
    first = people.reset_password(account_of("daibiao1"))
    db.session.commit()
    client = app.test_client()
    assert _sign_in(client, "daibiao1", first) == "/password"
    assert client.get("/password").status_code == 200
    changed = client.post("/password", data={"old": first, "new": NEW, "again": NEW})
    assert (changed.status_code, changed.location) == (302, "/")
    assert client.get("/").location == "/term-over"
    page = client.get("/term-over").text
    yesterday = clock.today() - timedelta(days=1)
    assert f"到{yesterday.month}月{yesterday.day}日" in page
    assert "请问管理员" in page
    assert "/field/outbox" in page
    assert client.get("/field/outbox").status_code == 200
    assert client.get("/intake/token").status_code == 200
    then = clock.now() - timedelta(days=2)
    with clock.stopped_at(then):
        late = operation("premises.register", {"premises": "01a20000-0000-7000-8000-000000000001", "name": "晚到的店",
                        "kind": "small_shop", "address": "柳荫街9号"}, 1)  # fmt: skip
    answer = client.post("/intake/operations", json={"operations": [late]})
    assert answer.status_code == 200
    assert late["id"] in answer.text


@pytest.mark.parametrize(
    ("login", "paths"),
    [
        ("daibiao1", ["/field/", "/field/places", "/field/mine", "/account", "/messages", "/library/"]),
        ("du1", ["/desk/", "/desk/hazards", "/desk/places", "/account"]),
        ("jiedao1", ["/inbox/", "/field/outbox"]),
    ],
)
def test_nothing_else_opens(app: Flask, district: District, login: str, paths: list[str]) -> None:
    _end_yesterday(login)
    client = app.test_client()
    assert _sign_in(client, login) == "/"
    for path in paths:
        answer = client.get(path)
        assert answer.status_code in (302, 403), path
        if answer.status_code == 302:
            assert answer.location == "/term-over", path
    refused = client.post("/messages/read", headers={"HX-Request": "true"})
    assert refused.status_code == 403
    assert "您的任期到" in refused.text
    data = client.get("/field/data")
    assert data.status_code == 403
    assert data.json is not None
    assert "您的任期到" in data.json["error"]
    assert data.json["ended"], "by which the phone puts away what it could fetch again"
    assert client.post("/sign-out").location == "/sign-in"


def test_a_phone_stays_signed_in_for_its_outbox_as_long_as_before(app: Flask, client_of: ClientOf) -> None:
    """A deputy's 30 days do not become a desk's 12 hours on the day the term ends."""
    client = client_of("daibiao1")
    _end_yesterday("daibiao1")
    with clock.stopped_at(clock.now() + timedelta(days=20)):
        assert client.get("/intake/token").status_code == 200


def test_whose_term_has_not_begun_changes_the_first_password_already(app: Flask, district: District) -> None:
    account = account_of("daibiao2")
    for term in db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == account.person_id)):
        term.since = clock.today() + timedelta(days=3)
    first = people.reset_password(account)
    db.session.commit()
    client = app.test_client()
    assert _sign_in(client, "daibiao2", first) == "/password"
    assert client.post("/password", data={"old": first, "new": NEW, "again": NEW}).status_code == 302
    assert "现在没有任期" in client.get("/term-over").text
    assert client.get("/intake/token").status_code == 403


def test_whoever_is_in_office_is_told_nothing_of_the_kind(client_of: ClientOf) -> None:
    assert client_of("daibiao1").get("/term-over").location == "/"
