"""What is left at a shop without a printer: a code to scan, a link to send, the text in large letters to be read on the spot."""

import re

import pytest
from playwright.sync_api import Browser, expect

from . import walk
from .conftest import PHONE, Enter

pytestmark = pytest.mark.journey
SHARED = "navigator.share = async (what) => { window.shared = what; }"


def test_the_tip_can_be_read_before_it_arrives_and_scanned_once_it_has_its_number(
    enter: Enter, browser: Browser, server: str
) -> None:
    page = enter("daibiao15", PHONE, lambda context: context.add_init_script(SHARED))
    walk.register_place(page, "没有打印机的店", "small_beauty")
    walk.start(page)
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    page.context.set_offline(True)
    code = next(code for code, kind in walk.items(page) if kind == "judge")
    asked = walk.about(page, code)
    walk.fill(page, {code: max(1, asked["photos"])})
    walk.sign(page, "deputy")
    walk.sign(page, "premises", "王老板")
    page.click("[data-go=on]")
    expect(page.locator("main > h1")).to_have_text("检查做完了")

    # Nothing has arrived: the number is promised, and the text is there already.
    expect(page.locator("main")).to_contain_text("提示单的编号和二维码，有信号时会在这里出现")
    expect(page.locator("svg.qr")).to_have_count(0)
    page.click("a:has-text('大字打开，给店主看')")
    large = page.locator(".large")
    expect(large.locator("h1")).to_have_text("有 1 处请您看一看")
    expect(large.locator("h2")).to_have_text(f"1. {asked['title']}")
    for advice in asked["advice"]:
        expect(large).to_contain_text(advice)
    expect(large).to_contain_text(re.compile(r"建议 \d+月\d+日（星期.）前改好"))
    sizes = large.locator("p, h2").evaluate_all("all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert min(sizes) >= 20
    page.click("a:has-text('看完了')")
    expect(page.locator("main > h1")).to_have_text("检查做完了")

    page.context.set_offline(False)
    code_shown = page.locator(".scan .code")
    expect(page.locator("svg.qr")).to_be_visible(timeout=90_000)
    expect(page.locator("main")).to_contain_text("请店主扫一扫")
    address = page.locator("a.address").inner_text()
    assert re.search(r"/z/\w{10}$", address)
    page.click("button:has-text('把链接发给店主')")
    shared = page.evaluate("window.shared")
    assert shared["url"] == address
    assert code_shown.inner_text() in shared["text"]
    assert code_shown.inner_text() not in address

    # The owner's own phone: the code of the page opens the text.
    owner = browser.new_context(base_url=server).new_page()
    owner.goto("/z/" + address.rsplit("/", 1)[1])
    owner.fill("[name=code]", code_shown.inner_text())
    owner.click("button[type=submit]")
    expect(owner.locator("main")).to_contain_text(asked["title"])
    owner.context.close()

    # Without a signal it is there again, from what the phone keeps.
    visit = page.url
    page.context.set_offline(True)
    page.goto(visit)
    expect(page.locator("svg.qr")).to_be_visible()
    page.goto(f"{visit}#read")
    expect(page.locator(".large h2").first).to_have_text(f"1. {asked['title']}")
    expect(page.locator(".large svg.qr")).to_be_visible()


def test_where_nothing_was_found_nothing_is_promised(enter: Enter) -> None:
    page = enter("daibiao16", PHONE)
    walk.register_place(page, "什么都好的店", "small_beauty")
    walk.start(page)
    walk.fill(page, {})
    walk.hand_in(page)
    expect(page.locator("main")).not_to_contain_text("二维码")
    expect(page.locator("a:has-text('大字打开')")).to_have_count(0)
