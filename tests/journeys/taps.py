"""How many taps and screens a visit costs, walked as a thumb does: `python -m tests.journeys.taps` prints a table.

A tap, the shutter, a stroke and a confirmation count one each, typing into a field one; scrolling none. Screens are the
heights of all pages of a visit, from the first zone (or section) to the last page, over the height of the screen.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from inspect_app.demo.people import PASSWORD
from inspect_app.kernel.database import db
from tests.benchmarks.serving import serving
from tests.browser import CHROMIUM
from tests.conftest import build_app
from tests.support import seed

from . import walk
from .conftest import BROWSER, PHONE

HEIGHT = "document.documentElement.scrollHeight"
PHOTOS_ASKED = """code => import(document.querySelector("script[type=module]").src)
  .then(({ modules }) => modules["js/field/ledger.js"].page.visiting.items[code].photos)"""
BESIDES = """[...document.querySelectorAll('[data-section]:not(.hidden) [data-item], [data-section]:not(.hidden) [data-sign]')]
  .filter(one => one.dataset.sign || one.querySelector('.deep')).reduce((sum, one) => sum + Math.round(one.offsetHeight), 0)"""


@dataclass
class Thumb:
    """Counts what it does on a page."""

    page: Page
    taps: int = 0
    heights: list[int] = field(default_factory=list)
    besides: list[int] = field(default_factory=list)  # of these, what deep checks and signatures take

    def tap(self, target: Locator) -> None:
        """One tap, wherever on the page it is."""
        target.evaluate("one => one.scrollIntoView({ block: 'center' })")
        target.tap()
        self.taps += 1

    def choose(self, control: Locator) -> None:
        """One tap on what a radio or a box is drawn as."""
        control.evaluate("one => one.scrollIntoView({ block: 'center' })")
        control.check(force=True)
        self.taps += 1

    def find_sound(self, code: str, kind: str) -> None:
        """One item found in order."""
        walk.find_sound(self.page, code, kind)
        self.taps += max(1, self.page.locator(f"#item-{code} input[name=row]").count())

    def write(self, target: Locator, words: str) -> None:
        """Words typed into a field: one tap into it, whatever the keyboard takes."""
        target.fill(words)
        self.taps += 1

    def shoot(self, strip: Locator) -> None:
        """A photo with the camera of the page: opened, the shutter, closed."""
        before = strip.locator("figure").count()
        self.tap(strip.locator("[data-source=camera]"))
        expect(self.page.locator(".shutter")).to_be_enabled()
        self.tap(self.page.locator(".shutter"))
        expect(strip.locator("figure")).to_have_count(before + 1)
        self.tap(self.page.locator("dialog button:has-text('完成')"))

    def sign(self, part: str, name: str = "") -> None:
        """A stroke, and a name where one has to be written."""
        walk.sign(self.page, part, name)
        self.taps += 2 if name else 1

    def turn(self) -> None:
        """This page of the visit has been read to its end."""
        self.heights.append(self.page.evaluate(HEIGHT))
        self.besides.append(self.page.evaluate(BESIDES))

    @property
    def screens(self) -> float:
        """How many screens all pages of the visit are."""
        return sum(self.heights) / self._high

    @property
    def plain_screens(self) -> float:
        """The same without deep checks and signatures; no page is less than a screen."""
        rest = (height - less for height, less in zip(self.heights, self.besides, strict=True))
        return sum(max(self._high, height) for height in rest) / self._high

    @property
    def _high(self) -> int:
        viewport = self.page.viewport_size
        assert viewport is not None
        return viewport["height"]


def begin(thumb: Thumb, place: str, *, full: bool = False) -> None:
    """From 今日 to the first page of a visit."""
    page = thumb.page
    page.goto("/field/")
    expect(page.locator("[data-sync]").first).not_to_have_text("发件箱")
    thumb.tap(page.locator(".tabbar a:has-text('场所')"))
    thumb.tap(page.locator(f"[data-found] a:has-text('{place}')").first)
    expect(page.locator("[data-depth]")).to_be_visible()
    if full and page.locator("[name=depth]").is_visible():
        thumb.choose(page.locator("[name=depth]"))
    thumb.tap(page.locator("button[form=start]"))
    page.wait_for_url(re.compile(f"/field/visits/{walk.UUID}"))


def cards(page: Page) -> list[tuple[str, str, bool]]:
    """(code, kind, is it of the deep check) of what is asked one by one in the zone that shows."""
    found: list[tuple[str, str, bool]] = page.locator(
        "[data-section]:not(.hidden) > [data-item]:not(.hidden)"
    ).evaluate_all("all => all.map(one => [one.dataset.item, one.dataset.kind, Boolean(one.querySelector('.deep'))])")
    return found


def fault(thumb: Thumb, line: Locator) -> None:
    """A line that is not so: the tap on it, the photos it asks for, words and the place."""
    code = str(line.evaluate("one => one.closest('li').id")).removeprefix("line-")
    item = thumb.page.locator(f"#item-{code}")
    thumb.tap(line)
    expect(item.locator("[data-panel]")).to_be_visible()
    for _ in range(max(1, thumb.page.evaluate(PHOTOS_ASKED, code))):
        thumb.shoot(item.locator("[data-photos=photos]"))
    thumb.choose(item.locator("[name=wordings]").first)
    if (spot := item.locator("[data-place]")).count():  # advice makes no hazard and has no place
        thumb.tap(spot.first)


def short_walk(thumb: Thumb, *, deep: bool, faults: int = 0) -> dict[str, int]:
    """Every zone of a short walk, up to the last page. Returns taps by what they were for. Without `deep` the cards of
    the deep check are answered, as they must be, but not counted."""
    page, parts = thumb.page, {"zones": 0, "keys": 0, "deep": 0, "faults": 0}
    page.wait_for_selector("[data-zone-link][aria-current]")
    while page.locator("[data-go=close]").is_visible():
        here = page.url
        for code, kind, drawn in cards(page):
            before = thumb.taps
            thumb.find_sound(code, kind)
            if drawn:
                thumb.shoot(page.locator(f"#item-{code} [data-photos=photos]"))
            parts["deep" if drawn else "keys"] += thumb.taps - before
            if drawn and not deep:
                thumb.taps = before
        while faults and page.locator(".glance:visible").count():
            before, faults = thumb.taps, faults - 1
            fault(thumb, page.locator("[data-section]:not(.hidden) [data-lines] .glance:visible").first)
            parts["faults"] += thumb.taps - before
            if faults % 2:
                break
        thumb.turn()
        expect(page.locator("[data-go=close]")).to_have_text("看了，没看到别的不对")
        thumb.tap(page.locator("[data-go=close]"))
        parts["zones"] += 1
        expect(page).not_to_have_url(here)
    expect(page.locator("#end")).to_be_visible()
    return parts


def full_walk(thumb: Thumb) -> None:
    """Every section of a whole list, up to the last page."""
    page = thumb.page
    expect(page.locator("[data-section-link='1'][aria-current]")).to_be_visible()
    for section in range(page.locator("[data-section-link]").count() - 1):
        expect(page.locator(f"[data-section-link='{section + 1}'][aria-current]")).to_be_visible()
        for code, kind in walk.items(page):
            thumb.find_sound(code, kind)
        thumb.turn()
        thumb.tap(page.locator("[data-go=on]"))
    expect(page.locator("#end")).to_be_visible()


def submit(thumb: Thumb, *, signed: bool = True) -> None:
    """Signatures and 提交; without `signed` they are given, as they must be, but not counted."""
    page, before = thumb.page, thumb.taps
    expect(page.locator("#sign-premises[data-ready]")).to_be_attached()
    thumb.sign("deputy")
    thumb.sign("premises", "王老板")
    if not signed:
        thumb.taps = before
    thumb.turn()
    thumb.tap(page.locator("[data-go=on]"))
    expect(page.locator("main > h1")).to_have_text("检查做完了")


VISITS: dict[str, tuple[bool, bool, int]] = {  # deep checks and signatures counted; faults
    "without deep checks and signatures": (False, False, 0),
    "with deep checks and signatures": (True, True, 0),
    "with three faults besides": (True, True, 3),
}
PLACES = {"bottled-gas kitchen": ("数一数面馆", "small_restaurant"), "小商店": ("数一数小店", "small_shop")}


def main() -> int:
    """Print the table: 全查 and 短查 by kind of place."""
    _row("visit", "taps", "screens", "of which")
    with phone() as page:
        for name, (place, kind) in PLACES.items():
            walk.register_place(page, place, kind)
            thumb = Thumb(page)
            begin(thumb, place, full=True)
            full_walk(thumb)
            submit(thumb)
            _row(f"{name}, 全查, with signatures", thumb.taps, round(thumb.screens, 1), "")
            for words, (deep, signed, faults) in VISITS.items():
                thumb = Thumb(page)
                begin(thumb, place)
                parts = short_walk(thumb, deep=deep, faults=faults)
                submit(thumb, signed=signed)
                screens = thumb.screens if deep else thumb.plain_screens
                _row(f"{name}, 短查, {words}", thumb.taps, round(screens, 1), parts)
    return 0


def _row(words: str, taps: object, screens: object, more: object) -> None:
    sys.stdout.write(f"{words:<64}{taps!s:>6}{screens!s:>9}  {more}\n")
    sys.stdout.flush()


@contextmanager
def phone() -> Iterator[Page]:
    """A deputy signed in on a phone, on a server of its own."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        url = f"sqlite:///{folder}/inspect.db"
        with build_app(folder, url).app_context():
            seed()
            db.session.remove()
            db.engine.dispose()
        with (
            serving(folder, url) as (_, port),
            playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER) as browser,
        ):
            page = browser.new_page(**PHONE, base_url=f"http://127.0.0.1:{port}", locale="zh-CN")  # type: ignore[arg-type]
            page.set_default_timeout(90_000)
            page.goto("/sign-in")
            page.fill("[name=login]", "daibiao1")
            page.fill("[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(re.compile("/field/"))
            yield page


if __name__ == "__main__":
    sys.exit(main())
