"""A shop without a printer: the desk prints a pad, a deputy leaves a slip and scans its code, the owner answers by it, the signed
sheet comes home."""

import io
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
    desk.goto(_read(pdf, 2)[0])
    expect(desk.locator("main")).to_contain_text("已经作废收回了")
