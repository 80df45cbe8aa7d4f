"""What stands between a guesser and somebody's account, and that it never stands in the person's own way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from inspect_app import create_app
from inspect_app.demo.people import PASSWORD
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.papers.models import Paper
from inspect_app.people import passwords, second_factor, tries
from inspect_app.people.rules import FREE_TRIES, Role
from inspect_app.people.signing_in import SecondFactorRule
from inspect_app.settings import Settings
from tests.originals import Town
from tests.support import District, account_of
from tests.web.test_portal import paper  # noqa: F401  a fixture

ClientOf = Callable[[str], FlaskClient]
AT_ONCE = 30


def _try(
    client: FlaskClient, login: str, password: str = "falsch-falsch", address: str = "198.51.100.1"
) -> TestResponse:
    return client.post(
        "/sign-in", data={"login": login, "password": password}, environ_base={"REMOTE_ADDR": address}
    )  # fmt: skip


@pytest.mark.slow
def test_of_thirty_guesses_at_once_no_more_are_looked_at_than_may_be(own_town: Town) -> None:
    looked_at, together = [], Barrier(AT_ONCE)

    def look(password: str, known: str) -> bool:
        looked_at.append(password)
        return False

    def guess(number: int) -> int:
        together.wait(60)
        return _try(own_town.app.test_client(), "daibiao1", f"falsch-{number}").status_code

    with patch.object(passwords, "matches", look), ThreadPoolExecutor(AT_ONCE) as pool:
        said = list(pool.map(guess, range(AT_ONCE)))
    assert len(looked_at) == FREE_TRIES
    assert sorted(said) == [422] * FREE_TRIES + [429] * (AT_ONCE - FREE_TRIES)


@pytest.mark.slow
def test_of_many_codes_of_a_paper_at_once_no_more_are_looked_at_than_may_be(own_town: Town) -> None:
    door, together = "paper X 198.51.100.1", Barrier(12)

    def guess(_number: int) -> int:
        with own_town.app.app_context():
            together.wait(60)
            try:
                with writing():
                    return tries.count_today(door, 5)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(12) as pool:
        taken = list(pool.map(guess, range(12)))
    assert sorted(taken) == [0] * 7 + [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "dressed",
    [" DAIBIAO5", "ｄａｉｂｉａｏ５", "dai\u200bbiao5", "daibiao5" + "\u3000\t \u00a0" * 10],
)
def test_a_name_in_other_dress_has_no_tries_of_its_own(app: Flask, district: District, dressed: str) -> None:
    client = app.test_client()
    for _ in range(FREE_TRIES):
        assert _try(client, dressed).status_code == 422
    assert _try(client, dressed).status_code == 429
    assert _try(client, dressed.swapcase() + "\u2003").status_code == 429


def test_a_name_beyond_all_bounds_is_nobodys_and_no_guess_is_made_with_it(app: Flask, district: District) -> None:
    """Before: its beginning was looked up, while the tries of the whole were counted apart (C22)."""
    client, dressed = app.test_client(), "daibiao5" + "\u3000\t \u00a0" * 50 + "x"
    for _ in range(FREE_TRIES + 1):
        assert _try(client, dressed, PASSWORD).status_code == 422
    assert "/sign-in" in client.get("/field/").location
    assert _try(client, "daibiao5\0", PASSWORD).status_code == 400


@pytest.mark.parametrize("password", ["\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "口" * 300])
def test_no_password_is_a_fault_of_the_server(app: Flask, district: District, password: str) -> None:
    refused = 400 if "\0" in password else 422
    assert _try(app.test_client(), "daibiao5", password).status_code == refused
    assert _try(app.test_client(), "niemand", password).status_code == refused


def test_login_and_mobile_number_of_one_person_are_one_door(app: Flask, district: District) -> None:
    account_of("daibiao5").mobile = "13800005555"
    db.session.commit()
    for typed in ("daibiao5", "13800005555", "daibiao5", "13800005555", "daibiao5"):
        assert _try(app.test_client(), typed).status_code == 422
    assert _try(app.test_client(), "13800005555").status_code == 429


def test_a_subscriber_with_many_addresses_guesses_from_one(app: Flask, district: District) -> None:
    for number in range(FREE_TRIES):
        assert _try(app.test_client(), "daibiao5", address=f"2001:db8:7:7::{number}").status_code == 422
    assert _try(app.test_client(), "daibiao5", address="2001:db8:7:7:ffff::1").status_code == 429
    assert _try(app.test_client(), "daibiao5", address="2001:db8:7:8::1").status_code == 422


def test_guessing_from_everywhere_is_stopped_and_the_person_still_gets_in(app: Flask, district: District) -> None:
    own = app.test_client()
    assert _try(own, "daibiao5", PASSWORD, "198.51.100.7").status_code == 302
    own.post("/sign-out")
    with patch.object(passwords, "matches", lambda password, known: password == PASSWORD):
        for number in range(tries.FROM_ANYWHERE):
            assert _try(app.test_client(), "daibiao5", address=f"203.0.113.{number}").status_code == 422
        assert _try(app.test_client(), "daibiao5", PASSWORD, "203.0.113.200").status_code == 429
        # A colleague on the same network has spent that network's tries as well.
        for _ in range(FREE_TRIES + 1):
            _try(app.test_client(), "daibiao5", address="198.51.100.7")
        assert _try(own, "daibiao5", PASSWORD, "198.51.100.7").status_code == 302
    stranger = app.test_client()
    stranger.set_cookie("browser", "made-up")
    assert _try(stranger, "daibiao5", PASSWORD, "203.0.113.201").status_code == 429


def test_one_network_cannot_go_through_all_the_names(app: Flask, district: District) -> None:
    with patch.object(passwords, "hashed", lambda _password: ""):
        said = [_try(app.test_client(), f"niemand{number}").status_code for number in range(tries.FROM_ONE_NETWORK + 1)]
    assert said == [422] * tries.FROM_ONE_NETWORK + [429]


@pytest.mark.parametrize(
    ("most", "spread"),
    [
        (tries.FROM_ONE_NETWORK, lambda nth: (f"niemand{nth}", "198.51.100.1")),
        (tries.FROM_ANYWHERE, lambda nth: ("daibiao5", f"203.0.113.{nth}")),
    ],
)
def test_a_door_that_many_come_by_does_not_fill_in_weeks(
    app: Flask, district: District, most: int, spread: Callable[[int], tuple[str, str]]
) -> None:
    """Somebody mistypes every ten hours: never a day without a try. Before, all were counted together, and at last each
    try closed the door for a quarter of an hour to everybody who came after."""
    since = clock.now()
    for nth in range(most + 1):
        name, address = spread(nth)
        with clock.stopped_at(since + nth * timedelta(hours=10)):
            at = tries.doors("password", name, address=address, known_browser="")
            assert [tries.count(at) for _ in range(2)] == [timedelta(0)] * 2


def test_what_is_slow_by_design_is_not_done_for_everybody_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    for _ in range(passwords.AT_ONCE):
        passwords._seats.acquire()
    try:
        answer = _try(app.test_client(), "daibiao5", PASSWORD)
    finally:
        for _ in range(passwords.AT_ONCE):
            passwords._seats.release()
    assert answer.status_code == 503
    assert "请过一会儿再试" in answer.text
    assert _try(app.test_client(), "daibiao5", PASSWORD).status_code == 302


def test_whoever_finds_an_open_session_cannot_guess_the_password_in_it(client_of: ClientOf) -> None:
    client = client_of("daibiao5")
    new = {"new": "柳荫街的树又高又大很好看", "again": "柳荫街的树又高又大很好看"}
    for _ in range(FREE_TRIES):
        assert client.post("/password", data={"old": "falsch", **new}).status_code == 422
    locked = client.post("/password", data={"old": PASSWORD, **new})
    assert locked.status_code == 429
    assert "分钟后再试" in locked.text


def test_a_code_of_an_authenticator_is_taken_once_and_a_reset_ends_the_half_way(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SECOND_FACTOR", True)
    client = app.test_client()
    _try(client, "du1", PASSWORD)
    assert client.get("/second-factor").status_code == 200
    account_of("du1").fs_uniquifier = "reset"
    db.session.commit()
    assert "/sign-in" in client.get("/second-factor").location


def test_an_administrator_demands_the_second_factor_of_a_role(app: Flask, client_of: ClientOf) -> None:
    desk = client_of("guanli1")
    assert desk.get("/admin/second-factor").status_code == 200
    assert "second-factor" not in _try(app.test_client(), "daibiao5", PASSWORD).location
    assert desk.post("/admin/second-factor", data={"role": ["deputy", "administrator"]}).status_code == 303
    assert "second-factor" in _try(app.test_client(), "daibiao5", PASSWORD).location
    refused = desk.post("/admin/second-factor", data={"role": ["deputy"]})
    assert refused.status_code == 422
    assert second_factor.demanded(Role.ADMINISTRATOR, False)
    assert desk.post("/admin/second-factor", data={"role": ["administrator"]}).status_code == 303
    assert not second_factor.demanded(Role.DEPUTY, True)
    assert db.session.scalar(select(func.count()).select_from(SecondFactorRule)) == 2


def test_wrong_codes_from_many_at_once_are_all_counted(app: Flask, paper: Paper) -> None:  # noqa: F811
    client = app.test_client()
    for number in range(7):
        said = client.post(
            f"/z/{paper.mark}", data={"code": "WRONG2"}, environ_base={"REMOTE_ADDR": f"2001:db8::{number}"}
        )
        assert said.status_code == (422 if number < 5 else 429)
    db.session.expire_all()
    assert paper.wrong_codes == 5, "what is not looked at is no guess"


def test_counts_are_forgotten_after_a_day(app: Flask, district: District) -> None:
    for _ in range(FREE_TRIES + 1):
        _try(app.test_client(), "daibiao5")
    with clock.stopped_at(clock.now() + timedelta(days=1, minutes=1)):
        for _ in range(FREE_TRIES):
            assert _try(app.test_client(), "daibiao5").status_code == 422
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        assert tries.drop_old() > 0


def _production(folder: Path) -> Flask:
    env = {
        "DATA_DIR": str(folder), "APP_ENV": "production", "PUBLIC_ADDRESS": "https://example.invalid",
        "SECRET_KEY": "s" * 40, "PASSWORD_SALT": "p" * 40, "TRUSTED_PROXIES": "1",
    }  # fmt: skip
    return create_app(Settings.from_environment(env), {"TESTING": True})


def test_production_binds_its_cookies_to_the_host_and_the_browser_to_https(tmp_path: Path) -> None:
    app = _production(tmp_path)
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-session"
    assert app.config["SESSION_COOKIE_SECURE"]
    with app.test_request_context("/no/such/page"):
        answer = app.process_response(app.make_response("x"))
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_outside_production_no_browser_is_bound_to_https(app: Flask) -> None:
    answer = app.test_client().get("/sign-in")
    assert "Strict-Transport-Security" not in answer.headers
    assert "Cross-Origin-Opener-Policy" not in answer.headers


def test_files_are_read_by_their_owner_alone(own_database: Flask) -> None:
    folder = own_database.extensions["settings"].data_dir
    own_database.extensions["storage"].put(b"a photo")
    own_database.extensions["numbers"].path.parent.mkdir(exist_ok=True)
    (folder / "by-a-library").write_text("x")
    assert folder.stat().st_mode & 0o777 == 0o700
    open_ones = [str(path) for path in folder.rglob("*") if path.stat().st_mode & 0o077]
    assert open_ones == []


def test_the_administrator_is_told_of_a_proxy_that_the_settings_do_not_know(client_of: ClientOf) -> None:
    client = client_of("guanli1")
    assert "前置代理" in client.get("/admin/system").text
    said = client.get("/admin/system", headers={"X-Forwarded-For": "203.0.113.9"}).text
    assert "TRUSTED_PROXIES" in said
    assert "TRUSTED_PROXIES" not in client.get("/admin/system").text
