"""A real server and worker on a small district, and a real browser: a phone and a desk."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from inspect_app.checklists import actions as checklist_actions
from inspect_app.demo.people import PASSWORD
from inspect_app.kernel.database import db, writing
from tests.browser import CHROMIUM, QUIET
from tests.conftest import ROOT, build_app
from tests.contracts.lists import every_kind
from tests.support import seed

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
# A camera that shows a moving figure, and nobody to ask whether it may be used.
BROWSER = [*QUIET, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
DESK = {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `flask serve` with its worker, on a database of its own."""
    yield from served(tmp_path_factory.mktemp("served"))


def served(folder: Path) -> Iterator[str]:
    """The address of a server in a folder of its own, as long as somebody uses it."""
    app = build_app(folder, f"sqlite:///{folder / 'inspect.db'}")
    with app.app_context():
        seed()
        with writing():
            checklist_actions.publish([replace(every_kind(), code="fire-other")])
        db.session.remove()
        db.engine.dispose()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"DATA_DIR": str(folder), "PORT": str(port)}
    for name in ("DATABASE_URL", "APP_ENV", "HTTPS"):
        environment.pop(name, None)
    log = (folder / "server.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"], cwd=ROOT, env=environment, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, folder / "server.log")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 240  # it starts in seconds; a busy machine is slow, not wrong
    while time.monotonic() < until and process.poll() is None:
        try:
            urlopen(f"{address}/sign-in", timeout=2).close()
            return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER)
        yield opened
        opened.close()


Enter = Callable[..., Page]
expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong
SHOWN = pytest.StashKey[list[BrowserContext]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the pages said goes with a failure: a time-out alone tells nothing."""
    report = yield
    if report.when == "call" and report.failed:
        for context in item.stash.get(SHOWN, []):
            for page in context.pages:
                report.sections.append((page.url, page.inner_text("body")[:4000]))
    return report


@pytest.fixture(scope="session")
def signed_in() -> dict[str, list[Any]]:
    """The cookies of whoever has signed in before: a login → its cookies."""
    return {}


@pytest.fixture
def enter(
    request: pytest.FixtureRequest, server: str, browser: Browser, signed_in: dict[str, list[Any]]
) -> Iterator[Enter]:
    """A page of somebody signed in, on a phone or at a desk. Errors of the page's own scripts fail the test.

    Everybody signs in by the form once, and again when a test has ended that sign-in.
    """
    contexts: list[BrowserContext] = []
    request.node.stash[SHOWN] = contexts
    faults: list[str] = []

    def sign_in(
        login: str,
        device: dict[str, object] = DESK,
        first: Callable[[BrowserContext], None] | None = None,
        **more: object,
    ) -> Page:
        """`first` arranges what the pages meet before anything is asked for."""
        context = browser.new_context(
            **device, **more, base_url=server, locale="zh-CN", timezone_id="Asia/Shanghai",  # type: ignore[arg-type]
            geolocation={"longitude": 118.78, "latitude": 32.04}, permissions=["geolocation"],
        )  # fmt: skip
        contexts.append(context)
        if first:
            first(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None,
        )
        context.add_cookies(signed_in.get(login, []))
        page.goto("/")
        if "/sign-in" in page.url:
            page.fill("[name=login]", login)
            page.fill("[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "/sign-in" not in url)
            signed_in[login] = context.cookies()
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert faults == []


def photo_file(name: str = "photo.jpg", size: tuple[int, int] = (1200, 900)) -> dict[str, object]:
    """A JPEG as a camera would hand it over."""
    image = Image.effect_noise(size, 60).convert("RGB")
    ImageDraw.Draw(image).rectangle((100, 100, size[0] // 2, size[1] // 2), fill=(150, 40, 30))
    data = BytesIO()
    image.save(data, "JPEG", quality=85)
    return {"name": name, "mimeType": "image/jpeg", "buffer": data.getvalue()}
