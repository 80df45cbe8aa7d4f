"""Rows that can be ticked, from the keyboard: down, up, tick, look for one, open one. The rows of 今日 as the gallery draws them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter

pytestmark = pytest.mark.journey


@pytest.fixture
def page(enter: Enter) -> Page:
    """Two pairs and six rows, then one that cannot be ticked; the third is ticked at first, on its card and in its row."""
    opened = enter("guanli1")
    opened.goto("/patterns")
    expect(opened.locator("[data-pick]")).to_have_count(8)
    opened.locator("h1").click()  # where nobody is typing
    return opened


def test_rows_are_ticked_looked_for_and_opened_from_the_keyboard(page: Page) -> None:
    count, boxes = page.locator("#batch [data-picked-count]"), page.locator("[data-pick]")
    expect(count).to_have_text("勾了 1 件")
    for key in "jxjx":
        page.keyboard.press(key)
    expect(count).to_have_text("勾了 3 件")
    expect(boxes.nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(count).to_have_text("勾了 2 件")
    expect(boxes.nth(0)).not_to_be_checked()
    page.locator("#batch-no_paper").press_sequentially("jxk/")  # who types moves nothing
    expect(count).to_have_text("勾了 2 件")
    boxes.nth(3).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/hazards/[0-9a-f-]{36}"))


def test_all_of_a_page_are_ticked_and_left_again(page: Page) -> None:
    count = page.locator("#batch [data-picked-count]")
    page.locator("[data-pick-page]").check()
    expect(count).to_have_text("勾了 8 件")
    page.locator("[data-pick]").first.uncheck()
    expect(count).to_have_text("勾了 7 件")
    page.locator("#batch [data-whole]").check()
    expect(count).to_have_text("勾了全部 6 件")
