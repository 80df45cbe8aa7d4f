"""A shop without a printer: the desk prints a pad, a deputy leaves a slip and scans its code, the owner answers by it, the signed
sheet comes home."""

import io
import os
import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.scanned import drawn, photographed, sealed

from . import walk
from .conftest import DESK, PHONE, Enter
from .test_every_page import TAGS, _axe, _too_wide

pytestmark = pytest.mark.journey
WORDS = re.compile(r"(?P<address>http://\S+/z/\w+)")


def _pad(desk: Page) -> bytes:
    """The printed pad of three slips, for the first deputy."""
    desk.goto("/papers")
    desk.get_by_role("link", name="空白单").click()
    desk.get_by_role("link", name="印空白单").first.click()
    desk.fill("#count", "0")
    desk.get_by_role("button", name="开始做").click()
    expect(desk.locator("main")).to_contain_text("1 到 200 之间的张数")
    desk.fill("#count", "3")
    desk.select_option("#given_to", label="陈玉兰")
    desk.get_by_role("button", name="开始做").click()
    desk.wait_for_url("**/prints")
    expect(desk.locator("main")).not_to_contain_text("取消打印", timeout=90_000)
    link = desk.locator("a[href$='/pdf']").first
    expect(link).to_be_visible(timeout=90_000)
    return desk.request.get(link.get_attribute("href") or "").body()


def _read(pdf: bytes, page: int) -> tuple[str, str]:
    """(address, code) on a page, read as a person does."""
    text = PdfReader(io.BytesIO(pdf)).pages[page].extract_text()
    found, code = WORDS.search(text), re.search(r"就能答复\s*([0-9A-Z]{6})", text)
    assert found is not None, text
    assert code is not None, text
    return found["address"], code[1]


def _fine(page: Page) -> None:
    assert _axe(page, TAGS) + _too_wide(page) == []


def test_a_slip_is_left_bound_by_its_code_answered_and_comes_home(enter: Enter, browser: Browser, server: str) -> None:
    desk = enter("du1", DESK)
    pdf = _pad(desk)
    address, code = _read(pdf, 0)
    deputy = enter("daibiao1", PHONE)
    walk.register_place(deputy, "无打印机面馆")
    walk.start(deputy)
    walk.fill(deputy, {"F-LIVE-03": 2})
    walk.hand_in(deputy)
    deputy.goto(address)
    _fine(deputy)
    deputy.get_by_role("link", name="记到一次走访上").click()
    _fine(deputy)
    visit = deputy.locator("#visit option", has_text="无打印机面馆").get_attribute("value")
    deputy.get_by_role("button", name="记下来").click()
    expect(deputy.locator("main")).to_contain_text("请选是哪一次走访")
    assert "空白单" in deputy.input_value("#slip_number"), "what the code brought is still there"
    deputy.select_option("#visit", visit)
    deputy.get_by_role("button", name="记下来").click()
    expect(deputy.locator("main")).to_contain_text("的走访上了")
    deputy.goto(f"/field/visits/{visit}")
    expect(deputy.locator("main")).to_contain_text(re.compile(r"空白单 \d{4}-\d{4}"))

    owner = browser.new_context(**PHONE, base_url=server, locale="zh-CN").new_page()  # type: ignore[arg-type]
    owner.goto(address)
    _fine(owner)
    owner.fill("#code", code.lower())
    owner.get_by_role("button", name="看问题，去答复").click()
    expect(owner.locator("header")).to_contain_text("给无打印机面馆的")
    owner.context.close()

    desk.goto("/scans")
    shot = photographed(sealed(drawn(pdf, 0)), turn=8, tilt=0.1, shadow=0.4, quality=60)
    desk.set_input_files("#files", {"name": "空白单.jpg", "mimeType": "image/jpeg", "buffer": shot})
    desk.get_by_role("button", name="传上来").click()
    expect(desk.locator("h2", has_text="认出来了")).to_be_visible(timeout=90_000)
    desk.get_by_role("link", name=re.compile("对一对")).first.click()
    desk.get_by_role("button", name="就是这张，收下").click()
    expect(desk.locator("body")).to_contain_text("的扫描件收下了")
    desk.goto(f"/desk/visits/{visit}")
    expect(desk.locator("#slips")).to_contain_text("已收回")
    _fine(desk)
    desk.locator("#slips a").first.click()
    expect(desk.locator("main")).to_contain_text("收下扫描件")
    _fine(desk)

    desk.goto("/slips/void")
    desk.fill("#numbers", "2到3")
    desk.fill("#reason", "整本丢了")
    desk.get_by_role("button", name="作废这几号").click()
    expect(desk.locator("body")).to_contain_text("作废了 2 张")
    _fine(desk)
    desk.goto(_read(pdf, 1)[0])
    expect(desk.locator("main")).to_contain_text("已经作废收回了")


