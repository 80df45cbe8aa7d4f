"""The real server for a benchmark, on a database of its own, and people signed in to it."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from inspect_app.demo.people import PASSWORD
from tests.conftest import ROOT


@contextmanager
def serving(folder: Path, url: str) -> "Iterator[tuple[subprocess.Popen[bytes], int]]":
    """`flask serve` with its worker on a database that is there already: the process and its port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", int(os.environ.get("BENCH_PORT", "0"))))
        port = int(probe.getsockname()[1])
    environment = os.environ | {"DATA_DIR": str(folder), "PORT": str(port), "DATABASE_URL": url, "DEMO": "street"}
    server = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port)
        yield server, port
    finally:
        server.terminate()
        server.wait(timeout=20)


def sign_in(port: int, login: str) -> tuple[str, str]:
    """(cookie, CSRF token) of somebody signed in; the token, which only phones ask for, is empty for who works at a desk."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", "/sign-in")
    page = connection.getresponse()
    cookie = _cookie(page)
    token = page.read().decode().split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    form = urlencode({"login": login, "password": PASSWORD, "csrf_token": token})
    connection.request(
        "POST", "/sign-in", form, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    )
    answer = connection.getresponse()
    answer.read()
    cookie = _cookie(answer)
    connection.request("GET", "/intake/token", headers={"Cookie": cookie})
    answer = connection.getresponse()
    token = json.loads(answer.read()).get("token", "")
    return _cookie(answer) or cookie, token


def _cookie(answer: http.client.HTTPResponse) -> str:
    """The session's, among those an answer sets."""
    found = [one.split(";")[0] for one in answer.msg.get_all("Set-Cookie", [])]
    return next((one for one in found if one.startswith("session=")), "")


def _wait(port: int) -> None:
    """Until somebody can sign in: the port is bound before the database is migrated and filled."""
    for _ in range(900):
        try:
            urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=5).close()
            return
        except (URLError, OSError):
            time.sleep(0.1)
    sys.exit("the server did not start")
