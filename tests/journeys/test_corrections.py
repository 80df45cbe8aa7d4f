"""An administrator sets each thing right, in a browser, and finds every act in the log."""

import re

import pytest
from playwright.sync_api import Page, expect

from inspect_app.demo.people import PASSWORD

from .conftest import DESK, PHONE, Enter

pytestmark = pytest.mark.journey


def _correct(page: Page, summary: str, **fields: str) -> None:
    """Open a fold, write into its fields and send it; the page says that it was done."""
    fold = page.locator("details", has=page.locator("summary", has_text=summary)).first
    fold.locator("summary").first.click()
    for name, value in fields.items():
        field = fold.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    fold.locator("button[type=submit]").click()


def _done(page: Page, words: str) -> None:
    expect(page.locator(".notice-ok")).to_contain_text(words)


def test_an_administrator_sets_each_thing_right_and_the_log_tells_it(enter: Enter, server: str) -> None:
    page = enter("guanli1", DESK)
    page.goto("/admin/accounts?q=daibiao9")
    page.click("main table a, main .accounts a")
    account = page.url
    before = {name: page.input_value(f"#correct-{name}") for name in ("name", "login", "mobile")}
    _correct(page, "更正姓名", name="\u200b", login="x", mobile="abc")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    for words in ("请写姓名", "3 到 40", "11 位数字"):
        expect(summary).to_contain_text(words)
    summary.get_by_role("link", name=re.compile("11 位")).click()
    expect(page.locator("#correct-mobile")).to_be_focused()
    page.fill("#correct-name", "何丽桦")
    page.fill("#correct-login", "HeLihua")
    page.fill("#correct-mobile", "+86 139 0000 1111")
    page.locator("details[open] button[type=submit]").first.click()
    _done(page, "登录没有断")
    expect(page.locator("h1")).to_have_text("何丽桦")
    _correct(page, "更正片区", congress_term="第十九届")
    _done(page, "任期改好了")

    page.goto("/admin/organisations")
    page.get_by_role("link", name="区住建局").or_(page.get_by_role("link", name="青江区住房和城乡建设局")).first.click()
    _correct(page, "更正全称", name="青江区住房城乡建设局", letter_code="青住建")
    _done(page, "以后出的文书")
    expect(page.locator("h1")).to_have_text("青江区住房城乡建设局")

    page.goto("/admin/areas")
    page.locator("td.level-community a").first.click()
    _correct(page, "更正名称", name="柳荫北社区")
    _done(page, "改好了")
    page.goto("/admin/stations")
    page.locator("main table a").first.click()
    page.fill("#name", "柳荫桥代表之家")
    page.click("main form button.main")
    _done(page, "柳荫桥代表之家改好了")

    page.goto("/admin/acts")
    for words in ("何丽桦", "helihua", "13900001111", "第十九届", "青住建", "柳荫北社区", "柳荫桥代表之家"):
        expect(page.locator("main")).to_contain_text(words)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.goto(account)
    phone = page.context.browser.new_context(**PHONE, base_url=server).new_page()  # type: ignore[union-attr,arg-type]
    phone.goto("/sign-in")
    phone.fill("[name=login]", "139 0000 1111")
    phone.fill("[name=password]", PASSWORD)
    phone.click("main button[type=submit]")
    phone.wait_for_url(re.compile("/field/"))
    phone.context.close()
    page.goto(account)
    _correct(page, "更正姓名", **before)  # other journeys sign in by it
    expect(page.locator("h1")).to_have_text(before["name"])
