"""A bad signal, an ended session, an imminent danger: nothing is lost and nothing is sent twice."""

import pytest
from playwright.sync_api import Page, expect

from . import walk
from .conftest import PHONE, Enter

pytestmark = pytest.mark.journey


def _waiting(page: Page) -> None:
    """Until the phone holds nothing that the server has not acknowledged."""
    page.wait_for_function("!/没发出|要发|项/.test(document.querySelector('[data-sync]').innerText)", timeout=30_000)


def test_answers_given_without_a_signal_arrive_when_it_is_back(enter: Enter) -> None:
    page = enter("daibiao4", PHONE)
    walk.register_place(page, "信号不好面馆")
    walk.start(page)
    context = page.context
    walk.fill(page, {"F-ELEC-03": 1}, {1: lambda: context.set_offline(True), 3: lambda: context.set_offline(False)})
    walk.hand_in(page)
    expect(page.locator("main")).to_contain_text("插排串接或带大功率电器")


def test_an_ended_session_keeps_what_was_tapped_and_sends_it_after_signing_in(enter: Enter) -> None:
    page = enter("daibiao5", PHONE)
    walk.register_place(page, "登录过期面馆")
    walk.start(page)
    address = page.url
    cookies = page.context.cookies()
    page.context.clear_cookies()
    code = walk.items(page)[0][0]
    walk.answer(page, code, "na")
    page.wait_for_timeout(1500)
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.goto(address)
    page.wait_for_selector("[data-section-link='1'][aria-current]")
    expect(page.locator(f"#item-{code} .answers input[value=na]")).to_be_checked()


def test_an_urgent_call_reaches_everybody_on_duty(enter: Enter) -> None:
    page = enter("daibiao6", PHONE)
    page.goto("/field/urgent")
    assert page.locator("a[href='tel:119']").count() == 1
    page.locator("[name=danger][value=gas]").check(force=True)
    page.fill("#where", "铁作坊巷口")
    page.click("button[form=urgent]")
    expect(page.locator("main")).to_contain_text("送达")
    desk = enter("du1")
    desk.goto("/desk/")
    expect(desk.locator("main")).to_contain_text("铁作坊巷口")
    desk.click("form[action*='acknowledge'] button")
    expect(desk.locator("main")).to_contain_text("铁作坊巷口")
