"""The sealed sheet comes home: printed, sealed, photographed askew, read by the worker, filed by a tap, on a desk and on a phone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from inspect_app.kernel import clock
from tests.scanned import drawn, photographed, sealed

from . import walk
from .conftest import DESK, PHONE, Enter, photo_file
from .test_loop import _press, _step

pytestmark = pytest.mark.journey
SOON = (clock.today() + timedelta(days=9)).isoformat()


def _ordered(enter: Enter, place: str) -> Page:
    """An order of the fire brigade on a place of its own; the officer's page of its hazard."""
    deputy = enter("daibiao3", PHONE)
    walk.register_place(deputy, place)
    walk.start(deputy)
    walk.fill(deputy, {"F-LIVE-03": 2})
    walk.hand_in(deputy)
    desk = enter("du2")
    desk.goto(f"/desk/hazards?q={place}")
    desk.click("a:has-text('泡沫夹芯板')")
    _step(desk, "交办", handler_id="青江区消防救援大队", paper="青人柳办〔2026〕8号")
    officer = enter("xiaofang1", DESK)
    officer.goto("/inbox/")
    officer.locator("a", has_text=place).first.click()
    _step(officer, "签收", mending_on=SOON)
    officer.click("summary:has-text('出责令限期改正通知书')")
    officer.fill("#notice-inspected_on", clock.today().isoformat())
    officer.fill("#notice-record", "检〔2026〕7号")
    officer.select_option("#notice-officer_1", index=1)
    officer.select_option("#notice-officer_2", index=2)
    officer.fill("#notice-identity", "经营者周某，未办照")
    _press(officer, officer.locator("button:has-text('出责令限期改正通知书')"))
    return officer


def _file_of(page: Page) -> bytes:
    """The paper as it is printed, once the worker has drawn it."""
    link = page.locator("a[href$='.pdf']", has_text="整〔").first
    for _ in range(60):
        if link.count():
            return page.request.get(link.get_attribute("href") or "").body()
        page.wait_for_timeout(1000)
        page.reload()
    pytest.fail("the paper was never drawn")


def _bring(page: Page, name: str, data: bytes) -> None:
    page.goto("/scans")
    page.set_input_files("#files", {"name": name, "mimeType": "image/jpeg", "buffer": data})  # type: ignore[arg-type]
    page.get_by_role("button", name="传上来").click()


def test_a_sealed_sheet_comes_home_at_the_desk_and_on_a_phone(enter: Enter) -> None:
    officer = _ordered(enter, "河口饺子馆")
    pdf = _file_of(officer)
    expect(officer.locator("#hazard")).to_contain_text("盖章件还没扫回来")
    here = officer.url
    sheet = sealed(drawn(pdf))
    officer.goto("/papers")
    officer.get_by_role("link", name="收扫描件").click()
    _bring(officer, "盖章件.jpg", photographed(sheet, turn=174, tilt=0.1, shadow=0.5, quality=60))
    expect(officer.locator("h2", has_text="认出来了")).to_be_visible(timeout=90_000)
    officer.get_by_role("link", name=re.compile("对一对")).first.click()
    expect(officer.locator("figure img")).not_to_have_count(0)
    officer.get_by_text("单子上有人签收，一起记送达").click()
    officer.get_by_role("button", name="收下，并记送达").click()
    expect(officer.locator("main")).to_contain_text("请选怎么送达的")
    officer.select_option("#way", label="当面送达")
    officer.fill("#received_by", "周老板")
    officer.fill("#served_at", clock.now().astimezone(clock.SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
    officer.get_by_role("button", name="收下，并记送达").click()
    expect(officer.locator("body")).to_contain_text("送达也记下了")
    officer.goto(here)
    expect(officer.locator("#hazard")).to_contain_text("扫描件已存档")
    expect(officer.locator("#hazard")).to_contain_text("当面送达，周老板签收")

    phone = enter("xiaofang1", PHONE)
    _bring(phone, "又一份.jpg", photographed(sheet, turn=-5, shadow=0.3))
    expect(phone.locator("h2", has_text="认出来了")).to_be_visible(timeout=90_000)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.get_by_role("link", name=re.compile("对一对")).first.click()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.get_by_role("button", name="就是这张，收下").click()
    expect(phone.locator("body")).to_contain_text("的扫描件收下了")
    _bring(phone, "别的.jpg", photo_file()["buffer"])  # type: ignore[arg-type]
    expect(phone.locator("body")).to_contain_text("没有读到二维码", timeout=90_000)
    phone.get_by_role("link", name=re.compile("看这一页")).first.click()
    phone.get_by_text("去掉", exact=True).click()
    phone.fill("#drop_reason", "传错了")
    phone.get_by_role("button", name="去掉这一页").click()
    expect(phone.locator("body")).to_contain_text("收件盘是空的")
