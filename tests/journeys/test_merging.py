"""A place that was registered twice: merged while a phone is in flight mode, its visit arrives at the one that stands, undone."""

import pytest
from playwright.sync_api import Page, expect

from . import walk
from .conftest import DESK, PHONE, Enter
from .test_every_page import TAGS, _axe, _too_wide
from .test_flight import _on_the_phone

pytestmark = pytest.mark.journey


def _fine(page: Page) -> None:
    assert _axe(page, TAGS) + _too_wide(page) == []


def _open(desk: Page, name: str) -> None:
    desk.goto(f"/desk/places?q={name}")
    desk.locator("main table").get_by_role("link", name=name).click()
    expect(desk.locator("h1")).to_contain_text(name)


def test_a_visit_written_down_at_the_old_place_arrives_at_the_one_that_stands(enter: Enter) -> None:
    phone, desk = enter("daibiao20", PHONE), enter("du1", DESK)
    walk.register_place(phone, "双凤面馆")
    walk.register_place(phone, "双凤面馆（东门）")
    _on_the_phone(phone)
    expect(phone.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)  # the desk looks for both
    phone.context.set_offline(True)
    phone.click(".tabbar a:has-text('场所')")
    phone.fill("#q", "双凤面馆（东门）")
    phone.click("[data-found] a:has-text('双凤面馆（东门）')")
    walk.start(phone)
    walk.fill(phone, {"F-ELEC-03": 2})

    _open(desk, "双凤面馆（东门）")
    desk.get_by_role("link", name="登记了两次？").click()
    _fine(desk)
    desk.locator("main").get_by_role("link", name="双凤面馆", exact=True).click()
    expect(desk.locator("table.pairs")).to_contain_text("没有销号的隐患")
    desk.get_by_role("button", name="合并这两家").click()
    expect(desk.locator("main")).to_contain_text("请选留下哪一家")
    desk.locator("#keep label", has_not_text="东门").locator("input").check()
    desk.fill("#reason", "同一块招牌，两位代表各登记了一次")
    _fine(desk)
    desk.get_by_role("button", name="合并这两家").click()
    expect(desk.locator("h1")).to_have_text("双凤面馆")
    stands = desk.url

    walk.sign(phone, "deputy")
    walk.sign(phone, "premises", "李老板")
    phone.click("[data-go=on]")
    expect(phone.locator("main > h1")).to_have_text("检查做完了")
    phone.goto("/field/outbox")
    phone.context.set_offline(False)
    expect(phone.locator("[data-outbox-head]")).to_have_text("都送达了", timeout=90_000)

    desk.goto(stands)
    expect(desk.locator("main")).to_contain_text("插排串接或带大功率电器")
    expect(desk.locator("main")).to_contain_text("原来登记在双凤面馆（东门）")
    _fine(desk)
    desk.locator("summary", has_text="撤回这次合并").click()
    desk.locator("textarea[name=reason]").fill("东门那家是另一个老板")
    desk.get_by_role("button", name="撤回合并").click()
    expect(desk.locator("h1")).to_have_text("双凤面馆（东门）")
    expect(desk.locator("main")).to_contain_text("插排串接或带大功率电器")
    desk.goto(stands)
    expect(desk.locator("main")).not_to_contain_text("插排串接或带大功率电器")
