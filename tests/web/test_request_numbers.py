"""Every answer carries a number; the page of an error shows it and the log has it, with account, path and time."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inspect_app.kernel import logs
from inspect_app.web.access import public
from tests.support import District

ClientOf = Callable[[str], FlaskClient]


def _break(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    """The sign-in page fails, as if by a mistake of ours."""

    @public
    def failing() -> str:
        raise ZeroDivisionError("李四")

    monkeypatch.setitem(app.view_functions, "account.sign_in", failing)


def test_each_answer_has_a_number_of_its_own(app: Flask) -> None:
    client = app.test_client()
    numbers = [client.get(path).headers["X-Request-Id"] for path in ("/sign-in", "/sign-in", "/healthz", "/no/such", "/static/css/app.css")]  # fmt: skip
    assert len(set(numbers)) == 5
    assert all(len(number) == 9 for number in numbers)


def test_a_fault_shows_the_number_that_its_log_line_has(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch, app)
    seen: list[tuple[str, str]] = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append((logs.number(), logs.Lines("web").format(record)))  # type: ignore[method-assign]
    logging.getLogger("inspect_app.web.errors").addHandler(handler)
    try:
        for headers in ({}, {"HX-Request": "true"}):
            answer = app.test_client().get("/sign-in", headers=headers)
            assert answer.status_code == 500
            assert f"编号：{answer.headers['X-Request-Id']}。" in answer.text
            number, line = seen[-1]
            assert number == answer.headers["X-Request-Id"]
            assert number in line
            assert "ZeroDivisionError: □" in line
            assert "李四" not in line
    finally:
        logging.getLogger("inspect_app.web.errors").removeHandler(handler)


def test_the_page_of_a_refusal_has_it_too(app: Flask) -> None:
    answer = app.test_client().get("/no/such/page")
    assert answer.status_code == 404
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_line_names_account_path_and_time_and_nobody(
    district: District, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="request")
    client_of("guanli1").get("/admin/recusals?who=陈玉兰")
    line = caplog.messages[-1]
    assert line.startswith("GET /admin/recusals 200 ")
    assert " ms account=" in line
    assert str(district.cast.accounts["guanli1"]) in line
    assert "陈玉兰" not in caplog.text
    assert "%E9%99%88" not in caplog.text
