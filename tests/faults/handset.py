"""A phone: a browser with a profile that outlives it, whose tab, renderer and whole process can be killed."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Playwright

from inspect_app.demo.people import PASSWORD
from tests.browser import CHROMIUM, QUIET

HOME = "/field/mine"
SCRIPT = (Path(__file__).parent / "phone.js").read_text()
# A clock that was set wrong, from the start of every page; an open page's own counter of time goes on, as on a phone.
SHIFT = """(() => {
  const Real = Date, shift = () => Number(localStorage.getItem("test:shift") ?? 0);
  globalThis.Date = class extends Real {
    constructor(...parts) { super(...(parts.length ? parts : [Real.now() + shift()])); }
    static now() { return Real.now() + shift(); }
  };
})();"""


class Handset:
    """One phone of one deputy. `kills` counts what was done to it."""

    def __init__(self, playwright: Playwright, profile: Path, address: str, login: str) -> None:
        self.playwright, self.profile, self.address, self.login = playwright, profile, address, login
        self.kills: Counter[str] = Counter()
        self.faults: list[str] = []
        self._context: BrowserContext | None = None
        self._page: Page | None = None

    def open(self, path: str = HOME) -> Page:
        """A page of the app, signed in, with the phone's own modules at hand; whatever was killed is started again."""
        if self._context is None:
            self._context = self._launch()
        if self._page is None:
            for page in self._context.pages:
                with suppress(Error):
                    page.close()
            self._page = self._context.new_page()
            self._page.set_default_timeout(20_000)
            self._page.on("pageerror", lambda error: self.faults.append(str(error)))
        self._goto(self._page, path)
        return self._page

    @property
    def page(self) -> Page:
        return self._page or self.open()

    def call(self, name: str, *arguments: Any) -> Any:
        """A function of phone.js."""
        return self.page.evaluate(f"(given) => window.handset.{name}(...given)", list(arguments))

    def begin(self, name: str, *arguments: Any) -> None:
        """The same, begun and not waited for; a page that is just going away hears nothing."""
        with suppress(Error):
            self.page.evaluate(f"(given) => {{ window.handset.{name}(...given).catch(() => 0); }}", list(arguments))

    def wait_until_kept(self) -> None:
        """Until shell, lists and places lie on the phone: from now on every page opens without a server."""
        self.page.evaluate("async () => { await navigator.serviceWorker.ready; }")
        # Asked from here: a page under a policy against eval cannot be told to ask itself again and again.
        while not self.page.evaluate("navigator.serviceWorker.controller !== null"):
            self.page.wait_for_timeout(100)
        while not any(key.startswith("register:") for key in self.call("ids", "reference")):
            self.page.wait_for_timeout(100)

    def _launch(self) -> BrowserContext:
        for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            (self.profile / name).unlink(missing_ok=True)
        context = self.playwright.chromium.launch_persistent_context(
            self.profile, executable_path=CHROMIUM, args=QUIET,
            viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="zh-CN",
            timezone_id="Asia/Shanghai", base_url=self.address,
            geolocation={"longitude": 118.78, "latitude": 32.04}, permissions=["geolocation"],
        )  # fmt: skip
        context.add_init_script(SHIFT)
        return context

    def _goto(self, page: Page, path: str) -> None:
        """Opened, signed in and with phone.js at hand; a page may load itself anew under us to take an update."""
        until = time.monotonic() + 90
        while True:
            try:
                if not any(cookie.get("name") == "session" for cookie in page.context.cookies()):
                    page.goto(f"/sign-in?next={path}")
                    sign_in(page, self.login)
                page.goto(path)
                if "/sign-in" in page.url:
                    sign_in(page, self.login)
                    page.goto(path)
                page.evaluate(SCRIPT)
                return
            except Error:
                if time.monotonic() > until:
                    raise
                page.wait_for_timeout(200)  # the server is down or answered nonsense: a person tries again

    def kill_tab(self) -> None:
        """Closed at once; no page is asked."""
        self.kills["tab closed"] += 1
        with suppress(Error):
            self.page.close(run_before_unload=False)
        self._page = None

    def kill_renderer(self, counted: str = "tab killed") -> None:
        """What a phone does to a tab in the background when memory is short, or while the camera is open."""
        self.kills[counted] += 1
        for pid in self._processes("--type=renderer"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(Error):
            self.page.close()
        self._page = None

    def kill_browser(self) -> None:
        """kill -9 to the whole browser."""
        self.kills["browser killed"] += 1
        for pid in self._processes(""):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(Error):
            if self._context is not None:
                self._context.close()
        self._context = self._page = None

    def end_session(self) -> None:
        """The cookies are gone, also those that an answer still under way brings back; the page stays open."""
        self.kills["session ended"] += 1
        while self._context is not None and self._context.cookies():
            self._context.clear_cookies()
            self.page.wait_for_timeout(150)

    def jump_clock(self, hours: float) -> None:
        self.kills["clock jumped"] += 1
        self.page.evaluate("(ms) => localStorage.setItem('test:shift', String(ms))", hours * 3_600_000)

    def close(self) -> None:
        with suppress(Error):
            if self._context is not None:
                self._context.close()
        self._context = self._page = None

    def _processes(self, named: str) -> list[int]:
        """Our own browser's processes: the one with this profile and all below it."""
        parents, lines = {}, {}
        for folder in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                pid = int(folder.name)
                parents[pid] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                lines[pid] = (folder / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        tops = [pid for pid, line in lines.items() if f"--user-data-dir={self.profile} " in line]
        return [pid for pid in _below(tops, parents) if named in lines.get(pid, "")]


def _below(tops: list[int], parents: dict[int, int]) -> Iterator[int]:
    found, last = set(tops), set(tops)
    while last:
        last = {pid for pid, parent in parents.items() if parent in last} - found
        found |= last
    yield from found


def sign_in(page: Page, login: str) -> None:
    page.fill("main [name=login]", login)
    page.fill("main [name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
