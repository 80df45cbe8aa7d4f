"""A phone whose clock is wrong, and a midnight between signing and handing in."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from inspect_app.kernel import clock

from . import walk
from .conftest import PHONE, Enter

pytestmark = pytest.mark.journey
# The page's own clock, moved by so many milliseconds: from the start, or while it is open.
CLOCK = """(() => { const Real = Date; let ahead = AHEAD; window.moveClock = (by) => { ahead += by; };
  window.Date = class extends Real { constructor(...given) { if (given.length) super(...given); else super(Real.now() + ahead); }
    static now() { return Real.now() + ahead; } }; })()"""


def _moved(by: timedelta):  # type: ignore[no-untyped-def]
    def arrange(context: BrowserContext) -> None:
        context.add_init_script(CLOCK.replace("AHEAD", str(round(by.total_seconds() * 1000))))

    return arrange


def _filled(page: Page, name: str) -> str:
    """A small visit with one thing wrong, up to the signatures; returns the code of what is wrong."""
    walk.register_place(page, name, "other")
    walk.start(page)
    wrong = walk.items(page)[0][0]
    for code, kind in walk.items(page):
        if code == wrong:
            walk.fail(page, code)
        else:
            walk.find_sound(page, code, kind)
    page.click("[data-go=on]")
    walk.answer(page, "T-HIGH", "na")
    return wrong


def _day(of: Page) -> str:
    found = re.search(r"(\d+月\d+日)（", of.locator("[data-summary]").inner_text())
    assert found is not None
    return found[1]


def test_a_phone_four_hundred_days_fast_signs_and_is_entered_today(enter: Enter) -> None:
    page = enter("daibiao8", PHONE, first=_moved(timedelta(days=400)))
    _filled(page, "快钟小店")
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    page.click("[data-go=on]")
    walk.sign(page, "deputy")
    walk.sign(page, "premises", "王老板")
    today = clock.today()
    assert _day(page) == f"{today.month}月{today.day}日"
    page.click("[data-go=on]")
    page.wait_for_selector("h1:has-text('检查做完了')", timeout=60_000)
    expect(page.locator("main")).to_contain_text("已送达", timeout=60_000)
    desk = enter("du1")
    desk.goto("/desk/hazards?q=快钟小店")
    desk.click("main a[href^='/desk/hazards/0']")
    expect(desk.locator("main")).to_contain_text(re.compile(rf"{today:%Y%m%d}[A-Z]"))
    expect(desk.locator("main")).to_contain_text("手机时间差 400 天，按服务器的钟约")


def test_what_is_signed_before_midnight_is_handed_in_after_it(enter: Enter) -> None:
    page = enter("daibiao9", PHONE, first=_moved(timedelta(0)))
    _filled(page, "半夜小店")
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    page.context.set_offline(True)  # so that nobody tells the phone what time it is
    now = clock.to_local(clock.now())
    midnight = now.replace(hour=23, minute=59, second=0, microsecond=0) - now
    page.evaluate("by => moveClock(by)", round(midnight.total_seconds() * 1000))
    page.click("[data-go=on]")
    walk.sign(page, "deputy")
    walk.sign(page, "premises", "王老板")
    assert _day(page) == f"{now.month}月{now.day}日"
    page.evaluate("moveClock(120000)")
    page.click("[data-go=on]")
    expect(page.locator("main > h1")).to_have_text("检查做完了")
    expect(page.locator("main")).to_contain_text(f"{now.month}月{now.day}日（")
    page.evaluate("by => moveClock(by)", -round(midnight.total_seconds() * 1000) - 120000)
    page.context.set_offline(False)
    expect(page.locator("main")).to_contain_text("已送达", timeout=60_000)
