"""Requests of which only half is ever sent, to a real server: whoever comes from elsewhere is served all the same."""

import socket
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from inspect_app.serving.web import FROM_ONE_NETWORK, SILENT, THREADS, WORKERS, Seats

HALF = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin=x"
MANY = 70


@pytest.mark.journey
@pytest.mark.parametrize("sent", [HALF, HALF[:60], b""], ids=["half a body", "half a head", "nothing"])
def test_seventy_that_fall_silent_stop_nobody_elsewhere(server: str, sent: bytes) -> None:
    assert WORKERS * THREADS < MANY, "as many as there are threads would prove nothing"
    port = urlsplit(server).port
    assert port is not None
    with ExitStack() as open_ones:
        for _ in range(MANY):
            half = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=("127.0.0.2", 0))
            open_ones.enter_context(closing(half))
            half.sendall(sent)
        for _ in range(10):
            page = HTTPConnection("127.0.0.1", port, timeout=SILENT - 5)
            page.request("GET", "/sign-in")
            assert page.getresponse().status == 200
            page.close()


def test_a_network_has_so_many_places_and_gets_them_back() -> None:
    seats = Seats(2)
    with seats.one("a") as first, seats.one("a") as second, seats.one("a") as third, seats.one("b") as other:
        assert (first, second, third, other) == (True, True, False, True)
    with seats.one("a") as again:
        assert again
    assert FROM_ONE_NETWORK < THREADS


def test_behind_a_proxy_of_ours_it_is_the_proxy_that_counts() -> None:
    seats = Seats(1)
    with seats.one("") as first, seats.one("") as second:
        assert first
        assert second


def test_an_address_that_is_too_long_is_refused_in_chinese(server: str) -> None:
    page = HTTPConnection(urlsplit(server).netloc, timeout=20)
    page.request("GET", "/desk/places?q=" + "a" * 9000)
    answer = page.getresponse()
    assert answer.status == 414
    text = answer.read().decode()
    assert "这个网址太长" in text
    assert "Request" not in text
    assert answer.headers["Server"] is None or "gunicorn" not in answer.headers["Server"]
