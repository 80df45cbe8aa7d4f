"""A visit through the real pages, item by item, while the phone dies under the thumb."""

import hashlib
import re
import time
from typing import Any

from playwright.sync_api import Error, Page, expect

from inspect_app.demo.people import PASSWORD
from tests.journeys import walk

from .driver import Driver

FAILS = "F-ELEC-03"  # a judged item that asks for a photo and makes a hazard
UUID = r"[0-9a-f-]{36}"
SECTION = "[data-section-link='{}']"


class Thumb:
    """One visit at the district's place. `kills` says what happens before which section; the last is the summary."""

    def __init__(self, driver: Driver, kills: dict[int, str], *, whole: bool) -> None:
        self.driver, self.kills, self.whole = driver, kills, whole
        self.handset, self.journal = driver.handset, driver.journal
        self.visit = ""
        self.tapped: dict[str, str] = {}

    def go(self) -> None:
        """Raises what stopped it, with a picture of the page beside the log."""
        try:
            self._go()
        except (Error, AssertionError):
            self.handset.page.screenshot(path=self.driver.folder / "stopped.png")
            raise

    def _go(self) -> None:
        page = self._start()
        sections = page.locator("[data-section-link]").count() - 1 if self.whole else max(self.kills) + 2
        for section in range(sections):
            page = self._section(section)
            taken = walk.items(page)
            for code, kind in taken if self.whole else taken[:2]:
                self._answer(page, code, kind)
        if self.whole:
            self._hand_in()

    def _start(self) -> Page:
        page = self.handset.open(f"/field/places/{self.driver.site.places[0]}")
        page.wait_for_selector("[data-depth]:not(.hidden)")
        if page.locator("[name=depth]").is_visible():
            page.check("[name=depth]")
        self._press(page, "button[form=start]", lambda: re.search(f"/field/visits/{UUID}", page.url))
        self.visit = page.url.rsplit("/", 1)[1].partition("#")[0]
        self.journal.visits.append(self.visit)
        return self._page()

    def _page(self) -> Page:
        """The page of the visit, opened anew as after any death."""
        page = self.handset.open(f"/field/visits/{self.visit}")
        page.wait_for_selector("[data-section-link][aria-current]")
        self.driver.read_back()
        return page

    def _section(self, section: int) -> Page:
        kill = self.kills.get(section)
        if kill == "session":
            self._session_ends(section)
        elif kill == "camera":
            self._camera_dies(section)
        elif kill == "withdrawn":
            self._list_withdrawn()
        elif kill:
            self.driver.happens(kill, self.visit)
            self._page()
        return self._at(section)

    def _at(self, section: int) -> Page:
        page = self.handset.page
        page.click(SECTION.format(section + 1))
        expect(page.locator(SECTION.format(section + 1) + "[aria-current]")).to_be_visible()
        return page

    def _answer(self, page: Page, code: str, kind: str) -> None:
        if code == FAILS:
            self._fail(page, code)
        elif kind == "judge":
            self._tap(page, code, self.driver.rng.choice(["pass", "na"]))
        else:
            walk.find_sound(page, code, kind)
            self._wait_for(lambda row: row["payload"]["item"] == code)

    def _tap(self, page: Page, code: str, value: str) -> None:
        """Tapped and seen on the disk; what stands already is not written down anew."""
        if self.tapped.get(code) == value:
            return
        self.tapped[code] = value
        walk.answer(page, code, value)
        self._wait_for(lambda row: row["payload"]["item"] == code and row["payload"]["value"] == value)
        self.journal.write("tap", visit=self.visit, item=code, value=value)

    def _fail(self, page: Page, code: str) -> None:
        walk.answer(page, code, "fail")
        self._photograph(page, code)
        expect(page.locator(f"#item-{code} [data-photos=photos] figure").first).to_be_visible()
        box = page.locator(f"#item-{code}")
        box.locator(".chips input[name=wordings]").first.check(force=True)
        box.locator("[name=place]").fill("厨房")
        self._wait_for(
            lambda row: (
                row["payload"]["item"] == code and row["payload"]["place"] == "厨房" and row["payload"]["photos"]
            )
        )
        self.journal.write("tap", visit=self.visit, item=code, value="fail", hazard=self.whole)

    def _photograph(self, page: Page, code: str) -> None:
        """The file comes from the camera. Its hash is written down first: it may be sent before it can be read back."""
        data = self.driver.photo()
        self.journal.write("begun", sha256=hashlib.sha256(data).hexdigest())
        picture: Any = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": data}
        page.locator(f"#item-{code} [data-photos=photos] input[data-source=camera]").set_input_files(picture)

    def _camera_dies(self, section: int) -> None:
        """The camera is open, the tab is killed just when the file comes."""
        page = self._at(section)
        code = next(code for code, kind in walk.items(page) if kind == "judge")
        walk.answer(page, code, "fail")
        self._photograph(page, code)
        self.handset.kill_renderer("camera killed")
        self._page()

    def _list_withdrawn(self) -> None:
        """The list is withdrawn under the open draft, and the page opened anew: it is filled and handed in as it was begun."""
        self.handset.kills["list withdrawn"] += 1
        self.driver.site.withdraw()
        self._page()

    def _session_ends(self, section: int) -> None:
        """Signed in again on the spot, in place of the notice; the page stays."""
        page = self._at(section)
        code = next(code for code, kind in walk.items(page) if kind == "judge" and code != FAILS)
        notice = page.locator("#notice-area")
        for value in ("pass", "na") * 20:
            # An answer under way may have brought the session back: it ends again until the page has noticed.
            self.handset.end_session()
            self._tap(page, code, value)
            self.handset.call("send")
            if notice.locator("a, [name=login]").count():
                break
        if notice.locator("a").count():
            notice.locator("a").first.click()
        page.fill("#notice-area [name=login]", self.handset.login)
        page.fill("#notice-area [name=password]", PASSWORD)
        page.click("#notice-area button[type=submit]")
        expect(page.locator("#notice-area [name=login]")).to_have_count(0)

    def _hand_in(self) -> None:
        page = self.handset.page
        page.click(SECTION.format("end"))
        expect(page.locator("#end")).to_be_visible()
        walk.sign(page, "deputy")
        walk.sign(page, "premises", "王老板")
        self._press(page, "[data-go=on]", lambda: page.locator("h1:has-text('检查做完了')").count())
        self.handset.open()
        self.driver.read_back()
        self.journal.write("submit", visit=self.visit)

    def _wait_for(self, wanted: Any) -> None:
        """Until the phone's own database holds the tap; then it is logged."""

        def there() -> bool:
            rows = self.handset.call("rows", "operations", self.driver.unknown("operations"))
            if not any(
                row["kind"] == "visit.answer" and row["payload"]["visit"] == self.visit and wanted(row) for row in rows
            ):
                return False
            self.driver.read_back()
            return True

        self._until(there)

    def _press(self, page: Page, selector: str, done: Any) -> None:
        """As a person presses who sees that nothing has happened yet."""

        def pressed() -> bool:
            if done():
                return True
            try:
                page.click(selector, timeout=1500)
                page.wait_for_timeout(1500)
            except Error:
                pass  # the page is just going on
            return bool(done())

        self._until(pressed, 150)

    @staticmethod
    def _until(done: Any, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                raise AssertionError(f"not in {seconds} s")
            time.sleep(0.05)
