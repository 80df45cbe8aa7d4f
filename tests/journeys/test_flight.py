"""A deputy's whole day in flight mode: opened from cold, two places, photos, signatures, a look-back; then it all arrives."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from inspect_app.demo.people import PASSWORD

from . import walk
from .conftest import PHONE, Enter, photo_file

pytestmark = pytest.mark.journey
Cut = Callable[[bool], None]


def _until(page: Page, question: str, argument: object = None) -> None:
    """Wait for what a script answers; the page's own policy forbids the browser tool's way of waiting."""
    for _ in range(180):
        if page.evaluate(question, argument):
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"never true: {question}")


LISTS_AND_PLACES = """async () => {
  const { modules } = await import(document.querySelector("script[type=module]").src);
  const kept = await modules["js/field/store.js"].everything("reference");
  return kept.filter((row) => row.key.startsWith("list:")).length >= 17 && kept.some((row) => row.key.startsWith("register:") && row.more);
}"""


def _on_the_phone(page: Page) -> None:
    """Until the shell, the lists and the places lie on the phone."""
    page.goto("/field/")
    _until(page, "() => navigator.serviceWorker.controller !== null")
    _until(page, LISTS_AND_PLACES)


def _cold(page: Page, address: str) -> Page:
    """A new tab without a signal: nothing of the old one helps."""
    opened = page.context.new_page()
    opened.set_default_timeout(20_000)
    opened.goto(address)
    page.close()
    return opened


def test_the_whole_day_works_without_a_signal_and_arrives_once(enter: Enter) -> None:
    page = enter("daibiao18", PHONE)
    _on_the_phone(page)
    page.context.set_offline(True)
    page = _cold(page, "/field/")
    expect(page.locator("h1")).to_be_visible()

    # A known place, searched on the phone, filled, photographed and signed.
    page.click(".tabbar a:has-text('场所')")
    page.fill("#q", "李家")
    page.click("[data-found] a:has-text('李家小炒')")
    walk.start(page)
    visit = page.url
    walk.fill(page, {"F-ELEC-03": 2})
    walk.sign(page, "deputy")
    walk.sign(page, "premises", "李老板")
    page.click("[data-go=on]")
    expect(page.locator("main > h1")).to_have_text("检查做完了")
    expect(page.locator("main")).to_contain_text("已存本机，有信号就发。")

    # A place nobody knows yet, and a door that is locked there.
    walk.register_place(page, "飞行模式面馆")
    page.click("summary:has-text('没能检查')")
    form = page.locator("#outcome")
    form.locator("[name=outcome][value=locked]").check(force=True)
    form.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(form.locator("figure")).to_have_count(1)
    form.locator("[name=next][value='1']").check(force=True)
    page.click("button[form=outcome]")
    expect(page.locator("main > h1")).to_have_text("记下了")

    # The outbox says where everything is, also after a cold start.
    page = _cold(page, "/field/outbox")
    expect(page.locator("[data-outbox-head]")).to_contain_text("都存好了，有信号就发")
    expect(page.locator("main")).to_contain_text("李家小炒")
    expect(page.locator("main")).to_contain_text("还差")

    page.context.set_offline(False)
    expect(page.locator("[data-outbox-head]")).to_have_text("都送达了", timeout=90_000)
    expect(page.locator("main")).to_contain_text(re.compile("今天记录 \\d+ 项，回执 \\d+ 份，齐了。"))
    page.goto(visit)
    expect(page.locator("main")).to_contain_text("插排串接或带大功率电器", timeout=30_000)
    expect(page.locator("main")).to_contain_text("代表提示单")

    desk = enter("du1")
    desk.goto("/desk/hazards?q=李家小炒")
    expect(desk.locator("main")).to_contain_text("插排串接或带大功率电器")


def test_a_look_back_without_a_signal_is_kept_and_becomes_a_step(enter: Enter) -> None:
    page = enter("daibiao19", PHONE)
    walk.register_place(page, "回访面馆")
    walk.start(page)
    walk.fill(page, {"F-ELEC-03": 1})
    walk.hand_in(page)
    expect(page.locator("[data-sync]").first).to_contain_text("全部送达", timeout=60_000)
    desk = enter("du1")
    desk.goto("/desk/hazards?q=回访面馆")
    desk.click("main a:has-text('插排串接或带大功率电器')")
    hazard = desk.url.rsplit("/", 1)[1]
    box = desk.locator("details", has=desk.locator("summary", has_text=re.compile("^交办$"))).first
    if box.get_attribute("open") is None:
        box.locator("summary").first.click()
    box.locator("[name=handler_id]").select_option(label="青江区人民政府柳荫街道办事处")
    box.locator("[name=no_paper]").fill("用清单转办")
    box.locator("button[type=submit]").first.click()
    expect(desk.locator("#hazard")).to_contain_text("整改中")

    _on_the_phone(page)
    _until(
        page,
        """async (id) => {
          const { modules } = await import(document.querySelector("script[type=module]").src);
          return (await modules["js/field/reference.js"].day())?.to_look_at.some((one) => one.id === id);
        }""",
        hazard,
    )
    page.context.set_offline(True)
    page = _cold(page, f"/field/hazards/{hazard}/look-back")
    expect(page.locator("h1")).to_have_text("插排串接或带大功率电器")
    page.locator("[data-photos=look] [data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(page.locator("[data-photos=look] figure")).to_have_count(1)
    page.locator("[name=mended][value=yes]").check(force=True)
    pair = page.locator(".pair figure[data-before] > :first-child, .pair .shoot:not(.calm)")
    (width, height), (width_after, height_after) = pair.evaluate_all(
        "all => all.map(one => [one.offsetWidth, one.offsetHeight])"
    )
    assert abs(width - width_after) <= 4, "before and after are held against each other"
    assert abs(height - height_after) <= 4
    page.click("button[form=look-back]")
    expect(page.locator("main")).to_contain_text("已存本机，有信号就发。")
    page.context.set_offline(False)
    page.goto("/field/outbox")
    expect(page.locator("[data-outbox-head]")).to_have_text("都送达了", timeout=60_000)
    desk.goto(f"/desk/hazards/{hazard}")
    expect(desk.locator("main")).to_contain_text("待核验")


def test_an_open_page_goes_on_without_a_worker(enter: Enter) -> None:
    """An insecure address has no worker: what is open goes on, only a cold start needs the signal."""
    page = enter("daibiao20", PHONE, service_workers="block")
    page.goto("/field/")
    _until(page, LISTS_AND_PLACES)
    page.context.set_offline(True)
    page.click(".tabbar a:has-text('场所')")
    page.click("[data-found] a:has-text('赵记锅贴')")
    walk.start(page)
    walk.fill(page, {"F-ELEC-03": 1})
    walk.sign(page, "deputy")
    walk.sign(page, "premises", "赵老板")
    page.click("[data-go=on]")
    expect(page.locator("main > h1")).to_have_text("检查做完了")
    page.click(".tabbar a:has-text('发件箱')")
    expect(page.locator("[data-outbox-head]")).to_contain_text("都存好了")
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-head]")).to_have_text("都送达了", timeout=60_000)


def test_signing_out_with_unsent_work_needs_a_clear_choice(enter: Enter) -> None:
    page = enter("daibiao18", PHONE)
    walk.register_place(page, "退出面馆")
    walk.start(page)
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    page.context.set_offline(True)
    walk.answer(page, walk.items(page)[0][0], "na")
    expect(page.locator("[data-sync]")).to_have_text("已存本机")
    page.click(".back")
    page.click(".tabbar a:has-text('我的')")
    page.click("[data-sign-out]")
    dialog = page.locator("[data-leaving]")
    expect(dialog).to_contain_text("还有 1 项没发出，先别退出")
    expect(dialog.locator("[data-stay]")).to_be_focused()
    dialog.locator("[data-stay]").click()
    page.context.set_offline(False)
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    page.click("[data-sign-out]")
    page.wait_for_url(re.compile("/sign-in"))
    page.fill("[name=login]", "daibiao18")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/field/"))