def test_numbers_are_written_down_without_a_signal_and_a_wrong_one_is_taken_off(enter: Enter) -> None:
    desk = enter("du1", DESK)
    pdf = _pad(desk)
    wrong, right, lost = (_number(pdf, page) for page in range(3))
    deputy = enter("daibiao1", PHONE)
    walk.register_place(deputy, "没信号的面馆")
    walk.start(deputy)
    expect(deputy.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    deputy.evaluate("navigator.serviceWorker.ready.then(() => true)")  # what the last page needs is kept
    deputy.context.set_offline(True)
    walk.fill(deputy, {"F-LIVE-03": 2})
    fold = deputy.locator("#end details", has_text="留了手写的空白单").first
    fold.locator("summary").first.click()
    fold.get_by_label("空白单的编号").fill("那一张")
    fold.get_by_role("button", name="记下这一号").click()
    expect(fold.locator("[role=alert]")).to_contain_text("读不懂这个编号")
    for number in (wrong, lost):
        fold.get_by_label("空白单的编号").fill(number)
        fold.get_by_label("空白单的编号").press("Enter")
        expect(fold.locator("li", has_text=number)).to_contain_text("已存本机，有信号就发")
    fold.locator("li", has_text=wrong).locator("summary").click()
    _fine(deputy)
    if shots := os.environ.get("SHOTS"):
        fold.screenshot(path=f"{shots}-end.png")
    fold.get_by_role("button", name="编号记错了，单子还空着").click()
    expect(fold.locator("li", has_text=wrong)).to_have_count(0)
    walk.hand_in(deputy)
    left = deputy.locator("main details", has_text="留了手写的空白单").first
    expect(left.locator("li", has_text=lost)).to_contain_text("已存本机")

    # Meanwhile the desk has given that number up.
    desk.goto("/slips/void")
    desk.fill("#numbers", lost)
    desk.fill("#reason", "说是丢了")
    desk.get_by_role("button", name="作废这几号").click()
    expect(desk.locator("body")).to_contain_text("作废了 1 张")
    left.get_by_label("空白单的编号").fill(right)
    left.get_by_role("button", name="记下这一号").click()
    deputy.context.set_offline(False)
    expect(left.locator("li", has_text=right)).to_contain_text("记上了", timeout=60_000)
    told = left.locator("li", has_text="已经作废，不能再用")
    expect(told).to_have_count(1)
    _fine(deputy)
    if shots := os.environ.get("SHOTS"):
        deputy.screenshot(path=f"{shots}-handed-in.png", full_page=True)
    told.get_by_role("button", name="知道了").click()
    expect(told).to_have_count(0)

    visit = deputy.url.split("/")[-1]
    desk.goto(f"/desk/visits/{visit}")
    expect(desk.locator("#slips")).to_contain_text(right)
    expect(desk.locator("#slips")).to_contain_text(re.compile(f"{wrong} .*从走访上拿下.*编号记错了"))
    desk.locator("#slips a").first.click()
    desk.get_by_text("编号记错了，从走访上拿下来").click()
    desk.get_by_role("button", name="拿下来", exact=True).click()
    expect(desk.locator("main")).to_contain_text("为什么拿下来")
    _fine(desk)
    desk.fill("#off-reason", "记错了走访")
    desk.get_by_role("button", name="拿下来", exact=True).click()
    expect(desk.locator("body")).to_contain_text("还可以再用")
    deputy.reload()
    expect(deputy.locator("main h1")).to_have_text("检查做完了")
    expect(deputy.locator("main li", has_text=right)).to_have_count(0)


def _number(pdf: bytes, page: int) -> str:
    found = re.search(r"20\d\d-\d{4}", PdfReader(io.BytesIO(pdf)).pages[page].extract_text())
    assert found is not None
    return found[0]
